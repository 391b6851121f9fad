//! Both doors of the same account say the same.

use crate::calls::{self, CALLS};
use crate::wire::{PATTERN, Wire};
use cloud::calls::{Dated, Ec2Reads, Elbv2Reads, SsmReads};
use fleet::observed::ParameterKind;
use std::collections::BTreeSet;
use world::model::Interface;

#[tokio::test]
async fn every_call_is_answered_alike_by_both_doors_and_does_the_same() {
    let (by_sdk, in_memory) = (Wire::new().await, Wire::new().await);
    let sdk = calls::all(&by_sdk.sdk, &by_sdk.account).await;
    let memory = calls::all(&in_memory.memory, &in_memory.account).await;

    assert_eq!(sdk, memory);
    let kinds: BTreeSet<_> = sdk.iter().map(|(call, _)| *call).collect();
    assert_eq!(kinds.len(), CALLS);
    for (call, answer) in &sdk {
        assert!(answer.is_ok(), "{call}: {answer:?}");
    }
    assert_eq!(by_sdk.door.door().surprises(), Vec::<String>::new());
    assert_eq!(by_sdk.model().calls(), in_memory.model().calls());
    let done = |wire: &Wire| -> Vec<_> {
        let model = wire.model();
        model
            .writes()
            .iter()
            .map(|write| (write.call, write.what.clone()))
            .collect()
    };
    assert_eq!(done(&by_sdk), done(&in_memory));

    // What is there afterwards is the same, too.
    assert_eq!(
        calls::all(&by_sdk.sdk, &by_sdk.account).await,
        calls::all(&in_memory.memory, &in_memory.account).await
    );
}

#[tokio::test]
async fn a_parameter_arrives_as_it_was_pasted() {
    let wire = Wire::new().await;
    let path = "/kafka-privatelink/orders/listeners";
    let page = wire.sdk.get_parameters_by_path(path, None).await.unwrap();
    assert_eq!(page.items.len(), 2);
    assert!(
        page.items
            .iter()
            .all(|parameter| parameter.value == PATTERN)
    );
}

#[tokio::test]
async fn a_parameter_arrives_with_its_type_and_a_secret_as_cipher_text() {
    let wire = Wire::new().await;
    let kinds = [
        ParameterKind::String,
        ParameterKind::StringList,
        ParameterKind::SecureString,
    ];
    for kind in &kinds {
        let name = format!("/kafka-privatelink/typed/{}", kind.as_str());
        let (now, name) = (wire.clock.now(), name.as_str().into());
        let put = wire.model().put_parameter_of(now, &name, kind, "a,hunter2");
        assert_eq!(put, Ok(1));
    }
    let path = "/kafka-privatelink/typed";
    let by_sdk = wire.sdk.get_parameters_by_path(path, None).await.unwrap();
    let in_memory = wire.memory.get_parameters_by_path(path, None).await;
    assert_eq!(by_sdk.items, in_memory.unwrap().items);
    let read: Vec<_> = by_sdk.items.into_iter().map(|read| read.kind).collect();
    assert_eq!(BTreeSet::from_iter(read), BTreeSet::from(kinds));
    let again = wire.sdk.get_parameters_by_path(path, None).await.unwrap();
    for read in again.items {
        let is_text = read.kind != ParameterKind::SecureString;
        assert_eq!(read.value == "a,hunter2", is_text, "{read:?}");
        assert_eq!(read.text(), is_text.then_some("a,hunter2"));
    }
}

#[tokio::test]
async fn the_newest_answer_is_the_clock() {
    let wire = Wire::new().await;
    assert_eq!(wire.sdk.take_dates(), []);
    let before = wire.clock.now();
    wire.sdk.describe_target_groups("", None).await.unwrap();
    let now = wire.sdk.take_dates().pop().unwrap();
    // A header holds whole seconds.
    assert!(before.as_second() <= now.as_second() && now <= wire.clock.now());
}

#[tokio::test]
async fn an_error_tells_the_time_as_well() {
    let wire = Wire::new().await;
    let unknown = format!("{}-gone", wire.account.group);
    assert!(
        wire.sdk
            .describe_target_health(&unknown.as_str().into())
            .await
            .is_err()
    );
    assert_eq!(wire.sdk.take_dates().len(), 1);
}

#[tokio::test]
async fn a_wrong_date_is_that_of_its_answer_only() {
    let wire = Wire::new().await;
    let year = jiff::SignedDuration::from_hours(24 * 365);
    wire.model().misdate_next(year);
    for _ in 0..3 {
        wire.sdk.describe_target_groups("", None).await.unwrap();
    }
    let dates = wire.sdk.take_dates();
    let ahead = dates.iter().map(|date| *date > wire.clock.now());
    assert_eq!(ahead.collect::<Vec<_>>(), [true, false, false]);
    assert_eq!(
        wire.sdk.take_dates(),
        [],
        "and it is forgotten when it is taken"
    );
}

#[tokio::test]
async fn an_interface_with_the_description_of_a_node_is_none() {
    let wire = Wire::new().await;
    let end = wire.account.load_balancer.to_string();
    let (_, end) = end.split_once(":loadbalancer/").unwrap();
    let forged = Interface {
        az_id: "usw2-az1".into(),
        address: [10, 0, 0, 66].into(),
        description: format!("ELB {end}"),
        kind: "interface".to_owned(),
        requester_managed: false,
        vpc: wire.account.nlb().vpc,
    };
    let now = wire.clock.now();
    wire.model().create_network_interface(now, forged);
    let nlb = wire.account.nlb();
    let by_sdk = wire
        .sdk
        .describe_network_interfaces(&nlb, None)
        .await
        .unwrap();
    let in_memory = wire.memory.describe_network_interfaces(&nlb, None).await;
    assert_eq!(by_sdk.items.len(), 3);
    assert_eq!(by_sdk.items, in_memory.unwrap().items);
}
