//! Of each function how old its newest report is, and in few words what it says.

use super::word;
use crate::access::Access;
use crate::care::Care;
use crate::headline::Mood;
use crate::mapping::Mapping;
use crate::markup::{Element, Markup, tag};
use crate::rollout::Rollout;
use crate::told::{Picture, Report, Told};

/// Every function.
pub(super) fn of(
    mapping: &Told<Mapping>,
    rollout: &Told<Rollout>,
    access: &Told<Access>,
    care: &Told<Care>,
) -> Element {
    tag("ul")
        .class("kpl-ages")
        .with(one(mapping))
        .with(one(rollout))
        .with(one(access))
        .with(one(care))
}

fn one<P: Picture>(told: &Told<P>) -> Element {
    let name = tag("b").with(P::FUNCTION.name());
    let item = tag("li").with(name);
    match told {
        Told::Nothing { said, why } => {
            let unknown = word(Mood::Unknown, "? no report");
            let soft = |text: &String| tag("span").class("kpl-soft").with(text);
            let item = item.with(tag("span").with(unknown)).with(soft(said));
            item.with_all(why.as_ref().map(soft))
        }
        Told::Report(report) => {
            let age: Markup = match report.is_old {
                true => word(Mood::Unknown, &format!("! {}, old", report.age)).into(),
                false => (&report.age).into(),
            };
            let said = tag("span").class("kpl-soft").with(said(report));
            item.with(tag("span").with(age)).with(said)
        }
    }
}

fn said<P>(report: &Report<P>) -> String {
    let Report { run, amiss, .. } = report;
    let failed = run.actions.iter().filter(|it| it.is_failure()).count();
    let done = run.actions.iter().filter(|it| it.is_done()).count();
    let counts = [
        (done, "done"),
        (run.held.len(), "held"),
        (failed, "failed"),
        (run.gaps.len(), "not seen"),
        (amiss.len(), "not readable"),
    ];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    let mut said: Vec<String> = counts
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if run.paused.is_some() {
        said.insert(0, "paused".to_owned());
    }
    match said.is_empty() {
        true => "nothing to do".to_owned(),
        false => said.join(" · "),
    }
}
