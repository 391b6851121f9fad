//! With which disk a broker is started.

use super::{disk, down, empty, nothing, says};
use crate::look::Look;
use crate::observed::Doubt;
use fleet::gate::{Few, Holdings};
use fleet::look::{id, node};
use fleet::observed::LifecycleTransition::Launching;
use fleet::shown::Voters;
use fleet::tags::START_EMPTY;
use serde_json::json;

fn entering() -> Look {
    let mut look = Look::three().of(1).serving().of(2).serving();
    // Broker 3 has the role of a broker alone.
    for who in [1, 2] {
        let voters = Voters::Are([1, 2].map(node).into());
        look = look.of(who).showing_itself(|it| it.voters = voters);
    }
    let look = look.of(3);
    down(look.waiting(Launching, "kafka-privatelink-launch", 60))
}

fn few(name: &str) -> Few {
    Few::of(&[name.to_owned()].into())
}

const STARTS: &str = "edit the file of broker 3 on i-3 and start it";

#[test]
fn with_another_ones_data_it_is_not_started() {
    for (word, value, said) in [
        ("node", json!(2), "the data in /data is that of broker 2"),
        (
            "formatted",
            json!(false),
            "was never formatted, and this product formats nothing",
        ),
        ("there", json!(false), "was never formatted"),
    ] {
        let look = disk(entering(), word, value);
        let look = match word {
            "there" => disk(look, "formatted", json!(false)),
            _ => look,
        };
        let said = if word == "there" {
            "there is no folder /data"
        } else {
            said
        };
        says(&look.clone().inspected(), said);
        let marked = look.tagged(START_EMPTY, id(3).as_str()).inspected();
        assert_eq!(marked.steps(), [STARTS], "{said}");
    }
}

#[test]
fn with_the_data_of_another_cluster_it_is_not_started() {
    let mut look = disk(entering(), "cluster", json!("Theirs")).of(1);
    look = look.showing_itself(|it| it.cluster_id = Some("Ours".to_owned()));
    let mut other = entering();
    other.observed = look.observed;
    let other = disk(other, "cluster", json!("Theirs")).inspected();
    says(
        &other,
        "is of the Kafka cluster Theirs, and its brokers say Ours",
    );
}

#[test]
fn with_an_empty_disk_it_is_started_only_where_nobody_misses_it() {
    let empty = || empty(entering()).inspected();
    assert_eq!(crate::plan::about(&empty().observed), [node(3)].into());
    says(&empty(), "what the cluster has of it was not asked yet");
    let doubted = empty().having(nothing());
    assert_eq!(doubted.plan().doubts, [Doubt::Empty(node(3))].into());
    says(&doubted, "another look has to show it, too");
    let agreed = |holdings: Holdings| {
        let mut look = empty().having(holdings);
        look.agreed = [Doubt::Empty(node(3))].into();
        look
    };
    assert_eq!(agreed(nothing()).steps(), [STARTS]);
    // Its replicas are elsewhere: it fetches them.
    let behind = Holdings {
        replicas: few("orders-0"),
        behind: few("orders-0"),
        ..nothing()
    };
    assert_eq!(agreed(behind.clone()).steps(), [STARTS]);
    let in_sync = Holdings {
        in_sync: few("orders-0"),
        ..behind.clone()
    };
    says(
        &agreed(in_sync.clone()),
        "these partitions are in sync on no other broker for sure: orders-0",
    );
    let leaderless = Holdings {
        without_another_leader: few("orders-0"),
        ..behind
    };
    says(
        &agreed(leaderless),
        "these partitions are in sync on no other broker",
    );
    let unheard = Holdings {
        unheard: [(node(2), "it hangs".to_owned())].into(),
        ..nothing()
    };
    says(&agreed(unheard), "(broker 2 does not tell: it hangs)");
    let mut marked = agreed(in_sync).tagged(START_EMPTY, id(3).as_str());
    marked.agreed.clear();
    assert_eq!(marked.steps(), [STARTS]);
    let copied = marked.tagged(START_EMPTY, id(2).as_str());
    assert!(
        copied.steps().is_empty(),
        "a tag that was copied marks nothing"
    );
}

#[test]
fn a_voter_is_never_started_with_an_empty_disk() {
    let votes = Holdings {
        voters: [3].map(node).into(),
        ..nothing()
    };
    let mut look = empty(entering()).inspected();
    look = look.having(votes).tagged(START_EMPTY, id(3).as_str());
    look.agreed = [Doubt::Empty(node(3))].into();
    says(&look, "it elects the active controller");
    // Another folder of a voter is new; what it knew of the quorum is where it was.
    let mut folder = look.host["disks"][0].clone();
    folder["quorum"] = json!(true);
    look.host["disks"]
        .as_array_mut()
        .expect("disks")
        .push(folder);
    assert_eq!(look.clone().inspected_ago(20).steps(), [STARTS]);
    let unmarked = look.tagged(START_EMPTY, "").inspected_ago(20);
    assert_eq!(unmarked.steps(), [STARTS], "nobody misses what was there");
}

#[test]
fn who_may_be_a_voter_is_not_started_with_an_empty_disk_either() {
    let untold = Holdings {
        untold: Some("the active controller does not answer".to_owned()),
        ..nothing()
    };
    let mut look = empty(entering()).inspected();
    look.agreed = [Doubt::Empty(node(3))].into();
    look = look.tagged(START_EMPTY, id(3).as_str());
    for who in [1, 2] {
        let untold = Voters::Untold("it hangs".to_owned());
        look = look.of(who).showing_itself(|it| it.voters = untold);
    }
    look = look.of(3);
    for holdings in [untold, Holdings::default()] {
        let look = look.clone().having(holdings);
        says(
            &look,
            "nobody tells whether it elects the active controller",
        );
    }
    assert_eq!(look.having(nothing()).steps(), [STARTS]);
}

#[test]
fn one_empty_folder_of_several_is_an_empty_disk() {
    let mut look = entering();
    let mut other = look.host["disks"][0].clone();
    other["path"] = json!("L290aGVy");
    other["partitions"] = json!(0);
    look.host["disks"]
        .as_array_mut()
        .expect("disks")
        .push(other.clone());
    // No partition lies there, and a broker has begun there before.
    assert_eq!(look.clone().inspected().steps(), [STARTS]);
    other["used"] = json!(false);
    look.host["disks"][1] = other;
    let in_sync = Holdings {
        in_sync: few("orders-0"),
        ..nothing()
    };
    let look = look.inspected().having(in_sync);
    says(
        &look,
        "of its data folders /other is empty, and these partitions are in sync",
    );
}
