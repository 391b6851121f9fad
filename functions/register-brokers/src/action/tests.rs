//! Every action as a person reads it, with what it expects to find.

use super::{Action, Change, Place};
use crate::settings;
use fleet::listener::Protocol;
use fleet::look::{arn, id, owner, port};
use fleet::naming::Owner;
use fleet::naming::target_group_name;
use fleet::observed::Attributes;
use fleet::tags;
use fleet::words::GroupName;
use std::collections::{BTreeMap, BTreeSet};

fn attributes() -> Attributes {
    settings::target_group_attributes(owner(1))
}

#[test]
fn each_action_is_a_sentence_and_says_what_it_expects() {
    let value = "2026-11-22T12:00:00Z".to_owned();
    let (key, port, listener) = (tags::VACANT_SINCE, port(9093), "arn:listener:9093".into());
    let cases = [
        (
            Action::CreateTargetGroup {
                vpc: "vpc-1".into(),
                port,
                bind_port: self::port(39092),
                protocol: Protocol::Plaintext,
            },
            "create target group of EXTERNAL broker 1 (port 9093, targets on 39092)",
            "no target group of this name with other settings",
        ),
        (
            Action::ModifyTargetGroup {
                health_check: settings::health_check(),
            },
            "set the health check of EXTERNAL broker 1",
            "the target group is there",
        ),
        (
            Action::ModifyTargetGroupAttributes {
                attributes: attributes(),
            },
            "set 8 attributes of EXTERNAL broker 1",
            "the target group is there",
        ),
        (
            Action::RegisterTargets {
                instances: BTreeSet::from([id(1), id(2)]),
            },
            "register i-1, i-2 with EXTERNAL broker 1",
            "every instance is running",
        ),
        (
            Action::CreateListener {
                port,
                attributes: attributes(),
            },
            "create listener 9093 for EXTERNAL broker 1",
            "no listener on this port",
        ),
        (
            Action::ModifyListener {
                listener: "arn:listener:9093".into(),
                port,
                from: vec![arn(owner(2))],
            },
            "point listener 9093 at EXTERNAL broker 1",
            "the listener is there and ours",
        ),
        (
            Action::ModifyListenerAttributes {
                listener: "arn:listener:9093".into(),
                port,
                attributes: attributes(),
            },
            "set attributes of listener 9093",
            "the listener is there and ours",
        ),
        (
            Action::DeregisterTargets {
                targets: BTreeMap::from([(id(1), port), (id(2), port)]),
            },
            "deregister i-1, i-2 from EXTERNAL broker 1",
            "another target serves, or these cannot",
        ),
        (
            Action::DeleteListener { listener, port },
            "delete listener 9093 of EXTERNAL broker 1",
            "the listener is there and ours",
        ),
        (
            Action::AddTag { key, value },
            "tag EXTERNAL broker 1 with kafka-privatelink:vacant-since=2026-11-22T12:00:00Z",
            "the target group is there",
        ),
        (
            Action::RemoveTag { key },
            "remove tag kafka-privatelink:vacant-since of EXTERNAL broker 1",
            "the target group is there",
        ),
        (
            Action::DeleteTargetGroup,
            "delete target group of EXTERNAL broker 1",
            "no listener forwards to the target group",
        ),
    ];
    for (action, sentence, expects) in &cases {
        let told = on("EXTERNAL", owner(1), action.clone());
        assert_eq!(told.to_string(), *sentence);
        assert_eq!(action.expects(), *expects, "{sentence}");
    }
}

#[test]
fn bootstrap_is_called_by_its_name() {
    let told = on("EXTERNAL2", Owner::Bootstrap, Action::DeleteTargetGroup);
    assert_eq!(
        told.to_string(),
        "delete target group of EXTERNAL2 bootstrap"
    );
}

fn on(group: &str, owner: Owner, action: Action) -> Change {
    let group = GroupName::from(group);
    let place = Place {
        target_group: target_group_name(&"orders".into(), &group, owner),
        group,
        owner,
    };
    Change {
        place: Some(place),
        action,
    }
}
