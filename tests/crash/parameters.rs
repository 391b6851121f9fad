//! Parameters are written: groups come, are retired, are taken back, are repaired.

use crate::brokers::{behind, three};
use crate::mapping::everywhere;
use std::time::Duration;
use tests::{PATTERN, Stage, ZONES};

const SECOND: &str = r#"{"pattern": "<b>.<az>.xyz.us-west-2.aws.777.tidbcloud.com:<p>",
    "bootstrap_port": 9192, "broker_ports": "9193-9200", "bind_port": 39093}"#;
const RETIRED: &str = r#"{"retired": true}"#;

async fn two_groups(stage: &Stage) {
    stage.put("listeners/EXTERNAL2", SECOND);
    three(stage).await;
}

#[test]
fn a_second_group_comes() {
    everywhere("second group added", async |stage| {
        three(stage).await;
        stage.put("listeners/EXTERNAL2", SECOND);
    });
}

#[test]
fn a_group_is_about_to_be_retired() {
    everywhere("group to be retired", async |stage| {
        two_groups(stage).await;
        stage.put("listeners/EXTERNAL2", RETIRED);
    });
}

#[test]
fn a_group_is_retired() {
    everywhere("group retired, grace over", async |stage| {
        two_groups(stage).await;
        stage.put("listeners/EXTERNAL2", RETIRED);
        stage.settle().await;
        stage.pass(Duration::from_secs(16 * 60)).await;
    });
}

#[test]
fn a_retirement_is_taken_back() {
    everywhere("retirement taken back", async |stage| {
        two_groups(stage).await;
        stage.put("listeners/EXTERNAL2", RETIRED);
        stage.settle().await;
        stage.put("listeners/EXTERNAL2", SECOND);
    });
}

#[test]
fn an_error_is_repaired() {
    everywhere("parameter repaired after an error", async |stage| {
        three(stage).await;
        stage.put("listeners/EXTERNAL", "<b>.<b>");
        stage.terminate(&behind(stage, 9094));
        stage.broker(4, ZONES[0]);
        stage.settle().await;
        stage.put("listeners/EXTERNAL", PATTERN);
    });
}

#[test]
fn a_deleted_parameter_is_written_again() {
    everywhere("parameter deleted and written again", async |stage| {
        three(stage).await;
        stage.delete("listeners/EXTERNAL");
        stage.broker(4, ZONES[0]);
        stage.settle().await;
        stage.put("listeners/EXTERNAL", PATTERN);
    });
}

#[test]
fn a_pause_ends() {
    everywhere("pause over", async |stage| {
        three(stage).await;
        stage.put("paused", "true");
        stage.terminate(&behind(stage, 9095));
        stage.broker(4, ZONES[0]);
        stage.settle().await;
        stage.put("paused", "false");
    });
}
