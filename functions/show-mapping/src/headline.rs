//! The first line: that all ports are proven, or what is wrong. And what else somebody should look at.

use crate::access::Access;
use crate::care::Care;
use crate::mapping::{Mapping, Port};
use crate::proof::Said;
use crate::reports::Function;
use crate::rollout::{Rollout, Stage};
use crate::told::{Picture, Report, Told};
use crate::words::{are, brokers, count};
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
    fn new(mood: Mood, sentence: impl Into<String>) -> Self {
        let sentence = sentence.into();
        Self { mood, sentence }
    }

    /// The first line: what the newest report of register-brokers says of the ports.
    pub(crate) fn of(told: &Told<Mapping>) -> Self {
        let report = match told {
            Told::Report(report) => report,
            Told::Nothing { said, .. } => {
                let sentence = format!("Nobody knows what is proven: register-brokers {said}.");
                return Self::new(Mood::Unknown, sentence);
            }
        };
        let said = of_ports(report);
        if !report.is_old {
            return said;
        }
        let age = &report.age;
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

/// What else somebody should look at, in few words.
pub(crate) fn also(
    mapping: &Told<Mapping>,
    rollout: &Told<Rollout>,
    access: &Told<Access>,
    care: &Told<Care>,
) -> Vec<Headline> {
    let silent = [
        troubles(mapping),
        troubles(rollout),
        troubles(access),
        troubles(care),
    ];
    let told = [
        mapping.fresh().and_then(|it| of_hooks(&it.picture)),
        rollout.fresh().and_then(|it| of_the_roll(&it.picture)),
        care.fresh().and_then(|it| of_health(&it.picture)),
        access.fresh().and_then(|it| of_connections(&it.picture)),
    ];
    silent
        .into_iter()
        .flatten()
        .chain(told.into_iter().flatten())
        .collect()
}

fn of_hooks(mapping: &Mapping) -> Option<Headline> {
    let sentence = match mapping.waiting.len() {
        0 => return None,
        1 => "1 instance waits for a lifecycle hook".to_owned(),
        more => format!("{more} instances wait for lifecycle hooks"),
    };
    Some(Headline::new(Mood::Unknown, sentence))
}

fn of_the_roll(rollout: &Rollout) -> Option<Headline> {
    match rollout.stage() {
        Stage::Stopped(nodes) => {
            let sentence = format!("The roll stopped at {nodes}");
            Some(Headline::new(Mood::Bad, sentence))
        }
        Stage::UnderWay(right, all) => {
            let sentence = format!("{right} of {all} brokers advertise what they should");
            Some(Headline::new(Mood::Unknown, sentence))
        }
        Stage::NoBrokers | Stage::Done | Stage::Unknown => None,
    }
}

fn of_health(care: &Care) -> Option<Headline> {
    let ill = care.brokers.iter().filter(|it| !it.is_up());
    let ill: BTreeSet<_> = ill.map(|it| &it.node).collect();
    let sentence = match (ill.len(), care.alarms.len()) {
        (0, 0) => return None,
        (0, alarms) => format!("{} on", are(alarms, "alarm")),
        (1, _) => format!("{} is not up", capital(&brokers(ill))),
        (_, _) => format!("{} are not up", capital(&brokers(ill))),
    };
    Some(Headline::new(Mood::Bad, sentence))
}

fn of_connections(access: &Access) -> Option<Headline> {
    let sentence = match access.pending().count() {
        0 => return None,
        1 => "1 connection waits to be accepted".to_owned(),
        more => format!("{more} connections wait to be accepted"),
    };
    Some(Headline::new(Mood::Unknown, sentence))
}

/// What keeps a function from saying how it is, or from doing what it should.
fn troubles<P: Picture>(told: &Told<P>) -> Vec<Headline> {
    let name = P::FUNCTION;
    let report = match told {
        Told::Report(report) => report,
        // The first line says it of this one.
        Told::Nothing { .. } if name == Function::RegisterBrokers => return Vec::new(),
        Told::Nothing { said, .. } => {
            return vec![Headline::new(Mood::Unknown, format!("{name} {said}"))];
        }
    };
    let Report { run, amiss, .. } = report.as_ref();
    let failed = run
        .actions
        .iter()
        .filter(|taken| taken.is_failure())
        .count();
    let paused = run.paused.as_ref();
    let all = [
        (report.is_old && name != Function::RegisterBrokers).then(|| {
            (
                Mood::Unknown,
                format!("printed its newest report {}", report.age),
            )
        }),
        paused.map(|_| (Mood::Unknown, "is paused: it writes nothing".to_owned())),
        (failed > 0).then(|| (Mood::Bad, format!("failed in {}", count(failed, "step")))),
        (!run.gaps.is_empty()).then(|| {
            let gaps = count(run.gaps.len(), "thing");
            (Mood::Unknown, format!("could not see {gaps}"))
        }),
        (!amiss.is_empty()).then(|| (Mood::Unknown, "has a report that is not whole".to_owned())),
    ];
    let all = all.into_iter().flatten();
    all.map(|(mood, said)| Headline::new(mood, format!("{name} {said}")))
        .collect()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
