//! Laws, of whatever is broken at once.

use super::changes::{CHANGES, Change, changed, instance, look};
use super::{Examination, Finding, Patient, Station, found};
use crate::mapping::RowState;
use fleet::handover;
use fleet::look::PATTERN;
use fleet::observed::{ConnectionState, Parameter};
use fleet::tags;
use proptest::prelude::*;
use proptest::sample::subsequence;

fn changes() -> impl Strategy<Value = Vec<Change>> {
    subsequence(CHANGES.to_vec(), 0..=3)
}

/// Whether the group is whole and handed over, and a consumer is connected, by the plan and by what was read, and not by
/// anything of the doctor's.
fn is_whole(patient: &Patient) -> bool {
    let Patient { look, access } = patient;
    let plan = look.plan();
    let picture = &plan.picture;
    let is_seen = plan.gaps.is_empty()
        && access.permissions.is_ok()
        && access.connections.is_ok()
        && access.rules.is_ok();
    let mut scaling = look.0.auto_scaling_groups.iter().flatten();
    let is_launched = scaling.all(|it| it.desired == Some(it.count()));
    let is_settled = plan.steps.is_empty() && plan.held.is_empty() && plan.doubts.is_empty();
    let serves = picture.mapping.len() == 4
        && picture
            .mapping
            .iter()
            .all(|row| row.state == RowState::Serving);
    let through = || {
        let rows = picture.proof.iter();
        rows.filter(|row| row.question.instance.is_none())
    };
    // Three ports and bootstrap; about a broker that stands still nobody asks.
    let is_proven = through().count() == 4
        && through().all(|row| {
            row.verdict.is_proven() && row.unlisted.is_empty() && row.strangers.is_empty()
        });
    let mut parameters = look.0.parameters.iter().flatten();
    let is_handed_over = parameters.any(|it| {
        it.name.ends_with("handover/EXTERNAL") && Parameter::text(it).is_some_and(handover::stands)
    });
    let connections = || access.connections.iter().flatten();
    let is_connected = access.permissions.iter().flatten().next().is_some()
        && connections().any(|it| it.state == ConnectionState::Available)
        && connections().all(|it| it.state != ConnectionState::PendingAcceptance);
    is_seen && is_launched && is_settled && serves && is_proven && is_handed_over && is_connected
}

/// What is so whatever was found.
fn is_sound(examined: &Examination) -> Result<(), TestCaseError> {
    for walk in &examined.walks {
        prop_assert!(walk.stations.is_sorted_by_key(|found| found.station));
        prop_assert_eq!(walk.stations.len(), 13);
        for each in &walk.stations {
            match &each.finding {
                Finding::Well { says } => prop_assert!(is_a_line(says), "{}", examined),
                Finding::Wrong { says, next } | Finding::Unknown { says, next } => {
                    prop_assert!(is_a_line(says) && is_a_line(next), "{}", examined);
                }
                Finding::Waits { on } => {
                    prop_assert!(!found(walk, *on).is_well(), "{}", examined);
                    prop_assert!(root(walk, *on).is_some(), "{}", examined);
                }
            }
        }
    }
    Ok(())
}

/// What somebody waits for in the end: something that is to be done.
fn root(walk: &super::Walk, mut on: Station) -> Option<String> {
    for _ in 0..13 {
        match found(walk, on) {
            Finding::Waits { on: further } => on = further,
            other => return other.next().map(str::to_owned),
        }
    }
    None
}

fn is_a_line(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains(char::is_control)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn everything_is_well_exactly_if_the_group_is_whole_and_a_consumer_connected(
        changes in changes(),
    ) {
        let patient = changed(&changes);
        let examined = patient.examined();
        prop_assert_eq!(examined.is_well(), is_whole(&patient), "{}\n{}", examined, activation::text::plan_text(&patient.look.plan()));
        is_sound(&examined)?;
        let says_so = examined.to_string().contains("\nNothing stands in the way.");
        prop_assert_eq!(says_so, examined.is_well());
    }

    #[test]
    fn whatever_a_parameter_or_a_tag_says_what_is_told_of_it_is_a_line(
        text in any::<String>(), tag in any::<String>(),
    ) {
        let mut patient = Patient::of(&[1, 2]);
        look(&mut patient, |it| it.parameter("listeners/EXTERNAL", &text).parameter("listeners/EXTERNAL2", PATTERN));
        instance(&mut patient, 2, |it| drop(it.tags.insert(tags::NODE_ID.to_owned(), tag)));
        is_sound(&patient.examined())?;
    }
}

#[test]
fn what_was_tried_alone_is_told_alone() {
    for change in CHANGES {
        let examined = changed(&[change]).examined();
        assert_eq!(examined.is_well(), !change.breaks, "{change:?}: {examined}");
    }
}
