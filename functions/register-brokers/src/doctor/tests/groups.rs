//! Several consumers: a walk for each.

use super::{Patient, Station, found};
use crate::look::Look;
use fleet::look::PATTERN;
use fleet::naming::Owner;
use fleet::words::GroupName;

const SECOND: &str = r#"{"pattern": "<b>.<az>.xyz.example.com:<p>",
    "bootstrap_port": 9192, "broker_ports": "9193-9240", "bind_port": 39093}"#;

fn names(look: Look) -> Vec<Option<GroupName>> {
    let examined = Patient::with(look).examined();
    examined.walks.into_iter().map(|walk| walk.group).collect()
}

#[test]
fn what_is_wrong_with_one_consumers_ports_is_not_wrong_with_anothers() {
    let look = Look::of(&[1])
        .parameter("listeners/EXTERNAL2", SECOND)
        .ports_agreed();
    let examined = Patient::with(look).examined();
    let [first, second] = &examined.walks[..] else {
        panic!("{examined}");
    };
    assert!(found(first, Station::Listeners).is_well(), "{examined}");
    assert!(found(first, Station::Names).is_well(), "{examined}");
    let next = found(second, Station::Listeners);
    assert!(
        next.next()
            .is_some_and(|next| next.contains("EXTERNAL2 broker 1")),
        "{examined}"
    );
    let text = examined.to_string();
    assert!(
        text.contains("\nEXTERNAL\n") && text.contains("\nEXTERNAL2\n"),
        "{text}"
    );
}

#[test]
fn a_group_that_is_refused_has_a_walk_and_one_that_is_being_retired_has_none() {
    let refused = Look::of(&[1]).parameter("listeners/EXTERNAL2", "nonsense");
    let both = ["EXTERNAL", "EXTERNAL2"].map(|name| Some(name.into()));
    assert_eq!(names(refused), both);
    let retired = Look::of(&[1])
        .parameter("listeners/EXTERNAL2", SECOND)
        .parameter("listeners/EXTERNAL", r#"{"retired": true}"#);
    assert_eq!(names(retired), [Some("EXTERNAL2".into())]);
    let all_retired = Look::of(&[1]).parameter("listeners/EXTERNAL", r#"{"retired": true}"#);
    assert_eq!(names(all_retired), [None]);
    let gone = Look::of(&[])
        .unmapped(Owner::Bootstrap)
        .without_parameter("listeners/EXTERNAL")
        .parameter("listeners/EXTERNAL3", PATTERN);
    assert_eq!(names(gone), [Some("EXTERNAL3".into())]);
}
