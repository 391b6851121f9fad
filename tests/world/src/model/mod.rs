//! The AWS that register-brokers meets: its state and its rules, without any I/O. A [`Model`] is
//! plain data; whoever holds it tells it the time with each call, and everything in it happens at
//! its due moment, in the same order in every run. Ids, ARNs and addresses come from counters.
//!
//! Methods named like AWS's calls answer as AWS would, with its codes, are counted and struck by
//! faults, and need the permission of the caller's role if one is known ([`Model::called_by`]). The
//! others are the hands of a person or of EC2 itself (`run_instance`, `create_load_balancer`,
//! `delete_parameter`…). For a person's edit by an AWS call there is [`Model::by_hand`].
//!
//! # Not modelled
//! - Anything that nobody here calls: other services, other operations, other parameters, filters
//!   or target types. `instance` targets over TCP only; one group per listener (F3); no
//!   `DescribeTargetHealth` for single targets (so no `Target.NotRegistered`), no listener rules.
//! - Eventual consistency, unless told: every read sees every earlier write (P-44), save what
//!   [`Faults`] make late and instances that are hidden by hand ([`Model::hide_instance`], P-15).
//!   A late read is a whole earlier state, so one answer never mixes two moments. Lost, late and
//!   doubled events are the [`Courier`](crate::faults::Courier)'s business (P-1, P-2, P-3).
//! - API rates: calls are throttled only when told ([`Model::fail_next`], [`Faults`], P-38).
//! - Warm pools, instance refresh; lifecycle states can be set by hand. An
//!   Auto Scaling group with target groups attached shows them (P-41) and registers nothing.
//! - Run Command for several instances, by tags, with rate control, cancelled or with output elsewhere; the
//!   details of `ListCommandInvocations`. Documents are those of the template, in one version.
//! - Customers' KMS keys, versions and stages of secrets; functions other than probe-brokers, whose
//!   answer is the truth of the model (`probe.rs`) unless the HTTP door has its real process.
//! - Security groups but for what the NLB's let in, which is shown and keeps nobody out (what AWS takes
//!   as their texts and rules is held by `tests/template`), subnets (one per zone), DNS and its failover (F5, F36), zonal shift, PROXY protocol, stickiness,
//!   `unhealthy.draining` (F14): such attributes are kept and have no effect.
//!
//! # Resting on inference
//! - Waits: registration 90 s counted from `RegisterTargets`, even while the group has no listener
//!   (F14, P-29); health flips after threshold × interval, without jitter; the others in
//!   [`Settings`].
//! - A target of a group that comes into use, or of an instance that runs again, starts with
//!   `Elb.InitialHealthChecking`; registering a draining target again starts from the beginning.
//! - One bad target rejects the whole `RegisterTargets` call (P-30); with several kinds of bad
//!   ones, unknown instances are named first, then a foreign VPC, then a wrong state.
//! - Deregistering drains for the whole delay in every state; a stopping or ending instance keeps
//!   its health state until its checks fail; a terminated one's target goes after a while.
//! - `CreateTargetGroup` compares with the settings that the group has now, tags aside (F37);
//!   `CreateListener` on a taken port succeeds only for the same group.
//! - `DeleteTargetGroup` of an unknown group succeeds (its reference lists `ResourceInUse` only).
//! - With cross-zone on for any group of a load balancer the limit of 500 targets counts for all
//!   of it (F1); draining targets don't count.
//! - A health check's time-out is the default of 10 s and may not be above the interval (messages
//!   of aws-load-balancer-controller #2951, aws-cdk #16446).
//! - An endpoint service shows the zones of its load balancers that are enabled now; a load balancer's
//!   interfaces are there as soon as it is, unless they are hidden ([`Model::hide_nodes`], F48).
//! - Principals of endpoint services: see `service_permissions.rs`, `principal.rs`; connections: see
//!   `connections.rs`.
//! - Alarms, status checks: see `alarms.rs`, `metric_alarms.rs`, `metrics.rs`, `status_checks.rs`.
//! - Run Command: see `commands.rs`, `command_life.rs`, `agents.rs`, `documents.rs`.
//! - A secret that is asked for by a reference and is not there is `ParameterNotFound`.
//! - What a call asks permission for (`permission.rs`).
//! - Scale-in takes the oldest instance of the fullest zone; a stopped member is replaced.

mod activities;
mod agents;
mod alarms;
mod allowed_pattern;
mod api_error;
mod asked;
mod attributes;
mod auto_scaling;
mod auto_scaling_life;
#[cfg(test)]
mod auto_scaling_tests;
mod calls;
mod checks;
#[cfg(test)]
mod checks_tests;
mod command_life;
mod command_shown;
mod commands;
mod connection_life;
mod connections;
mod consumers;
mod documents;
mod ec2;
mod endpoint_services;
mod events;
pub mod forwarding;
mod health;
#[cfg(test)]
mod health_tests;
mod hooks;
#[cfg(test)]
mod hooks_tests;
mod host_shell;
mod ids;
mod instance_life;
#[cfg(test)]
mod instance_tests;
mod kafka;
mod kafka_cluster;
mod kafka_cluster_life;
#[cfg(test)]
mod kafka_cluster_tests;
mod kafka_host;
mod limits;
mod listeners;
mod load_balancer;
mod logs;
mod metric_alarms;
mod metrics;
mod moment;
mod network_interfaces;
mod paging;
mod parameter_rules;
mod parameters;
mod past;
mod permission;
#[cfg(test)]
mod permission_tests;
mod permissions_by_hand;
mod principal;
mod probe;
mod probe_admin;
mod probe_gate;
#[cfg(test)]
mod probe_gate_tests;
#[cfg(test)]
mod probe_tests;
mod routes;
mod security_groups;
mod service_permissions;
mod settings;
mod spot;
#[cfg(test)]
mod spot_tests;
mod status_checks;
mod tags;
mod target_group_rules;
mod target_groups;
mod targets;
#[cfg(test)]
mod targets_tests;
mod unseen_tags;
#[cfg(test)]
mod world;

pub use agents::Agent;
pub use alarms::{AlarmRecord, AlarmState, Watched};
pub use allowed_pattern::AllowedPattern;
pub use api_error::ApiError;
pub use auto_scaling::{AutoScalingGroupRecord, NewAutoScalingGroup};
pub use calls::{Counts, WriteRecord};
pub(crate) use command_shown::coarse;
pub use commands::{CommandRecord, SendCommand};
pub use connections::ConnectionRecord;
pub use consumers::Consumer;
pub use documents::{CommandDocument, DocumentParameter};
pub use ec2::{InstanceRecord, Launch};
pub use endpoint_services::{EndpointServiceRecord, service_id};
pub(crate) use events::whole_seconds;
pub use forwarding::{Forward, ForwardTarget, HealthCheckDue, NlbNode};
pub use hooks::{Hook, Transition};
pub use host_shell::{HostShell, Idle, Ran, ScriptRun, Scripted, Started};
pub use kafka::{KafkaProcess, KafkaState};
pub use kafka_cluster::{KafkaCluster, KafkaPartition, KafkaTopic, KafkaTopics};
pub use kafka_host::{HostedKafka, KafkaHost, KafkaListener};
pub use listeners::ListenerRecord;
pub use load_balancer::{LoadBalancerRecord, NewLoadBalancer};
pub use metric_alarms::{Comparison, Expression, MetricAlarm, Missing};
pub use metrics::{MetricId, NoMetric, Statistic};
pub use network_interfaces::{Interface, InterfaceFilter};
pub use probe::{Invoked, PROBE};
pub use probe_gate::{GateFault, HalfHeard};
pub use settings::{AzIds, Settings, Zone};
pub use spot::{Spot, TakenBack};
pub use status_checks::FailedChecks;
pub use target_groups::TargetGroupRecord;

use crate::faults::Faults;
use fleet::observed::{IngressRule, Parameter};
use fleet::words::{
    AutoScalingGroupName, AzId, CommandId, DocumentName, InstanceId, ListenerArn, LoadBalancerArn,
    ParameterName, SecurityGroupId, TargetGroupArn, VpcEndpointId,
};
use jiff::Timestamp;
use moment::Earliest;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One account and Region.
#[derive(Clone, Debug)]
pub struct Model {
    settings: Settings,
    at: Timestamp,
    due: Option<Timestamp>,
    ids: ids::Ids,
    desk: calls::Desk,
    faults: Option<Faults>,
    past: past::Past,
    changes: u64,
    events: Vec<Value>,
    alarms: BTreeMap<String, AlarmRecord>,
    logs: logs::Logs,
    metrics: metrics::Metrics,
    instances: BTreeMap<InstanceId, InstanceRecord>,
    kafka_clusters: BTreeMap<String, KafkaCluster>,
    gate_fault: Option<GateFault>,
    next_place: BTreeMap<AzId, u32>,
    auto_scaling_groups: BTreeMap<AutoScalingGroupName, AutoScalingGroupRecord>,
    timed_out_actions: usize,
    parameters: BTreeMap<String, Parameter>,
    parameters_modified: Timestamp,
    secrets: BTreeMap<ParameterName, String>,
    documents: BTreeMap<DocumentName, CommandDocument>,
    commands: BTreeMap<CommandId, CommandRecord>,
    agents: BTreeMap<InstanceId, Agent>,
    shell: Arc<dyn HostShell>,
    endpoint_services: BTreeMap<String, EndpointServiceRecord>,
    connections: BTreeMap<VpcEndpointId, ConnectionRecord>,
    security_groups: BTreeMap<SecurityGroupId, Vec<IngressRule>>,
    load_balancers: BTreeMap<LoadBalancerArn, LoadBalancerRecord>,
    listeners: BTreeMap<ListenerArn, ListenerRecord>,
    target_groups: BTreeMap<TargetGroupArn, TargetGroupRecord>,
    unseen_tags: unseen_tags::UnseenTags,
    interfaces_by_hand: Vec<Interface>,
}

impl Model {
    /// An empty account.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            at: Timestamp::UNIX_EPOCH,
            due: None,
            ids: ids::Ids::default(),
            desk: calls::Desk::default(),
            faults: None,
            past: past::Past::default(),
            changes: 0,
            events: Vec::new(),
            alarms: BTreeMap::new(),
            logs: BTreeMap::new(),
            metrics: metrics::Metrics::default(),
            instances: BTreeMap::new(),
            kafka_clusters: BTreeMap::new(),
            gate_fault: None,
            next_place: BTreeMap::new(),
            auto_scaling_groups: BTreeMap::new(),
            timed_out_actions: 0,
            parameters: BTreeMap::new(),
            parameters_modified: Timestamp::UNIX_EPOCH,
            secrets: BTreeMap::new(),
            documents: BTreeMap::new(),
            commands: BTreeMap::new(),
            agents: BTreeMap::new(),
            shell: Arc::new(Idle),
            endpoint_services: BTreeMap::new(),
            connections: BTreeMap::new(),
            security_groups: BTreeMap::new(),
            load_balancers: BTreeMap::new(),
            listeners: BTreeMap::new(),
            target_groups: BTreeMap::new(),
            unseen_tags: BTreeMap::new(),
            interfaces_by_hand: Vec::new(),
        }
    }

    /// From now on scripts of commands run here.
    pub fn set_shell(&mut self, shell: Arc<dyn HostShell>) {
        self.shell = shell;
    }

    /// What this world is like.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Lets time pass until `now`; everything that is due on the way happens at its own moment.
    /// Every call does this first. Time never goes back.
    pub fn advance(&mut self, now: Timestamp) {
        while let Some(due) = self.due.filter(|due| *due <= now) {
            self.at = due;
            self.settle();
        }
        self.at = self.at.max(now);
    }

    /// When something will happen by itself, if nobody does anything until then. Not counting the
    /// health checks of the data path.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.due
    }

    /// Makes what is due now happen, causes before effects, and finds out what comes next. To be
    /// called after every change that others depend on.
    fn settle(&mut self) {
        self.settle_instances();
        // Before whatever shows what a script has done on its host.
        self.settle_commands();
        self.settle_kafka();
        self.settle_auto_scaling();
        self.settle_targets();
        self.settle_connections();
        self.settle_alarms();
        let mut earliest = Earliest::after(self.at);
        self.next_of_instances(&mut earliest);
        self.next_of_kafka(&mut earliest);
        self.next_of_commands(&mut earliest);
        self.next_of_agents(&mut earliest);
        self.next_of_auto_scaling(&mut earliest);
        self.next_of_targets(&mut earliest);
        self.next_of_connections(&mut earliest);
        self.next_of_alarms(&mut earliest);
        self.due = earliest.found();
        self.changed();
    }

    fn page_size(&self, of_aws: usize) -> usize {
        self.settings
            .page_size
            .map_or(of_aws, |size| size.min(of_aws))
    }
}
