//! For the tests of this crate: the parts of a resting cluster from which wishes and the ledger are read.

use crate::look::{EXTERNAL, PATTERN, arn, listener, owner, parameter, target_group};
use crate::naming::Owner;
use crate::observed::{Gap, Listener, Parameter, TargetGroup};
use crate::words::ClusterName;

/// What was read of the cluster.
#[derive(Clone)]
pub(crate) struct Records {
    pub(crate) cluster: ClusterName,
    pub(crate) parameters: Result<Vec<Parameter>, Gap>,
    pub(crate) listeners: Result<Vec<Listener>, Gap>,
    pub(crate) groups: Vec<TargetGroup>,
}

/// One look at the cluster.
#[derive(Clone)]
pub(crate) struct Look(pub(crate) Records);

impl Look {
    /// These brokers, each with its port.
    pub(crate) fn of(nodes: &[u32]) -> Self {
        let look = Self(Records {
            cluster: crate::look::ORDERS.into(),
            parameters: Ok(Vec::new()),
            listeners: Ok(Vec::new()),
            groups: Vec::new(),
        });
        let look = look.parameter("listeners/EXTERNAL", PATTERN);
        let mut look = look.mapped(EXTERNAL, Owner::Bootstrap, 9092, nodes);
        for &node in nodes {
            let port = 9092 + u16::try_from(node).expect("a small node");
            look = look.mapped(EXTERNAL, owner(node), port, &[node]);
        }
        look
    }

    /// A target group with a listener that forwards to it.
    pub(crate) fn mapped(mut self, group: &str, owner: Owner, port: u16, nodes: &[u32]) -> Self {
        let served_by = nodes.first().copied().filter(|_| nodes.len() == 1);
        self.0
            .groups
            .push(target_group(group, owner, port, served_by));
        let listeners = self.0.listeners.as_mut().expect("listeners");
        listeners.push(listener(group, owner, port));
        self
    }

    /// A parameter of the cluster, one second younger than the one before.
    pub(crate) fn parameter(mut self, name: &str, value: &str) -> Self {
        let parameters = self.0.parameters.as_mut().expect("parameters");
        parameters.retain(|it| it.name != parameter(name, "", 0).name);
        let age = 3600 - i64::try_from(parameters.len()).expect("a few");
        parameters.push(parameter(name, value, age));
        self
    }

    /// Nothing listens on this port of the NLB.
    pub(crate) fn without_listener(mut self, port: u16) -> Self {
        let listeners = self.0.listeners.as_mut().expect("listeners");
        listeners.retain(|listener| listener.port.get() != port);
        self
    }

    /// Something is different about a target group.
    pub(crate) fn with_group(
        mut self,
        owner: Owner,
        change: impl FnOnce(&mut TargetGroup),
    ) -> Self {
        let mut groups = self.0.groups.iter_mut();
        change(
            groups
                .find(|group| group.arn == arn(owner))
                .expect("the group"),
        );
        self
    }

    /// A target group has one more tag.
    pub(crate) fn tagged(self, owner: Owner, key: &str, value: &str) -> Self {
        self.with_group(owner, |group| {
            _ = group.tags.insert(key.to_owned(), value.to_owned());
        })
    }

    pub(crate) fn groups(&mut self) -> &mut Vec<TargetGroup> {
        &mut self.0.groups
    }
}
