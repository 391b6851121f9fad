//! Targets, registered and deregistered in as few calls as AWS allows.

use super::Hands;
use crate::action::Place;
use cloud::call::Call;
use cloud::calls::{Answer, MappingWrites, Reads};
use cloud::error::CallError;
use fleet::report::Outcome;
use fleet::words::{InstanceId, Port, TargetGroupArn};
use std::collections::{BTreeMap, BTreeSet};

/// `RegisterTargets` and `DeregisterTargets` with this many targets at most.
const TARGETS_CHUNK: usize = 200;

impl<A: Reads + MappingWrites> Hands<'_, '_, A> {
    /// One bad target rejects the whole call (P-30): then each is registered by itself.
    pub(super) async fn register(
        &mut self,
        place: &Place,
        group: &TargetGroupArn,
        instances: &BTreeSet<InstanceId>,
    ) -> Outcome {
        let all: Vec<InstanceId> = instances.iter().cloned().collect();
        let mut refused: Vec<(&[InstanceId], CallError)> = Vec::new();
        for chunk in all.chunks(TARGETS_CHUNK) {
            match self.register_all(group, chunk).await {
                Ok(()) => {}
                Err(error) if error.is_invalid_target() && chunk.len() > 1 => {
                    for one in chunk.chunks(1) {
                        if let Err(error) = self.register_all(group, one).await {
                            refused.push((one, error));
                        }
                    }
                }
                Err(error) => refused.push((chunk, error)),
            }
        }
        let not_registered = refused.iter().flat_map(|(instances, _)| *instances);
        let not_registered: Vec<InstanceId> = not_registered.cloned().collect();
        let is_all = not_registered.len() == all.len();
        for instance in not_registered {
            self.refused.insert((place.target_group.clone(), instance));
        }
        let errors: Vec<CallError> = refused.into_iter().map(|(_, error)| error).collect();
        let why = || errors.iter().map(CallError::to_string).collect::<Vec<_>>();
        match &errors[..] {
            [] => Outcome::Done,
            [only] if is_all => self.outcome(Err(only.clone())),
            _ if is_all => Outcome::Failed(why().join("; ")),
            _ => Outcome::Partly(why().join("; ")),
        }
    }

    async fn register_all(&self, group: &TargetGroupArn, instances: &[InstanceId]) -> Answer<()> {
        self.call(Call::RegisterTargets, || {
            self.paced.aws.register_targets(group, instances)
        })
        .await
    }

    /// What could not be registered in this plan stays where it stands: with another port it may
    /// be all that there is of it.
    pub(super) async fn deregister(
        &self,
        place: &Place,
        group: &TargetGroupArn,
        targets: &BTreeMap<InstanceId, Port>,
    ) -> Outcome {
        let stays = |id: &InstanceId| {
            let target = (place.target_group.clone(), id.clone());
            self.refused.contains(&target)
        };
        let targets: Vec<(InstanceId, Port)> = targets
            .iter()
            .filter(|(id, _)| !stays(id))
            .map(|(id, port)| (id.clone(), *port))
            .collect();
        if targets.is_empty() {
            return Outcome::Skipped;
        }
        for chunk in targets.chunks(TARGETS_CHUNK) {
            let done = self
                .call(Call::DeregisterTargets, || {
                    self.paced.aws.deregister_targets(group, chunk)
                })
                .await;
            if let Err(error) = done {
                return self.outcome(Err(error));
            }
        }
        Outcome::Done
    }
}
