//! The last look: what would stand in the file is read again, and is exactly what was meant.

use super::config::Config;
use super::key::Key;
use super::logical::Entry;
use super::natural::is_end;
use super::properties::{Properties, is};
use super::refusal::{Refusal, Rule};
use super::spans::{Span, apply};
use super::versions::Version;
use super::wanted::Wanted;
use fleet::listener::Listener;
use fleet::listener::{Protocol, is_same_endpoint};
use std::collections::BTreeMap;

/// Checks what an edit would leave.
pub(super) fn verify_edit(
    before: &Config,
    spans: &[Span],
    wanted: &[Wanted],
    version: Option<Version>,
) -> Result<(), Refusal> {
    let file = after(before, spans)?;
    let after = Config::read(&file, version)?;
    let names: Vec<String> = wanted.iter().map(Wanted::kafka_name).collect();
    verify_others(before, &after, &names)?;
    match wanted.iter().all(|it| has(&after, it)) {
        true => Ok(()),
        false => Err(unsound("the file would not say what was wanted")),
    }
}

/// Checks what a removal would leave. Listeners that are named stay out of the comparison.
pub(super) fn verify_removal(
    before: &Config,
    spans: &[Span],
    names: &[String],
    version: Option<Version>,
) -> Result<(), Refusal> {
    let file = after(before, spans)?;
    let after = Config::read(&file, version)?;
    verify_others(before, &after, names)
}

fn unsound(reason: &str) -> Refusal {
    let reason = format!(
        "{reason}; nothing was changed, and this is a fault of the program or an odd file: write the listeners by hand"
    );
    Refusal::because(Rule::Unsound, reason)
}

fn after(before: &Config, spans: &[Span]) -> Result<Vec<u8>, Refusal> {
    let is_plain = |b: u8| {
        b.is_ascii_alphanumeric()
            || matches!(b, b'.' | b'_' | b':' | b'/' | b',' | b'=' | b'-')
            || is_end(b)
    };
    match spans
        .iter()
        .flat_map(|span| &span.new)
        .find(|byte| !is_plain(**byte))
    {
        Some(byte) => Err(Refusal::because(
            Rule::Wish,
            format!(
                "{:?} would be written into the file, and only letters, digits and ._:/,=- may be; write {} and {} into the file by hand",
                char::from(*byte),
                Key::Listeners,
                Key::Advertised
            ),
        )),
        None => apply(before.properties.file, spans),
    }
}

/// All that was not meant to change: other keys, other occurrences, and other listeners.
fn verify_others(before: &Config, after: &Config, names: &[String]) -> Result<(), Refusal> {
    let (old, new) = (others(&before.properties), others(&after.properties));
    let says = |it: &Entry, other: &Entry| it.key == other.key && it.value == other.value;
    let same = old
        .iter()
        .zip(&new)
        .take_while(|(old, new)| says(old, new))
        .count();
    if same < old.len().max(new.len()) {
        let line = old.get(same).or(old.last()).map_or(1, |it| it.line);
        let reason = unsound("the value of this key would change").told.reason;
        return Err(Refusal::at(Rule::Unsound, line, "", reason));
    }
    let same = before.inter_broker == after.inter_broker
        && before.controllers == after.controllers
        && without(&before.listeners.items, names) == without(&after.listeners.items, names)
        && without(&before.advertised.items, names) == without(&after.advertised.items, names)
        && protocols(before, names) == protocols(after, names);
    match same {
        true => Ok(()),
        false => Err(unsound("another listener would change")),
    }
}

/// Every entry but those of the three keys that count.
fn others<'a>(file: &'a Properties) -> Vec<&'a Entry> {
    let counts: Vec<&Entry> = Key::ALL
        .iter()
        .filter_map(|key| file.entry(key.as_str()))
        .collect();
    let is_other = |it: &&Entry| {
        let is_ours = Key::ALL.iter().any(|key| is(&it.key, key.as_str()));
        !is_ours || !counts.iter().any(|entry| entry.span == it.span)
    };
    file.entries.iter().filter(is_other).collect()
}

fn without<'a>(items: &'a [Listener], names: &[String]) -> Vec<&'a Listener> {
    items
        .iter()
        .filter(|it| !names.contains(&it.name))
        .collect()
}

fn protocols<'a>(config: &'a Config, names: &[String]) -> BTreeMap<&'a str, Protocol> {
    let items = config.protocols.items.iter();
    let others = items.filter(|it| !names.contains(&it.name));
    others.map(|it| (it.name.as_str(), it.protocol)).collect()
}

fn has(config: &Config, wanted: &Wanted) -> bool {
    let name = wanted.kafka_name();
    let port = i32::from(wanted.bind_port.get());
    let told = |it: &Listener| format!("{}:{}", it.host, it.port);
    let mut advertised = config.advertised.items.iter().filter(|it| it.name == name);
    config
        .listeners
        .items
        .iter()
        .any(|it| it.name == name && it.port == port)
        && advertised.any(|it| is_same_endpoint(&told(it), &wanted.advertised.to_string()))
        && config.protocol(&name) == Some(wanted.protocol)
}
