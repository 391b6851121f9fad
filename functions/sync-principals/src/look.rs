//! For tests: one look at an endpoint service, drawn by hand. `EXTERNAL` is handed over and serves, until
//! adjectives change something.

use crate::change::Action;
use crate::observed::{Doubt, Observed};
use crate::plan::Plan;
use fleet::look::{
    EXTERNAL, ORDERS, arn, load_balancer, noon, parameter, service, target, target_group,
};
use fleet::naming::Owner;
use fleet::observed::{
    ConnectionState, EndpointConnection, IngressRule, IngressSource, PrincipalType,
    ServicePermission, TargetState,
};
use fleet::tags::{self, Tags};
use jiff::SignedDuration;
use std::collections::{BTreeMap, BTreeSet};

/// Account `n`, as 12 times its digit.
pub(crate) fn account(n: usize) -> String {
    n.to_string().repeat(12)
}

/// The whole of account `n`, as AWS writes it.
pub(crate) fn root(n: usize) -> String {
    format!("arn:aws:iam::{}:root", account(n))
}

/// An age in seconds: older than the parameter of [`Look::saying`].
pub(crate) const OLD: i64 = 7200;

/// One look, and what an earlier one left in doubt.
#[derive(Clone, Debug)]
pub(crate) struct Look(pub(crate) Observed, pub(crate) BTreeSet<Doubt>);

impl Look {
    /// The parameter says this, since an hour.
    pub(crate) fn saying(text: &str) -> Self {
        let bootstrap = target_group(EXTERNAL, Owner::Bootstrap, 9092, None);
        let broker = target_group(EXTERNAL, fleet::look::owner(1), 9093, Some(1));
        let observed = Observed {
            now: Ok(noon()),
            cluster: ORDERS.into(),
            load_balancer_arn: "arn:nlb".into(),
            parameters: Ok(vec![
                parameter("principals", text, 3600),
                parameter("handover/EXTERNAL", r#"{"complete": true}"#, 3600),
            ]),
            load_balancer: Ok(Some(load_balancer())),
            endpoint_services: Ok(vec![service()]),
            permissions: Ok(Vec::new()),
            connections: Ok(Vec::new()),
            rules: Ok(Vec::new()),
            target_groups: Ok(vec![bootstrap, broker]),
            health: BTreeMap::from([(
                arn(Owner::Bootstrap),
                Ok(vec![target(1, TargetState::Healthy)]),
            )]),
        };
        let mut look = Self(observed, BTreeSet::new());
        // The partition is that of the NLB.
        look.0.load_balancer_arn = NLB.into();
        for service in look.0.endpoint_services.as_mut().expect("services") {
            service.load_balancers = BTreeSet::from([NLB.into()]);
        }
        look
    }

    /// The parameter says this now, and was written so many seconds ago; no look agrees yet.
    pub(crate) fn rewritten(mut self, text: &str, age: i64) -> Self {
        let parameters = self.0.parameters.as_mut().expect("parameters");
        parameters.retain(|it| !it.name.ends_with("/principals"));
        parameters.push(parameter("principals", text, age));
        self.1.clear();
        self
    }

    /// This principal has a permission of ours, made so many seconds ago.
    pub(crate) fn ours(self, principal: &str, age: i64) -> Self {
        let at = noon() - SignedDuration::from_secs(age);
        let tags = Tags::from([
            (tags::CLUSTER.to_owned(), ORDERS.to_owned()),
            (tags::LISTED_AT.to_owned(), at.to_string()),
        ]);
        self.permission(principal, tags)
    }

    /// This principal has a permission that other hands made.
    pub(crate) fn foreign(self, principal: &str) -> Self {
        self.permission(principal, Tags::new())
    }

    /// This principal has a permission with these tags.
    pub(crate) fn permission(mut self, principal: &str, tags: Tags) -> Self {
        let permissions = self.0.permissions.as_mut().expect("permissions");
        permissions.push(ServicePermission {
            id: format!("vpce-svc-perm-{}", permissions.len())
                .as_str()
                .into(),
            principal: principal.to_owned(),
            kind: PrincipalType::Account,
            tags,
        });
        self
    }

    /// Account `n` has a connection in this state, 90 minutes old.
    pub(crate) fn connected(mut self, endpoint: &str, n: usize, state: ConnectionState) -> Self {
        let connections = self.0.connections.as_mut().expect("connections");
        connections.push(EndpointConnection {
            endpoint: endpoint.into(),
            owner: account(n).as_str().into(),
            state,
            created: Some(noon() - SignedDuration::from_mins(90)),
            region: None,
        });
        self
    }

    /// The NLB has a security group with this rule.
    pub(crate) fn lets_in(
        mut self,
        protocol: &str,
        ports: (i32, i32),
        from: IngressSource,
    ) -> Self {
        self = self.with_security_group();
        let rules = self.0.rules.as_mut().expect("rules");
        rules.push(IngressRule {
            group: "sg-1".into(),
            protocol: protocol.to_owned(),
            from_port: Some(ports.0),
            to_port: Some(ports.1),
            source: from,
        });
        self
    }

    /// The NLB has a security group.
    pub(crate) fn with_security_group(mut self) -> Self {
        let nlb = self.0.load_balancer.as_mut().expect("seen");
        let nlb = nlb.as_mut().expect("an NLB");
        nlb.security_groups.insert("sg-1".into());
        self
    }

    /// The hand-over says this; it is gone if it says nothing.
    pub(crate) fn handed_over(mut self, text: &str) -> Self {
        let parameters = self.0.parameters.as_mut().expect("parameters");
        parameters.retain(|it| !it.name.contains("handover"));
        if !text.is_empty() {
            parameters.push(parameter("handover/EXTERNAL", text, 3600));
        }
        self
    }

    /// The target of the bootstrap is in this state.
    pub(crate) fn bootstrap(mut self, state: TargetState) -> Self {
        let targets = Ok(vec![target(1, state)]);
        self.0.health.insert(arn(Owner::Bootstrap), targets);
        self
    }

    /// An earlier look left the same in doubt.
    pub(crate) fn agreed(mut self) -> Self {
        self.1 = self.plan().doubts;
        self
    }

    pub(crate) fn plan(&self) -> Plan {
        crate::plan(&self.0, &self.1)
    }

    /// The steps, each as the change and its reason.
    pub(crate) fn steps(&self) -> Vec<String> {
        let steps = self.plan().steps.into_iter();
        steps
            .map(|step| format!("{}: {}", step.change, step.reason))
            .collect()
    }

    /// The steps without the one that a removal begins with: a permission says which list is in force.
    pub(crate) fn steps_but_in_force(&self) -> Vec<String> {
        let mut steps = self.steps();
        steps.retain(|it| !it.ends_with("so that an older read of the list is known for one"));
        steps
    }

    /// The steps that take something away.
    pub(crate) fn removals(&self) -> Vec<String> {
        let steps = self.plan().steps.into_iter().map(|it| it.change);
        let removes = steps.filter(|change| {
            matches!(
                change.action,
                Action::Reject { .. } | Action::Disallow { .. }
            )
        });
        removes.map(|change| change.to_string()).collect()
    }

    /// What is held, in sentences.
    pub(crate) fn held(&self) -> Vec<String> {
        self.plan().held.iter().map(ToString::to_string).collect()
    }
}

/// The NLB, by an ARN of a partition.
pub(crate) const NLB: &str =
    "arn:aws:elasticloadbalancing:us-west-2:999999999999:loadbalancer/net/kafka/1";
