//! Pages without end.

use super::look_until;
use cloud::call::Call;
use cloud::fake::Fake;
use cloud::pacing::Pace;
use std::time::Duration;
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn pages_without_end_are_a_gap() {
    let mut aws = Fake::of(1);
    aws.is_endless = true;
    aws.date = None;
    let far = Instant::now() + Duration::from_secs(3600);
    let seen = look_until(&aws, &Pace::default(), far).await;
    for gap in [
        seen.listeners.expect_err("a gap"),
        seen.target_groups.expect_err("a gap"),
        seen.instances.expect_err("a gap"),
        seen.auto_scaling_groups.expect_err("a gap"),
        seen.nodes.expect_err("a gap"),
        seen.endpoint_services.expect_err("a gap"),
    ] {
        assert_eq!(gap.reason, "AWS answered more than 200 pages", "{gap}");
    }
    assert_eq!(aws.asked_of(Call::DescribeInstances).len(), 200);
}
