//! Who answers: the expected broker, another one, or nobody who would say.

use crate::peer::{listen, open, text};
use kafka::{BrokerError, Error, Source, Who};
use kafka_protocol::messages::DescribeConfigsRequest;
use kafka_protocol::messages::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResponse, DescribeConfigsResult,
    DescribeConfigsSynonym,
};

const BROKER: i8 = 4;
const EXTERNAL: &str = "EXTERNAL://b1.usw2-az1.abc.us-west-2.aws.3199015.tidbcloud.com:9093";

/// A value with its source, and what the file says below it.
fn config(
    name: &str,
    value: Option<&str>,
    source: i8,
    below: &[(i8, &str)],
) -> DescribeConfigsResourceResult {
    let synonym = |(source, value): &(i8, &str)| {
        DescribeConfigsSynonym::default()
            .with_name(text(name))
            .with_source(*source)
            .with_value(Some(text(value)))
    };
    DescribeConfigsResourceResult::default()
        .with_name(text(name))
        .with_value(value.map(text))
        .with_config_source(source)
        .with_synonyms(below.iter().map(synonym).collect())
}

/// What the broker says about itself.
fn listeners() -> DescribeConfigsResult {
    let advertised = format!("INTERNAL://b1:9092,{EXTERNAL}");
    DescribeConfigsResult::default().with_configs(vec![
        config(
            "advertised.listeners",
            Some(&advertised),
            4,
            &[(4, &advertised)],
        ),
        config(
            "listeners",
            Some("INTERNAL://:9092,EXTERNAL://:39092"),
            4,
            &[],
        ),
        config(
            "listener.security.protocol.map",
            Some("X:SSL"),
            2,
            &[(2, "X:SSL"), (4, "X:PLAINTEXT"), (9, "?")],
        ),
    ])
}

/// Who is found by asking for broker 2 and being answered this.
async fn who(result: DescribeConfigsResult) -> Result<Who, Error> {
    let address = listen(async move |mut peer| {
        peer.greet().await;
        let (asked, question) = peer.asked_for::<DescribeConfigsRequest>().await;
        let [resource] = question.resources.as_slice() else {
            panic!("{question:?}");
        };
        assert_eq!(
            (resource.resource_type, &*resource.resource_name),
            (BROKER, "2")
        );
        assert_eq!(resource.configuration_keys.as_ref().map(Vec::len), Some(3));
        assert!(question.include_synonyms && !question.include_documentation);
        let result = result
            .with_resource_type(BROKER)
            .with_resource_name(text("2"));
        let answer = DescribeConfigsResponse::default().with_results(vec![result]);
        peer.answer(&asked, &answer).await;
    });
    open(address.await).await.identity(2).await
}

fn failed(code: i16, message: &str) -> DescribeConfigsResult {
    DescribeConfigsResult::default()
        .with_error_code(code)
        .with_error_message(Some(text(message)))
}

#[tokio::test]
async fn the_expected_broker_shows_its_listeners_with_their_sources() {
    let Ok(Who::Expected(values)) = who(listeners()).await else {
        panic!("another");
    };
    let endpoints = values.advertised_endpoints().unwrap();
    assert_eq!(endpoints["EXTERNAL"].port, 9093);
    assert_eq!(values.listeners.source, Source::Static);
    assert!(values.protocols.source.is_override());
    let layer = |source, value: &str| (source, Some(value.to_owned()));
    let (dynamic, file) = (
        layer(Source::DynamicBroker, "X:SSL"),
        layer(Source::Static, "X:PLAINTEXT"),
    );
    assert_eq!(
        values.protocols.layers,
        [dynamic, file, layer(Source::Unknown(9), "?")]
    );
}

#[tokio::test]
async fn a_broker_that_advertises_nothing_advertises_what_it_binds() {
    let mut result = listeners();
    result.configs[0] = config("advertised.listeners", None, 5, &[]);
    let Ok(Who::Expected(values)) = who(result).await else {
        panic!("another");
    };
    assert_eq!(values.advertised.source, Source::Default);
    assert_eq!(
        values.advertised_endpoints().unwrap()["EXTERNAL"].port,
        39092
    );
}

#[tokio::test]
async fn error_42_names_the_broker_that_answers() {
    let text = "Unexpected broker id, expected 1 or empty string, but received 2";
    assert_eq!(who(failed(42, text)).await, Ok(Who::Other(1)));
}

#[tokio::test]
async fn error_42_with_other_words_proves_nothing() {
    let found = who(failed(42, "Broker id must be an integer, but it is: 2")).await;
    assert!(matches!(found, Ok(Who::Unclear(error)) if error.code == 42));
}

#[tokio::test]
async fn error_31_is_no_proof() {
    let Ok(Who::Denied(error)) = who(failed(31, "Cluster authorization failed.")).await else {
        panic!("not denied");
    };
    assert_eq!(
        error.to_string(),
        "error 31 (CLUSTER_AUTHORIZATION_FAILED): Cluster authorization failed."
    );
    assert!(error.is_denied());
}

#[tokio::test]
async fn any_other_error_proves_nothing() {
    let found = who(failed(-1, "")).await;
    let (code, message) = (-1, None);
    assert_eq!(found, Ok(Who::Unclear(BrokerError { code, message })));
}

#[tokio::test]
async fn an_answer_without_the_values_is_refused() {
    let mut result = listeners();
    result.configs.pop();
    assert!(matches!(who(result).await, Err(Error::Malformed { .. })));
}

#[tokio::test]
async fn an_answer_about_something_else_is_refused() {
    for results in [vec![], vec![listeners()], vec![listeners(), listeners()]] {
        let address = listen(async move |mut peer| {
            peer.greet().await;
            peer.answer_next(&DescribeConfigsResponse::default().with_results(results))
                .await;
        });
        let found = open(address.await).await.identity(2).await;
        assert!(matches!(found, Err(Error::Malformed { .. })), "{found:?}");
    }
}
