//! Execute: takes a plan's steps in their order. A failure stops only the later steps that need
//! what failed; what there is no time for is left to the next activation.

mod create;
mod new;
mod targets;

use crate::call::Call;
use crate::calls::{Answer, MappingWrites, NewTargetGroup, Reads};
use crate::error::ErrorKind;
use crate::pacing::Pace;
use fleet::action::Action;
use fleet::naming;
use fleet::observed::Observed;
use fleet::plan::{Plan, Step};
use fleet::report::{Outcome, Taken};
use fleet::settings;
use fleet::tags::Tags;
use fleet::words::{InstanceId, TargetGroupArn, TargetGroupName};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::Instant;

/// A call that is under way when no step begins any more is waited for this much longer.
pub const LAST_CALL: Duration = Duration::from_secs(5);

/// Takes the steps of a plan that was made from `observed`. No step begins after `until`, and
/// [`LAST_CALL`] later all has ended. A paused plan has no steps to take.
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
        until,
        arns: groups
            .map(|group| (group.name.clone(), group.arn.clone()))
            .collect(),
        made: BTreeSet::new(),
        is_new: false,
        refused: BTreeSet::new(),
    };
    let mut undone: Vec<&Step> = Vec::new();
    let mut taken = Vec::new();
    for step in &plan.steps {
        let is_needed = |before: &&Step| {
            before.target_group == step.target_group && before.action.carries(&step.action)
        };
        let outcome = if undone.iter().any(is_needed) {
            Outcome::Skipped
        } else if Instant::now() >= until {
            Outcome::Deferred("no time was left".to_owned())
        } else {
            hands.take(step).await
        };
        if !outcome.lets_go_on() {
            undone.push(step);
        }
        taken.push(Taken::new(step, outcome));
    }
    taken
}

struct Hands<'a, A> {
    aws: &'a A,
    pace: &'a Pace,
    observed: &'a Observed,
    until: Instant,
    /// Target groups by name: those that were seen, and those made by this plan.
    arns: BTreeMap<TargetGroupName, TargetGroupArn>,
    /// Those made by this plan.
    made: BTreeSet<TargetGroupName>,
    /// Whether the step is about something that was made a moment ago.
    is_new: bool,
    /// What could not be registered, and so must not be deregistered either.
    refused: BTreeSet<(TargetGroupName, InstanceId)>,
}

impl<A: Reads + MappingWrites> Hands<'_, A> {
    async fn take(&mut self, step: &Step) -> Outcome {
        let aws = self.aws;
        let group = self.arns.get(&step.target_group).cloned();
        self.is_new = self.made.contains(&step.target_group);
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
            // Needs no target group: the hand-over of a group that is gone is taken back, too.
            (Action::PutParameter { parameter, value }, _) => self.outcome(
                self.call(Call::PutParameter, || aws.put_parameter(parameter, value))
                    .await,
            ),
            (_, None) => {
                Outcome::Superseded(format!("target group {} is not there", step.target_group))
            }
            (Action::ModifyTargetGroup { health_check }, Some(group)) => self.outcome(
                self.call(Call::ModifyTargetGroup, || {
                    aws.modify_target_group(group, health_check)
                })
                .await,
            ),
            (Action::ModifyTargetGroupAttributes { attributes }, Some(group)) => self.outcome(
                self.call(Call::ModifyTargetGroupAttributes, || {
                    aws.modify_target_group_attributes(group, attributes)
                })
                .await,
            ),
            (Action::RegisterTargets { instances }, Some(group)) => {
                self.register(step, group, instances).await
            }
            (Action::CreateListener { port, attributes }, Some(group)) => {
                self.create_listener(step, group, *port, attributes).await
            }
            (Action::ModifyListener { listener, .. }, Some(group)) => self.outcome(
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
            ) => self.outcome(
                self.call(Call::ModifyListenerAttributes, || {
                    aws.modify_listener_attributes(listener, attributes)
                })
                .await,
            ),
            (Action::DeregisterTargets { targets }, Some(group)) => {
                self.deregister(step, group, targets).await
            }
            (Action::DeleteListener { listener, .. }, Some(_)) => self.outcome(
                self.call(Call::DeleteListener, || aws.delete_listener(listener))
                    .await,
            ),
            (Action::AddTag { key, value }, Some(group)) => {
                let tags = Tags::from([((*key).to_owned(), value.clone())]);
                self.outcome(
                    self.call(Call::AddTags, || aws.add_tags(group, &tags))
                        .await,
                )
            }
            (Action::RemoveTag { key }, Some(group)) => {
                let keys = [(*key).to_owned()];
                self.outcome(
                    self.call(Call::RemoveTags, || aws.remove_tags(group, &keys))
                        .await,
                )
            }
            (Action::DeleteTargetGroup, Some(group)) => self.outcome(
                self.call(Call::DeleteTargetGroup, || aws.delete_target_group(group))
                    .await,
            ),
        }
    }

    async fn call<T, F>(&self, call: Call, ask: impl Fn() -> F) -> Answer<T>
    where
        F: Future<Output = Answer<T>>,
    {
        let by = self.until + LAST_CALL;
        let answer = self.pace.call(self.aws, call, by, &ask).await;
        if self.may_be_too_new(&answer) {
            tokio::time::sleep(new::AGAIN_AFTER).await;
            return self.pace.call(self.aws, call, by, &ask).await;
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
        match error.kind {
            ErrorKind::AlreadyDone => Outcome::AlreadyDone,
            ErrorKind::NotFound => Outcome::Superseded(error.to_string()),
            ErrorKind::Refused if error.is_conflict() => Outcome::Superseded(error.to_string()),
            ErrorKind::Retryable
            | ErrorKind::Disconnected
            | ErrorKind::Throttled
            | ErrorKind::Denied
            | ErrorKind::Account
            | ErrorKind::Refused => Outcome::Failed(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
