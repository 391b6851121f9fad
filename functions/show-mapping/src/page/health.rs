//! How the brokers are, what is done for those that fell ill, and who waits for a lifecycle hook.

use super::{line, list, now, section, word};
use crate::care::{Care, Patient};
use crate::headline::Mood;
use crate::mapping::{Mapping, Waiting};
use crate::markup::{Markup, tag};
use crate::told::Report;

/// Alarms and brokers, as heal-brokers told.
pub(super) fn drawn(report: &Report<Care>) -> Markup {
    let Care { alarms, brokers } = &report.picture;
    let unknown = report.nobody_knows("whether an alarm is on");
    let (mood, sign, on) = match (alarms.is_empty(), unknown) {
        (true, None) => (Mood::Good, "✓", "No alarm is on.".to_owned()),
        (true, Some(unknown)) => (Mood::Unknown, "?", unknown),
        (false, _) => {
            let on = format!("Alarms that are on: {}", alarms.join(", "));
            (Mood::Bad, "✗", on)
        }
    };
    let sign = if report.run.is_old { "Then:" } else { sign };
    let on = line(word(now(mood, report.run.is_old), &format!("{sign} {on}")));
    section(
        "Healing",
        on.and(list(
            brokers.iter().map(|it| patient(it, report.run.is_old)),
        )),
    )
}

fn patient(patient: &Patient, is_old: bool) -> Markup {
    let mood = match patient.is_up() {
        true => Mood::Good,
        false => Mood::Bad,
    };
    let mood = now(mood, is_old);
    let sign = match (patient.is_up(), patient.is_in_hand()) {
        (_, _) if is_old => "then:",
        (true, _) => "✓",
        (false, true) => "✗ being healed:",
        (false, false) => "✗",
    };
    let asked = match patient.asked {
        true => "; push-listeners is asked to start or restart it",
        false => "",
    };
    let healed = patient.healed.as_ref().map(|healed| format!("; {healed}"));
    Markup::from(tag("b").with(format!("broker {} ", patient.node)))
        .and(format!("on {}: ", patient.instance))
        .and(word(mood, &format!("{sign} {}", patient.state())))
        .and(format!("{}{asked}", healed.unwrap_or_default()))
}

/// Who waits for a lifecycle hook.
pub(super) fn waiting(mapping: &Mapping) -> Markup {
    if mapping.waiting.is_empty() {
        return Markup::default();
    }
    let waiting = mapping.waiting.iter().map(|waiting| {
        let Waiting {
            instance,
            auto_scaling_group,
            hook,
            until,
            why,
        } = waiting;
        let until = until.map(|until| format!("; AWS ends the wait at {until:.0}"));
        Markup::from(tag("b").with(instance.to_string()))
            .and(format!(" of {auto_scaling_group}, {hook}: {why}"))
            .and(until.unwrap_or_default())
    });
    section("Waiting for lifecycle hooks", list(waiting))
}
