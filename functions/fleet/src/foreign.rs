//! Foreign text: what brokers, tags, parameters and certificates say. It is cleaned and cut before
//! anything stores, sends or shows it.

/// A text as it may be shown: no line breaks, no terminal escapes, nothing that is invisible or that
/// turns the direction of what stands around it (Unicode TR 36, "Bidirectional Text Spoofing"). What
/// breaks lines or moves a cursor becomes a blank, everything else of that kind `�`. Of a text with
/// more than `longest` characters these are left, and `…`.
pub fn clean(text: &str, longest: usize) -> String {
    let mut characters = text.chars();
    let mut shown: String = characters.by_ref().take(longest).map(shown).collect();
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// A foreign text as one word of a command that a person pastes into a POSIX shell: cleaned, and in single quotes, within
/// which no character but the quote means anything. It is not cut: a part of a name is another name.
pub fn quoted(text: &str) -> String {
    let text: String = text.chars().map(shown).collect();
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn shown(c: char) -> char {
    match c {
        '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
        c if c.is_control() || is_invisible(c) => '\u{FFFD}',
        c => c,
    }
}

/// Whether a character has no width and no ink: direction marks, joiners, soft hyphens, byte order
/// marks, variation selectors, tags (categories Cf and Default_Ignorable of Unicode).
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn foreign_text_forges_no_line_and_moves_no_cursor() {
        for (text, told) in [
            ("b1.example.com:9093", "b1.example.com:9093"),
            ("<ブローカーID> é 👍", "<ブローカーID> é 👍"),
            ("b1\r\n\nTo do: 0", "b1   To do: 0"),
            ("b1\u{2028}To\u{2029}do\u{85}0", "b1 To do 0"),
            ("\u{1B}[8mhidden\u{9B}0m", "�[8mhidden�0m"),
            ("a\0b\u{7F}c", "a�b�c"),
            ("\u{202E}moc.elpmaxe\u{2066}", "�moc.elpmaxe�"),
            ("b\u{200B}1\u{FEFF}", "b�1�"),
            ("", ""),
        ] {
            assert_eq!(clean(text, 40), told, "{text:?}");
        }
    }

    #[test]
    fn foreign_text_is_cut_at_a_number_of_characters() {
        assert_eq!(clean("abcd", 4), "abcd");
        assert_eq!(clean("abcde", 4), "abcd…");
        assert_eq!(clean("ーーー", 2), "ーー…");
        assert_eq!(clean("a", 0), "…");
        assert_eq!(clean("", 0), "");
    }

    #[test]
    fn a_name_in_a_command_is_one_word_whatever_it_holds() {
        for (name, word) in [
            ("brokers-1", "'brokers-1'"),
            ("a;reboot", "'a;reboot'"),
            ("$(id)", "'$(id)'"),
            ("`id`&|<>*?~#!", "'`id`&|<>*?~#!'"),
            ("\"a\\", "'\"a\\'"),
            ("it's", r"'it'\''s'"),
            ("';reboot;'", r"''\'';reboot;'\'''"),
            ("a\nreboot\u{1b}[8m", "'a reboot�[8m'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(name), word, "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_quoted_is_left_by_a_shell_as_it_was(text in "[ -~]{0,40}") {
            let (mut word, mut is_inside) = (String::new(), false);
            let quoted = quoted(&text);
            let mut characters = quoted.chars();
            while let Some(c) = characters.next() {
                match (is_inside, c) {
                    (_, '\'') => is_inside = !is_inside,
                    (true, c) => word.push(c),
                    (false, '\\') => word.extend(characters.next()),
                    (false, c) => prop_assert!(false, "{c} stands outside of the quotes: {quoted}"),
                }
            }
            prop_assert!(!is_inside, "{quoted}");
            prop_assert_eq!(word, text);
        }

        #[test]
        fn whatever_is_shown_is_clean_short_and_stays_so(text in "(?s).{0,60}", longest in 0_usize..50) {
            let once = clean(&text, longest);
            prop_assert!(once.chars().count() <= longest + 1);
            prop_assert!(!once.chars().any(|c| c.is_control() || is_invisible(c)));
            prop_assert_eq!(clean(&once, longest), once);
        }
    }
}
