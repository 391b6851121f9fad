//! The template deployed before a model: AWS's HTTP door, events, schedule and queue as the template
//! says, and the process of the function's real binary. All of it on loopback; no hosts. Until it has a
//! process of its own, the model answers for probe-brokers.

mod hands;
mod journal;
mod mapped;

pub use hands::HandsError;
pub use journal::Journal;

use crate::clock::Clock;
use crate::doors::http::{Door, Hold, HttpDoor};
use crate::events::bus::{Bus, BusError};
use crate::events::drive::drive;
use crate::faults::{Courier, Fault, Faults, UnknownFault};
use crate::iam::Caller;
use crate::lambda::environment::{Account, environment};
use crate::lambda::function::{Function, Place};
use crate::lambda::mapping::Mapping;
use crate::model::Model;
use crate::template::{FunctionSettings, FunctionStack, StackError, Template, TemplateError};
use fleet::words::{AzId, LoadBalancerArn, NodeId};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;

/// The cluster that it serves.
pub const CLUSTER: &str = "orders";

/// Why a template cannot be deployed here.
#[derive(Debug, thiserror::Error)]
pub enum DeploymentError {
    /// It cannot be read.
    #[error("infra/template.yaml: {0}")]
    Template(#[from] TemplateError),
    /// It cannot be run.
    #[error("infra/template.yaml: {0}")]
    Stack(#[from] StackError),
    /// A listener on loopback.
    #[error("listen on loopback: {0}")]
    Listen(#[from] std::io::Error),
}

/// A deployed template.
pub struct Deployment {
    /// AWS's state.
    pub model: Arc<Mutex<Model>>,
    /// AWS's time.
    pub clock: Clock,
    /// Events, queues, schedules.
    pub bus: Arc<Mutex<Bus>>,
    /// The NLB.
    pub load_balancer: LoadBalancerArn,
    door: HttpDoor,
    stack: FunctionStack,
    probe: FunctionSettings,
    account: Account,
    courier: Arc<Mutex<Courier>>,
    journal: Arc<Mutex<Journal>>,
    function: Mutex<Option<Arc<Function>>>,
    /// Brokers that keep their address, and so their zone, through replacement.
    reserved: BTreeMap<NodeId, (AzId, Ipv4Addr)>,
}

impl Deployment {
    /// Deploys a template for an NLB of this model. The function is not started yet.
    pub async fn new(
        template: &str,
        mut model: Model,
        load_balancer: LoadBalancerArn,
        clock: Clock,
    ) -> Result<Self, DeploymentError> {
        let settings = model.settings();
        let (region, account_id) = (settings.region.clone(), settings.account.clone());
        let template = Template::deployed(template, settings, CLUSTER, &load_balancer)?;
        let stack = template.function("RegisterBrokersFunction")?;
        let probe = template.function_settings("ProbeBrokersFunction")?;
        let policies = Arc::new(template.policies()?);
        model.assume(Caller::new(&stack.function.role, policies));
        let bus = Arc::new(Mutex::new(stack.bus()?));
        let model = Arc::new(Mutex::new(model));
        let door = Door::new(Arc::clone(&model), clock.clone());
        let door = HttpDoor::serve(TcpListener::bind(("127.0.0.1", 0)).await?, door)?;
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
            door,
            stack,
            probe,
            courier: Arc::new(Mutex::new(Courier::new(Faults::new(0)))),
            journal: Arc::default(),
            function: Mutex::default(),
            reserved: BTreeMap::new(),
        })
    }

    /// From now on these brokers are launched in these places only, as with network interfaces that
    /// are made beforehand.
    pub fn reserve(&mut self, places: BTreeMap<NodeId, (AzId, Ipv4Addr)>) {
        self.reserved = places;
    }

    /// The function alone, whose code is this binary: nothing wakes it.
    pub fn load_function(&self, binary: &Path) -> Arc<Function> {
        let function = Arc::new(self.function_of(&self.stack.function, binary));
        *lock(&self.function) = Some(Arc::clone(&function));
        function
    }

    /// probe-brokers, whose code is this binary: from now on it is what is invoked, and not the model.
    pub fn load_probe(&self, binary: &Path, place: Option<Place>) -> Arc<Function> {
        let function = self.function_of(&self.probe, binary);
        let function = Arc::new(match place {
            Some(place) => function.at(place),
            None => function,
        });
        let code = Arc::clone(&function);
        self.door.door().deploy_probe(Arc::new(move |event| {
            let code = Arc::clone(&code);
            Box::pin(async move { code.invoke(event).await })
        }));
        function
    }

    fn function_of(&self, settings: &FunctionSettings, binary: &Path) -> Function {
        let journal = Arc::clone(&self.journal);
        Function::new(
            settings.clone(),
            self.account.clone(),
            binary.to_owned(),
            Arc::new(move |line| lock(&journal).write(line)),
        )
    }

    /// Starts events, schedule and the function, whose code is this binary.
    pub fn start_function(&self, binary: &Path) {
        let function = self.load_function(binary);
        let (model, clock, bus) = (
            Arc::clone(&self.model),
            self.clock.clone(),
            Arc::clone(&self.bus),
        );
        let (journal, courier) = (Arc::clone(&self.journal), Arc::clone(&self.courier));
        tokio::spawn(async move {
            let error = drive(bus, clock, |now| {
                let mut model = lock(&model);
                model.advance(now);
                let mut courier = lock(&courier);
                courier.take_in(now, model.take_events());
                courier.due(now)
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

    /// What the template says about the function, its queue, its rules and its schedule.
    pub fn stack(&self) -> &FunctionStack {
        &self.stack
    }

    /// The model, for a look or an edit.
    pub fn model(&self) -> MutexGuard<'_, Model> {
        lock(&self.model)
    }

    /// What the function said so far.
    pub fn journal(&self) -> MutexGuard<'_, Journal> {
        lock(&self.journal)
    }

    /// What broke in the world itself is written there.
    pub(crate) fn shared_journal(&self) -> Arc<Mutex<Journal>> {
        Arc::clone(&self.journal)
    }

    /// Requests that the HTTP door did not understand, and those on what is ours that the function's
    /// role forbids; always empty unless something is wrong.
    pub fn surprises(&self) -> Vec<String> {
        let mut surprises = self.door.door().surprises();
        let caller = self.model().caller().cloned();
        let denied = caller.map_or(Vec::new(), |caller| caller.denied());
        let ours = denied.iter().filter(|request| request.concerns(CLUSTER));
        surprises.extend(ours.map(|request| format!("denied: {request}")));
        surprises
    }

    /// From now on AWS does what it is asked by this action, or by all of them, and does not
    /// answer, until the hold is dropped.
    pub fn hold(&self, action: Option<&str>) -> Hold {
        self.door.hold(action)
    }

    /// From now on each call to AWS takes that much longer, in real time.
    pub fn delay(&self, latency: Duration) {
        self.door.delay(latency);
    }

    /// What Lambda would give to a process of the function.
    pub fn environment(&self, runtime_api: SocketAddr) -> BTreeMap<String, String> {
        environment(&self.stack.function, &self.account, runtime_api)
    }

    /// From now on these faults strike calls and events, as [`Faults::parse`] reads them; an empty
    /// text ends them.
    pub fn set_faults(&self, seed: u64, text: &str) -> Result<(), UnknownFault> {
        let faults = Faults::parse(seed, text)?;
        self.model().end_faults();
        self.model().set_faults(faults.clone());
        lock(&self.courier).set_faults(faults);
        Ok(())
    }

    /// How often each fault has struck since they were set.
    pub fn struck(&self) -> BTreeMap<Fault, u64> {
        let mut struck = lock(&self.courier).faults().struck().clone();
        let model = self.model();
        struck.extend(model.faults().into_iter().flat_map(Faults::struck));
        struck
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

/// Whoever panicked while holding a lock fails by itself; what is behind it is whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
