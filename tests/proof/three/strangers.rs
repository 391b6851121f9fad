//! A broker of another Kafka cluster on the instance of broker 3.

use super::Three;
use crate::asked::Asked;
use crate::ground::{self, node, properties};
use crate::inside::scenes;
use fleet::proof::Path;
use std::net::Ipv4Addr;
use world::kafka::{CLUSTER_ID, EXTERNAL_PORT};

scenes!(Three: a_broker_of_another_cluster_is_wrong_by_the_tag_and_leaves_doubt_without_it);

const OTHER_ID: &str = "xtzWWN4bTjitpL3kfd9s5g";
const AT: Ipv4Addr = Ipv4Addr::new(10, 0, 128, 12);

async fn a_broker_of_another_cluster_is_wrong_by_the_tag_and_leaves_doubt_without_it(
    three: &mut Three,
) {
    // It says to be broker 3 with the wanted endpoint: only its cluster id tells.
    let mut properties = properties(3, &[3]);
    properties.address = AT;
    properties.voters = [(node(3), AT)].into();
    let stranger = three.ground.broker("stranger", &properties).await;
    ground::format(&stranger, OTHER_ID, &[]).await;
    stranger.start().await.expect("a start");
    stranger.serving().await.expect("a broker that serves");
    let asked = Asked::three()
        .direct(1)
        .question(Path::Direct(node(3)), AT, EXTERNAL_PORT);

    let doubt = format!(
        "not provable, because brokers are of several Kafka clusters: {CLUSTER_ID} (broker 1) and \
         {OTHER_ID} (broker 3); tag the instances with kafka-privatelink:cluster-id"
    );
    let [first, third] = [1, 3].map(|id| format!("direct {id}: {doubt}"));
    asked.now(&[&first, &third]).await;

    let wrong = format!("direct 3: wrong cluster: reached {OTHER_ID}, expected {CLUSTER_ID}");
    asked
        .clone()
        .cluster(CLUSTER_ID)
        .now(&["direct 1: proven", &wrong])
        .await;

    // The tag is wrong on all instances.
    let wrong = format!("direct 1: wrong cluster: reached {CLUSTER_ID}, expected {OTHER_ID}");
    let third = "direct 3: proven: broker 3 answered, and does not list brokers 1, 2 as wanted";
    asked.cluster(OTHER_ID).now(&[&wrong, third]).await;
    stranger.kill().await.expect("killed");
}
