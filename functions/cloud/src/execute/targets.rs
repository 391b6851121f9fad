//! Targets, registered and deregistered in as few calls as AWS allows.

use super::{Hands, outcome};
use crate::call::Call;
use crate::calls::{Answer, MappingWrites, Reads};
use fleet::report::Outcome;
use fleet::words::{InstanceId, Port, TargetGroupArn};
use std::collections::{BTreeMap, BTreeSet};

/// `RegisterTargets` and `DeregisterTargets` with this many targets at most.
const TARGETS_CHUNK: usize = 200;

impl<A: Reads + MappingWrites> Hands<'_, A> {
    /// One bad target rejects the whole call (P-30): then each is registered by itself.
    pub(super) async fn register(
        &self,
        group: &TargetGroupArn,
        instances: &BTreeSet<InstanceId>,
    ) -> Outcome {
        let instances: Vec<InstanceId> = instances.iter().cloned().collect();
        let mut refused = Vec::new();
        let mut registered = 0;
        for chunk in instances.chunks(TARGETS_CHUNK) {
            match self.register_all(group, chunk).await {
                Ok(()) => registered += chunk.len(),
                Err(error) if error.is_invalid_target() && chunk.len() > 1 => {
                    for instance in chunk {
                        match self
                            .register_all(group, std::slice::from_ref(instance))
                            .await
                        {
                            Ok(()) => registered += 1,
                            Err(error) => refused.push(error.to_string()),
                        }
                    }
                }
                Err(error) => refused.push(error.to_string()),
            }
        }
        match (refused.is_empty(), registered) {
            (true, _) => Outcome::Done,
            (false, 0) => Outcome::Failed(refused.join("; ")),
            (false, _) => Outcome::Partly(refused.join("; ")),
        }
    }

    async fn register_all(&self, group: &TargetGroupArn, instances: &[InstanceId]) -> Answer<()> {
        self.call(Call::RegisterTargets, || {
            self.aws.register_targets(group, instances)
        })
        .await
    }

    pub(super) async fn deregister(
        &self,
        group: &TargetGroupArn,
        targets: &BTreeMap<InstanceId, Port>,
    ) -> Outcome {
        let targets: Vec<(InstanceId, Port)> = targets
            .iter()
            .map(|(id, port)| (id.clone(), *port))
            .collect();
        for chunk in targets.chunks(TARGETS_CHUNK) {
            let done = self
                .call(Call::DeregisterTargets, || {
                    self.aws.deregister_targets(group, chunk)
                })
                .await;
            if let Err(error) = done {
                return outcome(Err(error));
            }
        }
        Outcome::Done
    }
}
