//! The value of one of the three keys: its elements, and what they say.

use super::elements::{Element, elements};
use super::key::Key;
use super::logical::Entry;
use super::natural::lines;
use super::properties::Properties;
use super::protocols::Mapping;
use super::refusal::{Refusal, Rule};
use fleet::listener::Listener;

/// The value of one of the three keys.
#[derive(Clone, Debug)]
pub struct Setting<T> {
    /// The entry that counts; without one the items are those that Kafka takes.
    pub entry: Option<Entry>,
    /// Its elements that are not empty, one for each item; none without an entry.
    pub elements: Vec<Element>,
    /// What they say.
    pub items: Vec<T>,
    /// Whether one of its elements is empty, the last ones aside, and whether one of these is.
    pub(super) empty: (bool, bool),
}

impl<T> Setting<T> {
    /// With what Kafka takes, if there is no entry.
    pub(super) fn or(mut self, implicit: impl FnOnce() -> Vec<T>) -> Self {
        if self.entry.is_none() {
            self.items = implicit();
        }
        self
    }
}

/// Reads one element, or refuses it.
pub(super) type Parse<T> = fn(&Properties, &Element) -> Result<T, Refusal>;

/// Reads the value of a key.
pub(super) fn read<T>(file: &Properties, key: Key, parse: Parse<T>) -> Result<Setting<T>, Refusal> {
    let entry = file.entry(key.as_str()).cloned();
    let all = match &entry {
        Some(entry) => elements(file, key.as_str(), entry)?,
        None => Vec::new(),
    };
    let used = all.iter().rposition(|it| !it.text.is_empty());
    let (used, unused) = all.split_at(used.map_or(0, |last| last + 1));
    let empty = (used.iter().any(|it| it.text.is_empty()), !unused.is_empty());
    let elements: Vec<Element> = used
        .iter()
        .filter(|it| !it.text.is_empty())
        .cloned()
        .collect();
    let items = elements
        .iter()
        .map(|it| parse(file, it))
        .collect::<Result<_, _>>()?;
    Ok(Setting {
        entry,
        elements,
        items,
        empty,
    })
}

/// Reads an element of the first two keys.
pub(super) fn listener(file: &Properties, element: &Element) -> Result<Listener, Refusal> {
    let read = Listener::parse(&element.text).map(|(listener, _)| listener);
    read.ok_or_else(|| {
        let reason =
            "Kafka cannot read it; an endpoint is NAME://host:port, with nothing between < and >";
        Refusal::at(
            Rule::Endpoint,
            line_of(file, element),
            &element.text,
            reason,
        )
    })
}

/// Reads an element of the map.
pub(super) fn mapping(file: &Properties, element: &Element) -> Result<Mapping, Refusal> {
    Mapping::parse(&element.text).ok_or_else(|| {
        let reason = "it is no NAME:PROTOCOL; Kafka's protocols are PLAINTEXT, SSL, SASL_PLAINTEXT and SASL_SSL";
        Refusal::at(Rule::Mapping, line_of(file, element), &element.text, reason)
    })
}

/// The natural line in which an element begins.
fn line_of(file: &Properties, element: &Element) -> usize {
    let lines = lines(file.file);
    lines
        .take_while(|line| line.next <= element.span.start)
        .count()
        + 1
}
