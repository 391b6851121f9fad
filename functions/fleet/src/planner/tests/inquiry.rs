//! Who is asked, where, and in which minute.

use crate::look::{Look, port};
use crate::observed::InstanceState;

#[test]
fn a_cluster_id_tag_is_asked_for_and_tags_that_disagree_are_not() {
    let tagged = |first: &str, second: &str| {
        let key = crate::tags::CLUSTER_ID;
        let tag = |id: &str| (key.to_owned(), id.to_owned());
        let look = Look::of(&[1, 2])
            .with_instance(1, |instance| instance.tags.extend([tag(first)]))
            .with_instance(2, |instance| instance.tags.extend([tag(second)]));
        crate::inquiry(&look.0).inquiry.cluster_id
    };
    assert_eq!(tagged("a", "a").as_deref(), Some("a"));
    assert_eq!(tagged("a", "b"), None);
    assert_eq!(crate::inquiry(&Look::of(&[1]).0).inquiry.cluster_id, None);
}

#[test]
fn each_minute_another_node_of_the_nlb_is_dialled() {
    let mut look = Look::of(&[1]);
    let nodes = look.0.nodes.as_mut().expect("nodes");
    let mut second = nodes[0].clone();
    second.address = std::net::Ipv4Addr::new(10, 0, 0, 201);
    nodes.push(second);
    let dialled = |look: &Look| {
        let asked = crate::inquiry(&look.0).inquiry.questions;
        let port = asked.into_iter().find(|asked| asked.port == port(9093));
        port.expect("asked").address
    };
    let first = dialled(&look);
    look.0.now += jiff::SignedDuration::from_mins(1);
    assert_ne!(dialled(&look), first);
    look.0.now += jiff::SignedDuration::from_mins(1);
    assert_eq!(dialled(&look), first);
}

#[test]
fn nobody_is_asked_about_a_group_that_is_not_served_or_a_broker_that_does_not_run() {
    let asked = |look: Look| crate::inquiry(&look.0).inquiry.questions.len();
    assert_eq!(asked(Look::of(&[1, 2])), 5);
    assert_eq!(
        asked(Look::of(&[1, 2]).parameter("listeners/EXTERNAL", "{\"retired\":true}")),
        0
    );
    assert_eq!(
        asked(Look::of(&[1, 2]).parameter("listeners/EXTERNAL", "nonsense")),
        0
    );
    assert_eq!(asked(Look::of(&[1, 2]).without_listener(9093)), 4);
    let stopped = Look::of(&[1, 2]).with_instance(2, |it| it.state = InstanceState::Stopped);
    assert_eq!(asked(stopped), 3);
    let twins = Look::of(&[1, 2]).and("i-x", 2, InstanceState::Running);
    assert_eq!(asked(twins), 3);
}
