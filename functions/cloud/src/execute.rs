//! Execute: takes a plan's steps in their order. A failure stops the later steps about the same
//! target group only; what there is no time for is left to the next activation.

use crate::call::Call;
use crate::calls::{Answer, MappingWrites, NewTargetGroup, Reads};
use crate::error::{CallError, ErrorKind};
use crate::pacing::Pace;
use fleet::action::Action;
use fleet::naming;
use fleet::observed::{Attributes, Observed};
use fleet::plan::{Plan, Step};
use fleet::report::{Outcome, Taken};
use fleet::settings;
use fleet::tags::{self, Tags};
use fleet::words::{InstanceId, Port, TargetGroupArn, TargetGroupName};
use std::collections::{BTreeMap, BTreeSet};
use tokio::time::Instant;

/// `RegisterTargets` and `DeregisterTargets` with this many targets at most.
const TARGETS_CHUNK: usize = 200;

/// Takes the steps of a plan that was made from `observed`, until `until` has come. A paused plan
/// has no steps to take.
pub async fn execute<A: Reads + MappingWrites>(
    aws: &A,
    pace: &Pace,
    observed: &Observed,
    plan: &Plan,
    until: Instant,
) -> Vec<Taken> {
    if plan.paused.is_some() {
        return Vec::new();
    }
    let groups = observed.target_groups.iter().flatten();
    let mut hands = Hands {
        aws,
        pace,
        observed,
        arns: groups
            .map(|group| (group.name.clone(), group.arn.clone()))
            .collect(),
    };
    let mut stopped: BTreeSet<&TargetGroupName> = BTreeSet::new();
    let mut taken = Vec::new();
    for step in &plan.steps {
        let outcome = if stopped.contains(&step.target_group) {
            Outcome::Skipped
        } else if Instant::now() >= until {
            Outcome::Deferred
        } else {
            hands.take(step).await
        };
        if !outcome.lets_go_on() {
            stopped.insert(&step.target_group);
        }
        taken.push(Taken::new(step, outcome));
    }
    taken
}

struct Hands<'a, A> {
    aws: &'a A,
    pace: &'a Pace,
    observed: &'a Observed,
    /// Target groups by name: those that were seen, and those made by this plan.
    arns: BTreeMap<TargetGroupName, TargetGroupArn>,
}

impl<A: Reads + MappingWrites> Hands<'_, A> {
    async fn take(&mut self, step: &Step) -> Outcome {
        let aws = self.aws;
        let group = self.arns.get(&step.target_group).cloned();
        match (&step.action, &group) {
            (
                Action::CreateTargetGroup {
                    vpc,
                    port,
                    bind_port,
                    protocol,
                },
                _,
            ) => {
                let cluster = &self.observed.cluster;
                let (group, owner) = (&step.group, step.owner);
                let new = NewTargetGroup {
                    name: step.target_group.clone(),
                    vpc: vpc.clone(),
                    port: *bind_port,
                    health_check: settings::health_check(),
                    tags: naming::target_group_tags(cluster, group, owner, *port, *protocol),
                };
                self.create_target_group(new).await
            }
            (_, None) => {
                Outcome::Superseded(format!("target group {} is not there", step.target_group))
            }
            (Action::ModifyTargetGroup { health_check }, Some(group)) => outcome(
                self.call(Call::ModifyTargetGroup, || {
                    aws.modify_target_group(group, health_check)
                })
                .await,
            ),
            (Action::ModifyTargetGroupAttributes { attributes }, Some(group)) => outcome(
                self.call(Call::ModifyTargetGroupAttributes, || {
                    aws.modify_target_group_attributes(group, attributes)
                })
                .await,
            ),
            (Action::RegisterTargets { instances }, Some(group)) => {
                self.register(group, instances).await
            }
            (Action::CreateListener { port, attributes }, Some(group)) => {
                self.create_listener(step, group, *port, attributes).await
            }
            (Action::ModifyListener { listener, .. }, Some(group)) => outcome(
                self.call(Call::ModifyListener, || {
                    aws.modify_listener(listener, group)
                })
                .await,
            ),
            (
                Action::ModifyListenerAttributes {
                    listener,
                    attributes,
                    ..
                },
                Some(_),
            ) => outcome(
                self.call(Call::ModifyListenerAttributes, || {
                    aws.modify_listener_attributes(listener, attributes)
                })
                .await,
            ),
            (Action::PutParameter { parameter, value }, Some(_)) => outcome(
                self.call(Call::PutParameter, || aws.put_parameter(parameter, value))
                    .await,
            ),
            (Action::DeregisterTargets { targets }, Some(group)) => {
                self.deregister(group, targets).await
            }
            (Action::DeleteListener { listener, .. }, Some(_)) => outcome(
                self.call(Call::DeleteListener, || aws.delete_listener(listener))
                    .await,
            ),
            (Action::MarkSince { key, since }, Some(group)) => {
                let tags = Tags::from([((*key).to_owned(), since.to_string())]);
                outcome(
                    self.call(Call::AddTags, || aws.add_tags(group, &tags))
                        .await,
                )
            }
            (Action::UnmarkSince { key }, Some(group)) => {
                let keys = [(*key).to_owned()];
                outcome(
                    self.call(Call::RemoveTags, || aws.remove_tags(group, &keys))
                        .await,
                )
            }
            (Action::DeleteTargetGroup, Some(group)) => outcome(
                self.call(Call::DeleteTargetGroup, || aws.delete_target_group(group))
                    .await,
            ),
        }
    }

    async fn create_target_group(&mut self, new: NewTargetGroup) -> Outcome {
        let aws = self.aws;
        let created = self
            .call(Call::CreateTargetGroup, || aws.create_target_group(&new))
            .await;
        let arn = match created {
            Ok(arn) => arn.to_string(),
            Err(error) => return outcome(Err(error)),
        };
        // A group of that name that was there already answers all the same (F37), when the read
        // was too old to show it (P-44): one of another port, or of other hands.
        let seen = self
            .call(Call::DescribeTags, || {
                aws.describe_tags(std::slice::from_ref(&arn))
            })
            .await;
        let seen = match seen {
            Ok(mut tags) => tags.remove(&arn).unwrap_or_default(),
            Err(error) => return outcome(Err(error)),
        };
        let same = |key: &str| seen.get(key) == new.tags.get(key);
        if !same(tags::CLUSTER) || !same(tags::PORT) {
            return Outcome::Superseded(format!(
                "target group {} is there already, or its tags do not show yet: it has {seen:?}",
                new.name
            ));
        }
        self.arns.insert(new.name, arn.as_str().into());
        Outcome::Done
    }

    async fn create_listener(
        &self,
        step: &Step,
        group: &TargetGroupArn,
        port: Port,
        attributes: &Attributes,
    ) -> Outcome {
        let aws = self.aws;
        let load_balancer = &self.observed.load_balancer_arn;
        let tags = naming::listener_tags(&self.observed.cluster, &step.group, step.owner);
        let created = self
            .call(Call::CreateListener, || {
                aws.create_listener(load_balancer, port, group, &tags)
            })
            .await;
        let listener = match created {
            Ok(listener) => listener,
            Err(error) => return outcome(Err(error)),
        };
        let set = self
            .call(Call::ModifyListenerAttributes, || {
                aws.modify_listener_attributes(&listener, attributes)
            })
            .await;
        match set {
            Ok(()) => Outcome::Done,
            Err(error) => Outcome::Partly(format!(
                "the listener is there, its attributes are not: {error}"
            )),
        }
    }

    /// One bad target rejects the whole call (P-30): then each is registered by itself.
    async fn register(&self, group: &TargetGroupArn, instances: &BTreeSet<InstanceId>) -> Outcome {
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

    async fn deregister(
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

    async fn call<T, F>(&self, call: Call, ask: impl Fn() -> F) -> Answer<T>
    where
        F: Future<Output = Answer<T>>,
    {
        self.pace.call(self.aws, call, ask).await
    }
}

fn outcome(answer: Result<(), CallError>) -> Outcome {
    let Err(error) = answer else {
        return Outcome::Done;
    };
    match error.kind {
        ErrorKind::AlreadyDone => Outcome::AlreadyDone,
        ErrorKind::NotFound => Outcome::Superseded(error.to_string()),
        ErrorKind::Refused if error.is_conflict() => Outcome::Superseded(error.to_string()),
        ErrorKind::Retryable | ErrorKind::Throttled | ErrorKind::Denied | ErrorKind::Refused => {
            Outcome::Failed(error.to_string())
        }
    }
}

#[cfg(test)]
mod tests;
