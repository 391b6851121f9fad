//! Two target groups claim one port: as two activations that did not see each other leave them, or
//! as a person does who edits tags.

use crate::look::Look;
use fleet::look::owner;
use fleet::tags;

/// Brokers 1, 2 and 3 of the document's cluster; 3 claims the port of 2.
fn claimed() -> Look {
    Look::of(&[1, 2, 3]).tagged(owner(3), tags::PORT, "9094")
}

const DROPS: [&str; 1] = [
    "delete target group of EXTERNAL broker 3: port 9094 is another one's, and nothing leads here",
];

#[test]
fn p81_a_claim_that_nothing_leads_to_goes_and_its_broker_gets_another_port_later() {
    let look = claimed().without_listener(9095);
    assert_eq!(look.steps(), DROPS);
    let held = look.held();
    assert!(
        held.len() == 2
            && held[0].ends_with("it is deleted and made again with another port")
            && held[1].ends_with("it waits for broker 3"),
        "{held:?}"
    );
    let ports = look
        .plan()
        .picture
        .mapping
        .into_iter()
        .map(|row| row.port.get());
    assert_eq!(ports.collect::<Vec<_>>(), [9092, 9093, 9094]);
}

#[test]
fn of_claims_that_both_serve_nobody_can_tell_which_is_right() {
    let look = claimed();
    assert_eq!(look.steps(), [""; 0]);
    assert!(
        look.held()
            .iter()
            .any(|held| held.contains("all claim port 9094"))
    );
}

#[test]
fn a_reservation_is_a_good_claim_and_a_newcomer_without_a_listener_gives_way() {
    let since = "2026-11-22T11:00:00Z";
    let reserved = Look::of(&[1, 2, 3])
        .tagged(owner(2), tags::VACANT_SINCE, since)
        .tagged(owner(3), tags::PORT, "9094")
        .without_listener(9094)
        .without_listener(9095);
    assert!(reserved.steps().iter().any(|step| step == DROPS[0]));
    // But one that serves and a reservation are for a person to tell apart.
    let both = Look::of(&[1, 2, 3])
        .tagged(owner(2), tags::VACANT_SINCE, since)
        .tagged(owner(3), tags::PORT, "9094")
        .without_listener(9094);
    assert!(!both.steps().iter().any(|step| step == DROPS[0]));
}

#[test]
fn where_nothing_leads_to_either_the_first_keeps_the_port() {
    let look = claimed().without_listener(9094).without_listener(9095);
    let steps = look.steps();
    assert!(steps.iter().any(|step| step == DROPS[0]), "{steps:?}");
    let deleted = steps.iter().filter(|step| step.starts_with("delete"));
    assert_eq!(deleted.count(), 1);
}

#[test]
fn what_claims_twice_goes_with_a_retired_group_too_and_stays_with_a_frozen_one() {
    let retired = claimed()
        .without_listener(9095)
        .parameter("listeners/EXTERNAL", r#"{"retired": true}"#);
    assert!(retired.steps().iter().any(|step| step == DROPS[0]));
    let refused = claimed()
        .without_listener(9095)
        .parameter("listeners/EXTERNAL", "nonsense");
    assert_eq!(refused.steps(), [""; 0]);
}
