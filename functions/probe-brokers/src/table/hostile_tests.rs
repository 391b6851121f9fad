//! Whole rows about brokers that say whatever they like: no answer breaks the code, and what is shown
//! is short and clean.

use super::tests::{anywhere, bound, inquiry};
use super::*;
use bytes::{BufMut, BytesMut};
use kafka_protocol::messages::api_versions_response::{ApiVersion, ApiVersionsResponse};
use kafka_protocol::messages::describe_configs_response::{
    DescribeConfigsResourceResult, DescribeConfigsResponse, DescribeConfigsResult,
};
use kafka_protocol::messages::metadata_response::{MetadataResponse, MetadataResponseBroker};
use kafka_protocol::messages::{BrokerId, ResponseHeader};
use kafka_protocol::protocol::{Encodable, HeaderVersion, StrBytes};
use proptest::collection::vec;
use proptest::prelude::*;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// What a broker says, in its own words.
#[derive(Clone, Debug)]
pub(super) struct Said {
    cluster: String,
    host: String,
    advertised: String,
    /// Instead of its configuration.
    refusal: Option<(i16, String)>,
    brokers: i32,
    /// Places in the frames that are changed on the way.
    bent: Vec<(prop::sample::Index, u8)>,
}

impl Said {
    /// What broker 1 says that advertises port 9093.
    pub(super) fn well() -> Self {
        Self {
            cluster: "a cluster".to_owned(),
            host: "b1.example.com".to_owned(),
            advertised: "EXTERNAL://b1.example.com:9093".to_owned(),
            refusal: None,
            brokers: 1,
            bent: Vec::new(),
        }
    }
}

/// The three answers of a conversation, as frames.
pub(super) fn frames(said: &Said) -> Vec<Vec<u8>> {
    let text = |text: &str| StrBytes::from_string(text.to_owned());
    let offered = [(3, 12), (18, 3), (32, 4)].map(|(key, max)| {
        ApiVersion::default()
            .with_api_key(key)
            .with_max_version(max)
    });
    let greeting = ApiVersionsResponse::default().with_api_keys(offered.to_vec());
    let values = [
        "listeners",
        "advertised.listeners",
        "listener.security.protocol.map",
    ];
    let values = values.map(|key| {
        DescribeConfigsResourceResult::default()
            .with_name(StrBytes::from_static_str(key))
            .with_value(Some(text(&said.advertised)))
    });
    let result = DescribeConfigsResult::default()
        .with_resource_type(4)
        .with_resource_name(StrBytes::from_static_str("1"));
    let result = match &said.refusal {
        Some((code, why)) => result
            .with_error_code(*code)
            .with_error_message(Some(text(why))),
        None => result.with_configs(values.to_vec()),
    };
    let configuration = DescribeConfigsResponse::default().with_results(vec![result]);
    let brokers = (1..=said.brokers).map(|id| {
        MetadataResponseBroker::default()
            .with_node_id(BrokerId(id))
            .with_host(text(&said.host))
            .with_port(9093)
    });
    let metadata = MetadataResponse::default()
        .with_brokers(brokers.collect())
        .with_cluster_id(Some(text(&said.cluster)));
    let mut frames = vec![
        frame(&greeting, 3, 1),
        frame(&configuration, 4, 2),
        frame(&metadata, 12, 3),
    ];
    let bytes = frames.iter().map(Vec::len).sum();
    for (place, byte) in &said.bent {
        let place = place.index(bytes);
        if let Some(there) = frames.iter_mut().flatten().nth(place) {
            *there = *byte;
        }
    }
    frames
}

pub(crate) fn frame<R: Encodable + HeaderVersion>(
    answer: &R,
    version: i16,
    correlation: i32,
) -> Vec<u8> {
    let mut body = BytesMut::new();
    let header = ResponseHeader::default().with_correlation_id(correlation);
    header
        .encode(&mut body, R::header_version(version))
        .and_then(|()| answer.encode(&mut body, version))
        .expect("an answer");
    let mut frame = BytesMut::new();
    frame.put_u32(u32::try_from(body.len()).expect("short"));
    frame.put_slice(&body);
    frame.to_vec()
}

/// Answers each question with the next frame.
pub(crate) async fn converse(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    frames: Vec<Vec<u8>>,
) -> std::io::Result<()> {
    for frame in frames {
        let length = stream.read_u32().await?;
        let mut question = vec![0; usize::try_from(length).unwrap_or_default()];
        stream.read_exact(&mut question).await?;
        stream.write_all(&frame).await?;
    }
    Ok(())
}

/// The row about a broker that says this.
fn row(said: &Said) -> Row {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let (listener, port) = bound().await;
        let frames = frames(said);
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await?;
            converse(&mut stream, frames).await
        });
        // A length that was bent upwards is waited for until the peer hangs up.
        let deadline = Instant::now() + Duration::from_secs(60);
        table(&inquiry(&[port]), &anywhere(), deadline)
            .await
            .remove(0)
    })
}

/// Words of one who wants to be noticed.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => any::<String>(),
        1 => "[\\x00-\\x1f\"\\\\]{0,400}",
        1 => Just("\u{1F980}".repeat(7000)),
        1 => "(b1.example.com|EXTERNAL://b1.example.com:9093|[A-Z]{1,9}://.{0,9}:[0-9]{0,6},?){0,4}",
        1 => "Unexpected broker id, expected .{0,12} or empty string, but received .{0,3}",
    ]
}

fn said() -> impl Strategy<Value = Said> {
    let refusal = proptest::option::of((any::<i16>(), words()));
    let bent = prop_oneof![
        1 => Just(Vec::new()),
        1 => vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ];
    let all = (words(), words(), words(), refusal, 0..200_i32, bent);
    all.prop_map(|(cluster, host, advertised, refusal, brokers, bent)| Said {
        cluster,
        // So that many brokers fit into an answer.
        host: host.chars().take(300).collect(),
        advertised,
        refusal,
        brokers,
        bent,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_broker_says_its_row_is_short_and_clean_and_nothing_breaks(said in said()) {
        let row = row(&said);
        let says = row.to_string();
        prop_assert!(!says.contains(&broken()), "{says}");
        prop_assert!(says.chars().count() < 400, "{says}");
        let json = serde_json::to_string(&row).expect("json");
        prop_assert!(json.len() < 4000, "{} bytes", json.len());
        prop_assert!(!json.contains(char::is_control) && !says.contains(char::is_control), "{says:?}");
    }
}

#[test]
fn the_conversation_of_these_tests_reaches_its_end() {
    let read = row(&Said::well());
    // The port of the test is any, and the broker advertises 9093.
    let says = read.says();
    assert!(
        says.starts_with("advertises b1.example.com:9093, wanted b1.example.com:"),
        "{says}"
    );
}

#[test]
fn a_list_of_a_hundred_thousand_brokers_is_not_read() {
    let said = Said {
        cluster: String::new(),
        host: "b".to_owned(),
        advertised: String::new(),
        refusal: None,
        brokers: 100_000,
        bent: Vec::new(),
    };
    let says = row(&said).says();
    assert!(
        says.contains("more than the 262144 that are read"),
        "{says}"
    );
}
