//! Execute: the hands of heal-brokers, which make the changes of a plan.

use crate::change::{Action, Change};
use cloud::call::Call;
use cloud::calls::{Answer, HealingWrites, Reads};
use cloud::pacing::Paced;
use cloud::steps::{self, LAST_CALL, outcome};
use fleet::report::Outcome;
use std::future::Future;
use tokio::time::Instant;

/// What makes the changes.
pub struct Hands<'a, A> {
    /// AWS.
    pub aws: Paced<'a, A>,
    /// No change begins after this.
    pub until: Instant,
}

impl<A: Reads + HealingWrites> steps::Hands<Change> for Hands<'_, A> {
    async fn take(&mut self, change: &Change) -> Outcome {
        let (aws, instance) = (self.aws.aws, &change.instance);
        let answer = match &change.action {
            Action::Tag { tags, .. } => {
                let call = Call::CreateInstanceTags;
                self.call(call, || aws.tag_instance(instance, tags)).await
            }
            Action::Untag { keys } => {
                let call = Call::DeleteTags;
                self.call(call, || aws.untag_instance(instance, keys)).await
            }
            Action::Reboot => {
                let call = Call::RebootInstances;
                self.call(call, || aws.reboot_instance(instance)).await
            }
            Action::Replace => {
                let call = Call::SetInstanceHealth;
                self.call(call, || aws.set_unhealthy(instance)).await
            }
        };
        outcome(answer)
    }
}

impl<A: Reads + HealingWrites> Hands<'_, A> {
    async fn call<F>(&self, call: Call, ask: impl Fn() -> F) -> Answer<()>
    where
        F: Future<Output = Answer<()>>,
    {
        self.aws.call(call, self.until + LAST_CALL, ask).await
    }
}
