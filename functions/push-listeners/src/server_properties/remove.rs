//! Taking listener groups out of a file: the exact inverse of adding them.

mod lines;

use super::config::Config;
use super::diff::Diff;
use super::elements::Element;
use super::implicit::{implicit_advertised, implicit_protocols};
use super::kept::Kept;
use super::key::Key;
use super::protocols::Mapping;
use super::refusal::{Refusal, Rule};
use super::spans::Span;
use super::verify::verify_removal;
use super::versions::Version;
use fleet::listener::Listener;
use fleet::words::GroupName;
use std::collections::BTreeSet;

/// What is to change in a file. Without spans the groups are not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// The bytes that change, ascending, without overlap.
    pub spans: Vec<Span>,
    /// Keys that stay and say just what Kafka would take without them.
    pub explicit: Vec<Key>,
    /// The lines that change, for people.
    pub diff: Diff,
}

/// Works out how listener groups leave a file. `kept` is what the edits that brought them had to keep:
/// with it, and if nobody changed the file in between, the result is the file as it was before them, byte
/// for byte. Without it keys stay that Kafka could do without, which means the same.
pub fn remove(
    file: &[u8],
    groups: &[GroupName],
    kept: &BTreeSet<Kept>,
    version: Option<Version>,
) -> Result<Removal, Refusal> {
    let before = Config::read(file, version)?;
    let names: Vec<String> = groups
        .iter()
        .map(|it| it.as_str().to_ascii_uppercase())
        .collect();
    check_names(&before, &names)?;
    let leaves = |key: Key, name: &str| {
        let kept_here = |it: &Kept| {
            matches!(it, Kept::Present(of, group)
                if *of == key && group.as_str().eq_ignore_ascii_case(name))
        };
        names.iter().any(|it| it == name) && !kept.iter().any(kept_here)
    };
    let rest = Rest::of(&before, version, &names, leaves);
    let (mut spans, mut explicit, mut gone) = (Vec::new(), Vec::new(), Vec::new());
    for key in Key::ALL {
        let Some(entry) = before.entry(key) else {
            continue;
        };
        let leaving: Vec<bool> = before
            .names(key)
            .into_iter()
            .map(|it| leaves(key, it))
            .collect();
        let is_implicit = leaving.contains(&true) && rest.is_implicit(key);
        let is_alone = before.properties.entries_of(key.as_str()).count() == 1;
        if is_implicit && is_alone && kept.contains(&Kept::Absent(key)) {
            gone.push(entry.span.clone());
            continue;
        }
        explicit.extend(is_implicit.then_some(key));
        spans.extend(without(file, before.elements(key), &leaving));
    }
    let line_ends = kept.iter().find_map(|it| match it {
        Kept::LineEnds(count) => Some(*count),
        Kept::Absent(_) | Kept::Present(..) => None,
    });
    spans.extend(lines::taken(file, gone, line_ends.unwrap_or(0)));
    spans.sort_by_key(|span| span.offset);
    verify_removal(&before, &spans, &names, version)?;
    let diff = Diff::of(file, &spans);
    Ok(Removal {
        spans,
        explicit,
        diff,
    })
}

fn check_names(config: &Config, names: &[String]) -> Result<(), Refusal> {
    let is_ours = |name: &&String| {
        let mut controllers = config.controllers.iter();
        config.inter_broker == **name
            || config.control_plane.as_ref() == Some(*name)
            || controllers.any(|it| it.eq_ignore_ascii_case(name))
    };
    match names.iter().find(is_ours) {
        Some(name) => Err(config.properties.refuse(
            Rule::Reserved,
            Key::Listeners.as_str(),
            format!("{name} is a listener of the cluster itself, and stays; delete the listener parameter that retires it"),
        )),
        None => Ok(()),
    }
}

/// What the three keys say without the groups, and what Kafka would take without the keys.
struct Rest {
    listeners: (Vec<Listener>, Vec<Listener>),
    advertised: (Vec<Listener>, Vec<Listener>),
    protocols: (Vec<Mapping>, Vec<Mapping>),
}

impl Rest {
    fn of(
        before: &Config,
        version: Option<Version>,
        names: &[String],
        leaves: impl Fn(Key, &str) -> bool,
    ) -> Self {
        // A group that was in `listeners` before us stays there, and is in neither side of a comparison.
        let rest = |items: Vec<Listener>| -> Vec<Listener> {
            items
                .into_iter()
                .filter(|it| !names.contains(&it.name))
                .collect()
        };
        let rest_of_map = |items: Vec<Mapping>| -> Vec<Mapping> {
            items
                .into_iter()
                .filter(|it| !names.contains(&it.name))
                .collect()
        };
        let stays = |it: &&Listener| !leaves(Key::Listeners, &it.name);
        let listeners: Vec<Listener> = before
            .listeners
            .items
            .iter()
            .filter(stays)
            .cloned()
            .collect();
        let advertised = implicit_advertised(&listeners, &before.controllers);
        let protocols = implicit_protocols(&listeners, &before.controllers, version);
        Self {
            advertised: (rest(before.advertised.items.clone()), rest(advertised)),
            protocols: (
                rest_of_map(before.protocols.items.clone()),
                rest_of_map(protocols),
            ),
            listeners: (listeners, vec![Listener::default_of_kafka()]),
        }
    }

    fn is_implicit(&self, key: Key) -> bool {
        match key {
            Key::Listeners => self.listeners.0 == self.listeners.1,
            Key::Advertised => self.advertised.0 == self.advertised.1,
            Key::Protocols => self.protocols.0 == self.protocols.1,
        }
    }
}

/// The spans that take elements out of a value. With an element goes the comma before it, and with the
/// first ones the comma behind them.
fn without(file: &[u8], elements: &[Element], leaving: &[bool]) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut at = 0;
    while let Some(first) = (at..elements.len()).find(|i| leaving[*i]) {
        let end = (first..elements.len())
            .find(|i| !leaving[*i])
            .unwrap_or(elements.len());
        let range = match (first, elements[first].comma, elements.get(end)) {
            (0, _, Some(next)) => elements[0].span.start..next.span.start,
            (_, Some(comma), _) if first > 0 => comma..elements[end - 1].span.end,
            _ => elements[first].span.start..elements[end - 1].span.end,
        };
        spans.push(Span {
            offset: range.start,
            old: file[range].to_owned(),
            new: Vec::new(),
        });
        at = end;
    }
    spans
}
