//! What earlier runs left, and what only looks like it.

use crate::account::{Account, Ended, elb};
use serde_json::{Value, json};

/// The name that the program gives to its target group on this NLB.
const NAME: &str = "kafka-privatelink-try-29e9c4d5";

/// A target group and a listener as a run makes them, which began then.
fn leave(account: &Account, run: &str) {
    account.edit(|value| {
        let tags = json!([
            {"Key": "kafka-privatelink:conformance", "Value": "orders"},
            {"Key": "kafka-privatelink:conformance-run", "Value": run},
        ]);
        let group = elb(&format!("targetgroup/{NAME}/00000000000000ff"));
        value["target_groups"].as_array_mut().expect("a list").push(json!({
            "TargetGroupArn": group, "TargetGroupName": NAME, "Tags": tags, "Attributes": {}, "Settings": {},
        }));
        value["listeners"].as_array_mut().expect("a list").push(json!({
            "ListenerArn": elb("listener/net/orders/50dc6c495c0c9188/00000000000000fe"), "Port": 64999, "Attributes": {},
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": group}], "Tags": tags,
        }));
    });
}

#[test]
fn what_an_old_run_left_is_taken_away_at_the_next_start_or_by_clean() {
    for words in ["orders --yes", "orders --clean"] {
        let account = Account::faithful();
        let before = account.others();
        leave(&account, "0a0a0a0a 2026-01-01T00:00:00Z");
        let Ended { code, said } = account.run(words);
        assert_eq!(code, Some(0), "{said}");
        assert!(
            said.contains("taken away") && said.contains("00000000000000fe"),
            "{said}"
        );
        assert_eq!(account.others(), before, "{said}");
    }
    let account = Account::faithful();
    let nothing = account.run("orders --clean");
    assert_eq!(nothing.code, Some(0));
    assert!(
        nothing
            .said
            .contains("nothing with the tag kafka-privatelink:conformance=orders is there"),
        "{}",
        nothing.said
    );
    assert_eq!(account.writes(), [""; 0]);
}

#[test]
fn what_another_run_made_just_now_is_left_to_it() {
    let account = Account::faithful();
    leave(&account, "0a0a0a0a 2999-01-01T00:00:00Z");
    let with_it = account.others();
    let Ended { code, said } = account.run("orders --yes");
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("another run, which began 2999-01-01T00:00:00Z"),
        "{said}"
    );
    assert!(said.contains("--clean"), "{said}");
    assert_eq!(account.others(), with_it);
    assert_eq!(account.run("orders --clean").code, Some(0));
}

#[test]
fn what_only_looks_like_ours_is_never_touched() {
    type Edit = fn(&mut Value);
    let edits: [(&str, Edit); 4] = [
        ("which is somebody else's", |value| {
            value["target_groups"][3]["Tags"] = json!([]);
        }),
        ("which is somebody else's", |value| {
            value["target_groups"][3]["Tags"][0]["Value"] = json!("bills");
        }),
        ("somebody changed it", |value| {
            value["listeners"][3]["DefaultActions"][0]["TargetGroupArn"] =
                value["target_groups"][0]["TargetGroupArn"].clone();
        }),
        ("somebody changed it", |value| {
            let more = json!({"Key": "kafka-privatelink:cluster", "Value": "orders"});
            value["listeners"][3]["Tags"]
                .as_array_mut()
                .expect("a list")
                .push(more);
        }),
    ];
    for (sentence, edit) in edits {
        for words in ["orders --yes", "orders --clean"] {
            let account = Account::faithful();
            leave(&account, "0a0a0a0a 2026-01-01T00:00:00Z");
            account.edit(edit);
            let before = account.others();
            let Ended { code, said } = account.run(words);
            assert_eq!(code, Some(2), "{said}");
            assert!(said.contains(sentence), "{said}");
            assert_eq!(account.others(), before, "{said}");
            assert_eq!(account.writes(), [""; 0], "{said}");
        }
    }
}

#[test]
fn a_listener_with_another_clusters_tag_is_that_ones() {
    let account = Account::faithful();
    leave(&account, "0a0a0a0a 2026-01-01T00:00:00Z");
    account.edit(|value| {
        value["target_groups"].as_array_mut().expect("a list").pop();
        value["listeners"][3]["Tags"][0]["Value"] = json!("bills");
    });
    let before = account.others();
    let Ended { code, said } = account.run("orders --yes");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("listener on port 64998 of"), "{said}");
    assert_eq!(account.others(), before);
}
