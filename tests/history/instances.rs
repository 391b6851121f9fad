//! What happens to instances, by themselves, by Auto Scaling and by people.

use super::event::Event;
use super::happen::{World, pick};
use super::look::{Kind, Look};
use crate::scaling::hook;
use crate::{CLUSTER, ZONES, tagged};
use fleet::tags::{self, Tags};
use fleet::words::{AutoScalingGroupName, InstanceId, NodeId, VpcId};
use std::collections::BTreeSet;
use std::time::Duration;
use world::model::{KafkaState, Launch, Model, NewAutoScalingGroup, Transition};

/// How a process can be while its target is healthy.
const STATES: [KafkaState; 5] = [
    KafkaState::Answers,
    KafkaState::Hangs,
    KafkaState::Fenced,
    KafkaState::Denies,
    KafkaState::Other,
];

impl World {
    /// Launches what an event asks for.
    pub(super) fn launch(&self, look: &Look, event: &Event) {
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

    /// Every instance of a zone ends.
    pub(super) fn lose_zone(&self, zone: usize) {
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
    pub(super) fn keep(&self, node: u32, there: bool) {
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
            if made {
                for (hook_name, transition) in [
                    ("kafka-privatelink-launching", Transition::Launching),
                    ("kafka-privatelink-terminating", Transition::Terminating),
                ] {
                    let hook = hook(hook_name, transition);
                    let put = model.put_lifecycle_hook(now, &name, hook);
                    put.expect("a group with room for hooks");
                }
            } else {
                model
                    .set_desired_capacity(now, &name, usize::from(there))
                    .ok();
            }
        });
    }

    /// An Auto Scaling group begins to terminate one of its instances.
    pub(super) fn leave(&self, of: u8) {
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

    /// What happens to one instance.
    pub(super) fn change_instance(&mut self, look: &Look, event: &Event) {
        let ids: Vec<&InstanceId> = look.live.keys().collect();
        let (Event::Terminate(of)
        | Event::Stop(of)
        | Event::Start(of)
        | Event::Reboot(of)
        | Event::Replace(of, _)
        | Event::Answers(of, _)
        | Event::Process(of, _)
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
            Event::Process(_, state) => {
                model.edit_kafka(id, |kafka| kafka.state = *pick(&STATES, state))
            }
            Event::Hide(_, seconds) => {
                let until = now + Duration::from_secs(seconds.into());
                hidden_until = hidden_until.max(until);
                model.hide_instance(id, until)
            }
            Event::Untag(_) => model.set_tags(id, Tags::new()),
            // The broker is set up anew, too.
            Event::Retag(_, node) => {
                let tags = tagged(ZONES[0], &node.to_string()).tags;
                let set_up = model.edit_kafka(id, |kafka| kafka.node_id = NodeId::new(node));
                set_up.and_then(|()| model.set_tags(id, tags))
            }
            _ => Ok(()),
        });
        // A pending instance cannot be stopped, and so on.
        done.ok();
        self.hidden_until = hidden_until;
    }

    /// Every broker's process is well again.
    pub(super) fn mend_processes(&self) {
        for id in Look::at(&self.stage).live.keys() {
            let well =
                |model: &mut Model| model.edit_kafka(id, |kafka| kafka.state = KafkaState::Answers);
            // One that is gone meanwhile needs no mending.
            self.stage.edit(|model, _| well(model)).ok();
        }
    }

    /// Everything answers, what is leaving goes, and no broker has two instances: one that an Auto
    /// Scaling group keeps is the right one, since that one would only be launched again.
    pub(super) fn mend_instances(&self) {
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
