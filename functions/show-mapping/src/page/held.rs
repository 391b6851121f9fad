//! What is held and why, what could not be seen, what the newest runs did, and what of their reports could not be
//! read: function by function.

use super::{line, list, section};
use crate::access::Access;
use crate::care::Care;
use crate::mapping::Mapping;
use crate::markup::{Markup, tag};
use crate::rollout::Rollout;
use crate::told::{Picture, Report, Told};

/// What every function told.
pub(super) struct All<'t> {
    pub(super) mapping: &'t Told<Mapping>,
    pub(super) rollout: &'t Told<Rollout>,
    pub(super) access: &'t Told<Access>,
    pub(super) care: &'t Told<Care>,
}

/// What is held, and what could not be seen.
pub(super) fn open(all: &All<'_>) -> Markup {
    let held = match all.parts(Part::Held) {
        parts if parts.is_empty() => {
            let none = match all.is_whole() {
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
    held.and(all.told("What could not be seen", Part::Gaps))
}

/// What the newest runs did, and what of their reports could not be read.
pub(super) fn past(all: &All<'_>) -> Markup {
    all.told("What the newest runs did", Part::Actions)
        .and(all.told("What could not be read of the reports", Part::Amiss))
}

impl All<'_> {
    /// Whether every function has a report.
    fn is_whole(&self) -> bool {
        let Self {
            mapping,
            rollout,
            access,
            care,
        } = self;
        mapping.report().is_some()
            && rollout.report().is_some()
            && access.report().is_some()
            && care.report().is_some()
    }

    fn told(&self, heading: &str, what: Part) -> Markup {
        match self.parts(what) {
            parts if parts.is_empty() => Markup::default(),
            parts => section(heading, parts.into_iter().collect::<Markup>()),
        }
    }

    fn parts(&self, what: Part) -> Vec<Markup> {
        let parts = [
            part(self.mapping, what),
            // What it did stands beside the roll.
            match what {
                Part::Actions => None,
                Part::Held | Part::Gaps | Part::Amiss => part(self.rollout, what),
            },
            part(self.access, what),
            part(self.care, what),
        ];
        parts.into_iter().flatten().collect()
    }
}

/// A part of a report.
#[derive(Clone, Copy)]
enum Part {
    Held,
    Gaps,
    Actions,
    Amiss,
}

fn part<P: Picture>(told: &Told<P>, part: Part) -> Option<Markup> {
    let sentences = sentences(told.report()?, part);
    if sentences.is_empty() {
        return None;
    }
    let heading = tag("h3").with(P::FUNCTION.name());
    Some(Markup::from(heading).and(list(sentences)))
}

fn sentences<P>(report: &Report<P>, part: Part) -> Vec<String> {
    let run = &report.run;
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
        Part::Amiss => report.amiss.clone(),
    }
}
