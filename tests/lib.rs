//! A stage for scenarios and laws: the cluster of TiDB Cloud's document before a model of AWS, and register-brokers'
//! own observe, plan and execute before it, on a virtual clock (run it under a paused runtime).

pub mod alarms;
pub mod built;
mod deployed;
pub mod handler;
mod hands;
pub mod healing;
pub mod history;
pub mod listeners;
pub mod principals;
mod process;
mod role;
pub mod scaling;

pub use deployed::{TEMPLATE, deployed, stack};
pub use process::Process;

use activation::activate;
use activation::request::{Request, Wakes};
use cloud::call::Call;
use fleet::plan::Said;
use fleet::tags;
use fleet::words::{ClusterName, InstanceId, ListenerArn, LoadBalancerArn, NodeId, TargetGroupArn};
use jiff::Timestamp;
use register_brokers::mapping::{RowState, Told};
use register_brokers::{LastProof, Plan, RegisterBrokers, Scope};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use world::clock::Clock;
use world::deployment::REGISTER_BROKERS;
use world::doors::memory::{MemoryDoor, Versions};
use world::model::{Launch, Model, NewLoadBalancer, Settings};

/// The document's pattern.
pub const PATTERN: &str = "<broker_id>.<az_id>.abc.us-west-2.aws.3199015.tidbcloud.com:<port>";
/// The cluster on the stage.
pub const CLUSTER: &str = "orders";
/// The document's zones.
pub const ZONES: [&str; 3] = ["usw2-az1", "usw2-az2", "usw2-az3"];

/// A finished run of register-brokers.
pub type Activated = activate::Activated<Plan, Told>;

/// A cluster, an NLB, and the function before them. It may do what its role in the template allows,
/// and nothing else.
pub struct Stage {
    model: Arc<Mutex<Model>>,
    callers: role::Callers,
    clock: Clock,
    process: Process,
    versions: Arc<Versions>,
    /// What the function is told by its environment.
    pub scope: Scope,
}

impl Stage {
    /// An NLB in three zones and the parameter of `EXTERNAL`; no brokers.
    pub fn new() -> Self {
        Self::with(Settings::default())
    }

    /// The same, in a world with these settings.
    pub fn with(settings: Settings) -> Self {
        let clock = Clock::new("2026-11-22T12:00:00Z".parse().expect("a time"), 1);
        let mut model = Model::new(settings);
        let nlb = model
            .create_load_balancer(clock.now(), NewLoadBalancer::named("kafka"))
            .expect("an NLB");
        share(&mut model, clock.now(), &nlb);
        let (callers, documents) = role::deploy(model.settings(), &nlb);
        for document in documents {
            model.put_document(clock.now(), document);
        }
        let probe = model.settings().probe.clone();
        let model = Arc::new(Mutex::new(model));
        let versions = Arc::<Versions>::default();
        let door = MemoryDoor::new(Arc::clone(&model), clock.clone());
        let door = door.as_caller(Arc::clone(&callers[REGISTER_BROKERS]));
        let stage = Self {
            process: Process::of(door.with_versions(Arc::clone(&versions))),
            versions,
            model,
            callers,
            clock,
            scope: Scope {
                cluster: ClusterName::from(CLUSTER),
                load_balancer: nlb,
                probe,
            },
        };
        stage.put("listeners/EXTERNAL", PATTERN);
        stage
    }

    /// The cluster of TiDB Cloud's document: brokers 1, 2, 3 in their zones, mapped and serving.
    pub async fn three() -> Self {
        Self::three_with(Settings::default()).await
    }

    /// The same cluster in a world with these settings.
    pub async fn three_with(settings: Settings) -> Self {
        let stage = Self::with(settings);
        stage.three_brokers();
        stage.settle().await;
        stage
    }

    /// The model, for a look or an edit by hand.
    pub fn model(&self) -> MutexGuard<'_, Model> {
        self.model.lock().expect("a model that no panic has broken")
    }

    /// AWS time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Launches a broker.
    pub fn broker(&self, node: u32, az: &str) -> InstanceId {
        self.launch(tagged(az, &node.to_string()))
    }

    /// Launches the document's brokers 1, 2, 3, each in its zone.
    pub fn three_brokers(&self) -> Vec<InstanceId> {
        (1..)
            .zip(ZONES)
            .map(|(node, az)| self.broker(node, az))
            .collect()
    }

    /// Launches an instance.
    pub fn launch(&self, launch: Launch) -> InstanceId {
        self.edit(|model, now| model.run_instance(now, launch))
            .expect("a launch")
    }

    /// Terminates an instance.
    pub fn terminate(&self, instance: &InstanceId) {
        self.edit(|model, now| model.terminate_instance(now, instance))
            .expect("terminated");
    }

    /// Lets time pass.
    pub async fn pass(&self, time: Duration) {
        self.versions.note(self.now(), &self.model());
        tokio::time::sleep(time).await;
        let now = self.now();
        self.model().advance(now);
    }

    /// One activation, woken by all events until now.
    pub async fn activate(&self) -> Activated {
        drop(self.model().take_events());
        self.ask(Request::Wake(Wakes::default())).await
    }

    /// `{"action":"plan"}`.
    pub async fn plan(&self) -> Activated {
        self.ask(Request::Plan).await
    }

    /// `{"action":"observe"}`.
    pub async fn observe(&self, masked: bool) -> Value {
        self.saved(&self.duty(&LastProof::default()), masked).await
    }

    /// `{"action":"doctor"}`, as text.
    pub async fn doctor(&self) -> String {
        self.examined(&self.duty(&LastProof::default())).await
    }

    async fn ask(&self, request: Request) -> Activated {
        self.run(&self.duty(&LastProof::default()), request).await
    }

    fn duty<'a>(&'a self, last_proof: &'a LastProof) -> RegisterBrokers<'a, MemoryDoor> {
        RegisterBrokers {
            aws: self.process.aws(),
            scope: &self.scope,
            last_proof,
        }
    }

    /// The metrics of a run, as lines of EMF.
    pub fn metrics(&self, run: &Activated) -> String {
        let last_proof = LastProof::default();
        activation::metrics::of_run(&self.duty(&last_proof), run).expect("metrics")
    }

    /// The same of a process that remembers its last proof.
    pub fn metrics_after(&self, run: &Activated, last_proof: &LastProof) -> String {
        activation::metrics::of_run(&self.duty(last_proof), run).expect("metrics")
    }

    /// A sweep each minute until one of them did nothing and no row waits; or half an hour, after which
    /// rows may wait for ever.
    pub async fn settle(&self) -> Activated {
        for _ in 0..30 {
            self.pass(Duration::from_secs(60)).await;
            let activated = self.activate().await;
            let waiting = activated
                .report
                .picture
                .mapping
                .iter()
                .any(|row| row.state == RowState::Waiting);
            if activated.report.actions.is_empty() && !waiting {
                return activated;
            }
        }
        let activated = self.activate().await;
        assert_eq!(activated.report.actions, [], "not settled in half an hour");
        activated
    }

    /// What AWS really has: for each listener port the instances behind it, draining left out.
    pub fn mapping(&self) -> BTreeMap<u16, BTreeSet<InstanceId>> {
        let now = self.now();
        let mut model = self.model();
        let listeners: Vec<_> = model
            .listeners()
            .map(|listener| (listener.port, listener.forwards_to.clone()))
            .collect();
        let mut mapping = BTreeMap::new();
        for (port, group) in listeners {
            let health = model.by_hand(|model| model.describe_target_health(now, &group));
            let standing = health.expect("a group").into_iter();
            let standing = standing
                .filter(|target| target.state != fleet::observed::TargetState::Draining)
                .map(|target| target.instance)
                .collect();
            mapping.insert(port.get(), standing);
        }
        mapping
    }

    /// The instances behind one port; none if it has no listener.
    pub fn behind(&self, port: u16) -> BTreeSet<InstanceId> {
        self.mapping().remove(&port).unwrap_or_default()
    }

    /// The target group tagged with this port.
    pub fn group(&self, port: u16) -> TargetGroupArn {
        self.find_group(port).expect("a group with this port")
    }

    /// The target group tagged with this port, if there is one.
    pub fn find_group(&self, port: u16) -> Option<TargetGroupArn> {
        let model = self.model();
        let found = model
            .target_groups()
            .find(|record| record.group.tags.get(tags::PORT) == Some(&port.to_string()));
        found.map(|record| record.group.arn.clone())
    }

    /// The listener on this port.
    pub fn listener(&self, port: u16) -> ListenerArn {
        let model = self.model();
        let found = model
            .listeners()
            .find(|listener| listener.port.get() == port);
        found.expect("a listener on this port").arn.clone()
    }

    /// Takes note of the writes made by the function from now on.
    pub fn forget_calls(&self) {
        self.model().forget_calls();
    }

    /// The writes since then, oldest first.
    pub fn writes(&self) -> Vec<Call> {
        self.model()
            .writes()
            .iter()
            .map(|write| write.call)
            .collect()
    }

    /// The name of the endpoint service that stands on the NLB.
    pub fn endpoint_service(&self) -> String {
        self.endpoint_service_of(&self.nlb())
    }

    fn endpoint_service_of(&self, nlb: &LoadBalancerArn) -> String {
        let now = self.now();
        let mut model = self.model();
        let shown = model.by_hand(|model| model.describe_endpoint_services(now, None));
        let mut services = shown.expect("services").items.into_iter();
        let found = services.find(|service| service.load_balancers.contains(nlb));
        found.expect("an endpoint service").name
    }

    /// Deletes the endpoint service that stands on an NLB.
    pub fn delete_endpoint_service_of(&self, nlb: &LoadBalancerArn) {
        let name = self.endpoint_service_of(nlb);
        self.edit(|model, now| model.delete_endpoint_service(now, &name))
            .expect("deleted");
    }

    /// The NLB of the stage.
    pub fn nlb(&self) -> LoadBalancerArn {
        self.scope.load_balancer.clone()
    }
}

impl Default for Stage {
    fn default() -> Self {
        Self::new()
    }
}

/// A broker to be launched, with this text as its node-id tag.
pub fn tagged(az: &str, node: &str) -> Launch {
    Launch::in_zone(az)
        .tag(tags::CLUSTER, CLUSTER)
        .tag(tags::NODE_ID, node)
}

/// Whether something was held for a reason that this tells.
pub fn is_held(activated: &Activated, tells: impl Fn(&Said) -> bool) -> bool {
    activated.report.held.iter().any(tells)
}

/// The listener group of the parameter of which something is said.
pub fn group_of(said: &Said) -> Option<&str> {
    let (_, name) = said.sentence.split_once("/listeners/")?;
    name.split([' ', ';', ',']).next()
}

/// The broker of which something is said.
pub fn broker_in(said: &Said) -> Option<NodeId> {
    let (_, broker) = said.sentence.split_once("broker ")?;
    let digits = broker.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok().and_then(NodeId::new)
}

/// What was held, as sentences, for a message.
pub fn held(activated: &Activated) -> String {
    let sentences: Vec<String> = activated
        .report
        .held
        .iter()
        .map(ToString::to_string)
        .collect();
    sentences.join("\n")
}

/// The endpoint service of an NLB, tagged as `infra/privatelink.yaml` does it; answers its name.
pub(crate) fn share(model: &mut Model, now: Timestamp, nlb: &LoadBalancerArn) -> String {
    let made = model.create_endpoint_service(now, nlb);
    let name = made.expect("an endpoint service");
    let tag = (tags::CLUSTER.to_owned(), CLUSTER.to_owned());
    let tagged = model.edit_endpoint_service(now, &name, |record| record.tags.extend([tag]));
    tagged.expect("the service");
    name
}
