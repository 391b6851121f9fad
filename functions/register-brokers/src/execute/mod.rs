//! Execute: the hands of register-brokers, which make the changes of a plan.

mod create;
mod new;
mod targets;

use crate::action::{Action, Change};
use crate::observed::Observed;
use crate::settings;
use cloud::call::Call;
use cloud::calls::{Answer, MappingWrites, NewTargetGroup, Reads};
use cloud::pacing::Paced;
use cloud::steps::{self, LAST_CALL};
use fleet::naming;
use fleet::report::Outcome;
use fleet::tags::Tags;
use fleet::words::{InstanceId, TargetGroupArn, TargetGroupName};
use std::collections::{BTreeMap, BTreeSet};
use tokio::time::Instant;

/// Hands for a plan that was made from `observed`.
pub fn hands<'w, 'o, A: Reads + MappingWrites>(
    paced: Paced<'w, A>,
    observed: &'o Observed,
    until: Instant,
) -> Hands<'w, 'o, A> {
    let groups = observed.target_groups.iter().flatten();
    Hands {
        paced,
        observed,
        until,
        arns: groups
            .map(|group| (group.name.clone(), group.arn.clone()))
            .collect(),
        made: BTreeSet::new(),
        is_new: false,
        refused: BTreeSet::new(),
    }
}

/// What makes the changes.
pub struct Hands<'w, 'o, A> {
    paced: Paced<'w, A>,
    observed: &'o Observed,
    until: Instant,
    /// Target groups by name: those that were seen, and those made by this plan.
    arns: BTreeMap<TargetGroupName, TargetGroupArn>,
    /// Those made by this plan.
    made: BTreeSet<TargetGroupName>,
    /// Whether the change is about something that was made a moment ago.
    is_new: bool,
    /// What could not be registered, and so must not be deregistered either.
    refused: BTreeSet<(TargetGroupName, InstanceId)>,
}

impl<A: Reads + MappingWrites> steps::Hands<Change> for Hands<'_, '_, A> {
    async fn take(&mut self, step: &Change) -> Outcome {
        let aws = self.paced.aws;
        let place = step.place.as_ref();
        let name = place.map(|place| &place.target_group);
        let group = name.and_then(|name| self.arns.get(name)).cloned();
        self.is_new = name.is_some_and(|name| self.made.contains(name));
        match (&step.action, place, &group) {
            (
                Action::CompleteLifecycleAction {
                    scaling_group,
                    hook,
                    instance,
                    result,
                },
                _,
                _,
            ) => self.outcome(
                self.call(Call::CompleteLifecycleAction, || {
                    aws.complete_lifecycle_action(scaling_group, hook, instance, *result)
                })
                .await,
            ),
            (
                Action::RecordLifecycleActionHeartbeat {
                    scaling_group,
                    hook,
                    instance,
                },
                _,
                _,
            ) => self.outcome(
                self.call(Call::RecordLifecycleActionHeartbeat, || {
                    aws.record_lifecycle_action_heartbeat(scaling_group, hook, instance)
                })
                .await,
            ),
            (
                Action::CreateTargetGroup {
                    vpc,
                    port,
                    bind_port,
                    protocol,
                },
                Some(place),
                _,
            ) => {
                let cluster = &self.observed.cluster;
                let (group, owner) = (&place.group, place.owner);
                let new = NewTargetGroup {
                    name: place.target_group.clone(),
                    vpc: vpc.clone(),
                    port: *bind_port,
                    health_check: settings::health_check(),
                    tags: naming::target_group_tags(cluster, group, owner, *port, *protocol),
                };
                self.create_target_group(new).await
            }
            // Needs no target group: the hand-over of a group that is gone is taken back, too.
            (Action::PutParameter { parameter, value }, _, _) => self.outcome(
                self.call(Call::PutParameter, || aws.put_parameter(parameter, value))
                    .await,
            ),
            (_, None, _) | (_, _, None) => {
                let name = name.map_or("", |name| name.as_str());
                Outcome::Superseded(format!("target group {name} is not there"))
            }
            (Action::ModifyTargetGroup { health_check }, _, Some(group)) => self.outcome(
                self.call(Call::ModifyTargetGroup, || {
                    aws.modify_target_group(group, health_check)
                })
                .await,
            ),
            (Action::ModifyTargetGroupAttributes { attributes }, _, Some(group)) => self.outcome(
                self.call(Call::ModifyTargetGroupAttributes, || {
                    aws.modify_target_group_attributes(group, attributes)
                })
                .await,
            ),
            (Action::RegisterTargets { instances }, Some(place), Some(group)) => {
                self.register(place, group, instances).await
            }
            (Action::CreateListener { port, attributes }, Some(place), Some(group)) => {
                self.create_listener(place, group, *port, attributes).await
            }
            (Action::ModifyListener { listener, .. }, _, Some(group)) => self.outcome(
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
                _,
                Some(_),
            ) => self.outcome(
                self.call(Call::ModifyListenerAttributes, || {
                    aws.modify_listener_attributes(listener, attributes)
                })
                .await,
            ),
            (Action::DeregisterTargets { targets }, Some(place), Some(group)) => {
                self.deregister(place, group, targets).await
            }
            (Action::DeleteListener { listener, .. }, _, Some(_)) => self.outcome(
                self.call(Call::DeleteListener, || aws.delete_listener(listener))
                    .await,
            ),
            (Action::AddTag { key, value }, _, Some(group)) => {
                let tags = Tags::from([((*key).to_owned(), value.clone())]);
                self.outcome(
                    self.call(Call::AddTags, || aws.add_tags(group, &tags))
                        .await,
                )
            }
            (Action::RemoveTag { key }, _, Some(group)) => {
                let keys = [(*key).to_owned()];
                self.outcome(
                    self.call(Call::RemoveTags, || aws.remove_tags(group, &keys))
                        .await,
                )
            }
            (Action::DeleteTargetGroup, _, Some(group)) => self.outcome(
                self.call(Call::DeleteTargetGroup, || aws.delete_target_group(group))
                    .await,
            ),
        }
    }
}

impl<A: Reads + MappingWrites> Hands<'_, '_, A> {
    async fn call<T, F>(&self, call: Call, ask: impl Fn() -> F) -> Answer<T>
    where
        F: Future<Output = Answer<T>>,
    {
        let by = self.until + LAST_CALL;
        let answer = self.paced.call(call, by, &ask).await;
        if self.may_be_too_new(&answer) {
            tokio::time::sleep(new::AGAIN_AFTER).await;
            return self.paced.call(call, by, &ask).await;
        }
        answer
    }

    fn outcome(&self, answer: Answer<()>) -> Outcome {
        let Err(error) = answer else {
            return Outcome::Done;
        };
        if self.is_new && error.is_about_something_unknown() {
            return new::deferred(&error);
        }
        steps::outcome(Err(error))
    }
}

#[cfg(test)]
mod tests;
