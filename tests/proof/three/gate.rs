//! The questions of the later restart gate, while all is well and while a broker is dead.

use super::Three;
use crate::admin::{make_topic, move_partition, produce};
use crate::asking::connect;
use crate::ground::until;
use crate::inside::scenes;
use kafka::{Connection, Partition, Source, Topic, Who};
use std::collections::BTreeMap;
use world::kafka::{CLUSTER_ID, CONTROLLER_PORT, EXTERNAL_PORT, INTERNAL_PORT};

scenes!(Three:
    replicas_and_what_must_be_in_sync_are_told_by_every_broker,
    what_a_dead_broker_leaves_behind_is_told_and_what_waits_for_it,
    an_override_is_told_from_the_file,
);

async fn internal(id: u32) -> Connection {
    connect(id, INTERNAL_PORT, None).await
}

async fn replicas_and_what_must_be_in_sync_are_told_by_every_broker(_: &mut Three) {
    let strict = [("min.insync.replicas", "3")];
    make_topic("gate", &[&[1, 2, 3], &[2, 3, 1], &[3, 1, 2]], &[]).await;
    make_topic("strict", &[&[1, 2, 3]], &strict).await;
    produce(2, "gate", 1, 10).await;
    for id in 1..=3 {
        let mut broker = internal(id).await;
        // A broker hears of a new topic a moment after the one that was asked to make it.
        let expected = BTreeMap::from([("gate".to_owned(), 2), ("strict".to_owned(), 3)]);
        let look = async || broker.min_insync_replicas(&["gate", "strict"]).await;
        let told = until("it tells of both topics", look, |told| {
            told.as_ref() == Ok(&expected)
        });
        assert_eq!(told.await.as_ref(), Ok(&expected));
        let topics = broker.topics().await.expect("topics");
        let gate = partitions(&topics, "gate");
        let leaders = gate.values().map(|partition| partition.leader);
        assert_eq!(Vec::from_iter(leaders), [Some(1), Some(2), Some(3)]);
        for partition in gate.values() {
            assert_eq!(sorted(&partition.isr), [1, 2, 3], "{partition:?}");
            assert_eq!(partition.offline, Vec::<i32>::new(), "{partition:?}");
        }

        let dirs = broker.log_dirs().await.expect("log directories");
        let [dir] = &dirs[..] else {
            panic!("{dirs:?}");
        };
        assert!(dir.path.ends_with("data"), "{dir:?}");
        assert_eq!(dir.error, None);
        let of_gate = dir
            .replicas
            .iter()
            .filter(|replica| replica.topic == "gate");
        let sizes = of_gate.map(|replica| (replica.partition, replica.size > 0));
        let sizes = BTreeMap::from_iter(sizes);
        assert_eq!(sizes, BTreeMap::from([(0, false), (1, true), (2, false)]));

        let quorum = broker.quorum().await.expect("the quorum");
        let voters: Vec<i32> = quorum.voters.iter().map(|voter| voter.id).collect();
        assert_eq!(sorted(&voters), [1, 2, 3]);
        assert!(
            quorum.leader_id.is_some_and(|id| voters.contains(&id)),
            "{quorum:?}"
        );
        assert!(
            quorum
                .voters
                .iter()
                .all(|voter| voter.last_caught_up.is_some()),
            "{quorum:?}"
        );
        assert_eq!(quorum.observers, []);

        assert_eq!(broker.reassignments().await, Ok(Vec::new()));

        let cluster = broker.cluster().await.expect("the cluster");
        assert_eq!(cluster.cluster_id, CLUSTER_ID);
        assert_eq!(cluster.brokers.len(), 3);
        if id == 1 {
            println!("{quorum:?}\n{cluster:?}");
        }
    }
}

async fn what_a_dead_broker_leaves_behind_is_told_and_what_waits_for_it(three: &mut Three) {
    make_topic("left", &[&[1, 2, 3]], &[]).await;
    make_topic("moving", &[&[1]], &[]).await;
    let third = three.broker(3);
    third.kill().await.expect("killed");
    let mut first = internal(1).await;
    let look = async || {
        let topics = first.topics().await.expect("topics");
        partitions(&topics, "left")[&0].clone()
    };
    let left = until("it stays in sync", look, |left: &Partition| {
        !left.isr.contains(&3)
    })
    .await;
    assert_eq!(sorted(&left.isr), [1, 2]);
    assert_eq!(sorted(&left.replicas), [1, 2, 3]);
    assert_eq!(left.offline, [3]);

    // It waits for a broker that is dead.
    move_partition("moving", 0, &[3]).await;
    let moving = first.reassignments().await.expect("reassignments");
    let [moving] = &moving[..] else {
        panic!("{moving:?}");
    };
    assert_eq!((moving.topic.as_str(), moving.partition), ("moving", 0));
    assert_eq!(
        (&moving.adding[..], &moving.removing[..]),
        (&[3][..], &[1][..])
    );

    let quorum = first.quorum().await.expect("the quorum");
    let ends = quorum
        .voters
        .iter()
        .map(|voter| (voter.id, voter.log_end_offset));
    let ends = BTreeMap::from_iter(ends);
    assert!(ends[&3] < ends[&1], "{quorum:?}");
    let cluster = first.cluster().await.expect("the cluster");
    println!("{quorum:?}\n{cluster:?}");
    let fenced = cluster.brokers.iter().find(|broker| broker.node.id == 3);
    // Kafka 3.7.1 leaves it out, 4.2.1 says that it is fenced.
    assert!(
        fenced.is_none_or(|broker| broker.fenced == Some(true)),
        "{cluster:?}"
    );

    third.start().await.expect("a start");
    third.serving().await.expect("a broker that serves");
    let look = async || first.reassignments().await.expect("reassignments");
    until("it goes on moving", look, |moving| moving.is_empty()).await;
    // The controller says so first, the brokers' metadata a moment later.
    let look = async || {
        let topics = first.topics().await.expect("topics");
        partitions(&topics, "moving")[&0].replicas.clone()
    };
    until("it is not there", look, |replicas| replicas[..] == [3]).await;
}

async fn an_override_is_told_from_the_file(three: &mut Three) {
    let tools = three.ground.tools().await;
    let broker = [
        "--bootstrap-server",
        "10.0.64.11:9092",
        "--entity-type",
        "brokers",
    ];
    let alter = [&broker[..], &["--entity-name", "2", "--alter"]].concat();
    let map = "INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,EXTERNAL:PLAINTEXT,EXTRA:PLAINTEXT";
    let add = format!("listener.security.protocol.map=[{map}]");
    let add = [&alter[..], &["--add-config", &add]].concat();
    tools
        .run("kafka-configs.sh", &add)
        .await
        .expect("an override");

    let sources = async || {
        let mut sources = Vec::new();
        for port in [INTERNAL_PORT, EXTERNAL_PORT, CONTROLLER_PORT] {
            let mut broker = connect(2, port, None).await;
            let Who::Expected(values) = broker.identity(2).await.expect("an answer") else {
                panic!("it is not broker 2");
            };
            assert_eq!(values.listeners.source, Source::Static);
            assert_eq!(values.advertised.source, Source::Static);
            let layers = values.protocols.layers.iter().map(|(source, _)| *source);
            sources.push((port, values.protocols.source, Vec::from_iter(layers)));
            println!("{port}: {:?}", values.protocols);
        }
        sources
    };
    use Source::{Default, DynamicBroker, Static};
    let overridden = |port| (port, DynamicBroker, vec![DynamicBroker, Static, Default]);
    let expected = [INTERNAL_PORT, EXTERNAL_PORT].map(overridden);
    until("there is no override", sources, |seen| {
        seen[..2] == expected
    })
    .await;

    let delete = ["--delete-config", "listener.security.protocol.map"];
    let delete = [&alter[..], &delete].concat();
    tools
        .run("kafka-configs.sh", &delete)
        .await
        .expect("no override");
    let from_file = |port| (port, Static, vec![Static, Default]);
    let expected = [INTERNAL_PORT, EXTERNAL_PORT].map(from_file);
    until("there is an override", sources, |seen| {
        seen[..2] == expected
    })
    .await;
}

fn partitions(topics: &[Topic], name: &str) -> BTreeMap<i32, Partition> {
    let topic = topics.iter().find(|topic| topic.name == name);
    let partitions = topic.unwrap_or_else(|| panic!("no topic {name} in {topics:?}"));
    let partitions = partitions.partitions.iter();
    partitions.map(|it| (it.index, it.clone())).collect()
}

fn sorted(ids: &[i32]) -> Vec<i32> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids
}
