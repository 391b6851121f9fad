//! Where the roll is.

use super::signs::bars;
use super::{line, list, now, section, word};
use crate::headline::Mood;
use crate::markup::{Markup, tag};
use crate::rollout::{Rollout, Stage};
use crate::told::Report;
use crate::words::count;

/// The roll, if push-listeners told.
pub(super) fn drawn(report: &Report<Rollout>) -> Markup {
    let rollout = &report.picture;
    let (mood, sentence) = match rollout.stage() {
        Stage::NoBrokers => {
            let none = report.none(
                "push-listeners sees no broker.",
                "whether there are brokers",
            );
            (Mood::Unknown, none)
        }
        Stage::Done => (
            Mood::Good,
            "Every broker advertises what it should; no roll is due.".to_owned(),
        ),
        Stage::UnderWay(right, all) => (
            Mood::Unknown,
            format!(
                "{right} of {all} brokers advertise what they should; what is held says for what the others wait."
            ),
        ),
        Stage::Stopped(nodes) => (
            Mood::Bad,
            format!("The roll stopped at {nodes}; see what is held."),
        ),
        Stage::Unknown => (
            Mood::Unknown,
            "How many brokers advertise what they should is not told.".to_owned(),
        ),
    };
    let mood = now(mood, report.run.is_old);
    let sign = match mood {
        Mood::Good => "✓ ",
        Mood::Bad => "✗ ",
        Mood::Unknown if report.run.is_old => "Then: ",
        Mood::Unknown => "",
    };
    let sentence = line(word(mood, &format!("{sign}{sentence}")));
    let drawn = match (rollout.right, rollout.brokers) {
        (Some(right), Some(all)) if right < all && all <= 200 => Some(bars(right, all).into()),
        (_, _) => None,
    };
    let notes = rollout.notes.iter().map(|note| format!("Note: {note}"));
    let others = rollout.others.iter().map(|(node, differs)| {
        let node = tag("b").with(format!("broker {node}"));
        let differs = match differs.is_empty() {
            true => ": what it advertises is not known".to_owned(),
            false => format!(": {}", differs.join("; ")),
        };
        Markup::from(node).and(differs)
    });
    let under_way = report.run.actions.iter().map(|taken| {
        let step = format!("{} ({})", taken.step, taken.outcome);
        Markup::from(step)
    });
    let under_way = match report.run.actions.len() {
        0 => Markup::default(),
        steps => line(format!("{} of the newest run:", count(steps, "step"))).and(list(under_way)),
    };
    let content = sentence
        .and(drawn)
        .and(list(notes))
        .and(list(others))
        .and(under_way);
    section("The roll", content)
}
