//! Where EC2 says less of zones than it does today.

use tests::{Stage, ZONES, held};
use world::model::{AzIds, Settings};

fn says_ids(az_ids: AzIds) -> Settings {
    Settings {
        az_ids,
        ..Settings::default()
    }
}

#[tokio::test(start_paused = true)]
async fn a_zones_id_that_no_instance_has_is_told_by_the_nodes_of_the_nlb() {
    let stage = Stage::three_with(says_ids(AzIds::OnInterfaces)).await;
    assert_eq!(stage.behind(9092).len(), 3);
    stage.broker(4, ZONES[0]);
    stage.settle().await;
    assert_eq!(stage.behind(9096).len(), 1);
    assert_eq!(stage.behind(9092).len(), 4, "it is proven by its name");
}

#[tokio::test(start_paused = true)]
async fn without_any_zones_id_a_pattern_without_zones_works_and_another_one_is_held() {
    let stage = Stage::with(says_ids(AzIds::Nowhere));
    stage.three_brokers();
    let activated = stage.settle().await;
    assert_eq!(stage.mapping().len(), 0);
    let told = "EC2 does not say in which Availability Zone broker 1";
    assert!(held(&activated).contains(told), "{}", held(&activated));

    stage.put("listeners/EXTERNAL", "<broker_id>.kafka.example.com:<port>");
    stage.settle().await;
    assert_eq!(stage.mapping().len(), 4);
    assert_eq!(stage.behind(9092).len(), 3);
}
