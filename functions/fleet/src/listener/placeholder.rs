//! Placeholders: `<…>` in whatever language, a console's wildcard, and what other templates write.

use super::paste::is_around;

/// A name's labels, each without the blanks and quotes around it. A dot inside a placeholder, as in
/// `<broker.id>`, parts nothing.
pub(super) fn labels(name: &str) -> Vec<&str> {
    let mut labels = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while let Some(next) = name[at..].find(['<', '.']).map(|next| at + next) {
        at = match closed(&name[next..]) {
            Some(length) => next + length,
            None => next + 1,
        };
        if name[next..].starts_with('.') {
            labels.push(name[from..next].trim_matches(is_around));
            from = next + 1;
        }
    }
    labels.push(name[from..].trim_matches(is_around));
    labels
}

/// Whether a label is one placeholder and nothing else.
pub(super) fn is_placeholder(label: &str) -> bool {
    label.len() > 2 && closed(label) == Some(label.len())
}

/// How many placeholders stand in a label.
pub(super) fn count(label: &str) -> usize {
    let opened = label.match_indices('<');
    opened
        .filter(|(at, _)| closed(&label[*at..]) > Some(2))
        .count()
}

/// Whether a placeholder may mean the zone. Of words in other languages nobody can tell; an English
/// one that says something else, such as `unique_name`, was left over (R2).
pub(super) fn is_of_zone(label: &str) -> bool {
    let word = label.to_lowercase();
    let mentions = |words: &[&str]| words.iter().any(|part| word.contains(part));
    !mentions(&["unique", "random"]) && (!word.is_ascii() || mentions(&["az", "zon", "avail"]))
}

/// Whether a text has placeholders as other templates write them: `{x}`, `${x}`, `$(x)`, `%x%`, `[x]`.
pub(super) fn is_of_others(text: &str) -> bool {
    let mut inside = false;
    text.chars().any(|c| {
        inside = (inside || c == '<') && c != '>';
        !inside && matches!(c, '{' | '}' | '[' | ']' | '(' | ')' | '$' | '%')
    })
}

/// The same with angle brackets.
pub(super) fn in_angle_brackets(text: &str) -> String {
    let mut text = text.to_owned();
    for (theirs, ours) in [
        ("{{", "<"),
        ("}}", ">"),
        ("${", "<"),
        ("$(", "<"),
        ("$[", "<"),
        ("{", "<"),
        ("[", "<"),
        ("(", "<"),
        ("}", ">"),
        ("]", ">"),
        (")", ">"),
    ] {
        text = text.replace(theirs, ours);
    }
    let mut opens = false;
    let pairs = text.chars().map(|c| match c {
        '%' => {
            opens = !opens;
            if opens { '<' } else { '>' }
        }
        c => c,
    });
    pairs.collect()
}

/// How many bytes the placeholder has that a text begins with.
pub(super) fn closed(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('<')?;
    let end = inside.find(['<', '>'])?;
    inside[end..].starts_with('>').then_some(end + 2)
}
