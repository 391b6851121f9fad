//! The adjectives: what is different about the cluster that a look shows.

use super::Look;
use crate::observed::Doubt;
use fleet::look::{arn, id, instance, parameter, scaling_group};
use fleet::naming::Owner;
use fleet::observed::{
    AutoScalingGroup, Instance, InstanceState, Listener, TargetGroup, TargetHealth,
};
use fleet::tags::Tags;

impl Look {
    /// A parameter of the cluster, one second younger than the one before.
    pub(crate) fn parameter(mut self, name: &str, value: &str) -> Self {
        let parameters = self.0.parameters.as_mut().expect("parameters");
        parameters.retain(|it| it.name != parameter(name, "", 0).name);
        let age = 3600 - i64::try_from(parameters.len()).expect("a few");
        parameters.push(parameter(name, value, age));
        self
    }

    /// A parameter of the cluster is not there.
    pub(crate) fn without_parameter(mut self, name: &str) -> Self {
        let parameters = self.0.parameters.as_mut().expect("parameters");
        parameters.retain(|it| it.name != parameter(name, "", 0).name);
        self
    }

    /// One more instance, `i-<node>`, tagged as this broker.
    pub(crate) fn instance(&mut self, node: u32, state: InstanceState) {
        let instance = instance(&format!("i-{node}"), node, state);
        self.0.instances.as_mut().expect("instances").push(instance);
    }

    /// One more instance of any name, tagged as this broker.
    pub(crate) fn and(mut self, id: &str, node: u32, state: InstanceState) -> Self {
        let instance = instance(id, node, state);
        self.0.instances.as_mut().expect("instances").push(instance);
        self
    }

    /// What a broker's group, or bootstrap, says of its targets.
    pub(crate) fn health(mut self, owner: Owner, targets: Vec<TargetHealth>) -> Self {
        self.0.health.insert(arn(owner), Ok(targets));
        self
    }

    /// EC2 no longer shows this broker's instance.
    pub(crate) fn without_instance(mut self, node: u32) -> Self {
        let instances = self.0.instances.as_mut().expect("instances");
        instances.retain(|instance| instance.id != id(node));
        self
    }

    /// Something is different about an instance.
    pub(crate) fn with_instance(mut self, node: u32, change: impl FnOnce(&mut Instance)) -> Self {
        let instances = self.0.instances.as_mut().expect("instances");
        let found = instances
            .iter_mut()
            .find(|instance| instance.id == id(node));
        change(found.expect("the instance"));
        self
    }

    /// Something is different about a target group.
    pub(crate) fn with_group(
        mut self,
        owner: Owner,
        change: impl FnOnce(&mut TargetGroup),
    ) -> Self {
        let group = self.groups().iter_mut();
        change(
            group
                .into_iter()
                .find(|group| group.arn == arn(owner))
                .expect("the group"),
        );
        self
    }

    /// The tags of a target group.
    pub(crate) fn group_tags(&mut self, owner: Owner) -> &mut Tags {
        let group = self
            .groups()
            .iter_mut()
            .find(|group| group.arn == arn(owner));
        &mut group.expect("the group").tags
    }

    /// A target group has one more tag.
    pub(crate) fn tagged(mut self, owner: Owner, key: &str, value: &str) -> Self {
        let tags = self.group_tags(owner);
        tags.insert(key.to_owned(), value.to_owned());
        self
    }

    /// There is no such target group, and no listener on its port.
    pub(crate) fn unmapped(mut self, owner: Owner) -> Self {
        let arn = arn(owner);
        self.groups().retain(|group| group.arn != arn);
        self.listeners()
            .retain(|listener| listener.forwards_to != [arn.clone()]);
        self.0.health.remove(&arn);
        self
    }

    /// Something is different about a listener.
    pub(crate) fn with_listener(mut self, port: u16, change: impl FnOnce(&mut Listener)) -> Self {
        let found = self
            .listeners()
            .iter_mut()
            .find(|listener| listener.port.get() == port);
        change(found.expect("the listener"));
        self
    }

    /// Nothing listens on this port of the NLB.
    pub(crate) fn without_listener(mut self, port: u16) -> Self {
        self.listeners()
            .retain(|listener| listener.port.get() != port);
        self
    }

    /// Somebody else's listener, which forwards to whatever group.
    pub(crate) fn foreign_listener(mut self, port: u16, forwards_to: &str) -> Self {
        self.listeners().push(Listener {
            arn: format!("arn:foreign:{port}").as_str().into(),
            port: fleet::look::port(port),
            protocol: "TCP".to_owned(),
            forwards_to: vec![forwards_to.into()],
            tags: Tags::new(),
        });
        self
    }

    /// An Auto Scaling group has these instances in these states, and these groups attached.
    pub(crate) fn scaled(mut self, instances: &[(&str, &str)], attached: &[Owner]) -> Self {
        self.0.auto_scaling_groups = Ok(vec![AutoScalingGroup {
            target_groups: attached.iter().map(|&owner| arn(owner)).collect(),
            ..scaling_group("brokers", instances)
        }]);
        self
    }

    /// An earlier read of the same activation did not find these.
    pub(crate) fn doubted_before(mut self, doubts: &[Doubt]) -> Self {
        self.1 = doubts.iter().cloned().collect();
        self
    }

    /// The earlier look gave every new broker the same port.
    pub(crate) fn ports_agreed(self) -> Self {
        let mut doubts = self.plan().doubts;
        doubts.retain(|doubt| matches!(doubt, Doubt::Port(..)));
        doubts.extend(self.1.clone());
        self.doubted_before(&Vec::from_iter(doubts))
    }
}
