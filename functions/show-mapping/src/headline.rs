//! The first line: that all ports are proven, or what is wrong.

use crate::mapping::{Mapping, Port};
use crate::proof::Said;
use crate::told::{Report, Told};
use crate::words::count;
use std::collections::BTreeSet;

/// Of how many ports the first line speaks by their numbers.
const NAMED: usize = 6;

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    /// As it should be.
    Good,
    /// Somebody should look.
    Bad,
    /// Nobody knows.
    Unknown,
}

/// One sentence, and how it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Headline {
    /// How it is.
    pub(crate) mood: Mood,
    /// The sentence.
    pub(crate) sentence: String,
}

impl Headline {
    /// Of this sentence.
    pub(crate) fn new(mood: Mood, sentence: impl Into<String>) -> Self {
        let sentence = sentence.into();
        Self { mood, sentence }
    }

    /// The first line: what the newest report of register-brokers says of the ports.
    pub(crate) fn of(told: &Told<Mapping>) -> Self {
        let report = match told {
            Told::Report(report) => report,
            Told::Nothing(silence) => {
                let said = &silence.said;
                let sentence = format!("Nobody knows what is proven: register-brokers {said}.");
                return Self::new(Mood::Unknown, sentence);
            }
        };
        let said = of_ports(report);
        if !report.run.is_old {
            return said;
        }
        let age = &report.run.age;
        let sentence = format!(
            "Nobody knows what is proven now: the newest report of register-brokers was printed {age}. It said: {}",
            said.sentence
        );
        Self::new(Mood::Unknown, sentence)
    }
}

/// What is proven of the ports.
fn of_ports(report: &Report<Mapping>) -> Headline {
    let mapping = &report.picture;
    let due: Vec<(&Port, Said)> = mapping
        .due()
        .map(|port| (port, mapping.proof.said(port)))
        .collect();
    let (bootstrap, ports): (Vec<_>, Vec<_>) =
        due.iter().partition(|(port, _)| port.is_bootstrap());
    let which = |all: &[&(&Port, Said)], is: fn(&Said) -> bool| {
        let all = all.iter().filter(|(_, said)| is(said));
        all.map(|(port, _)| port.port).collect::<Vec<_>>()
    };
    let not = which(&ports, |said| matches!(said, Said::Not(_)));
    let unknown = which(&ports, |said| matches!(said, Said::Unasked | Said::Untold));
    let shut = which(&bootstrap, |said| !said.is_proven());
    let misses = |said: &Said| matches!(said, Said::ProvenBut(_));
    let unlisted = due.iter().any(|(_, said)| misses(said));
    let total = ports.len();
    let (mood, sentence) = if total == 0 {
        let none = report.none("No broker has a port yet.", "whether any broker has a port");
        (Mood::Unknown, none)
    } else if !not.is_empty() {
        (Mood::Bad, not_proven(total, &not, unknown.len()))
    } else if which(&ports, |said| *said == Said::Unasked).len() == total {
        let of = count(total, "port");
        let fact = format!("None of {of} is proven yet.");
        let none = report.none(&fact, &format!("whether any of {of} is proven"));
        (Mood::Unknown, none)
    } else if !unknown.is_empty() {
        let (some, total) = (unknown.len(), count(total, "port"));
        let sentence = format!(
            "Nobody knows whether {some} of {total} lead where they should: {}.",
            named(&unknown)
        );
        (Mood::Unknown, sentence)
    } else if let [first, more @ ..] = &mapping.without_port()[..] {
        let more = match more.len() {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        let sentence = format!("{}, but {first}{more}.", proven(total));
        (Mood::Bad, sentence)
    } else if !shut.is_empty() {
        let sentence = format!("{}, but bootstrap {} not.", proven(total), ports_are(&shut));
        (Mood::Bad, sentence)
    } else if unlisted {
        let sentence = format!(
            "{}, but not every broker lists all others: clients would miss some.",
            proven(total)
        );
        (Mood::Bad, sentence)
    } else if !mapping.is_whole {
        let sentence = "Nobody knows whether all ports are proven: a part of the report of register-brokers could not be read.";
        (Mood::Unknown, sentence.to_owned())
    } else {
        (Mood::Good, format!("{}.", proven(total)))
    };
    Headline::new(mood, sentence)
}

fn not_proven(total: usize, not: &[u16], unknown: usize) -> String {
    let verb = if not.len() == 1 { "is" } else { "are" };
    let more = match unknown {
        0 => String::new(),
        more => format!(" Of {more} more nobody knows."),
    };
    let (some, total) = (not.len(), count(total, "port"));
    format!("{some} of {total} {verb} not proven: {}.{more}", named(not))
}

fn proven(total: usize) -> String {
    match total {
        1 => "The only port is proven".to_owned(),
        _ => format!("All {total} ports are proven"),
    }
}

fn ports_are(ports: &[u16]) -> String {
    match ports {
        [port] => format!("port {port} is"),
        _ => format!("ports {} are", named(ports)),
    }
}

fn named(ports: &[u16]) -> String {
    let ports: BTreeSet<&u16> = ports.iter().collect();
    let first: Vec<String> = ports.iter().take(NAMED).map(ToString::to_string).collect();
    let first = first.join(", ");
    match ports.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
