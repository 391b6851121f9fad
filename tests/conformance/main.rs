//! `infra/conformance`, run as a person runs it, before a stand-in for the AWS CLI (`aws`), whose account is a
//! file. What AWS really answers no test knows: these say that the program asks, tells and cleans up.

mod account;
mod bad_input;
mod broken_off;
mod differences;
mod leftovers;
mod listed;

use account::{Account, Ended, port_of_ours};
use serde_json::json;

/// The questions that need something made.
const MADE: usize = 21;

/// How many of the questions have this outcome.
fn count(account: &Account, outcome: &str) -> usize {
    let outcomes = account.outcomes();
    outcomes
        .iter()
        .filter(|(_, found)| found == outcome)
        .count()
}

#[test]
fn a_faithful_account_confirms_all_and_is_as_it_was() {
    let account = Account::faithful();
    let before = account.others();
    let Ended { code, said } = account.run("orders --yes");
    assert_eq!(code, Some(0), "{said}");
    let all = listed::questions().len();
    assert_eq!(count(&account, "confirmed"), all, "{said}");
    assert!(
        said.contains(&format!("{all} confirmed, 0 differ, 0 not asked")),
        "{said}"
    );
    assert_eq!(account.others(), before);
    // Each write names what was made for it; only a listener is made on the NLB.
    let writes = account.writes();
    assert!(writes.len() > 10, "{writes:?}");
    for write in writes {
        let own = write.contains("kafka-privatelink-try-") || write.contains("create-");
        let listener = write.contains(":listener/") && !write.contains("000000000000238");
        assert!(own || listener, "{write}");
    }
}

#[test]
fn a_second_call_goes_on_where_the_first_one_ended() {
    let account = Account::faithful();
    let first = account.run("orders --read-only");
    assert_eq!(first.code, Some(0), "{}", first.said);
    assert_eq!(count(&account, "not asked"), MADE);
    account.goes_wrong(json!({}));
    let second = account.run("orders --yes");
    assert_eq!(second.code, Some(0), "{}", second.said);
    assert_eq!(count(&account, "confirmed"), listed::questions().len());
    assert!(
        !second.said.contains("may-create-groups"),
        "{}",
        second.said
    );
    account.goes_wrong(json!({}));
    let third = account.run("orders --yes");
    assert_eq!(third.code, Some(0), "{}", third.said);
    // Seven calls find out whose account it is.
    assert_eq!(account.read()["calls"], json!(7), "{}", third.said);
}

#[test]
fn read_only_makes_nothing_and_without_a_word_nothing_is_asked() {
    let account = Account::faithful();
    let asked = account.run("orders --read-only");
    assert_eq!(asked.code, Some(0), "{}", asked.said);
    let silent = Account::faithful();
    let ended = silent.run("orders");
    assert_eq!(ended.code, Some(2), "{}", ended.said);
    assert!(
        ended.said.contains("listener on port 64999"),
        "{}",
        ended.said
    );
    assert!(ended.said.contains("Add --yes"), "{}", ended.said);
    assert!(!silent.state().exists());
    for account in [account, silent] {
        assert_eq!(account.writes(), [""; 0]);
    }
}

#[test]
fn the_fiftieth_listener_is_left_for_a_broker() {
    let account = Account::faithful();
    account.edit(|value| {
        let (listeners, groups): (Vec<_>, Vec<_>) = (9092..9092 + 49).map(port_of_ours).unzip();
        value["listeners"] = json!(listeners);
        value["target_groups"] = json!(groups);
    });
    let before = account.others();
    let Ended { code, said } = account.run("orders --yes");
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("the NLB has 49 listeners, and the last of 50 is left for a broker"),
        "{said}"
    );
    assert!(
        !account
            .writes()
            .iter()
            .any(|write| write.contains("create-listener"))
    );
    assert_eq!(count(&account, "not asked"), 9, "{said}");
    assert_eq!(account.others(), before);
}

#[test]
fn the_port_is_outside_of_every_listener_groups_range() {
    let account = Account::faithful();
    account.edit(|value| {
        let (listener, group) = port_of_ours(64998);
        value["listeners"].as_array_mut().expect("a list").push(listener);
        value["target_groups"].as_array_mut().expect("a list").push(group);
        let text = r#"{"pattern": "b<broker_id>.example.org:<port>", "bootstrap_port": 64999, "broker_ports": "64950 - 64997"}"#;
        value["parameters"].as_array_mut().expect("a list").push(
            json!({"Name": "/kafka-privatelink/orders/listeners/EXTERNAL2", "Value": text}),
        );
    });
    let Ended { said, .. } = account.run("orders");
    assert!(said.contains("listener on port 64949 of"), "{said}");
}
