//! The ports of a listener group, each with its wire to its broker.

use super::signs::Wire;
use super::{line, list, section};
use crate::headline::Mood;
use crate::mapping::{Mapping, Port};
use crate::markup::{Element, LONGEST, Markup, tag};
use crate::proof::Said;
use crate::told::Report;
use crate::words::brokers;
use fleet::foreign::clean;

/// So many ports are drawn: an NLB has 50 listeners (F1).
const DRAWN: usize = 200;

/// Every listener group; of an old report, how it was.
pub(super) fn drawn(report: &Report<Mapping>) -> Markup {
    let mapping = &report.picture;
    let groups = mapping.groups();
    if groups.is_empty() {
        let none = report.none("No port is mapped yet.", "whether any port is mapped");
        return section("Ports", line(none));
    }
    groups
        .into_iter()
        .map(|(group, ports)| {
            let (bootstrap, brokers): (Vec<&Port>, Vec<&Port>) =
                ports.into_iter().partition(|port| port.is_bootstrap());
            let left_out = brokers.len().saturating_sub(DRAWN);
            let rows = |ports: &[&Port]| {
                let rows = ports.iter().take(DRAWN).map(|port| row(report, port));
                rows.collect::<Vec<_>>()
            };
            let first = tag("ol").class("kpl-ports kpl-one");
            let rest = tag("ol").class("kpl-ports");
            let content = Markup::from(first.with_all(rows(&bootstrap)))
                .and(rest.with_all(rows(&brokers)))
                .and((left_out > 0).then(|| line(format!("and {left_out} more ports"))));
            section(&format!("{group}: which port leads to whom"), content)
        })
        .collect()
}

fn row(report: &Report<Mapping>, port: &Port) -> Element {
    let (mapping, is_old) = (&report.picture, report.run.is_old);
    let said = mapping.proof.said(port);
    let (wire, word) = match &said {
        _ if port.is_away() => (Wire::Away, "reserved"),
        Said::Proven | Said::ProvenBut(_) if is_old => (Wire::Due(Mood::Unknown), "proven then"),
        Said::Not(_) if is_old => (Wire::Due(Mood::Unknown), "not proven then"),
        Said::Proven => (Wire::Due(Mood::Good), "proven"),
        Said::ProvenBut(_) => (Wire::Due(Mood::Bad), "proven, but"),
        Said::Not(_) => (Wire::Due(Mood::Bad), "not proven"),
        Said::Unasked => (Wire::Due(Mood::Unknown), "not asked in this run"),
        Said::Untold => (Wire::Due(Mood::Unknown), "whether it is proven is not told"),
    };
    let who = match port.is_bootstrap() {
        true => in_bootstrap(mapping, port),
        false => format!("broker {}", port.owner),
    };
    let zone = port.az_id.as_ref().map(|zone| {
        let zone = tag("span").class("kpl-zone").with(zone.to_string());
        Markup::from(zone)
    });
    let word_of = tag("b").class(wire.class()).with(word);
    let mut more = tag("div").class("kpl-more").with(word_of);
    more = more.with(" · ").with(port.state());
    if !port.is_bootstrap() {
        let instances = port.instances.iter();
        more = more.with_all(instances.map(|it| {
            let id = tag("span").class("kpl-id").with(it.to_string());
            Markup::from(" · ").and(id)
        }));
    }
    let host = port.endpoint.as_ref().map(|endpoint| {
        let text = format!("{}:{}", endpoint.host, endpoint.port);
        Markup::from(tag("div").class("kpl-more").with(breakable(&text)))
    });
    tag("li")
        .with(tag("span").class("kpl-number").with(port.port.to_string()))
        .with(wire.drawn(word))
        .with(tag("span").class("kpl-who").with(who).with(zone))
        .with(more)
        .with(host)
        .with(why(mapping, port, &said))
}

/// What the proof says of it, if there is more to say.
fn why(mapping: &Mapping, port: &Port, said: &Said) -> Option<Markup> {
    let through = match said {
        // Nobody is to answer there.
        _ if port.is_away() => None,
        Said::ProvenBut(why) => Some(why.trim_start_matches("proven: ").to_owned()),
        Said::Not(why) => Some(why.clone()),
        Said::Proven | Said::Unasked | Said::Untold => None,
    };
    let directly = match port.is_away() || port.is_bootstrap() {
        true => None,
        false => mapping.proof.directly(port),
    };
    let directly = directly.map(|why| format!("Asked directly: {why}"));
    let said: Vec<String> = through.into_iter().chain(directly).collect();
    let lines = said.into_iter().map(|text| tag("p").with(text));
    let mut lines = lines.peekable();
    lines.peek()?;
    Some(tag("div").class("kpl-why").with_all(lines).into())
}

/// A name that may be broken behind each of its dots.
fn breakable(name: &str) -> Markup {
    let parts = clean(name, LONGEST);
    let parts = parts.split_inclusive('.').map(Markup::from);
    parts.map(|part| part.and(Markup::ours("<wbr>"))).collect()
}

/// Who stands in a bootstrap port's target group.
fn in_bootstrap(mapping: &Mapping, port: &Port) -> String {
    let known = port.instances.iter().filter_map(|id| mapping.broker_on(id));
    let known: Vec<_> = known.collect();
    let strangers = port.instances.len() - known.len();
    match (known.len(), strangers) {
        (0, 0) => "bootstrap: nobody yet".to_owned(),
        (0, _) => format!("bootstrap: {strangers} targets whose broker is not told"),
        (_, 0) => format!("bootstrap: {}", brokers(known)),
        (_, _) => format!("bootstrap: {}, and {strangers} more", brokers(known)),
    }
}

/// Brokers that stand behind no port.
pub(super) fn without(mapping: &Mapping, nodes: &[crate::fields::Word]) -> Markup {
    let groups = mapping.groups();
    let missing = groups.iter().flat_map(|(group, ports)| {
        let has = |node: &crate::fields::Word| {
            ports
                .iter()
                .any(|port| port.owner == *node && !port.is_away())
        };
        let missing: Vec<_> = nodes.iter().filter(|node| !has(node)).collect();
        let is_any = !missing.is_empty();
        is_any.then(|| format!("{} behind no port of {group}", brokers(missing)))
    });
    let all = missing.chain(mapping.without_port());
    let all: Vec<String> = all.chain(mapping.without.iter().cloned()).collect();
    match all.is_empty() {
        true => Markup::default(),
        false => section("Brokers without a port", list(all)),
    }
}
