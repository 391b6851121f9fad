//! sync-principals on the stage: a process of its own, and consumers of other accounts.

use crate::{CLUSTER, Process, Stage};
use activation::activate::Activated;
use activation::request::{Request, Wakes};
use fleet::observed::{ConnectionState, IngressRule, IngressSource};
use fleet::words::{AccountId, EndpointServiceId, SecurityGroupId, VpcEndpointId};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use sync_principals::access::Access;
use sync_principals::{Plan, Scope, SyncPrincipals};
use world::doors::memory::MemoryDoor;
use world::model::{ApiError, Consumer, service_id};

/// A finished run of sync-principals.
pub type Synced = Activated<Plan, Access>;

/// The name of its binary.
pub const SYNC_PRINCIPALS: &str = "sync-principals";

/// A process of sync-principals on a stage.
pub struct Principals {
    /// The process.
    pub process: Process,
    scope: Scope,
}

impl Principals {
    /// A new process.
    pub fn on(stage: &Stage) -> Self {
        Self {
            process: stage.process(SYNC_PRINCIPALS),
            scope: Scope {
                cluster: CLUSTER.into(),
                load_balancer: stage.nlb(),
            },
        }
    }

    /// What it does.
    pub fn duty(&self) -> SyncPrincipals<'_, MemoryDoor> {
        SyncPrincipals {
            aws: self.process.aws(),
            scope: &self.scope,
        }
    }

    /// One run.
    pub async fn run(&self, stage: &Stage) -> Synced {
        stage
            .run(&self.duty(), Request::Wake(Wakes::default()))
            .await
    }

    /// `{"action":"plan"}`.
    pub async fn plan(&self, stage: &Stage) -> Synced {
        stage.run(&self.duty(), Request::Plan).await
    }

    /// `{"action":"observe"}`.
    pub async fn observe(&self, stage: &Stage, masked: bool) -> Value {
        stage.saved(&self.duty(), masked).await
    }

    /// A sweep each minute until one of them did nothing, and was sure of it; at most half an hour.
    pub async fn settle(&self, stage: &Stage) -> Synced {
        for _ in 0..30 {
            stage.pass(Duration::from_secs(60)).await;
            let synced = self.run(stage).await;
            if synced.report.actions.is_empty() && synced.plan.doubts.is_empty() {
                return synced;
            }
        }
        panic!("it has not settled in half an hour");
    }
}

/// The whole of an account, as AWS writes it.
pub fn root(account: &str) -> String {
    format!("arn:aws:iam::{account}:root")
}

impl Stage {
    /// The endpoint service on the stage's NLB.
    pub fn service(&self) -> EndpointServiceId {
        service_id(&self.endpoint_service())
    }

    /// A person allows a principal, without any tag.
    pub fn allow(&self, principal: &str) {
        let service = self.service();
        let principals = [principal.to_owned()];
        self.edit(|model, now| model.modify_service_permissions(now, &service, &principals, &[]))
            .expect("allowed");
    }

    /// A consumer makes an endpoint; refused unless its account is allowed.
    pub fn connect(&self, account: &str) -> Result<VpcEndpointId, ApiError> {
        let name = self.endpoint_service();
        self.edit(|model, now| model.consumer_connects(now, &Consumer::of(account), &name))
    }

    /// The NLB has one security group, which lets these ranges in, each on the ports from one to another.
    pub fn lets_in(&self, rules: &[(&str, i32, i32)]) {
        let nlb = self.nlb();
        let group = SecurityGroupId::from("sg-0c0ffee0c0ffee0c0");
        let rules = rules.iter().map(|(range, from, to)| IngressRule {
            group: group.clone(),
            protocol: "tcp".to_owned(),
            from_port: Some(*from),
            to_port: Some(*to),
            source: IngressSource::Ipv4((*range).to_owned()),
        });
        let rules: Vec<IngressRule> = rules.collect();
        self.edit(|model, now| {
            model.edit_security_group(now, &group, |there| *there = rules);
            model.edit_security_groups_of(now, &nlb, |groups, enforces| {
                *groups = [group].into();
                *enforces = Some(true);
            })
        })
        .expect("edited");
    }

    /// Who may connect, by AWS's own list.
    pub fn allowed(&self) -> Vec<String> {
        let service = self.service();
        let model = self.model();
        let permissions = model.service_permissions(&service);
        let mut allowed: Vec<String> = permissions
            .map(|permission| permission.principal.clone())
            .collect();
        allowed.sort();
        allowed
    }

    /// How it is with each connection, by AWS's own list.
    pub fn connected(&self) -> BTreeMap<VpcEndpointId, (AccountId, ConnectionState)> {
        let now = self.now();
        let mut model = self.model();
        model.advance(now);
        let connections = model.connections();
        connections
            .map(|(id, record)| (id.clone(), (record.owner.clone(), record.state.clone())))
            .collect()
    }

    /// The state of one connection, as AWS spells it.
    pub fn state_of(&self, endpoint: &VpcEndpointId) -> String {
        let connected = self.connected();
        let found = connected.get(endpoint);
        found.map_or("gone".to_owned(), |(_, state)| state.to_string())
    }
}
