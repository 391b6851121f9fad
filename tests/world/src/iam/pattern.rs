//! IAM's wildcards: `*` stands for any characters, also for none, `?` for one (IAM user guide,
//! "Resource" and "Action" elements).

/// Whether the whole text fits the pattern.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut read) = (0, 0);
    // Where the last star was, and how much of the text it stands for so far ends.
    let mut star = None;
    while read < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(byte) if *byte == b'?' || *byte == text[read] => {
                at += 1;
                read += 1;
            }
            Some(_) | None => {
                let Some((star_at, until)) = star else {
                    return false;
                };
                star = Some((star_at, until + 1));
                at = star_at + 1;
                read = until + 1;
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn stars_stand_for_anything_and_question_marks_for_one_character() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("*", "arn:x", true),
            ("a:targetgroup/kpl-*", "a:targetgroup/kpl-1/*", true),
            ("a:targetgroup/kpl-*", "a:targetgroup/theirs/kpl-1", false),
            ("a*b*c", "a1b2b3c", true),
            ("a*b*c", "a1b2b3", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("abc", "abcd", false),
            ("abc*", "abc", true),
            ("", "a", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }
}
