//! For tests: an AWS that answers from a few records, fails as it is told, and writes down every
//! call with its moment on the virtual clock.

mod commands;
mod healing;
mod log;
mod logs;
mod principals;
mod reads;
mod writes;

use crate::call::Call;
use crate::calls::{Page, PageToken, Unsuccessful};
use crate::error::CallError;
use fleet::listener::Protocol;
use fleet::naming::{self, Owner};
use fleet::observed::{
    Alarm, Attributes, AutoScalingGroup, Command, CommandInvocation, CommandOutput,
    EndpointConnection, EndpointService, IngressRule, Instance, InstanceState, InstanceStatus,
    LifecycleHook, Listener, LoadBalancer, LoadBalancerNode, LogEvent, ManagedInstance, Parameter,
    ParameterKind, ScalingActivity, ServicePermission, SpotRequest, TaggedResource, TargetGroup,
    TargetHealth, TargetState,
};
use fleet::proof::{Inquiry, Row, Verdict};
use fleet::tags::{self, Tags};
use fleet::words::{InstanceId, LogGroupName, NodeId, ParameterName, Port, TargetGroupArn};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;
use tokio::time::Instant;

/// What there is.
pub struct Fake {
    /// Parameters of the cluster.
    pub parameters: Vec<Parameter>,
    /// The NLB.
    pub load_balancer: Option<LoadBalancer>,
    /// Its listeners.
    pub listeners: Vec<Listener>,
    /// Target groups.
    pub groups: Vec<TargetGroup>,
    /// Tags by ARN.
    pub tags: BTreeMap<String, Tags>,
    /// Targets of each group.
    pub health: BTreeMap<TargetGroupArn, Vec<TargetHealth>>,
    /// Attributes of each group and listener.
    pub attributes: Attributes,
    /// Instances.
    pub instances: Vec<Instance>,
    /// Auto Scaling groups.
    pub scaling: Vec<AutoScalingGroup>,
    /// Their lifecycle hooks.
    pub hooks: Vec<LifecycleHook>,
    /// What they do.
    pub activities: Vec<ScalingActivity>,
    /// Nodes of the NLB.
    pub nodes: Vec<LoadBalancerNode>,
    /// Endpoint services.
    pub endpoint_services: Vec<EndpointService>,
    /// Who may connect.
    pub permissions: Vec<ServicePermission>,
    /// Connections of consumers.
    pub connections: Vec<EndpointConnection>,
    /// What the NLB's security groups let in.
    pub rules: Vec<IngressRule>,
    /// What accepting and rejecting answers.
    pub unsuccessful: Vec<Unsuccessful>,
    /// Secrets by parameter.
    pub secrets: BTreeMap<ParameterName, String>,
    /// Commands that were sent.
    pub commands: Vec<Command>,
    /// How they are on their hosts.
    pub invocations: Vec<CommandInvocation>,
    /// What they said there.
    pub outputs: Vec<CommandOutput>,
    /// Instances whose agent has registered.
    pub managed: Vec<ManagedInstance>,
    /// Alarms that are on.
    pub alarms: Vec<Alarm>,
    /// Alarms and instances with the tag of the cluster.
    pub tagged: Vec<TaggedResource>,
    /// Status checks.
    pub statuses: Vec<InstanceStatus>,
    /// Requests for Spot Instances.
    pub spot_requests: Vec<SpotRequest>,
    /// Lines of log groups.
    pub logs: BTreeMap<LogGroupName, Vec<LogEvent>>,
    /// What probe-brokers answers to an inquiry.
    pub probe: fn(&str) -> String,
    /// Items on a page; all of them if `None`.
    pub page_size: Option<usize>,
    /// How long every answer takes.
    pub latency: Duration,
    /// The `Date` of the first answer; each further one is a second later.
    pub date: Option<Timestamp>,
    /// The `Date`s of these answers, counted from 0, instead.
    pub wrong_dates: BTreeMap<usize, Timestamp>,
    /// Lists come on pages without end.
    pub is_endless: bool,
    dated: Mutex<usize>,
    failures: Mutex<Vec<(Call, String, CallError)>>,
    log: Mutex<Vec<Asked>>,
}

impl Default for Fake {
    /// Nothing at all, and a probe that proves what it is asked.
    fn default() -> Self {
        Self {
            parameters: Vec::new(),
            load_balancer: None,
            listeners: Vec::new(),
            groups: Vec::new(),
            tags: BTreeMap::new(),
            health: BTreeMap::new(),
            attributes: Attributes::new(),
            instances: Vec::new(),
            scaling: Vec::new(),
            hooks: Vec::new(),
            activities: Vec::new(),
            nodes: Vec::new(),
            endpoint_services: Vec::new(),
            permissions: Vec::new(),
            connections: Vec::new(),
            rules: Vec::new(),
            unsuccessful: Vec::new(),
            secrets: BTreeMap::new(),
            commands: Vec::new(),
            invocations: Vec::new(),
            outputs: Vec::new(),
            managed: Vec::new(),
            alarms: Vec::new(),
            tagged: Vec::new(),
            statuses: Vec::new(),
            spot_requests: Vec::new(),
            logs: BTreeMap::new(),
            probe: all_proven,
            page_size: None,
            latency: Duration::ZERO,
            date: None,
            wrong_dates: BTreeMap::new(),
            is_endless: false,
            dated: Mutex::default(),
            failures: Mutex::default(),
            log: Mutex::default(),
        }
    }
}

/// One call that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The call.
    pub call: Call,
    /// What it was about.
    pub of: String,
    /// When it was made, on the virtual clock.
    pub at: Instant,
}

impl Fake {
    /// The NLB, and this many brokers of EXTERNAL with group, listener and healthy target.
    pub fn of(brokers: u32) -> Self {
        let mut fake = Self {
            load_balancer: Some(LoadBalancer {
                arn: "arn:nlb".into(),
                kind: "network".to_owned(),
                vpc: "vpc-1".into(),
                zones: BTreeSet::from(["us-west-2a".into()]),
                security_groups: BTreeSet::new(),
                enforces_inbound_on_private_link: None,
            }),
            date: Some(noon()),
            ..Self::default()
        };
        fake.parameter("listeners/EXTERNAL", "<b>.<az>.abc.example.com:<p>");
        fake.map(Owner::Bootstrap, 0);
        for id in 1..=brokers {
            fake.map(owner(id), id);
            fake.instance(&format!("i-{id}"), "orders");
        }
        fake
    }

    /// One more parameter.
    pub fn parameter(&mut self, name: &str, value: &str) {
        self.parameters.push(Parameter {
            name: format!("/kafka-privatelink/orders/{name}"),
            kind: ParameterKind::String,
            value: value.to_owned(),
            version: 1,
            last_modified: noon(),
        });
    }

    /// One more instance, tagged for this cluster.
    pub fn instance(&mut self, id: &str, cluster: &str) {
        self.instances.push(Instance {
            id: id.into(),
            state: InstanceState::Running,
            az_id: Some("usw2-az1".into()),
            az_name: Some("us-west-2a".into()),
            vpc: Some("vpc-1".into()),
            private_ip: None,
            tags: Tags::from([(tags::CLUSTER.to_owned(), cluster.to_owned())]),
            volumes: BTreeMap::new(),
            spot_request: None,
        });
    }

    fn map(&mut self, owner: Owner, offset: u32) {
        let (cluster, group) = ("orders".into(), "EXTERNAL".into());
        let port = port(9092 + u16::try_from(offset).expect("a small number"));
        let arn = arn(owner);
        self.listeners.push(Listener {
            arn: format!("arn:listener:{port}").as_str().into(),
            port,
            protocol: "TCP".to_owned(),
            forwards_to: vec![arn.clone()],
            tags: Tags::new(),
        });
        let listener_tags = naming::listener_tags(&cluster, &group, owner);
        self.tags
            .insert(format!("arn:listener:{port}"), listener_tags);
        self.groups.push(TargetGroup {
            arn: arn.clone(),
            name: naming::target_group_name(&cluster, &group, owner),
            port: self::port(39092),
            protocol: "TCP".to_owned(),
            target_type: "instance".to_owned(),
            vpc: "vpc-1".into(),
            load_balancers: ["arn:nlb".into()].into(),
            health_check: fleet::look::health_check(),
            tags: Tags::new(),
        });
        let protocol = Protocol::Plaintext;
        let group_tags = naming::target_group_tags(&cluster, &group, owner, port, protocol);
        self.tags.insert(arn.to_string(), group_tags);
        if let Owner::Broker(node) = owner {
            self.stands_in(owner, &format!("i-{node}"));
        }
    }

    /// One more healthy target of a group.
    pub fn stands_in(&mut self, owner: Owner, instance: &str) {
        self.health
            .entry(arn(owner))
            .or_default()
            .push(TargetHealth {
                instance: instance.into(),
                port: port(39092),
                state: TargetState::Healthy,
                reason: String::new(),
            });
    }

    fn page<T: Clone>(&self, items: &[T], token: Option<PageToken>) -> Page<T> {
        if self.is_endless {
            let page = token.map_or(0, |token| token.0.parse().expect("a token of ours"));
            let next = Some(PageToken((page + 1_usize).to_string()));
            return Page {
                items: items.to_vec(),
                next,
            };
        }
        let size = self.page_size.unwrap_or(usize::MAX).min(items.len());
        let from = token.map_or(0, |token| token.0.parse().expect("a token of ours"));
        let to = (from + size).min(items.len());
        Page {
            items: items[from..to].to_vec(),
            next: (to < items.len()).then(|| PageToken(to.to_string())),
        }
    }
}

/// Every broker answers as itself; the first one of its group on bootstrap.
fn all_proven(inquiry: &str) -> String {
    let inquiry: Inquiry = serde_json::from_str(inquiry).expect("an inquiry");
    let rows = inquiry.questions.iter().map(|question| {
        let mut brokers = inquiry.groups[&question.group].endpoints.keys();
        let reached = question.path.broker().or(brokers.next().copied());
        let reached = reached.expect("a broker");
        Row::of(question.clone(), Verdict::Proven { reached })
    });
    serde_json::to_string(&Vec::from_iter(rows)).expect("rows")
}

/// The end of an activation that has time enough.
pub fn soon() -> Instant {
    Instant::now() + Duration::from_secs(47)
}

/// The first `Date` of [`Fake::of`].
pub fn noon() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("a time")
}

/// The owner of a broker's port.
pub fn owner(id: u32) -> Owner {
    Owner::Broker(NodeId::new(id).expect("a node"))
}

/// The ARN of a target group.
pub fn arn(owner: Owner) -> TargetGroupArn {
    TargetGroupArn::new(format!("arn:group:{owner}"))
}

/// A port.
pub fn port(port: u16) -> Port {
    Port::new(port).expect("a port")
}

/// `i-1`, `i-2`… of these numbers.
pub fn ids(numbers: std::ops::RangeInclusive<u32>) -> impl Iterator<Item = InstanceId> {
    numbers.map(|number| InstanceId::new(format!("i-{number:03}")))
}
