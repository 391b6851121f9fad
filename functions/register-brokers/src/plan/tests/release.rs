//! Brokers that a person takes out: by the instance's tag, or out of one group by its parameter.

use crate::look::Look;
use crate::mapping::RowState;
use TargetState::{Healthy, Unhealthy};
use fleet::look::{id, node, owner, target};
use fleet::naming::Owner;
use fleet::observed::{InstanceState, TargetState};
use fleet::tags;

/// These brokers carry the tag, each with this value.
fn released(look: Look, brokers: &[u32], value: impl Fn(u32) -> String) -> Look {
    brokers.iter().fold(look, |look, &of| {
        look.with_instance(of, |instance| {
            instance.tags.insert(tags::RELEASE.to_owned(), value(of));
        })
    })
}

fn own_id(of: u32) -> String {
    format!("i-{of}")
}

const OUT: &str = "deregister i-2 from EXTERNAL bootstrap: a person takes broker 2 out";

/// What is left once broker 2 is out of bootstrap.
fn out_of_bootstrap(look: Look) -> Look {
    look.health(Owner::Bootstrap, vec![target(1, Healthy)])
}

#[test]
fn a_released_broker_leaves_bootstrap_and_then_its_port_which_stays_reserved() {
    let look = released(Look::of(&[1, 2]), &[2], own_id);
    assert_eq!(look.steps(), [OUT]);
    let next = out_of_bootstrap(look);
    assert_eq!(
        next.steps(),
        [
            "tag EXTERNAL broker 2 with kafka-privatelink:vacant-since=2026-11-22T12:00:00Z: a person takes broker 2 out",
            "remove tag kafka-privatelink:served-by of EXTERNAL broker 2: a person takes broker 2 out",
            "deregister i-2 from EXTERNAL broker 2: a person takes broker 2 out",
            "delete listener 9094 of EXTERNAL broker 2: a person takes broker 2 out",
        ]
    );
    assert_eq!(next.held(), [""; 0]);
    let mut last = next
        .health(owner(2), Vec::new())
        .without_listener(9094)
        .tagged(owner(2), tags::VACANT_SINCE, "2026-11-22T12:00:00Z");
    last.group_tags(owner(2)).remove(tags::SERVED_BY);
    let told = "write the hand-over of EXTERNAL, /kafka-privatelink/orders/handover/EXTERNAL: every broker is proven on its port";
    assert_eq!(last.steps(), [told], "and nothing is mapped for it again");
    let row = last.plan().picture.mapping.pop().expect("a row");
    assert_eq!((row.owner, row.state), (owner(2), RowState::Reserved));
}

#[test]
fn a_release_that_was_copied_from_another_instance_releases_nothing_and_is_named() {
    for value in ["i-1", "true", "", "i-2 i-3", "I-2"] {
        let look = released(Look::of(&[1, 2]), &[2], |_| value.to_owned());
        assert_eq!(look.steps(), [""; 0], "{value}");
        assert_eq!(
            look.held(),
            [
                "instance i-2: tag kafka-privatelink:release is not the instance's own ID, so it releases nothing; write i-2 into it, or remove it"
            ],
            "{value}"
        );
    }
    let blanks = released(Look::of(&[1, 2]), &[2], |_| " i-2 ".to_owned());
    assert_eq!(blanks.steps(), [OUT]);
}

#[test]
fn released_brokers_leave_one_in_a_run_and_the_last_one_stays() {
    let all = released(Look::of(&[1, 2, 3]), &[1, 2, 3], own_id);
    assert_eq!(all.steps(), [""; 0], "none of them is to stay");
    assert!(all.held()[0].contains("the last one leaves when the group's parameter is"));
    let two = released(Look::of(&[1, 2, 3]), &[1, 2], own_id);
    assert_eq!(
        two.steps(),
        ["deregister i-1 from EXTERNAL bootstrap: a person takes broker 1 out"]
    );
    // Another one that is ill, or no longer there, is none that stays.
    let ill = released(Look::of(&[1, 2]), &[2], own_id).health(
        Owner::Bootstrap,
        vec![target(1, Unhealthy), target(2, Healthy)],
    );
    assert_eq!(ill.steps(), [""; 0]);
    let alone = released(Look::of(&[2]), &[2], own_id);
    assert_eq!(alone.steps(), [""; 0]);
}

#[test]
fn a_release_works_whatever_the_other_tags_say() {
    for (key, value) in [
        (tags::ROLE, "controller"),
        (tags::CLUSTER, "sales"),
        (tags::NODE_ID, "7"),
    ] {
        let look = released(Look::of(&[1, 2]), &[2], own_id).with_instance(2, |instance| {
            instance.tags.insert(key.to_owned(), value.to_owned());
        });
        assert_eq!(look.steps(), [OUT], "{key}");
        let next = out_of_bootstrap(look).steps().concat();
        // What no tag takes for broker 2 is seen as gone twice.
        assert!(
            next.contains("deregister i-2 from EXTERNAL broker 2: a person"),
            "{key}: {next}"
        );
    }
}

#[test]
fn the_successor_of_a_released_broker_gets_its_port() {
    let look = released(Look::of(&[1, 2]), &[2], own_id).and("i-9", 2, InstanceState::Running);
    let steps = out_of_bootstrap(look).steps();
    assert_eq!(
        steps,
        [
            "register i-9 with EXTERNAL broker 2: broker 2 runs and is not registered",
            "deregister i-2 from EXTERNAL broker 2: a person takes broker 2 out",
        ]
    );
}

#[test]
fn a_group_does_without_whom_its_parameter_names() {
    let without = |who: &str| {
        let json = format!(r#"{{"pattern":"<b>.<az>.abc.example.com:<p>","without":[{who}]}}"#);
        Look::of(&[1, 2]).parameter("listeners/EXTERNAL", &json)
    };
    for who in ["2", r#""2""#] {
        let look = without(who);
        let steps = look.steps();
        assert_eq!(steps[0], OUT, "{who}");
        assert!(steps[1].starts_with("write the hand-over"), "{steps:?}");
        assert_eq!(steps.len(), 2);
        assert_eq!(
            look.plan().picture.without,
            ["EXTERNAL is mapped without 2"]
        );
        assert_eq!(look.held(), [""; 0], "it rings no alarm");
    }
    let new = without("3, 4").and("i-3", 3, InstanceState::Running);
    let steps = new.ports_agreed().steps().concat();
    assert!(!steps.contains("broker 3"), "no port: {steps}");
    let misfit = without(r#""i-0123456789abcdef0""#)
        .and("i-0123456789abcdef0", 5, InstanceState::Running)
        .never_complete()
        .health(Owner::Bootstrap, Vec::new());
    assert!(
        !misfit.held().concat().contains("waits for"),
        "{:?}",
        misfit.held()
    );
    // Nobody waits for it in Metadata either.
    let ways = crate::inquiry(&without("2").0).inquiry.groups;
    let way = ways.values().next().expect("a way");
    assert!(way.known.contains(&node(2)) && way.leaving.contains(&node(2)));
    assert_eq!(id(2), "i-2".into());
}
