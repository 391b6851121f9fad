//! What a broker's process is, and how long its session takes.

use crate::gate::{asking, denied};
use crate::peer::{listen, open, text};
use kafka::{Api, BrokerValues, Error};
use kafka_protocol::messages::DescribeConfigsRequest;
use kafka_protocol::messages::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResponse, DescribeConfigsResult,
};

/// An answer about broker 2.
fn answer(values: &[(&str, Option<&str>)]) -> DescribeConfigsResult {
    let config = |(name, value): &(&str, Option<&str>)| {
        DescribeConfigsResourceResult::default()
            .with_name(text(name))
            .with_value(value.map(text))
    };
    DescribeConfigsResult::default()
        .with_resource_type(4)
        .with_resource_name(text("2"))
        .with_configs(values.iter().map(config).collect())
}

async fn told(version: i16, result: DescribeConfigsResult) -> Result<BrokerValues, Error> {
    let answer = DescribeConfigsResponse::default().with_results(vec![result]);
    let mut connection = asking(Api::DescribeConfigs, version, answer).await;
    connection.broker_values(2).await
}

#[tokio::test]
async fn a_broker_of_either_mode_tells_its_session_in_every_version() {
    for version in 1..=4 {
        let kraft = answer(&[
            ("process.roles", Some("broker,controller")),
            ("broker.session.timeout.ms", Some("9000")),
        ]);
        let values = told(version, kraft).await.unwrap();
        assert_eq!(values.roles.as_deref(), Some("broker,controller"));
        assert_eq!(
            (values.kraft_session, values.zookeeper_session),
            (Some(9000), None)
        );
        let zookeeper = answer(&[
            ("process.roles", Some("")),
            ("broker.session.timeout.ms", Some("9000")),
            ("zookeeper.session.timeout.ms", Some("18000")),
        ]);
        let values = told(version, zookeeper).await.unwrap();
        assert_eq!(
            (values.roles, values.zookeeper_session),
            (None, Some(18000))
        );
    }
}

#[tokio::test]
async fn three_keys_of_this_broker_are_asked_for() {
    let address = listen(async |mut peer| {
        peer.greet().await;
        let (asked, question) = peer.asked_for::<DescribeConfigsRequest>().await;
        let [resource] = &question.resources[..] else {
            panic!("{question:?}");
        };
        assert_eq!((resource.resource_type, &*resource.resource_name), (4, "2"));
        let keys = resource.configuration_keys.as_deref().unwrap_or_default();
        let keys: Vec<&str> = keys.iter().map(|key| &**key).collect();
        assert_eq!(
            keys,
            [
                "process.roles",
                "broker.session.timeout.ms",
                "zookeeper.session.timeout.ms"
            ]
        );
        let results = vec![answer(&[("process.roles", None)])];
        let answer = DescribeConfigsResponse::default().with_results(results);
        peer.answer(&asked, &answer).await;
    });
    let values = open(address.await).await.broker_values(2).await.unwrap();
    assert_eq!(values.roles, None);
}

#[tokio::test]
async fn what_is_denied_or_makes_no_sense_is_an_error() {
    let refused = told(4, answer(&[]).with_error_code(31)).await.unwrap_err();
    assert!(denied(Api::DescribeConfigs, &refused), "{refused}");
    let other = told(4, answer(&[]).with_resource_name(text("3")))
        .await
        .unwrap_err();
    assert!(matches!(other, Error::Malformed { .. }), "{other}");
    let odd = answer(&[("broker.session.timeout.ms", Some("soon"))]);
    let odd = told(4, odd).await.unwrap_err().to_string();
    assert!(
        odd.contains("broker.session.timeout.ms is no number"),
        "{odd}"
    );
}
