//! How many brokers of how many groups fit behind one NLB.

use super::{json, read, wanted};
use crate::look::{EXTERNAL, owner, port};
use crate::records::Look;
use crate::tags;
use crate::words::GroupName;

#[test]
fn f1_f2_a_further_group_fits_whole_or_not_at_all() {
    let value = json(9192, "9193-9240", 39093);
    let two = |brokers, foreign| {
        let mut look = Look::of(&[]).parameter("listeners/EXTERNAL2", &value);
        wanted(&read(&mut look, brokers, foreign), "EXTERNAL2")
    };
    assert_eq!(two(24, 0), "serve 9193-9240");
    assert_eq!(
        two(25, 0),
        "2 groups of 25 brokers need 52 listeners and the NLB has 50, 0 of them taken by others: 24 brokers fit; retire a group first"
    );
    assert_eq!(
        two(24, 2),
        "2 groups of 24 brokers need 50 listeners and the NLB has 50, 2 of them taken by others: 23 brokers fit; retire a group first"
    );
    assert!(two(1, 60).contains(": 0 brokers fit;"));
    let mut three = Look::of(&[])
        .parameter("listeners/EXTERNAL2", &value)
        .parameter("listeners/EXTERNAL3", &json(9292, "9293-9340", 39094));
    assert_eq!(
        wanted(&read(&mut three, 15, 0), "EXTERNAL3"),
        "serve 9293-9340"
    );
    assert!(wanted(&read(&mut three, 16, 0), "EXTERNAL3").contains(
        "3 groups of 16 brokers need 51 listeners and the NLB has 50, 0 of them taken by others: 15 brokers fit"
    ));
}

#[test]
fn a_first_group_and_a_mapped_one_go_on_however_many_brokers_there_are() {
    let mut first = Look::of(&[]);
    first.groups().clear();
    assert_eq!(
        wanted(&read(&mut first, 60, 0), EXTERNAL),
        "serve 9093-9140"
    );
    let mut mapped = Look::of(&[1])
        .mapped("EXTERNAL2", owner(1), 9193, &[1])
        .parameter("listeners/EXTERNAL2", &json(9192, "9193-9240", 39093));
    let second = mapped.groups().last_mut().expect("a group");
    second.port = port(39093);
    assert_eq!(second.tags[tags::GROUP], "EXTERNAL2");
    assert_eq!(
        wanted(&read(&mut mapped, 60, 0), "EXTERNAL2"),
        "serve 9193-9240"
    );
}

/// What becomes of EXTERNAL2 with 30 brokers, beside this EXTERNAL with four entries.
fn beside(look: Look) -> String {
    let mut look = look.parameter("listeners/EXTERNAL2", &json(9192, "9193-9240", 39093));
    wanted(&read(&mut look, 30, 0), "EXTERNAL2")
}

#[test]
fn a_frozen_group_counts_like_one_that_is_served() {
    let mapped = || Look::of(&[1, 2, 3]);
    let mut deleted = mapped();
    deleted.0.parameters = Ok(Vec::new());
    for look in [
        mapped(),
        mapped().parameter("listeners/EXTERNAL", "a typo"),
        mapped().parameter("listeners/EXTERNAL", &json(9092, "9093-9140", 39099)),
        deleted,
    ] {
        assert_eq!(
            beside(look),
            "2 groups of 30 brokers need 62 listeners and the NLB has 50, 0 of them taken by others: 24 brokers fit; retire a group first"
        );
    }
    // One that never got a port has nothing to keep.
    let mut unmapped = Look::of(&[]).parameter("listeners/EXTERNAL", "a typo");
    unmapped.groups().clear();
    assert_eq!(beside(unmapped), "serve 9193-9240");
}

#[test]
fn a_group_that_is_being_retired_counts_with_the_listeners_that_it_has() {
    let nodes: Vec<u32> = (1..=21).collect();
    let retired =
        |nodes: &[u32]| Look::of(nodes).parameter("listeners/EXTERNAL", r#"{"retired": true}"#);
    assert_eq!(
        beside(retired(&nodes)),
        "a group of 30 brokers needs 31 listeners and the NLB has 50, 0 of them taken by others and 22 by groups that are being retired: 27 brokers fit; retire a group first"
    );
    assert_eq!(beside(retired(&nodes[..18])), "serve 9193-9240");
    let gone = retired(&nodes).without_listener(9093);
    let gone = gone.without_listener(9094).without_listener(9095);
    assert_eq!(beside(gone), "serve 9193-9240");
}

#[test]
fn a_listener_of_ours_that_no_target_group_claims_takes_a_place_too() {
    let mut look =
        Look::of(&[1, 2]).parameter("listeners/EXTERNAL2", &json(9192, "9193-9240", 39093));
    look.groups()
        .retain(|group| group.arn != crate::look::arn(owner(2)));
    let two = |look: &mut Look, brokers| wanted(&read(look, brokers, 0), "EXTERNAL2");
    assert_eq!(two(&mut look, 23), "serve 9193-9240");
    assert!(two(&mut look, 24).contains(
        "need 50 listeners and the NLB has 50, 1 of them taken by others: 23 brokers fit"
    ));
}

#[test]
fn of_two_groups_of_one_age_the_first_by_name_fits_in_every_run() {
    let mut look = Look::of(&[])
        .parameter("listeners/B", &json(9292, "9293-9340", 39094))
        .parameter("listeners/A", &json(9192, "9193-9240", 39093));
    look.groups().clear();
    let parameters = look.0.parameters.as_mut().expect("parameters");
    parameters.retain(|parameter| !parameter.name.ends_with("EXTERNAL"));
    let at = parameters[0].last_modified;
    for _ in 0..2 {
        let parameters = look.0.parameters.as_mut().expect("parameters");
        parameters.iter_mut().for_each(|it| it.last_modified = at);
        parameters.reverse();
        let wishes = read(&mut look, 30, 0);
        assert_eq!(wanted(&wishes, "A"), "serve 9193-9240");
        assert!(wanted(&wishes, "B").contains(" brokers fit"));
        assert_eq!(wishes.by_age, ["A", "B"].map(GroupName::from));
    }
}
