//! The elements of a value that is a list: what stands between its commas, each with its place.

use super::decode::Unit;
use super::logical::{Entry, value_units};
use super::properties::{Properties, malformed};
use super::refusal::{Refusal, Rule};
use std::ops::Range;

/// What stands between two commas, without the blanks around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// Its text; ASCII.
    pub text: String,
    /// Where it begins and ends in the file.
    pub span: Range<usize>,
    /// Where the comma before it stands.
    pub comma: Option<usize>,
    places: Vec<Range<usize>>,
}

impl Element {
    /// Where a part of its text stands in the file; `part` counts characters and is not empty.
    pub(super) fn part(&self, part: Range<usize>) -> Range<usize> {
        let first = self.places.get(part.start);
        let last = self.places[part].last();
        let start = first.map_or(self.span.end, |place| place.start);
        start..last.map_or(start, |place| place.end)
    }
}

/// Splits the value of an entry at its commas, as `\s*,\s*` of Java does. Empty elements are told, too;
/// a value of nothing has none.
pub fn elements(file: &Properties, key: &str, entry: &Entry) -> Result<Vec<Element>, Refusal> {
    let units = value_units(file.file, entry).map_err(malformed)?;
    let text = check(file, key, &units)?;
    // Kafka trims the value of every character up to the blank.
    let trimmed = trim(0..text.len(), &text, |byte| byte <= b' ');
    let mut elements = Vec::new();
    let (mut start, mut comma) = (trimmed.start, None);
    if trimmed.is_empty() {
        return Ok(elements);
    }
    for end in trimmed.clone().chain([trimmed.end]) {
        if end < trimmed.end && text[end] != b',' {
            continue;
        }
        let inside = trim(start..end, &text, is_space);
        let places: Vec<Range<usize>> = units[inside.clone()]
            .iter()
            .map(|it| it.span.clone())
            .collect();
        let at = units
            .get(inside.start)
            .map_or(entry.span.end, |it| it.span.start);
        elements.push(Element {
            text: text[inside].iter().map(|byte| char::from(*byte)).collect(),
            span: at..places.last().map_or(at, |place| place.end),
            comma,
            places,
        });
        comma = units.get(end).map(|unit| unit.span.start);
        start = end + 1;
    }
    Ok(elements)
}

/// The characters of a value, which must be ASCII and no placeholder.
fn check(file: &Properties, key: &str, units: &[Unit]) -> Result<Vec<u8>, Refusal> {
    let byte = |unit: &Unit| u8::try_from(unit.code).ok().filter(u8::is_ascii);
    let Some(text) = units.iter().map(byte).collect::<Option<Vec<u8>>>() else {
        return Err(file.refuse(
            Rule::NotAscii,
            key,
            "it holds a character outside ASCII; write names of listeners and hosts in ASCII",
        ));
    };
    if text.windows(2).any(|pair| pair == b"${") {
        return Err(file.refuse(
            Rule::Placeholder,
            key,
            "a program fills in ${…}, so the value is not in this file; give that program the listeners, or write the value itself",
        ));
    }
    Ok(text)
}

fn trim(range: Range<usize>, text: &[u8], blank: impl Fn(u8) -> bool) -> Range<usize> {
    let inside = &text[range.clone()];
    let Some(first) = inside.iter().position(|byte| !blank(*byte)) else {
        return range.end..range.end;
    };
    let last = inside.iter().rposition(|byte| !blank(*byte));
    range.start + first..range.start + last.unwrap_or(first) + 1
}

/// `\s` of Java.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(file: &str) -> Vec<(String, String)> {
        let properties = Properties::read(file.as_bytes()).expect("properties");
        let entry = properties.entry("k").expect("k");
        let all = elements(&properties, "k", entry).expect("elements");
        let place = |it: Element| (it.text, file[it.span].to_owned());
        all.into_iter().map(place).collect()
    }

    #[test]
    fn blanks_around_commas_belong_to_no_element() {
        for (file, expected) in [
            ("k= a , b,c\td \n", vec!["a", "b", "c\td"]),
            ("k=", vec![]),
            ("k=  \n", vec![]),
            ("k=,", vec!["", ""]),
            ("k=a,,b,", vec!["a", "", "b", ""]),
            ("k=a, ,b", vec!["a", "", "b"]),
        ] {
            let texts: Vec<String> = told(file).into_iter().map(|(text, _)| text).collect();
            assert_eq!(texts, expected, "{file:?}");
        }
    }

    #[test]
    fn an_element_stands_where_its_characters_stand() {
        let found = told("k=A\\://a\\:1, \\\n   B://b:2 \\\n");
        let expected = [("A://a:1", "A\\://a\\:1"), ("B://b:2", "B://b:2")];
        assert_eq!(
            found,
            expected.map(|(text, place)| (text.to_owned(), place.to_owned()))
        );
    }

    #[test]
    fn an_element_knows_the_comma_before_it_and_its_parts() {
        let file = "k=a\\\n , b\\:c";
        let properties = Properties::read(file.as_bytes()).expect("properties");
        let entry = properties.entry("k").expect("k");
        let all = elements(&properties, "k", entry).expect("elements");
        assert_eq!((all[0].comma, all[1].comma), (None, file.find(',')));
        assert_eq!(&file[all[1].part(1..3)], "\\:c");
    }
}
