//! Who may connect changes: accounts come, go, are taken over, are connected.

use crate::access::everywhere;
use crate::brokers::three;
use tests::Stage;
use tests::principals::{Principals, root};

const ANN: &str = "111111111111";
const BOB: &str = "222222222222";
const CAT: &str = "333333333333";

/// The parameter with these accounts, who are accepted before there is a broker.
fn at_once(accounts: &[&str]) -> String {
    let listed = serde_json::to_string(accounts).expect("JSON");
    format!(r#"{{"principals": {listed}, "accept": "at-once"}}"#)
}

/// The parameter says this, and it is so.
async fn settled(stage: &Stage, text: &str) {
    stage.put("principals", text);
    Principals::on(stage).settle(stage).await;
}

/// These accounts are allowed and connected.
async fn connected(stage: &Stage, accounts: &[&str]) {
    settled(stage, &at_once(accounts)).await;
    for account in accounts {
        stage.connect(account).expect("it may connect");
    }
    Principals::on(stage).settle(stage).await;
}

#[test]
fn one_account_comes() {
    everywhere("one account listed", async |stage| {
        stage.put("principals", ANN);
    });
}

#[test]
fn several_come_beside_one_that_is_there() {
    everywhere("two accounts and a role listed", async |stage| {
        settled(stage, ANN).await;
        let role = format!("arn:aws:iam::{CAT}:role/tidb");
        stage.put("principals", &format!("{ANN}\n{BOB}\n{role}"));
    });
}

#[test]
fn a_permission_that_was_made_by_hand_is_taken_over() {
    everywhere("permission taken over", async |stage| {
        stage.allow(&root(ANN));
        stage.allow(&root(CAT));
        stage.put("principals", ANN);
    });
}

#[test]
fn one_account_goes_that_is_not_connected() {
    everywhere("one account off the list", async |stage| {
        settled(stage, &format!("{ANN}\n{BOB}")).await;
        stage.put("principals", ANN);
    });
}

#[test]
fn one_account_goes_that_is_connected() {
    everywhere("one account off the list, connected", async |stage| {
        connected(stage, &[ANN, BOB]).await;
        // One more that only waits.
        stage.put("paused", "true");
        stage.connect(BOB).expect("it may connect");
        stage.put("principals", &at_once(&[ANN]));
        stage.put("paused", "false");
    });
}

#[test]
fn one_account_goes_that_only_waits() {
    everywhere("one account off the list, waiting", async |stage| {
        settled(stage, &format!("{ANN}\n{BOB}")).await;
        stage.connect(BOB).expect("it may connect");
        stage.put("principals", ANN);
    });
}

#[test]
fn two_of_five_go() {
    everywhere("two of five off the list", async |stage| {
        let all: Vec<String> = (1..=5).map(|n: u8| n.to_string().repeat(12)).collect();
        settled(stage, &all.join("\n")).await;
        stage.put("principals", &all[..3].join("\n"));
    });
}

#[test]
fn three_of_four_go_once_they_are_named() {
    everywhere("three of four off the list, named", async |stage| {
        let all: Vec<String> = (1..=4).map(|n: u8| n.to_string().repeat(12)).collect();
        settled(stage, &all.join("\n")).await;
        settled(stage, &all[0]).await;
        let named = serde_json::to_string(&all[1..]).expect("JSON");
        let text = format!(r#"{{"principals": ["{}"], "remove": {named}}}"#, all[0]);
        stage.put("principals", &text);
    });
}

#[test]
fn an_account_is_listed_as_a_whole_in_place_of_its_role() {
    everywhere("role replaced by its account", async |stage| {
        let role = format!("arn:aws:iam::{ANN}:role/tidb");
        settled(stage, &at_once(&[&role])).await;
        stage.connect(ANN).expect("it may connect");
        Principals::on(stage).settle(stage).await;
        stage.put("principals", &at_once(&[ANN]));
    });
}

#[test]
fn who_waits_is_accepted_when_a_group_is_handed_over() {
    everywhere("accepted after the hand-over", async |stage| {
        settled(stage, ANN).await;
        stage.connect(ANN).expect("it may connect");
        three(stage).await;
    });
}

#[test]
fn what_other_hands_allowed_is_adopted() {
    everywhere("foreign permission adopted", async |stage| {
        connected(stage, &[ANN]).await;
        stage.allow(&root(BOB));
        let endpoint = stage.connect(BOB).expect("it may connect");
        let service = stage.service();
        stage
            .edit(|model, now| model.accept_connections(now, &service, &[endpoint]))
            .expect("accepted by hand");
        let adopt = r#", "adopt": true}"#;
        stage.put("principals", &at_once(&[ANN]).replacen('}', adopt, 1));
    });
}

#[test]
fn a_refused_text_is_repaired() {
    everywhere("parameter refused, then repaired", async |stage| {
        connected(stage, &[ANN, BOB]).await;
        settled(stage, "*").await;
        stage.put("principals", &at_once(&[ANN, CAT]));
    });
}
