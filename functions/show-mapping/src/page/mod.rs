//! The page, section by section. The first line says whether all ports are proven.

mod access;
mod ages;
mod health;
mod held;
mod ports;
mod roll;
mod signs;

use crate::all::All;
use crate::also::also;
use crate::fields::Word;
use crate::headline::{Headline, Mood};
use crate::markup::{Element, Markup, tag};
use crate::reports::Reports;
use crate::style::sheet;
use std::collections::BTreeSet;

/// So many items of a list are shown.
const SHOWN: usize = 40;

/// In which colours it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// As whoever looks at it prefers.
    Viewer,
}

impl Theme {
    fn class(self) -> &'static str {
        match self {
            Self::Light => "kpl",
            Self::Dark => "kpl kpl-dark",
            Self::Viewer => "kpl kpl-auto",
        }
    }
}

/// The picture as a part of another page, with its style.
pub fn fragment(reports: &Reports, theme: Theme) -> String {
    Markup::from(tag("style").with(sheet()))
        .and(body(reports, theme))
        .into_string()
}

/// The picture as a page of its own, in the colours that whoever looks at it prefers. It loads nothing and runs
/// nothing, and tells the browser so.
pub fn page(reports: &Reports) -> String {
    let title = format!("{}: Kafka behind PrivateLink", reports.cluster);
    let head = tag("head")
        .with(Markup::ours(concat!(
            r#"<meta charset="utf-8">"#,
            r#"<meta name="viewport" content="width=device-width,initial-scale=1">"#,
            r#"<meta name="color-scheme" content="light dark">"#,
            r#"<meta http-equiv="Content-Security-Policy" content="default-src 'none';style-src 'unsafe-inline'">"#,
        )))
        .with(tag("title").with(title))
        .with(tag("style").with(sheet()));
    let html = tag("html").set("lang", "en").with(head);
    let html = html.with(tag("body").with(body(reports, Theme::Viewer)));
    Markup::ours("<!doctype html>").and(html).into_string()
}

fn body(reports: &Reports, theme: Theme) -> Element {
    let all = All::of(reports);
    let headline = Headline::of(&all.mapping);
    let also = also(&all);
    let nodes = nodes(&all);
    let of_mapping = all.mapping.picture();
    let ports = all.mapping.report().map(ports::drawn);
    let without = of_mapping.map(|mapping| ports::without(mapping, &nodes));
    let waiting = of_mapping.map(health::waiting);
    let pair = tag("div")
        .class("kpl-pair")
        .with_all(all.rollout.report().map(roll::drawn))
        .with_all(all.care.report().map(health::drawn));
    let access = all.access.report();
    tag("div")
        .class(theme.class())
        // The dashboard's own styles are not wanted inside.
        .with(tag("div").class("cwdb-no-default-styles"))
        .with(first(headline))
        .with(listed("kpl-also", also.into_iter().map(second)))
        .with(title(reports))
        .with(ages::of(&all))
        .with(ports)
        .with(without)
        .with(waiting)
        .with(held::open(&all))
        .with(pair)
        .with(access.map(|report| access::drawn(report, reports.now)))
        .with(held::past(&all))
}

fn first(headline: Headline) -> Element {
    let Headline { mood, sentence } = headline;
    let sentence = tag("span").class(signs::class(mood)).with(sentence);
    tag("h1").with(signs::sign(mood)).with(sentence)
}

/// What else somebody should look at.
fn second(headline: Headline) -> Element {
    let Headline { mood, sentence } = headline;
    let sign = match mood {
        Mood::Good => "✓",
        Mood::Bad => "✗",
        Mood::Unknown => "!",
    };
    let said = format!("{sign} {sentence}");
    tag("span").class(signs::class(mood)).with(said)
}

fn title(reports: &Reports) -> Element {
    tag("p")
        .class("kpl-title")
        .with("Kafka cluster ")
        .with(tag("b").with(&reports.cluster))
        .with(" behind PrivateLink, drawn at ")
        .with(reports.now.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// Every broker that any report names that says how it is now.
fn nodes(all: &All) -> Vec<Word> {
    let All {
        mapping,
        rollout,
        care,
        ..
    } = all;
    let ports = mapping.fresh().into_iter().flat_map(|it| &it.picture.ports);
    let ports = ports.filter(|port| !port.is_bootstrap() && !port.is_away());
    let others = rollout
        .fresh()
        .into_iter()
        .flat_map(|it| &it.picture.others);
    let patients = care.fresh().into_iter().flat_map(|it| &it.picture.brokers);
    let nodes = ports
        .map(|port| &port.owner)
        .chain(others.map(|(node, _)| node))
        .chain(patients.map(|patient| &patient.node));
    nodes
        .collect::<BTreeSet<_>>()
        .into_iter()
        .cloned()
        .collect()
}

/// A part of the page with its heading.
fn section(heading: &str, content: impl Into<Markup>) -> Markup {
    let heading = tag("h2").with(heading);
    tag("div").with(heading).with(content).into()
}

/// A sentence.
fn line(sentence: impl Into<Markup>) -> Markup {
    tag("p").class("kpl-line").with(sentence).into()
}

/// A list, of which the first items are shown.
fn list<M: Into<Markup>>(items: impl IntoIterator<Item = M>) -> Markup {
    listed("kpl-list", items)
}

fn listed<M: Into<Markup>>(class: &'static str, items: impl IntoIterator<Item = M>) -> Markup {
    let mut items: Vec<Markup> = items.into_iter().map(Into::into).collect();
    let more = items.len().saturating_sub(SHOWN);
    items.truncate(SHOWN);
    if more > 0 {
        items.push(format!("and {more} more").into());
    }
    if items.is_empty() {
        return Markup::default();
    }
    let items = items.into_iter().map(|item| tag("li").with(item));
    tag("ul").class(class).with_all(items).into()
}

/// How something was when an old report was printed, nobody knows now.
fn now(mood: Mood, is_old: bool) -> Mood {
    match is_old {
        true => Mood::Unknown,
        false => mood,
    }
}

/// A word that says how something is, in the colour of it.
fn word(mood: Mood, word: &str) -> Element {
    tag("b").class(signs::class(mood)).with(word)
}
