//! Once within an hour for one broker, three times a day for a cluster, one broker at a time.

use crate::look::Look;
use fleet::healing::Rung;
use fleet::tags;

fn two() -> Look {
    Look::three().of(2)
}

#[test]
fn one_broker_is_healed_once_within_an_hour() {
    let again = |age| two().gone().healed(age, Rung::Start);
    assert_eq!(again(3599).held(), ["Recently"]);
    assert!(
        again(3599).says().contains("before 2026-11-22T12:00:01Z"),
        "{}",
        again(3599).says()
    );
    let never_well = again(3599).says();
    assert!(
        never_well.contains("had its start within the last hour"),
        "{never_well}"
    );
    assert!(again(3599).steps().is_empty());
    assert_eq!(again(3600).steps().len(), 1);
    // A replacement counts, whoever made it; the tags went with the instance.
    let replaced = |age| two().gone().replaced(age);
    assert_eq!(replaced(3599).held(), ["Recently"]);
    assert_eq!(replaced(3600).steps().len(), 1);
}

#[test]
fn an_instance_that_goes_because_its_group_shrinks_is_no_healing() {
    let taken_out = |why| two().gone().taken_out(60, why).steps().len();
    let shrinks = "a difference between desired and actual capacity, shrinking the capacity from 2 to 1.  At … instance i-9 was selected for termination.";
    assert_eq!(taken_out(Some(shrinks)), 1);
    let ill = "an EC2 health check indicating it has been terminated or stopped.";
    // What nobody understands counts.
    for counts in [Some(ill), Some("an instance refresh."), None] {
        assert_eq!(taken_out(counts), 0, "{counts:?}");
    }
}

#[test]
fn a_time_that_has_not_come_is_not_ours() {
    for text in ["9999-12-30T22:00:00Z start", "2026-11-22T12:05:00Z start"] {
        let look = two().gone().tag(tags::HEALED_AT, text);
        assert_eq!(look.held(), ["Scribbled"], "{text}");
        assert!(look.says().contains("remove the tag"), "{}", look.says());
    }
}

#[test]
fn a_cluster_is_healed_three_times_a_day() {
    let spent = |oldest| {
        let look = Look::three()
            .of(1)
            .healed(5000, Rung::Start)
            .healed(oldest, Rung::Reboot);
        look.of(3).healed(7000, Rung::Start).of(2).gone()
    };
    assert_eq!(spent(86_399).held(), ["Spent"]);
    assert!(
        spent(86_399).says().contains("before 2026-11-22T12:00:01Z"),
        "{}",
        spent(86_399).says()
    );
    assert!(spent(86_399).steps().is_empty());
    assert_eq!(spent(86_400).steps().len(), 1);
    let replaced = Look::three()
        .of(1)
        .healed(5000, Rung::Start)
        .replaced(40_000);
    let replaced = replaced.of(3).healed(7000, Rung::Start).of(2).gone();
    assert_eq!(replaced.held(), ["Spent"]);
    let told = "were healed or replaced three times within a day";
    assert!(replaced.says().contains(told), "{}", replaced.says());
}

#[test]
fn while_one_that_was_healed_is_not_up_no_other_one_is_healed() {
    let busy = |rung| {
        Look::three()
            .of(3)
            .starting()
            .healed(600, rung)
            .of(2)
            .gone()
    };
    for rung in [Rung::Restart, Rung::Reboot, Rung::Replace] {
        assert_eq!(busy(rung).held(), ["Starting", "Busy"]);
        assert!(busy(rung).steps().is_empty());
    }
    // Starts are sent one after another.
    assert_eq!(busy(Rung::Start).steps().len(), 1);
    let reboot = Look::three().of(3).starting().healed(600, Rung::Start);
    let reboot = reboot.of(2).silent(false).checked(None, Some(600));
    assert_eq!(reboot.held(), ["Starting", "Busy"]);
}

#[test]
fn a_tag_that_nobody_understands_heals_nobody() {
    let scribbled = two().gone().of(1).tag(tags::HEALED_AT, "yesterday");
    assert_eq!(scribbled.held(), ["Scribbled"]);
    assert!(scribbled.says().contains("remove the tag"));
    assert!(scribbled.steps().is_empty());
}
