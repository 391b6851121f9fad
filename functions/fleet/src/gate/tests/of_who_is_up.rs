use super::super::scenes::{node, nodes, partition, telling, told, topic};
use super::super::{Heard, Hearing};
use super::{healthy, judged, question, says, with};
use std::sync::Arc;

#[test]
fn a_broker_that_does_not_answer_or_is_another_one_is_not_up() {
    let silent = with(|it| {
        it.brokers
            .insert(node(2), Heard::Silent("it hangs".to_owned()));
    });
    assert_eq!(silent, ["broker 2 is not up: it hangs"]);
    let another = with(|it| {
        it.brokers.insert(node(2), Heard::Another(node(1)));
    });
    assert_eq!(
        another,
        [
            "broker 2 is not up: broker 1 answers at its address; see the tag kafka-privatelink:node-id of the instance"
        ]
    );
    let untold = with(|it| {
        it.brokers
            .insert(node(2), Heard::Untold("denied".to_owned()));
    });
    assert_eq!(untold, ["broker 2 does not tell anything: denied"]);
}

#[test]
fn next_itself_has_to_be_up_for_it_may_be_recovering() {
    let silent = with(|it| {
        it.brokers
            .insert(node(3), Heard::Silent("it hangs".to_owned()));
    });
    assert_eq!(silent, ["broker 3 is not up: it hangs"]);
}

#[test]
fn whoever_is_named_by_tags_by_metadata_or_as_a_replica_has_to_be_heard() {
    let mut asked = question(3);
    asked.expected.insert(node(4));
    assert_eq!(
        says(&judged(&asked, &healthy())),
        [
            "broker 4 is not up: it is live by its tags, and nothing is known by which it can be asked"
        ]
    );
    let listed = with(|it| {
        told(it, 1).listed.insert(node(4));
    });
    assert_eq!(
        listed,
        [
            "broker 4 is not up: broker 1 lists it, and no instance can be asked for it; set the tag kafka-privatelink:node-id=4 on its instance"
        ]
    );
    let replica = with(|it| {
        let more = topic("payments", vec![partition(7, Some(1), &[1, 2, 4], &[1, 2])]);
        for id in 1..=3 {
            add(it, id, &more);
        }
    });
    assert_eq!(
        replica,
        [
            "broker 4 is not up: it should have a replica of payments-7, and no instance can be asked for it; start it, or move its replicas with kafka-reassign-partitions.sh"
        ]
    );
}

/// A broker shows one topic more.
fn add(hearing: &mut Hearing, id: u32, more: &Arc<super::super::Topic>) {
    let told = told(hearing, id);
    let topics = told.topics.as_mut().expect("topics");
    Arc::make_mut(topics).push(Arc::clone(more));
    let min = told.min_insync.as_mut().expect("values");
    Arc::make_mut(min).insert(Arc::clone(&more.name), 2);
}

#[test]
fn a_broker_that_others_do_not_list_is_not_up() {
    let fenced = with(|it| {
        told(it, 1).listed = nodes(&[1, 3]);
    });
    assert_eq!(
        fenced,
        [
            "broker 2 is not up: it answers, and broker 1 does not list it: it has just started, or the controller keeps it out"
        ]
    );
}

#[test]
fn nothing_that_is_denied_passes() {
    fn denied<T>() -> Result<T, String> {
        Err("denied".to_owned())
    }
    for (change, what) in [
        (
            &(|it: &mut Hearing| told(it, 2).topics = denied()) as &dyn Fn(&mut Hearing),
            "broker 2 does not tell its topics",
        ),
        (
            &|it| told(it, 2).min_insync = denied(),
            "broker 2 does not tell min.insync.replicas",
        ),
        (
            &|it| told(it, 2).held = denied(),
            "broker 2 does not tell its log directories",
        ),
        (
            &|it| told(it, 2).session = denied(),
            "broker 2 does not tell how long its session takes to end",
        ),
        (
            &|it| it.quorum.answer = Err("denied".to_owned()),
            "broker 1 does not tell the metadata quorum",
        ),
        (
            &|it| it.reassignments.answer = Err("denied".to_owned()),
            "broker 1 does not tell which partitions are being reassigned",
        ),
    ] {
        assert_eq!(with(change), [format!("{what}: denied")]);
    }
}

#[test]
fn what_lies_on_disks_and_is_not_shown_is_hidden() {
    let hidden = with(|it| {
        let held = told(it, 2).held.as_mut().expect("partitions");
        held.extend([("secret".into(), 0), ("orders".into(), 3)]);
    });
    assert_eq!(
        hidden,
        [
            "cannot see all topics: broker 2 holds partitions that it does not show (orders-3, secret-0); allow Describe on all topics for the user of the parameter admin"
        ]
    );
}

#[test]
fn one_that_nobody_heard_of_is_asked_and_judged_like_all() {
    let mut hearing = healthy();
    let topics = told(&mut hearing, 1).topics.clone().expect("topics");
    hearing
        .brokers
        .insert(node(4), telling(4, &[1, 2, 3, 4], &topics));
    assert_eq!(
        says(&judged(&question(3), &hearing)),
        [
            "broker 4 is not up: it answers, and broker 1 does not list it: it has just started, or the controller keeps it out"
        ]
    );
}
