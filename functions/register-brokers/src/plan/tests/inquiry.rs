//! Who is asked, where, and in which minute.

use crate::look::Look;
use crate::plan::Asked;
use fleet::listener::Protocol;
use fleet::look::port;
use fleet::observed::{Gap, InstanceState};
use fleet::proof::{Row, Secret};
use fleet::words::GroupName;

#[test]
fn a_cluster_id_tag_is_asked_for_and_tags_that_disagree_are_not() {
    let tagged = |first: &str, second: &str| {
        let key = fleet::tags::CLUSTER_ID;
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
fn an_nlb_without_interfaces_is_told_from_one_that_could_not_be_seen() {
    let said = |nodes| {
        let mut look = Look::of(&[1]);
        look.0.nodes = nodes;
        crate::inquiry(&look.0).unasked[0].says()
    };
    assert_eq!(
        said(Ok(Vec::new())),
        "not provable, because the NLB shows no network interface; it has some when it is active"
    );
    let gap = Gap {
        read: "DescribeNetworkInterfaces".to_owned(),
        reason: "denied".to_owned(),
    };
    assert_eq!(
        said(Err(gap)),
        "not provable, because the NLB's network interfaces could not be read, see gaps"
    );
}

#[test]
fn each_minute_another_node_of_the_nlb_is_dialled_and_another_by_the_next_port() {
    let mut look = Look::of(&[1, 2]);
    let nodes = look.0.nodes.as_mut().expect("nodes");
    let mut second = nodes[0].clone();
    second.address = std::net::Ipv4Addr::new(10, 0, 0, 201);
    nodes.push(second);
    let dialled = |look: &Look| {
        let questions = crate::inquiry(&look.0).inquiry.questions;
        [9093, 9094].map(|at| {
            let asked = questions.iter().find(|asked| asked.port == port(at));
            asked.expect("asked").address
        })
    };
    let [first, second] = dialled(&look);
    assert_ne!(first, second);
    look.0.now = look
        .0
        .now
        .map(|now| now + jiff::SignedDuration::from_mins(1));
    assert_eq!(dialled(&look), [second, first]);
    look.0.now = look
        .0
        .now
        .map(|now| now + jiff::SignedDuration::from_mins(1));
    assert_eq!(dialled(&look), [first, second]);
}

#[test]
fn a_group_gets_its_secret_or_is_left_out_and_its_rows_say_why() {
    let json = r#"{"pattern":"<b>.<az>.abd.example.com:<p>","bootstrap_port":9192,"broker_ports":"9193-9200","bind_port":39093}"#;
    let look = Look::of(&[1]).parameter("listeners/SECOND", json);
    let mut asked = crate::inquiry(&look.0);
    let (external, second) = (GroupName::from("EXTERNAL"), GroupName::from("SECOND"));
    let of = |asked: &Asked, group: &GroupName| {
        let questions = asked.inquiry.questions.iter();
        questions
            .filter(|question| question.group == *group)
            .count()
    };
    // Its own port, bootstrap and the instance; the second has no port on the NLB yet.
    assert_eq!((of(&asked, &external), of(&asked, &second)), (3, 1));
    let secret = Secret::read(r#"{"ca":"pem"}"#, Protocol::Ssl).expect("a secret");
    asked.give(&external, secret.clone());
    assert_eq!(asked.inquiry.groups[&external].secret, Some(secret));
    assert_eq!(asked.inquiry.groups[&second].secret, None);
    asked.leave_out(&external, "there is no secret");
    assert_eq!((of(&asked, &external), of(&asked, &second)), (0, 1));
    assert!(!asked.inquiry.groups.contains_key(&external));
    let rows: Vec<String> = asked.unasked.iter().map(Row::says).collect();
    assert_eq!(rows, ["not provable, because there is no secret"; 3]);
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
    // Nor is it expected in anybody's Metadata.
    let ways = crate::inquiry(&stopped.0).inquiry.groups;
    let expected: Vec<u32> = ways
        .values()
        .flat_map(|way| way.endpoints.keys())
        .map(|node| node.get())
        .collect();
    assert_eq!(expected, [1]);
    assert_eq!(asked(stopped), 3);
    let twins = Look::of(&[1, 2]).and("i-x", 2, InstanceState::Running);
    assert_eq!(
        asked(twins),
        6,
        "the port by its entry, and each of the twins"
    );
}
