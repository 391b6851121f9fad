//! Connections that AWS closes: while the function is frozen, or between a request and its answer.

use crate::wire::Wire;
use cloud::call::Call;
use cloud::calls::{Elbv2Reads, MappingWrites};
use cloud::error::ErrorKind;
use cloud::pacing::Pace;
use std::time::Duration;
use tokio::time::Instant;

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

#[tokio::test]
async fn a_read_is_asked_once_more_on_another_connection() {
    let (wire, pace) = (Wire::new().await, Pace::default());
    let call = Call::DescribeTargetGroups;
    let ask = || wire.sdk.describe_target_groups("", None);
    assert!(pace.call(&wire.sdk, call, soon(), ask).await.is_ok());
    wire.door.hang_up(1);
    assert!(pace.call(&wire.sdk, call, soon(), ask).await.is_ok());
    assert_eq!(pace.take_tally().calls[&call], 3);
    wire.door.hang_up(2);
    let twice = pace.call(&wire.sdk, call, soon(), ask).await;
    assert_eq!(
        twice.map_err(|error| error.kind),
        Err(ErrorKind::Disconnected)
    );
    assert_eq!(pace.take_tally().calls[&call], 2);
}

#[tokio::test]
async fn a_write_is_not_since_nobody_knows_what_became_of_it() {
    let (wire, pace) = (Wire::new().await, Pace::default());
    let call = Call::DeleteTargetGroup;
    let ask = || wire.sdk.delete_target_group(&wire.account.spare);
    wire.door.hang_up(1);
    let lost = pace.call(&wire.sdk, call, soon(), ask).await;
    assert_eq!(
        lost.map_err(|error| error.kind),
        Err(ErrorKind::Disconnected)
    );
    assert_eq!(pace.take_tally().calls[&call], 1);
    assert!(wire.model().writes().is_empty());
}
