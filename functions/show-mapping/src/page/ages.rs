//! Of each function how old its newest report is, and in few words what it says.

use super::word;
use crate::all::All;
use crate::headline::Mood;
use crate::markup::{Element, Markup, tag};
use crate::told::{Heard, Run};

/// Every function.
pub(super) fn of(all: &All) -> Element {
    tag("ul").class("kpl-ages").with_all(all.each().map(one))
}

fn one(heard: Heard<'_>) -> Element {
    let name = tag("b").with(heard.function.name());
    let item = tag("li").with(name);
    let soft = |text: &String| tag("span").class("kpl-soft").with(text);
    match heard.run {
        Err(silence) => {
            let unknown = word(Mood::Unknown, "? no report");
            let item = item
                .with(tag("span").with(unknown))
                .with(soft(&silence.said));
            item.with_all(silence.why.as_ref().map(soft))
        }
        Ok(run) => {
            let age: Markup = match run.is_old {
                true => word(Mood::Unknown, &format!("! {}, old", run.age)).into(),
                false => (&run.age).into(),
            };
            item.with(tag("span").with(age)).with(soft(&said(run)))
        }
    }
}

fn said(run: &Run) -> String {
    let failed = run.actions.iter().filter(|it| it.is_failure()).count();
    let done = run.actions.iter().filter(|it| it.is_done()).count();
    let counts = [
        (done, "done"),
        (run.held.len(), "held"),
        (failed, "failed"),
        (run.gaps.len(), "not seen"),
        (run.amiss.len(), "not readable"),
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
