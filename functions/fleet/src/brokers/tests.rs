//! What an instance is taken for, by its tags, its state and its Auto Scaling group.

use super::*;
use crate::look::{id, instance, node, scaling_group};

/// Brokers among these instances, with these lifecycle states.
fn brokers(instances: &[Instance], states: &[(&str, &str)]) -> Brokers {
    let group = scaling_group("brokers", states);
    Brokers::of(&"orders".into(), instances, &[group])
}

fn running(id: &str, node: u32) -> Instance {
    instance(id, node, InstanceState::Running)
}

fn tagged(key: &str, value: Option<&str>) -> Instance {
    let mut instance = running("i-1", 1);
    match value {
        Some(value) => instance.tags.insert(key.to_owned(), value.to_owned()),
        None => instance.tags.remove(key),
    };
    instance
}

#[test]
fn tags_make_a_broker_or_a_stranger_or_a_misfit_that_is_named() {
    use Standing::{Foreign, Live, Untagged};
    let one = Live(node(1));
    for (key, value, standing, misfit) in [
        (tags::ROLE, Some("broker"), one, None),
        (tags::CLUSTER, None, Untagged, None),
        (tags::CLUSTER, Some("sales"), Foreign, None),
        (tags::ROLE, Some("controller"), Foreign, None),
        (tags::ROLE, Some("broker,controller"), one, None),
        (
            tags::NODE_ID,
            None,
            Untagged,
            Some("tag kafka-privatelink:node-id is missing; set it to the broker's node.id"),
        ),
        (
            tags::NODE_ID,
            Some("b1"),
            Untagged,
            Some(
                "tag kafka-privatelink:node-id \"b1\" is not a whole number; set it to the broker's node.id",
            ),
        ),
    ] {
        let brokers = brokers(&[tagged(key, value)], &[]);
        assert_eq!(brokers.standing(&id(1)), standing, "{key} {value:?}");
        let told = brokers.misfits.get(&id(1)).map(String::as_str);
        assert_eq!(told, misfit, "{key} {value:?}");
        let known: Vec<NodeId> = brokers.nodes().collect();
        assert_eq!(known == [node(1)], standing == one, "{key} {value:?}");
    }
}

#[test]
fn tags_of_what_has_no_instance_yet_make_brokers_too() {
    for (key, value, makes) in [
        (tags::ROLE, Some("broker,controller"), true),
        // A start script may write it.
        (tags::NODE_ID, None, true),
        (tags::ROLE, Some("controller"), false),
        (tags::CLUSTER, Some("sales"), false),
        (tags::CLUSTER, None, false),
    ] {
        let tags = tagged(key, value).tags;
        assert_eq!(
            makes_brokers(&"orders".into(), &tags),
            makes,
            "{key} {value:?}"
        );
    }
}

#[test]
fn a_terminal_state_is_death_whatever_the_tags_say() {
    for state in [InstanceState::ShuttingDown, InstanceState::Terminated] {
        let brokers = brokers(&[instance("i-1", 1, state)], &[]);
        assert_eq!(brokers.standing(&id(1)), Standing::Dead);
        assert_eq!(brokers.presence(node(1)), Presence::Absent);
        assert_eq!(brokers.nodes().count(), 0);
    }
}

#[test]
fn an_instance_that_ec2_does_not_show_is_unknown() {
    let brokers = brokers(&[running("i-1", 1)], &[]);
    assert_eq!(brokers.standing(&id(2)), Standing::Unknown);
    assert_eq!(brokers.presence(node(2)), Presence::Absent);
}

#[test]
fn p19_p23_the_lifecycle_state_tells_serving_leaving_and_warm_apart() {
    for state in [
        "Pending",
        "Pending:Wait",
        "InService",
        "Standby",
        "Detaching",
        "ReplacingRootVolume",
        "ReplacingRootVolume:Wait",
        "RootVolumeReplaced",
        "TerminatingSoon",
    ] {
        let brokers = brokers(&[running("i-1", 1)], &[("i-1", state)]);
        assert_eq!(brokers.standing(&id(1)), Standing::Live(node(1)), "{state}");
        assert!(
            matches!(brokers.presence(node(1)), Presence::Live(only) if only.instance == id(1)),
            "{state}"
        );
    }
    for state in [
        "Terminating",
        "Terminating:Wait",
        "Terminating:Proceed",
        "Terminating:Retained",
    ] {
        let brokers = brokers(&[running("i-1", 1)], &[("i-1", state)]);
        assert_eq!(
            brokers.standing(&id(1)),
            Standing::Leaving(node(1)),
            "{state}"
        );
        assert!(
            matches!(brokers.presence(node(1)), Presence::Leaving(only) if only.instance == id(1)),
            "{state}"
        );
    }
    for state in [
        "Warmed:Pending",
        "Warmed:Pending:Wait",
        "Warmed:Running",
        "Warmed:Stopped",
        "Warmed:Hibernated",
        "Warmed:Terminating",
        "Warmed:Terminating:Wait",
    ] {
        let brokers = brokers(&[running("i-1", 1)], &[("i-1", state)]);
        assert_eq!(brokers.standing(&id(1)), Standing::Warm(node(1)), "{state}");
        assert_eq!(brokers.presence(node(1)), Presence::Absent, "{state}");
        assert!(brokers.is_warm(node(1)) && brokers.misfits.is_empty());
    }
}

#[test]
fn p27_two_live_instances_with_one_node_id_are_twins_and_a_leaving_one_is_none() {
    let both = [running("i-1", 1), running("i-9", 1)];
    let twins = brokers(&both, &[]);
    assert_eq!(
        twins.presence(node(1)),
        Presence::Twins(vec![&id(1), &id(9)])
    );
    for (leaving, stays) in [("i-1", "i-9"), ("i-9", "i-1")] {
        let brokers = brokers(&both, &[(leaving, "Terminating:Wait")]);
        let stays = InstanceId::from(stays);
        assert!(
            matches!(brokers.presence(node(1)), Presence::Live(only) if only.instance == stays),
            "{leaving} leaves"
        );
        assert_eq!(
            brokers.standing(&leaving.into()),
            Standing::Leaving(node(1))
        );
    }
    let three = [running("i-1", 1), running("i-5", 1), running("i-9", 1)];
    let brokers = brokers(&three, &[("i-5", "Terminating")]);
    assert_eq!(
        brokers.presence(node(1)),
        Presence::Twins(vec![&id(1), &id(9)])
    );
}

#[test]
fn p30_only_what_runs_can_be_registered() {
    for (state, can) in [
        (InstanceState::Pending, false),
        (InstanceState::Running, true),
        (InstanceState::Stopping, false),
        (InstanceState::Stopped, false),
        (InstanceState::Unknown("asleep".to_owned()), false),
    ] {
        let brokers = brokers(&[instance("i-1", 1, state.clone())], &[]);
        let Presence::Live(broker) = brokers.presence(node(1)) else {
            panic!("{state:?} is live");
        };
        assert_eq!(broker.is_running(), can, "{state:?}");
    }
}

#[test]
fn whom_aws_takes_back_leaves_whatever_its_group_says() {
    let all = [running("i-1", 1), running("i-2", 2), running("i-3", 2)];
    let brokers = brokers(&all, &[]).without([&id(1), &id(2), &id(9)]);
    assert_eq!(brokers.standing(&id(1)), Standing::Leaving(node(1)));
    assert_eq!(brokers.life(&id(1)), Some(Life::Leaving));
    let leaving: Vec<&InstanceId> = brokers.leaving().map(|it| &it.instance).collect();
    assert_eq!(leaving, [&id(1), &id(2)]);
    assert!(matches!(brokers.presence(node(1)), Presence::Leaving(_)));
    // Its successor is alone.
    let Presence::Live(live) = brokers.presence(node(2)) else {
        panic!("{:?}", brokers.presence(node(2)));
    };
    assert_eq!(live.instance, id(3));
    assert_eq!(brokers.life(&id(9)), None);
    let mut released = running("i-1", 1);
    released
        .tags
        .insert(tags::RELEASE.to_owned(), "i-1".to_owned());
    let brokers = self::brokers(&[released], &[]).without([&id(1)]);
    assert!(!brokers.is_released(&id(1)));
    assert!(matches!(brokers.presence(node(1)), Presence::Leaving(_)));
}
