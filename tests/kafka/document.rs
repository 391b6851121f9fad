//! The cluster of TiDB Cloud's document, and its check both ways.

use crate::stage::{three, three_of, until, until_metadata, with_kafka};
use std::collections::BTreeMap;
use tests::PATTERN;
use tests::built::binary;
use world::kafka::{CLUSTER_ID, Kafka, Metadata, Tools, Version, metadata};
use world::local::LocalAws;

/// What a cluster's metadata is to list.
fn listed(told: &Metadata) -> BTreeMap<u32, &str> {
    let brokers = told.brokers.iter();
    brokers
        .map(|(node, at)| (node.get(), at.as_str()))
        .collect()
}

#[test]
fn three_brokers_serve_and_the_documents_check_passes_on_both_listeners() {
    with_kafka!(
        three_brokers_serve_and_the_documents_check_passes_on_both_listeners,
        async {
            let world = three().await;
            let internal = metadata("10.0.0.11:9092").await.unwrap();
            assert_eq!(internal.cluster_id, CLUSTER_ID);
            let expected = [
                (1, "10.0.0.11:9092"),
                (2, "10.0.64.11:9092"),
                (3, "10.0.128.11:9092"),
            ];
            assert_eq!(listed(&internal), BTreeMap::from(expected));
            advertised(&metadata("10.0.64.11:39092").await.unwrap());

            let checked = world.check_internal().await.unwrap();
            println!("on INTERNAL: {checked}");
            assert!(checked.is_complete(), "{checked:?}");
            let topics = until_metadata(&world, "10.0.0.11:9092", Metadata::in_sync).await;
            let of_topic = topics
                .partitions
                .iter()
                .filter(|((topic, _), _)| topic == "test-topic");
            let replicas: Vec<usize> = of_topic.map(|(_, p)| p.replicas.len()).collect();
            assert_eq!(replicas, [3, 3, 3]);

            ask_the_documents_question(&world.tools_in_vpc().unwrap()).await;

            // The addresses of the VPC lead nowhere from the consumer's host.
            let tools = world.tools_at_consumer().unwrap();
            let asked = ["--bootstrap-server", "10.0.0.11:39092", "--list"];
            let timely = ["--command-config", "client.properties"];
            let short = "request.timeout.ms=2000\ndefault.api.timeout.ms=3000\n";
            std::fs::write(tools.home().folder().join("client.properties"), short).unwrap();
            let arguments = [&asked[..], &timely[..]].concat();
            let nowhere = tools.run("kafka-topics.sh", &arguments).await.unwrap_err();
            assert!(nowhere.to_string().contains("Timed out"), "{nowhere}");

            map(&world).await;
            for zone in ["172.20.1.10", "172.20.2.10", "172.20.3.10"] {
                advertised(&metadata(&format!("{zone}:9092")).await.unwrap());
            }
            let checked = world.check_external().await.unwrap();
            println!("on EXTERNAL: {checked}");
            assert!(checked.is_complete(), "{checked:?}");
        }
    );
}

/// On EXTERNAL, brokers are known by the names and ports that the consumer can reach.
fn advertised(told: &Metadata) {
    let domain = "abc.us-west-2.aws.3199015.tidbcloud.com";
    let expected: Vec<String> = (1..=3)
        .map(|n| format!("b{n}.usw2-az{n}.{domain}:{}", 9092 + n))
        .collect();
    let found: Vec<&str> = listed(told).into_values().collect();
    assert_eq!(found, expected);
}

/// The real register-brokers maps them.
async fn map(world: &LocalAws) {
    world.put_parameter("listeners/EXTERNAL", PATTERN).unwrap();
    world.start_functions(binary);
    until(world, async || {
        world.mapped(&[("1", 9093), ("2", 9094), ("3", 9095)])
    })
    .await;
}

/// What the document's own question is answered in the VPC, as the document says.
async fn ask_the_documents_question(tools: &Tools) {
    let ask = async |target| {
        let arguments = ["--bootstrap-server", target];
        let script = "kafka-broker-api-versions.sh";
        tools.run(script, &arguments).await.unwrap()
    };
    let internal = ask("10.0.128.11:9092").await;
    for start in [
        "10.0.0.11:9092 (id: 1 rack: usw2-az1",
        "10.0.64.11:9092 (id: 2 rack: usw2-az2",
        "10.0.128.11:9092 (id: 3 rack: usw2-az3",
    ] {
        assert!(internal.contains(start), "{internal}");
    }
    // A name that does not resolve in the VPC is what the document expects to see (K-16).
    let external = ask("10.0.128.11:39092").await;
    for start in ["b1.usw2-az1.", "b2.usw2-az2.", "b3.usw2-az3."] {
        let line = external.lines().find(|line| line.starts_with(start));
        let line = line.unwrap_or_else(|| panic!("{external}"));
        assert!(line.contains("-> ERROR:"), "{line}");
    }
}

#[test]
fn the_other_version_serves_and_passes_the_documents_check_too() {
    with_kafka!(
        the_other_version_serves_and_passes_the_documents_check_too,
        async {
            for version in Version::ALL {
                if Some(version) != Version::chosen().ok() {
                    let world = three_of(Kafka::ready_with(version).unwrap()).await;
                    let checked = world.check_internal().await.unwrap();
                    println!("on {version}: {checked}");
                    assert!(checked.is_complete(), "{checked:?}");
                }
            }
        }
    );
}
