//! What in a text is the number of a fact.

/// A word that is one, or is meant to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Word<'a> {
    /// `F1`, `P-15`, `R5` or `K-3`.
    Fact(&'a str),
    /// Another capital letter with a number, or another spelling, where citations stand: behind an
    /// opening bracket.
    Other(&'a str),
}

/// The numbers of facts in a text, and what stands in their place. Hexadecimal numbers, code points,
/// colours and names with such a part are none.
pub fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let inside = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let words = text.split(move |c| !inside(c));
    words.filter_map(move |word| {
        // Where the word stands tells what is before it.
        let at = word.as_ptr() as usize - text.as_ptr() as usize;
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let cited = !before.is_some_and(|c| "#+\\$.%&".contains(c)) && after != Some('(');
        if !cited {
            return None;
        }
        match kind(word)? {
            'F' | 'R' if !word.contains('-') => Some(Word::Fact(word)),
            'P' | 'K' if word.contains('-') => Some(Word::Fact(word)),
            _ if before == Some('(') => Some(Word::Other(word)),
            _ => None,
        }
    })
}

/// The capital letter of a word that is nothing but that, perhaps a hyphen, and up to three digits.
fn kind(word: &str) -> Option<char> {
    let letter = word.chars().next().filter(char::is_ascii_uppercase)?;
    let rest = &word[1..];
    let digits = rest.strip_prefix('-').unwrap_or(rest);
    let number = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    number.then_some(letter)
}

#[test]
fn facts_are_found_wherever_they_stand_as_words() {
    let text = "fails open (F6). (P-15, F31) P-9: queues | R5 | (K-3; measured) `F1`/`F2`";
    let found = ["F6", "P-15", "F31", "P-9", "R5", "K-3", "F1", "F2"];
    assert!(words(text).eq(found.map(Word::Fact)), "{text}");
}

#[test]
fn other_ids_and_other_spellings_are_seen_where_facts_are_cited() {
    let text = "as told (A7), (B4, F1), (P15) and (F-3)";
    let found = [
        Word::Other("A7"),
        Word::Other("B4"),
        Word::Fact("F1"),
        Word::Other("P15"),
        Word::Other("F-3"),
    ];
    assert!(words(text).eq(found), "{text}");
}

#[test]
fn what_only_looks_like_a_fact_is_none() {
    for text in [
        "0xF1 \\xF3 U+F1 #F10 #F1F2F3 %F0 f1 F 12",
        "x.F1 F1_PORT BUF1 P-256-curve F1-micro SHA-1 P256 R2D2 P-1234 RF=3",
        "S3, EC2, MP3 and C4 as they stand; F1(x)",
    ] {
        assert_eq!(words(text).collect::<Vec<_>>(), [], "{text}");
    }
}
