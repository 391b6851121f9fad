//! What is held and why, what could not be seen, what the newest runs did, and what of their reports could not be
//! read: function by function.

use super::{line, list, section};
use crate::all::All;
use crate::markup::{Markup, tag};
use crate::reports::Function;
use crate::told::{Heard, Run};

/// What is held, and what could not be seen.
pub(super) fn open(all: &All) -> Markup {
    let held = match parts(all, Part::Held) {
        parts if parts.is_empty() => {
            let none = match all.each().iter().all(|it| it.run.is_ok()) {
                true => "Nothing is held.",
                false => "Nobody knows what is held: not every function has a report.",
            };
            section("What is held, and why", line(none))
        }
        parts => section(
            "What is held, and why",
            parts.into_iter().collect::<Markup>(),
        ),
    };
    held.and(told(all, "What could not be seen", Part::Gaps))
}

/// What the newest runs did, and what of their reports could not be read.
pub(super) fn past(all: &All) -> Markup {
    told(all, "What the newest runs did", Part::Actions).and(told(
        all,
        "What could not be read of the reports",
        Part::Amiss,
    ))
}

fn told(all: &All, heading: &str, what: Part) -> Markup {
    match parts(all, what) {
        parts if parts.is_empty() => Markup::default(),
        parts => section(heading, parts.into_iter().collect::<Markup>()),
    }
}

fn parts(all: &All, what: Part) -> Vec<Markup> {
    let parts = all.each().into_iter();
    parts.filter_map(|heard| part(heard, what)).collect()
}

/// A part of a report.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Held,
    Gaps,
    Actions,
    Amiss,
}

fn part(heard: Heard<'_>, part: Part) -> Option<Markup> {
    // What this one did stands beside the roll.
    if heard.function == Function::PushListeners && part == Part::Actions {
        return None;
    }
    let sentences = sentences(heard.run.ok()?, part);
    if sentences.is_empty() {
        return None;
    }
    let heading = tag("h3").with(heard.function.name());
    Some(Markup::from(heading).and(list(sentences)))
}

fn sentences(run: &Run, part: Part) -> Vec<String> {
    match part {
        Part::Held => {
            let paused = run.paused.iter();
            let paused = paused.map(|why| format!("Paused: {why}. Nothing is written."));
            paused.chain(run.held.iter().cloned()).collect()
        }
        Part::Gaps => {
            let gaps = run.gaps.iter();
            gaps.map(|gap| format!("{}: {}", gap.read, gap.reason))
                .collect()
        }
        Part::Actions => {
            let actions = run.actions.iter().map(|taken| {
                let detail = taken.detail.as_ref().map(|why| format!(": {why}"));
                let (step, outcome) = (&taken.step, &taken.outcome);
                format!("{outcome}: {step}{}", detail.unwrap_or_default())
            });
            actions.collect()
        }
        Part::Amiss => run.amiss.clone(),
    }
}
