//! What else somebody should look at, below the first line.

use crate::access::Access;
use crate::all::All;
use crate::care::Care;
use crate::headline::{Headline, Mood};
use crate::mapping::Mapping;
use crate::reports::Function;
use crate::rollout::{Rollout, Stage};
use crate::told::Heard;
use crate::words::{are, brokers, count};
use std::collections::BTreeSet;

/// Each in few words.
pub(crate) fn also(all: &All) -> Vec<Headline> {
    let All {
        mapping,
        rollout,
        access,
        care,
    } = all;
    let told = [
        mapping.fresh().and_then(|it| of_hooks(&it.picture)),
        rollout.fresh().and_then(|it| of_the_roll(&it.picture)),
        care.fresh().and_then(|it| of_health(&it.picture)),
        access.fresh().and_then(|it| of_connections(&it.picture)),
    ];
    let troubles = all.each().into_iter().flat_map(troubles);
    troubles.chain(told.into_iter().flatten()).collect()
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
fn troubles(heard: Heard<'_>) -> Vec<Headline> {
    let name = heard.function;
    // The first line says it of this one.
    let is_first = name == Function::RegisterBrokers;
    let run = match heard.run {
        Ok(run) => run,
        Err(_) if is_first => return Vec::new(),
        Err(silence) => {
            let sentence = format!("{name} {}", silence.said);
            return vec![Headline::new(Mood::Unknown, sentence)];
        }
    };
    let failed = run
        .actions
        .iter()
        .filter(|taken| taken.is_failure())
        .count();
    let paused = run.paused.as_ref();
    let all = [
        (run.is_old && !is_first).then(|| {
            (
                Mood::Unknown,
                format!("printed its newest report {}", run.age),
            )
        }),
        paused.map(|_| (Mood::Unknown, "is paused: it writes nothing".to_owned())),
        (failed > 0).then(|| (Mood::Bad, format!("failed in {}", count(failed, "step")))),
        (!run.gaps.is_empty()).then(|| {
            let gaps = count(run.gaps.len(), "thing");
            (Mood::Unknown, format!("could not see {gaps}"))
        }),
        (!run.amiss.is_empty())
            .then(|| (Mood::Unknown, "has a report that is not whole".to_owned())),
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
