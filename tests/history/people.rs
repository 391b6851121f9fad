//! What people do to the NLB, its listeners and its target groups by hand.

use super::event::Event;
use super::happen::{World, pick};
use super::look::Look;
use crate::{CLUSTER, ZONES};
use cloud::calls::NewTargetGroup;
use fleet::naming::{Owner, target_group_name};
use fleet::tags::{self, Tags};
use fleet::words::{InstanceId, ListenerArn, NodeId, Port, TargetGroupArn, TargetGroupName, VpcId};

const TAGS: [&str; 7] = [
    tags::CLUSTER,
    tags::GROUP,
    tags::NODE_ID,
    tags::PORT,
    tags::VACANT_SINCE,
    tags::RETIRED_SINCE,
    tags::COMPLETE_SINCE,
];

impl World {
    /// What people do to the NLB. AWS refuses some of it, and then it does not happen.
    pub fn change_balancer(&self, look: &Look, event: &Event) {
        let ours: Vec<&ListenerArn> = look
            .listeners
            .values()
            .filter(|listener| listener.tags.contains_key(tags::CLUSTER))
            .map(|listener| &listener.arn)
            .collect();
        let groups: Vec<&TargetGroupArn> = look.groups.keys().collect();
        let listener = |of: u8| (!ours.is_empty()).then(|| *pick(&ours, of));
        let group = |of: u8| (!groups.is_empty()).then(|| *pick(&groups, of));
        let nlb = self.stage.nlb();
        match *event {
            Event::ForeignListener(port) => {
                let taken = look.listeners.values().any(|l| l.port.get() == port);
                let name = format!("theirs-{port}");
                let named =
                    |record: &world::model::TargetGroupRecord| record.group.name.as_str() == name;
                let full = look.listeners.len() >= 50;
                if !taken && !full && !look.groups.values().any(named) {
                    self.stage.foreign_listener(port);
                }
                return;
            }
            Event::Fill => {
                for port in 10_000..10_050 {
                    let taken = look.listeners.values().any(|l| l.port.get() == port);
                    if !taken && self.stage.model().listeners().count() < 50 {
                        self.stage.foreign_listener(port);
                    }
                }
                return;
            }
            Event::Squatter(node) => {
                let owner = Owner::Broker(NodeId::new(node).expect("a node"));
                let name = target_group_name(&CLUSTER.into(), &"EXTERNAL".into(), owner);
                self.stage
                    .edit(|model, now| {
                        let group = foreign_group(name, &model.settings().vpc);
                        model.create_target_group(now, &group)
                    })
                    .ok();
                return;
            }
            _ => {}
        }
        let instances: Vec<&InstanceId> = look.live.keys().collect();
        let edited = self.stage.edit(|model, now| {
            let change = |key: &str, value: &str| [(key.to_owned(), value.to_owned())].into();
            Some(match *event {
                Event::Repoint(of, to) => model.modify_listener(now, listener(of)?, group(to)?),
                Event::DeleteListener(of) => model.delete_listener(now, listener(of)?),
                Event::DeleteGroup(of) => model.delete_target_group(now, group(of)?),
                Event::Deregister(of, target) => {
                    let group = group(of)?;
                    let targets = look.health.get(group).filter(|all| !all.is_empty())?;
                    let target = pick(targets, target);
                    let target = (target.instance.clone(), Some(target.port));
                    model.deregister_targets(now, group, &[target])
                }
                Event::Register(of, instance, odd) => {
                    let instance = (!instances.is_empty()).then(|| *pick(&instances, instance))?;
                    let port = odd.then(|| Port::new(9092)).flatten();
                    model.register_targets(now, group(of)?, &[(instance.clone(), port)])
                }
                Event::EditGroup(of) => {
                    let mut check = register_brokers::settings::health_check();
                    check.interval_seconds = 30;
                    let group = group(of)?;
                    let cross = change("load_balancing.cross_zone.enabled", "false");
                    model
                        .modify_target_group(now, group, &check)
                        .and_then(|()| model.modify_target_group_attributes(now, group, &cross))
                }
                Event::EditListener(of) => {
                    let idle = change("tcp.idle_timeout.seconds", "350");
                    model.modify_listener_attributes(now, listener(of)?, &idle)
                }
                Event::StripTag(of, tag) => {
                    let key = (*pick(&TAGS, tag)).to_owned();
                    model.remove_tags(now, group(of)?.as_str(), &[key])
                }
                Event::Zone(zone, true) => model.enable_zone(now, &nlb, &ZONES[zone].into()),
                Event::Zone(zone, false) => model.disable_zone(now, &nlb, &ZONES[zone].into()),
                _ => Ok(()),
            })
        });
        edited.and_then(Result::ok);
    }
}

fn foreign_group(name: TargetGroupName, vpc: &VpcId) -> NewTargetGroup {
    NewTargetGroup {
        name,
        vpc: vpc.clone(),
        port: Port::new(39092).expect("a port"),
        health_check: register_brokers::settings::health_check(),
        tags: Tags::new(),
    }
}
