//! The stage: the cluster of TiDB Cloud's document, of real brokers in a local AWS.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tests::TEMPLATE;
use tests::built::binary;
use world::kafka::{Broker, Kafka, Metadata, Turn, Version, metadata};
use world::local::{Brokers, KafkaCluster, LocalAws, LocalSettings};

/// Longer than any scenario takes on a busy machine.
pub const SCENARIO: Duration = Duration::from_secs(540);
/// Longer than anything takes that is waited for.
pub const CEILING: Duration = Duration::from_secs(300);

/// Runs a scenario inside a world of its own, when there is a place for its cluster.
macro_rules! with_kafka {
    ($test:ident, $scenario:expr) => {{
        let _: fn() = $test;
        let test = concat!(module_path!(), "::", stringify!($test));
        let _turn = $crate::stage::turn();
        let roles = ::tests::built::binary("world");
        ::world::inside::run(&roles, test, $crate::stage::SCENARIO, $scenario)
    }};
}
pub(crate) use with_kafka;

/// Waits until this process may have a cluster. A test that is inside was let in outside, where the
/// jars were fetched, too.
pub fn turn() -> Option<Turn> {
    if world::inside::is_inside() {
        return None;
    }
    Kafka::ready().unwrap();
    for version in Version::ALL {
        Kafka::ready_with(version).unwrap();
    }
    Some(world::kafka::beside().unwrap())
}

/// A local AWS whose brokers are to be Kafka; none is launched yet.
pub async fn empty(kafka: Kafka, extra: &[&str]) -> LocalAws {
    let mut cluster = KafkaCluster::three(kafka);
    cluster.extra = extra.iter().map(|line| (*line).to_owned()).collect();
    let settings = LocalSettings::new(40)
        .brokers(Brokers::Kafka(cluster))
        .roles(binary("world"));
    LocalAws::start(TEMPLATE, settings).await.unwrap()
}

/// The document's three brokers, which serve.
pub async fn three() -> LocalAws {
    three_of(Kafka::ready().unwrap()).await
}

/// The document's three brokers of this version.
pub async fn three_of(kafka: Kafka) -> LocalAws {
    let world = empty(kafka, &[]).await;
    launch_three(&world).await;
    world
}

/// The three brokers before they have EXTERNAL, with further lines in their files; they serve, and no function
/// runs yet.
pub async fn bare(extra: &[&str]) -> LocalAws {
    bare_of(Kafka::ready().unwrap(), extra).await
}

/// The same of this version.
pub async fn bare_of(kafka: Kafka, extra: &[&str]) -> LocalAws {
    let mut cluster = KafkaCluster::bare(kafka);
    cluster.extra = extra.iter().map(|line| (*line).to_owned()).collect();
    let world = rolled(cluster).await;
    launch_three(&world).await;
    world
}

/// One broker before it has EXTERNAL, which may be restarted; it serves, and no function runs yet.
pub async fn one() -> LocalAws {
    let world = rolled(KafkaCluster::one(Kafka::ready().unwrap())).await;
    // It is alone: without it, neither its topics nor the quorum are there.
    world.put_parameter("restarts", ALLOWING).unwrap();
    world.launch("1", "usw2-az1").unwrap();
    broker(&world, "1").await.serving().await.unwrap();
    world
}

/// Restarts are allowed, whatever is unavailable meanwhile.
pub const ALLOWING: &str = r#"{"when": "any-time", "allow_unavailable": true}"#;

/// A local AWS for brokers that are restarted: gates, commands and Kafka take real time, so AWS time is slow.
async fn rolled(cluster: KafkaCluster) -> LocalAws {
    let settings = LocalSettings::new(10)
        .brokers(Brokers::Kafka(cluster))
        .roles(binary("world"));
    LocalAws::start(TEMPLATE, settings).await.unwrap()
}

/// The operator writes the consumer's pattern, with its unique string.
pub fn put_pattern(world: &LocalAws, domain: &str) {
    let pattern = format!("<broker_id>.<az_id>.{domain}:<port>");
    world.put_parameter("listeners/EXTERNAL", &pattern).unwrap();
}

/// Launches the three, and waits until they serve.
async fn launch_three(world: &LocalAws) {
    let began = Instant::now();
    for (node, az) in [("1", "usw2-az1"), ("2", "usw2-az2"), ("3", "usw2-az3")] {
        world.launch(node, az).unwrap();
    }
    for node in ["1", "2", "3"] {
        let broker = broker(world, node).await;
        until(world, async || {
            let told = broker.serving().await.map_err(|error| error.to_string())?;
            match told.brokers.len() {
                3 => Ok(()),
                n => Err(format!("broker {node} knows of {n} brokers")),
            }
        })
        .await;
    }
    println!(
        "three brokers serve {:.1} s after their launch",
        began.elapsed().as_secs_f64()
    );
}

/// A broker, as soon as its host is on and its process runs.
pub async fn broker(world: &LocalAws, node: &str) -> Arc<Broker> {
    until(world, async || {
        let broker = world.kafka(node).await?;
        match broker.process() {
            Ok(Some(_)) => Ok(broker),
            Ok(None) => Err(format!("broker {node} has no process yet")),
            Err(error) => Err(error.to_string()),
        }
    })
    .await
}

/// Waits until a broker's view of its cluster is like that.
pub async fn until_metadata(
    world: &LocalAws,
    target: &str,
    like: impl Fn(&Metadata) -> bool,
) -> Metadata {
    until(world, async || {
        let told = metadata(target).await.map_err(|error| error.to_string())?;
        if like(&told) {
            Ok(told)
        } else {
            Err(format!("{target} tells {told:?}"))
        }
    })
    .await
}

/// Asks again and again until the answer is yes.
pub async fn until<F, T>(world: &LocalAws, mut ask: impl FnMut() -> F) -> T
where
    F: Future<Output = Result<T, String>>,
{
    let began = Instant::now();
    loop {
        let broken = world.journal().broken.clone();
        assert_eq!(broken, None, "the world broke");
        match ask().await {
            Ok(yes) => return yes,
            Err(no) => assert!(began.elapsed() < CEILING, "in vain: {no}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
