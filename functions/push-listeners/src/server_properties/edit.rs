//! Adding listener groups to a file, or giving those that it has another endpoint.

mod append;
mod conflicts;

use super::config::Config;
use super::diff::Diff;
use super::kept::Kept;
use super::key::Key;
use super::protocols::Mapping;
use super::refusal::Refusal;
use super::remarks::{self, Remark};
use super::spans::Span;
use super::verify::verify_edit;
use super::versions::Version;
use super::wanted::{self, Wanted};
use append::Append;
use fleet::listener::Listener;
use fleet::listener::is_same_endpoint;
use std::collections::BTreeSet;

/// What is to change in a file. Without spans the file says it already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that change, ascending, without overlap.
    pub spans: Vec<Span>,
    /// What a removal has to know; to be kept on the host, beside what earlier edits had to keep.
    pub kept: BTreeSet<Kept>,
    /// The lines that change, for people.
    pub diff: Diff,
    /// What the file cannot answer for, or what a person may want to know.
    pub remarks: Vec<Remark>,
}

/// Works out how a file gets these listener groups. The file may be under the mask: the spans are those
/// of the real file. Nothing else of it changes, which is checked here.
pub fn edit(file: &[u8], wanted: &[Wanted], version: Option<Version>) -> Result<Edit, Refusal> {
    wanted::check(wanted)?;
    let before = Config::read(file, version)?;
    let mut draft = Draft::default();
    for it in wanted {
        conflicts::check(&before, it)?;
        draft.add(&before, it);
    }
    let Draft {
        additions,
        mut spans,
        mut kept,
    } = draft;
    let mut append = Append::new(file);
    for (key, items) in Key::ALL.into_iter().zip(additions) {
        if items.is_empty() {
            continue;
        }
        match before.elements(key).last() {
            Some(last) => spans.push(insertion(last.span.end, &items)),
            None => {
                let names: Vec<String> = wanted.iter().map(Wanted::kafka_name).collect();
                append.line(key, &before.plain_without(key, &names), &items);
                kept.insert(Kept::Absent(key));
            }
        }
    }
    if let Some((span, line_ends)) = append.finish() {
        spans.push(span);
        kept.extend((line_ends > 0).then_some(Kept::LineEnds(line_ends)));
    }
    spans.sort_by_key(|span| (span.offset, span.end()));
    verify_edit(&before, &spans, wanted, version)?;
    Ok(Edit {
        diff: Diff::of(file, &spans),
        remarks: remarks::of(&before),
        spans,
        kept,
    })
}

/// What was found so far.
#[derive(Default)]
struct Draft {
    /// New elements, for each key in the order of [`Key::ALL`].
    additions: [Vec<String>; 3],
    spans: Vec<Span>,
    kept: BTreeSet<Kept>,
}

impl Draft {
    fn add(&mut self, before: &Config, wanted: &Wanted) {
        let name = wanted.kafka_name();
        let has = |key| before.names(key).contains(&name.as_str());
        let [listeners, advertised, protocols] = &mut self.additions;
        let is_advertised = before.advertised.entry.is_some() && has(Key::Advertised);
        let is_there = is_advertised && has(Key::Listeners) && has(Key::Protocols);
        if !has(Key::Listeners) {
            listeners.push(element(wanted, &wanted.listener()));
        }
        if !has(Key::Protocols) {
            let protocol = wanted.protocol.as_str();
            protocols.push(format!("{}:{protocol}", wanted.name));
        }
        // What Kafka advertises without the key is where a listener listens, and never what is wanted.
        if !is_advertised {
            advertised.push(element(wanted, &wanted.advertised()));
        }
        let exchanged = Key::ALL.into_iter();
        self.spans
            .extend(exchanged.filter_map(|key| replacement(before, key, wanted)));
        if !is_there {
            let present = Key::ALL
                .into_iter()
                .filter(|key| has(*key) && before.entry(*key).is_some());
            let present = present.map(|key| Kept::Present(key, wanted.name.clone()));
            self.kept.extend(present);
        }
    }
}

fn element(wanted: &Wanted, listener: &Listener) -> String {
    format!("{}://{}:{}", wanted.name, listener.host, listener.port)
}

/// What is wanted in the place of an element's end that says something else; nothing else of it changes.
/// Where a listener listens and how it speaks differs only with the operator's word, see `conflicts`.
fn replacement(before: &Config, key: Key, wanted: &Wanted) -> Option<Span> {
    let name = wanted.kafka_name();
    let at = before.names(key).into_iter().position(|it| it == name)?;
    let element = before.elements(key).get(at)?;
    let listener = || Listener::parse(&element.text);
    let (is_right, part, new) = match key {
        Key::Listeners => {
            let (found, part) = listener()?;
            let new = wanted.listener();
            let is_right = found.port == new.port && !found.is_loopback();
            (is_right, part, format!("{}:{}", new.host, new.port))
        }
        Key::Advertised => {
            let (found, part) = listener()?;
            let new = wanted.advertised.to_string();
            let found = format!("{}:{}", found.host, found.port);
            (is_same_endpoint(&found, &new), part, new)
        }
        Key::Protocols => {
            let found = Mapping::parse(&element.text)?.protocol;
            let part = element.text.rfind(':')? + 1..element.text.len();
            let new = wanted.protocol.as_str().to_owned();
            (found == wanted.protocol, part, new)
        }
    };
    let place = element.part(part);
    (!is_right).then(|| Span {
        offset: place.start,
        old: before.properties.file[place].to_owned(),
        new: new.into_bytes(),
    })
}

fn insertion(offset: usize, items: &[String]) -> Span {
    let new = items
        .iter()
        .map(|item| format!(",{item}"))
        .collect::<String>();
    let (old, new) = (Vec::new(), new.into_bytes());
    Span { offset, old, new }
}
