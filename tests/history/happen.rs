//! Makes the events of a history happen on the stage. What cannot happen then does not.

use super::event::{Event, Failure, History, Value};
use super::look::{Kind, Look};
use crate::{CLUSTER, PATTERN, Stage, ZONES, tagged};
use cloud::call::Call;
use fleet::tags::{self, Tags};
use fleet::words::{AutoScalingGroupName, InstanceId, VpcId};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use world::model::{ApiError, Launch, NewAutoScalingGroup, Settings};

/// The calls that faults strike.
const CALLS: [Call; 22] = [
    Call::GetParametersByPath,
    Call::DescribeLoadBalancers,
    Call::DescribeListeners,
    Call::DescribeListenerAttributes,
    Call::DescribeTargetGroups,
    Call::DescribeTargetGroupAttributes,
    Call::DescribeTargetHealth,
    Call::DescribeTags,
    Call::DescribeInstances,
    Call::DescribeAutoScalingGroups,
    Call::CreateTargetGroup,
    Call::ModifyTargetGroup,
    Call::ModifyTargetGroupAttributes,
    Call::RegisterTargets,
    Call::DeregisterTargets,
    Call::CreateListener,
    Call::ModifyListener,
    Call::ModifyListenerAttributes,
    Call::DeleteListener,
    Call::AddTags,
    Call::RemoveTags,
    Call::DeleteTargetGroup,
];

/// The stage of a history, with what only its author knows.
pub struct World {
    /// Where it happens.
    pub stage: Stage,
    /// What was written last for each listener group; none if it was deleted.
    pub wanted: BTreeMap<&'static str, Option<Value>>,
    /// Whether `paused` says so.
    pub paused: bool,
    /// Until when EC2 does not show some instance.
    pub hidden_until: jiff::Timestamp,
}

impl World {
    /// The world of a history.
    pub fn new(history: &History) -> Self {
        let plain = Settings::default();
        let seconds = |unusual: bool, odd: u64, usual: Duration| {
            if unusual {
                Duration::from_secs(odd)
            } else {
                usual
            }
        };
        let settings = Settings {
            page_size: history.page_size,
            terminated_shown: seconds(history.forgets, 60, plain.terminated_shown),
            terminated_target_kept: seconds(history.forgets, 900, plain.terminated_target_kept),
            boot_time: seconds(history.slow, 600, plain.boot_time),
            ..plain
        };
        let first = if history.narrow {
            Value::Narrow
        } else {
            Value::Plain
        };
        Self::with(settings, first)
    }

    /// A world with these settings, in which `EXTERNAL` says this.
    pub fn with(settings: Settings, first: Value) -> Self {
        let stage = Stage::with(settings);
        stage.put("listeners/EXTERNAL", &first.text());
        Self {
            hidden_until: stage.now(),
            stage,
            wanted: BTreeMap::from([("EXTERNAL", Some(first))]),
            paused: false,
        }
    }

    /// Whether a person's parameter freezes a listener group: an error, or none at all.
    pub fn is_frozen(&self, group: &str) -> bool {
        matches!(self.wanted.get(group), Some(None | Some(Value::Error)))
    }

    /// Lets an event happen; the function's own run is not one of them.
    pub async fn happen(&mut self, event: &Event) {
        let look = Look::at(&self.stage);
        match *event {
            Event::Activate => {}
            Event::Pass(seconds) => self.stage.pass(Duration::from_secs(seconds.into())).await,
            Event::Put(group, value) => {
                self.stage.put(&format!("listeners/{group}"), &value.text());
                self.wanted.insert(group, Some(value));
            }
            Event::Delete(group) => {
                if self.wanted.get(group).copied().flatten().is_some() {
                    self.stage.delete(&format!("listeners/{group}"));
                    self.wanted.insert(group, None);
                }
            }
            Event::Paused(paused) => {
                self.stage
                    .put("paused", if paused { "true" } else { "false" });
                self.paused = paused;
            }
            Event::Fail(call, how, times) => self.fail(*pick(&CALLS, call), how, times),
            Event::EndFaults => self.stage.model().end_faults(),
            Event::Launch(..) | Event::LaunchOdd(..) | Event::Twin(..) => self.launch(&look, event),
            Event::LoseZone(zone) => self.lose_zone(zone),
            Event::Keep(node, there) => self.keep(node, there),
            Event::Leave(of) => self.leave(of),
            Event::Terminate(_)
            | Event::Stop(_)
            | Event::Start(_)
            | Event::Reboot(_)
            | Event::Replace(..)
            | Event::Answers(..)
            | Event::Hide(..)
            | Event::Untag(_)
            | Event::Retag(..) => self.change_instance(&look, event),
            _ => self.change_balancer(&look, event),
        }
    }

    fn fail(&self, call: Call, how: Failure, times: usize) {
        let mut model = self.stage.model();
        match how {
            Failure::Throttled => model.fail_next(call, ApiError::throttled(call), times),
            Failure::Internal => model.fail_next(call, ApiError::internal(call), times),
            Failure::Lost if call.is_write() => model.lose_next_answer(call, times),
            Failure::Lost => {}
            Failure::Denied => model.deny(call),
        }
    }

    fn launch(&self, look: &Look, event: &Event) {
        let launch = match *event {
            Event::Launch(node, zone) => tagged(ZONES[zone], &node.to_string()),
            Event::Twin(of, zone) => {
                let nodes: Vec<u32> = look.nodes().into_iter().collect();
                let Some(node) = nodes.get(usize::from(of) % nodes.len().max(1)) else {
                    return;
                };
                tagged(ZONES[zone], &node.to_string())
            }
            Event::LaunchOdd(kind, zone) => odd(kind, ZONES[zone]),
            _ => return,
        };
        self.stage.launch(launch);
    }

    fn lose_zone(&self, zone: usize) {
        self.stage.edit(|model, now| {
            let there = model
                .instances()
                .filter(|i| i.az_id.as_str() == ZONES[zone]);
            let ids: Vec<InstanceId> = there.map(|record| record.id.clone()).collect();
            for id in ids {
                // One that is gone already stays gone.
                model.terminate_instance(now, &id).ok();
            }
        });
    }

    /// One Auto Scaling group for each `node.id`, so that what it launches is that broker.
    fn keep(&self, node: u32, there: bool) {
        let name = AutoScalingGroupName::from(format!("broker-{node}").as_str());
        let new = NewAutoScalingGroup {
            name: name.clone(),
            zones: vec![ZONES[node as usize % 3].into()],
            desired_capacity: 1,
            tags: tagged(ZONES[0], &node.to_string()).tags,
        };
        self.stage.edit(|model, now| {
            // The first time it is made; afterwards it grows and shrinks.
            let made = there && model.create_auto_scaling_group(now, new).is_ok();
            if !made {
                model
                    .set_desired_capacity(now, &name, usize::from(there))
                    .ok();
            }
        });
    }

    fn leave(&self, of: u8) {
        self.stage.edit(|model, now| {
            let groups = model.auto_scaling_groups();
            let members = groups.flat_map(|group| {
                let ids = group.members.keys();
                ids.map(|id| (group.name.clone(), id.clone()))
            });
            let members: Vec<_> = members.collect();
            if members.is_empty() {
                return;
            }
            let (_, id) = pick(&members, of);
            model.set_lifecycle_state(now, id, "Terminating:Wait").ok();
        });
    }

    fn change_instance(&mut self, look: &Look, event: &Event) {
        let ids: Vec<&InstanceId> = look.live.keys().collect();
        let (Event::Terminate(of)
        | Event::Stop(of)
        | Event::Start(of)
        | Event::Reboot(of)
        | Event::Replace(of, _)
        | Event::Answers(of, _)
        | Event::Hide(of, _)
        | Event::Untag(of)
        | Event::Retag(of, _)) = *event
        else {
            return;
        };
        let Some(id) = ids.get(usize::from(of) % ids.len().max(1)) else {
            return;
        };
        let mut hidden_until = self.hidden_until;
        let done = self.stage.edit(|model, now| match *event {
            Event::Terminate(_) => model.terminate_instance(now, id),
            Event::Stop(_) => model.stop_instance(now, id),
            Event::Start(_) => model.start_instance(now, id),
            Event::Reboot(_) => model.reboot_instance(now, id),
            Event::Replace(_, zone) => model.terminate_instance(now, id).and_then(|()| {
                let Some(Kind::Broker(node)) = look.live.get(*id) else {
                    return Ok(());
                };
                let new = tagged(ZONES[zone], &node.to_string());
                model.run_instance(now, new).map(drop)
            }),
            Event::Answers(_, answers) => model.set_accepting(id, answers),
            Event::Hide(_, seconds) => {
                let until = now + Duration::from_secs(seconds.into());
                hidden_until = hidden_until.max(until);
                model.hide_instance(id, until)
            }
            Event::Untag(_) => model.set_tags(id, Tags::new()),
            Event::Retag(_, node) => model.set_tags(id, tagged(ZONES[0], &node.to_string()).tags),
            _ => Ok(()),
        });
        // A pending instance cannot be stopped, and so on.
        done.ok();
        self.hidden_until = hidden_until;
    }

    /// Faults end and writes are allowed; if people also put everything in order, no broker has
    /// two instances, every zone is enabled and every parameter is right.
    pub async fn mend(&mut self, everything: bool) {
        self.stage.model().end_faults();
        self.happen(&Event::Paused(false)).await;
        if !everything {
            return;
        }
        for zone in 0..ZONES.len() {
            self.happen(&Event::Zone(zone, true)).await;
        }
        self.mend_instances();
        self.stage.put("listeners/EXTERNAL", PATTERN);
        self.wanted.insert("EXTERNAL", Some(Value::Plain));
        if self.wanted.contains_key("EXTERNAL2") {
            self.happen(&Event::Put("EXTERNAL2", Value::Second)).await;
        }
    }
}

impl World {
    /// Everything answers, what is leaving goes, and no broker has two instances: one that an Auto
    /// Scaling group keeps is the right one, since that one would only be launched again.
    fn mend_instances(&self) {
        let look = Look::at(&self.stage);
        let (mut kept, mut members) = (BTreeSet::new(), BTreeSet::new());
        for group in self.stage.model().auto_scaling_groups() {
            members.extend(group.members.keys().cloned());
            let node = group
                .tags
                .get(tags::NODE_ID)
                .and_then(|node| node.parse().ok());
            kept.extend(node.filter(|_: &u32| group.desired_capacity > 0));
        }
        for (id, kind) in &look.live {
            self.stage
                .edit(|model, _| model.set_accepting(id, true))
                .ok();
            match kind {
                Kind::Broker(node) => {
                    let superfluous = if kept.contains(node) {
                        !members.contains(id)
                    } else {
                        look.of_node(*node).last() != Some(&id)
                    };
                    if superfluous {
                        self.stage.terminate(id);
                    }
                }
                Kind::Leaving(_) => {
                    let on = "Terminating:Proceed";
                    self.stage
                        .edit(|model, now| model.set_lifecycle_state(now, id, on))
                        .ok();
                }
                Kind::Foreign | Kind::Untagged => {}
            }
        }
    }
}

fn odd(kind: u8, zone: &str) -> Launch {
    let theirs = Launch::in_zone(zone).tag(tags::CLUSTER, "payments");
    match kind % 7 {
        0 => Launch::in_zone(zone),
        1 => theirs.tag(tags::NODE_ID, "2"),
        2 => tagged(zone, "two"),
        3 => tagged(zone, "100").tag(tags::ROLE, "controller"),
        4 => Launch::in_zone(zone).tag(tags::CLUSTER, CLUSTER),
        5 => tagged(zone, "3").tag(tags::ROLE, "boss"),
        _ => tagged(zone, "4").vpc(VpcId::from("vpc-00000000000000099")),
    }
}

/// One of all, whatever the number.
pub fn pick<T>(all: &[T], which: u8) -> &T {
    &all[usize::from(which) % all.len()]
}
