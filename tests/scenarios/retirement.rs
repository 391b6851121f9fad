//! A retirement that is taken back, and the next one: it has its whole grace, whatever was in between.

use cloud::call::Call;
use std::collections::BTreeSet;
use std::time::Duration;
use tests::{PATTERN, Stage, ZONES};

const RETIRED: &str = r#"{"retired": true}"#;

/// A sweep a minute.
async fn sweeps(stage: &Stage, minutes: u32) {
    for _ in 0..minutes {
        stage.pass(Duration::from_secs(60)).await;
        stage.activate().await;
    }
}

fn ports(stage: &Stage) -> BTreeSet<u16> {
    stage.mapping().into_keys().collect()
}

/// The listeners stand for the whole grace, and then go.
async fn has_its_grace(stage: &Stage) {
    let before = ports(stage);
    stage.put("listeners/EXTERNAL", RETIRED);
    sweeps(stage, 14).await;
    assert_eq!(ports(stage), before, "a quarter of an hour of grace");
    sweeps(stage, 5).await;
    assert_eq!(ports(stage), BTreeSet::new());
}

#[tokio::test(start_paused = true)]
async fn a_second_retirement_has_its_grace_although_a_port_is_reserved() {
    let stage = Stage::three().await;
    stage.terminate(&stage.behind(9094).first().cloned().expect("a broker"));
    stage.settle().await;
    stage.put("listeners/EXTERNAL", RETIRED);
    sweeps(&stage, 2).await;
    stage.put("listeners/EXTERNAL", PATTERN);
    sweeps(&stage, 60).await;
    has_its_grace(&stage).await;
}

#[tokio::test(start_paused = true)]
async fn a_second_retirement_has_its_grace_although_nothing_could_be_written_in_between() {
    let stage = Stage::three().await;
    stage.put("listeners/EXTERNAL", RETIRED);
    sweeps(&stage, 2).await;
    stage.put("paused", "true");
    stage.put("listeners/EXTERNAL", PATTERN);
    sweeps(&stage, 60).await;
    stage.delete("paused");
    has_its_grace(&stage).await;
}

#[tokio::test(start_paused = true)]
async fn a_second_retirement_has_its_grace_although_no_tag_could_be_removed() {
    let stage = Stage::three().await;
    stage.put("listeners/EXTERNAL", RETIRED);
    sweeps(&stage, 2).await;
    stage.model().deny(Call::RemoveTags);
    stage.put("listeners/EXTERNAL", PATTERN);
    sweeps(&stage, 30).await;
    has_its_grace(&stage).await;
}

#[tokio::test(start_paused = true)]
async fn a_second_retirement_has_its_grace_although_two_say_that_they_are_one_broker() {
    let stage = Stage::three().await;
    stage.broker(2, ZONES[1]);
    sweeps(&stage, 2).await;
    stage.put("listeners/EXTERNAL", RETIRED);
    sweeps(&stage, 2).await;
    stage.put("listeners/EXTERNAL", PATTERN);
    sweeps(&stage, 20).await;
    has_its_grace(&stage).await;
}

#[tokio::test(start_paused = true)]
async fn a_retirement_that_nobody_looked_at_between_two_is_the_second_one() {
    let stage = Stage::three().await;
    stage.put("listeners/EXTERNAL", RETIRED);
    sweeps(&stage, 10).await;
    stage.put("listeners/EXTERNAL", PATTERN);
    stage.put("listeners/EXTERNAL", RETIRED);
    sweeps(&stage, 10).await;
    assert_eq!(ports(&stage).len(), 4, "counted from the second one");
    sweeps(&stage, 8).await;
    assert_eq!(ports(&stage), BTreeSet::new());
}
