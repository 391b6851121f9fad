//! What the brokers show on INTERNAL, their admin listener.

use super::{Three, VOTERS};
use crate::ground::{ADDRESSES, address, node, properties};
use crate::inside::scenes;
use fleet::listener::Protocol;
use fleet::shown::{AdminInquiry, AdminQuestion, Itself, Shown, Voters};
use fleet::words::Port;
use probe_brokers::{Bounds, PATIENCE, shown};
use std::collections::BTreeMap;
use tokio::time::Instant;
use world::kafka::INTERNAL_PORT;

scenes!(Three: every_broker_shows_what_its_process_runs_with_and_who_else_is_there,
    who_is_restarted_without_external_shows_it_and_who_is_frozen_or_gone_is_silent);

/// What each broker shows.
async fn all() -> BTreeMap<u32, Shown> {
    let port = Port::new(INTERNAL_PORT).expect("a port");
    let questions = ADDRESSES.map(|(id, _)| AdminQuestion {
        broker: node(id),
        instance: format!("i-{id}").as_str().into(),
        address: address(id),
        port,
    });
    let inquiry = AdminInquiry {
        protocol: Protocol::Plaintext,
        secret: None,
        secret_from: None,
        parameter: "/kafka-privatelink/orders/admin".into(),
        questions: questions.to_vec(),
    };
    let set = |name: &str| match name {
        "PORTS" => INTERNAL_PORT.to_string(),
        _ => "10.0.0.0/16".to_owned(),
    };
    let bounds = Bounds::read(|name| Some(set(name))).expect("bounds");
    let deadline = Instant::now() + PATIENCE * 3;
    let answers = shown(inquiry, &bounds, deadline).await;
    let answers = answers.into_iter();
    answers
        .map(|it| (it.question.broker.get(), it.shown))
        .collect()
}

fn itself(shown: &Shown) -> &Itself {
    match shown {
        Shown::Itself(itself) => itself,
        other => panic!("{other:?}"),
    }
}

async fn every_broker_shows_what_its_process_runs_with_and_who_else_is_there(_: &mut Three) {
    for (id, shown) in all().await {
        let itself = itself(&shown);
        let value = itself.advertised.value.clone().unwrap_or_default();
        let external = format!("EXTERNAL://b{id}.usw2-az{id}.");
        assert!(value.contains(&external), "{value}");
        let all = ADDRESSES.map(|(id, _)| node(id)).into();
        assert_eq!(itself.listed, all);
        assert_eq!(itself.voters, Voters::Are(all));
        assert!(!itself.listeners.is_overridden);
    }
}

async fn who_is_restarted_without_external_shows_it_and_who_is_frozen_or_gone_is_silent(
    three: &mut Three,
) {
    let right = properties(3, &VOTERS);
    let mut without = right.clone();
    without.external = None;
    three.restart(3, &without).await;
    let shown = all().await;
    let value = itself(&shown[&3])
        .listeners
        .value
        .clone()
        .unwrap_or_default();
    assert!(!value.contains("EXTERNAL"), "{value}");
    assert_eq!(
        itself(&shown[&3]).listed.len(),
        3,
        "INTERNAL lists them all"
    );
    three.restart(3, &right).await;

    three.broker(2).freeze().await.expect("frozen");
    let shown = all().await;
    assert!(
        matches!(&shown[&2], Shown::Silent { why, accepts: true } if why.contains("may hang")),
        "{shown:?}"
    );
    assert!(matches!(shown[&1], Shown::Itself(_)), "{shown:?}");
    three.broker(2).thaw().await.expect("thawed");

    three.broker(2).stop().await.expect("stopped");
    let shown = all().await;
    assert!(
        matches!(&shown[&2], Shown::Silent { why, accepts: false } if why.contains("refused")),
        "{shown:?}"
    );
    three.broker(2).start().await.expect("a start");
    three
        .broker(2)
        .serving()
        .await
        .expect("a broker that serves");
}
