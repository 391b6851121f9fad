//! Listeners that no target group claims, and target groups that another cluster's tag is on: what is
//! said of them destroys nothing.

use crate::look::Look;
use crate::observed::Doubt;
use TargetState::{Healthy, Unhealthy};
use fleet::look::{arn, owner, port, target};
use fleet::observed::TargetState;
use fleet::tags;

/// One read shows no target groups at all.
fn blind() -> Look {
    let mut look = Look::of(&[1]);
    look.groups().clear();
    look.0.health.clear();
    look
}

fn agreed(look: Look) -> Look {
    look.doubted_before(&[9092, 9093].map(|number| Doubt::Orphan(port(number))))
}

#[test]
fn p15_one_read_without_target_groups_advises_nothing() {
    let held = blind().held().concat();
    assert!(held.contains("no target group seems to claim port 9093; a second read must agree"));
    assert!(!held.contains("delete"), "{held}");
    assert_eq!(blind().steps(), [""; 0]);
}

#[test]
fn nobody_is_told_to_delete_a_listener_that_may_serve() {
    let tag_lost = || {
        let look = Look::of(&[1]).with_group(owner(1), |group| {
            group.tags.remove(tags::PORT);
        });
        agreed(look)
    };
    let told = format!(
        "listener 9093 is tagged as ours and no target group claims its port, in two reads; it forwards to {}, which may serve: put the tags of that group back",
        arn(owner(1))
    );
    for look in [tag_lost(), agreed(blind())] {
        assert!(look.held().contains(&told), "{:?}", look.held());
        assert!(
            !look.held().concat().contains("delete"),
            "{:?}",
            look.held()
        );
    }
    let down = tag_lost().health(owner(1), vec![target(1, Unhealthy)]);
    let crossed = Look::of(&[1, 2])
        .unmapped(owner(2))
        .foreign_listener(9094, arn(owner(1)).as_str())
        .with_listener(9094, |listener| {
            let tag = (tags::CLUSTER.to_owned(), "orders".to_owned());
            listener.tags.extend([tag]);
        })
        .doubted_before(&[Doubt::Orphan(port(9094))]);
    for (look, number) in [(down, 9093), (crossed, 9094)] {
        let told = format!(
            "listener {number} is tagged as ours and no target group claims its port, in two reads; delete the listener, or put its target group's tags back"
        );
        assert!(look.held().contains(&told), "{:?}", look.held());
    }
}

#[test]
fn a_target_group_of_another_cluster_takes_no_port_and_is_not_spoken_of() {
    let mut look = Look::of(&[1]);
    look.instance(2, fleet::observed::InstanceState::Running);
    let mut others = look.groups()[1].clone();
    others.arn = "arn:others".into();
    others.name = "kpl-e8da5395-0123456789abcdef".into();
    others
        .tags
        .insert(tags::CLUSTER.to_owned(), "sales".to_owned());
    others.tags.insert(tags::PORT.to_owned(), "9094".to_owned());
    look.groups().push(others);
    let look = look
        .health(owner(9), vec![target(9, Healthy)])
        .ports_agreed();
    assert_eq!(look.held(), [""; 0]);
    let steps = look.steps();
    assert!(steps.concat().contains("create listener 9094"), "{steps:?}");
}

#[test]
fn a_target_group_of_our_name_with_another_clusters_tag_is_left_alone_and_named() {
    for listens in [true, false] {
        let mut look = Look::of(&[1, 2]).with_group(owner(2), |group| {
            group
                .tags
                .insert(tags::CLUSTER.to_owned(), "sales".to_owned());
        });
        if !listens {
            look = look.without_listener(9094);
        }
        let held = look.held();
        assert!(
            held.iter().any(|it| it.ends_with(
                "the one of EXTERNAL broker 2, has our name but no usable tag kafka-privatelink:cluster: it says sales; if the group is ours, put the tag right; if it is not, two clusters make the same name: deploy one of them with another ClusterName"
            )),
            "{held:?}"
        );
        assert!(!held.concat().contains("delete"), "{held:?}");
        assert_eq!(look.steps(), [""; 0]);
    }
}
