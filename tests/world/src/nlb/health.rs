//! Health checks: a real connection from the node's address, as a TCP health check is.

use super::fleet::Fleet;
use super::relay::connect_from;
use crate::model::forwarding::HealthCheckDue;
use std::net::SocketAddrV4;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// The checks under way; they end with this.
#[derive(Debug)]
pub(super) struct Checks {
    time_out: Duration,
    running: JoinSet<()>,
}

impl Checks {
    pub(super) fn new(time_out: Duration) -> Self {
        Self {
            time_out,
            running: JoinSet::new(),
        }
    }

    /// Starts those that are due; each reports when it is done.
    pub(super) fn start_due(&mut self, fleet: &Arc<dyn Fleet>) {
        while self.running.try_join_next().is_some() {}
        for due in fleet.due_health_checks() {
            let (fleet, time_out) = (Arc::clone(fleet), self.time_out);
            self.running.spawn(async move {
                let ok = check(&due, time_out).await;
                fleet.health_checked(&due, ok);
            });
        }
    }
}

async fn check(due: &HealthCheckDue, time_out: Duration) -> bool {
    let to = SocketAddrV4::new(due.address, due.port.get());
    // For a TCP check, to be accepted within the time is all (target-group-health-checks).
    matches!(
        timeout(time_out, connect_from(due.from, to)).await,
        Ok(Ok(_))
    )
}
