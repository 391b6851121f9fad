//! One local AWS with everything in it: the model, its HTTP door, events and queue as the template
//! says, the function's real binary, hosts that follow the instances, and a consumer.

mod consumer;
mod hands;
mod keeper;
mod verbs;

pub use consumer::{Answered, Consumer, DOMAIN, Held};
pub use hands::HandsError;
pub use verbs::VERBS;

use crate::clock::Clock;
use crate::doors::http::{Door, HttpDoor};
use crate::events::bus::{Bus, BusError};
use crate::events::drive::drive;
use crate::hosts::{Bridge, HostsError, Network, THIS_BINARY};
use crate::iam::Caller;
use crate::lambda::environment::Account;
use crate::lambda::function::Function;
use crate::lambda::mapping::{Invoked, Mapping};
use crate::lambda::process::LogLine;
use crate::model::{Model, NewLoadBalancer, Settings};
use crate::nlb::{Modelled, Nlb};
use crate::template::{FunctionStack, StackError, Template, TemplateError};
use fleet::words::LoadBalancerArn;
use jiff::Timestamp;
use keeper::Keeper;
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

/// The cluster of the world.
pub const CLUSTER: &str = "orders";
/// The port that the stand-in brokers listen on: the seed's EXTERNAL listener.
pub const BIND_PORT: u16 = 39092;
/// How many of the function's log lines are kept.
const LOG_LINES: usize = 200;

/// Why the world could not be made or went wrong.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// Namespaces, hosts, links.
    #[error(transparent)]
    Hosts(#[from] HostsError),
    /// `infra/template.yaml` cannot be read.
    #[error("infra/template.yaml: {0}")]
    Template(#[from] TemplateError),
    /// It cannot be run.
    #[error("infra/template.yaml: {0}")]
    Stack(#[from] StackError),
    /// A listener on loopback.
    #[error("listen on loopback: {0}")]
    Listen(#[from] std::io::Error),
    /// The model refused.
    #[error("{0}")]
    Model(String),
}

/// A running local AWS. Must be made inside a world (see [`crate::hosts`]).
pub struct LocalAws {
    /// AWS's state.
    pub model: Arc<Mutex<Model>>,
    /// AWS's time.
    pub clock: Clock,
    /// Events, queues, schedules.
    pub bus: Arc<Mutex<Bus>>,
    /// The NLB.
    pub load_balancer: LoadBalancerArn,
    /// The data path.
    pub nlb: Nlb,
    /// The consumer in the other VPC.
    pub consumer: Consumer,
    door: HttpDoor,
    stack: FunctionStack,
    account: Account,
    keeper: Keeper,
    journal: Arc<Mutex<Journal>>,
    function: Mutex<Option<Arc<Function>>>,
}

/// What the function said and did.
#[derive(Default)]
pub struct Journal {
    /// What each activation answered, oldest first.
    pub reports: Vec<Value>,
    /// Invocations that failed, and how.
    pub failures: Vec<String>,
    /// The newest log lines.
    pub log: VecDeque<LogLine>,
    /// What broke in the world itself.
    pub broken: Option<String>,
}

impl LocalAws {
    /// Makes the world: an empty VPC with an NLB in three zones and a consumer; no brokers yet.
    /// AWS time runs `scale` times as fast as real time.
    pub async fn start(template: &str, scale: u32) -> Result<Self, LocalError> {
        let clock = Clock::new(Timestamp::now(), scale);
        let settings = Settings {
            simulated_health: false,
            ..Settings::default()
        };
        let (region, account_id) = (settings.region.clone(), settings.account.clone());
        let mut model = Model::new(settings);
        let load_balancer = model
            .create_load_balancer(clock.now(), NewLoadBalancer::named("kafka"))
            .map_err(|error| LocalError::Model(error.message))?;
        let template = Template::deployed(template, model.settings(), CLUSTER, &load_balancer)?;
        let stack = template.function("RegisterBrokersFunction")?;
        let policies = Arc::new(template.policies()?);
        model.assume(Caller::new(&stack.function.role, policies));
        let bus = Arc::new(Mutex::new(stack.bus()?));

        let network = Arc::new(Network::open(THIS_BINARY).await?);
        let nodes: Vec<_> = model
            .load_balancers()
            .flat_map(|lb| lb.nodes.clone())
            .collect();
        let mut endpoints = BTreeMap::new();
        for (place, node) in (1..).zip(&nodes) {
            let endpoint = Ipv4Addr::new(172, 20, place, 10);
            network.add_address(Bridge::Vpc, node.address).await?;
            network.add_address(Bridge::Consumer, endpoint).await?;
            endpoints.insert(node.az_id.clone(), endpoint);
        }
        let consumer = Consumer::start(&network, &endpoints).await?;
        let model = Arc::new(Mutex::new(model));
        let door = Door::new(Arc::clone(&model), clock.clone());
        let door = HttpDoor::serve(TcpListener::bind(("127.0.0.1", 0)).await?, door)?;
        let nlb = Nlb::start(
            Modelled::new(Arc::clone(&model), clock.clone()),
            crate::nlb::Settings::new(&clock, endpoints),
        );
        let journal = Arc::new(Mutex::new(Journal::default()));
        let keeper = Keeper::start(
            Arc::clone(&model),
            clock.clone(),
            Arc::clone(&network),
            Arc::clone(&journal),
        );
        Ok(Self {
            account: Account {
                region,
                account: account_id,
                endpoint_url: door.url(),
            },
            model,
            clock,
            bus,
            load_balancer,
            nlb,
            consumer,
            door,
            stack,
            keeper,
            journal,
            function: Mutex::default(),
        })
    }

    /// Starts events, schedule and the function, whose code is this binary.
    pub fn start_function(&self, binary: &Path) {
        let journal = Arc::clone(&self.journal);
        let log = Arc::new(move |line: LogLine| {
            let mut journal = lock(&journal);
            if journal.log.len() == LOG_LINES {
                journal.log.pop_front();
            }
            journal.log.push_back(line);
        });
        let function = Arc::new(Function::new(
            self.stack.function.clone(),
            self.account.clone(),
            binary.to_owned(),
            log,
        ));
        *lock(&self.function) = Some(Arc::clone(&function));
        let (model, clock, bus) = (
            Arc::clone(&self.model),
            self.clock.clone(),
            Arc::clone(&self.bus),
        );
        let journal = Arc::clone(&self.journal);
        tokio::spawn(async move {
            let error = drive(bus, clock, |now| {
                let mut model = lock(&model);
                model.advance(now);
                model.take_events()
            })
            .await;
            lock(&journal).broken = Some(error.to_string());
        });
        let mapping = Mapping {
            settings: self.stack.mapping.clone(),
            bus: Arc::clone(&self.bus),
            clock: self.clock.clone(),
        };
        let journal = Arc::clone(&self.journal);
        tokio::spawn(async move {
            let invoke = |payload| function.invoke(payload);
            let error = mapping
                .run(invoke, |invoked| lock(&journal).note(invoked))
                .await;
            lock(&journal).broken = Some(error.to_string());
        });
    }

    /// The function, once it was started.
    pub fn function(&self) -> Option<Arc<Function>> {
        lock(&self.function).clone()
    }

    /// The model, for a look or an edit.
    pub fn model(&self) -> MutexGuard<'_, Model> {
        lock(&self.model)
    }

    /// What the function said so far.
    pub fn journal(&self) -> MutexGuard<'_, Journal> {
        lock(&self.journal)
    }

    /// Requests that the HTTP door did not understand, and those that the function's role forbids;
    /// always empty unless something is wrong.
    pub fn surprises(&self) -> Vec<String> {
        let mut surprises = self.door.door().surprises();
        let denied = self
            .model()
            .caller()
            .map_or(Vec::new(), |caller| caller.denied());
        surprises.extend(denied.iter().map(|request| format!("denied: {request}")));
        surprises
    }

    /// Events and queues.
    pub fn bus(&self) -> MutexGuard<'_, Bus> {
        lock(&self.bus)
    }

    /// Puts a message on the function's queue, as a person does for a run by hand.
    pub fn send(&self, body: &str) -> Result<(), BusError> {
        let now = self.clock.now();
        for schedule in &self.stack.schedules {
            // The sweep's own message group: one run at a time, by hand too (P-4).
            self.bus().put(now, &schedule.target, body)?;
        }
        Ok(())
    }
}

impl Journal {
    fn note(&mut self, invoked: Invoked) {
        match invoked.answer {
            Ok(report) => self.reports.push(report),
            Err(error) => self.failures.push(error.to_string()),
        }
    }
}

/// Whoever panicked while holding a lock fails by itself; what is behind it is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
