//! Many who leave at once are held until each of them is named.

use super::*;
use world::model::ApiError;

/// Five accounts are allowed; the text names the first two of them, and this beside.
fn two_of(all: &[String], fields: &str) -> String {
    json(&[&all[0], &all[1]], fields)
}

async fn five() -> (Stage, Principals, Vec<String>) {
    let all = accounts(5);
    let listed: Vec<&str> = all.iter().map(String::as_str).collect();
    let (stage, principals) = allowing(&listed).await;
    stage.pass(MINUTE).await;
    (stage, principals, all)
}

fn names(accounts: &[String]) -> String {
    serde_json::to_string(accounts).expect("JSON")
}

#[tokio::test(start_paused = true)]
async fn more_than_half_and_at_least_three_stay_until_each_of_them_is_named() {
    let (stage, principals, all) = five().await;
    stage.put("principals", &two_of(&all, r#""adopt": false"#));
    for _ in 0..3 {
        let synced = principals.settle(&stage).await;
        says(
            &synced,
            "3 of 5 recorded principals are off the list, which could be a slip",
        );
        says(&synced, &format!("write \"remove\": [\"{}\", ", all[2]));
        assert_eq!(stage.allowed().len(), 5);
    }
    // Two of the three are named: that is not each of them. What the report says may be pasted.
    stage.put(
        "principals",
        &two_of(&all, &format!(r#""remove": {}"#, names(&all[2..4]))),
    );
    principals.settle(&stage).await;
    assert_eq!(stage.allowed().len(), 5);
    let roots: Vec<String> = all[2..].iter().map(|account| root(account)).collect();
    stage.put(
        "principals",
        &two_of(&all, &format!(r#""remove": {}"#, names(&roots))),
    );
    let synced = principals.settle(&stage).await;
    assert_eq!(stage.allowed().len(), 2);
    assert_eq!(held(&synced), "");
}

#[tokio::test(start_paused = true)]
async fn two_of_five_go_without_being_named_and_so_do_all_of_two() {
    let (stage, principals, all) = five().await;
    stage.put("principals", &all[..3].join("\n"));
    principals.settle(&stage).await;
    assert_eq!(stage.allowed().len(), 3);
    stage.put("principals", &all[..2].join("\n"));
    principals.settle(&stage).await;
    stage.put("principals", r#"{"principals": []}"#);
    principals.settle(&stage).await;
    assert_eq!(stage.allowed(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn what_one_version_takes_away_is_one_removal_over_runs_restarts_and_throttling() {
    // Of six, the version takes three: half, which is not more than half. Each of them is connected, and
    // calls are throttled, so it takes runs; what is left over never looks like many, or like few.
    let all = accounts(6);
    let listed: Vec<&str> = all.iter().map(String::as_str).collect();
    let (stage, principals) = allowing(&listed).await;
    for account in &all[3..] {
        stage.connect(account).expect("it may connect");
    }
    principals.settle(&stage).await;
    stage.put("principals", &all[..3].join("\n"));
    for call in [
        Call::RejectVpcEndpointConnections,
        Call::ModifyVpcEndpointServicePermissions,
    ] {
        stage.model().fail_next(call, ApiError::throttled(call), 5);
    }
    for _ in 0..10 {
        Principals::on(&stage).run(&stage).await;
        stage.pass(MINUTE).await;
    }
    assert_eq!(stage.allowed().len(), 3);
    // Of five, it takes four and adds six, who are allowed at once; not even then are four few.
    let (stage, principals, all) = five().await;
    let more: Vec<String> = accounts(20).split_off(14);
    let mut list = more.clone();
    list.push(all[0].clone());
    stage.put("principals", &list.join("\n"));
    for _ in 0..5 {
        let synced = principals.run(&stage).await;
        says(&synced, "4 of 5 recorded principals are off the list");
        assert_eq!(stage.allowed().len(), 11);
        stage.pass(MINUTE).await;
    }
    // Named, and one call of the removal fails: the rest of it goes on without being asked again.
    let list: Vec<&str> = list.iter().map(String::as_str).collect();
    stage.connect(&all[4]).expect("it may connect");
    stage.put(
        "principals",
        &json(&list, &format!(r#""remove": {}"#, names(&all[1..]))),
    );
    let modify = Call::ModifyVpcEndpointServicePermissions;
    stage
        .model()
        .fail_next(modify, ApiError::throttled(modify), 3);
    principals.settle(&stage).await;
    assert_eq!(stage.allowed().len(), 7);
}

#[tokio::test(start_paused = true)]
async fn many_stay_many_however_often_the_same_text_is_written() {
    let (stage, principals, all) = five().await;
    let others = accounts(11)[5..].to_vec();
    let text = json(
        &others.iter().map(String::as_str).collect::<Vec<_>>(),
        r#""accept": "at-once""#,
    );
    for _ in 0..3 {
        stage.put("principals", &text);
        let synced = principals.settle(&stage).await;
        says(&synced, "5 of 5 recorded principals are off the list");
        assert_eq!(stage.allowed().len(), 11);
        stage.pass(MINUTE).await;
    }
    let named = format!(r#""remove": {}"#, names(&all));
    let listed: Vec<&str> = others.iter().map(String::as_str).collect();
    stage.put("principals", &json(&listed, &named));
    let last = principals.settle(&stage).await;
    assert_eq!(
        (stage.allowed(), held(&last)),
        (roots(&listed), String::new())
    );
    // From now on the six are recorded as all are: half of them may go.
    stage.pass(MINUTE).await;
    stage.put("principals", &listed[..3].join("\n"));
    principals.settle(&stage).await;
    assert_eq!(stage.allowed(), roots(&listed[..3]));
}
