//! The template deployed before a model: AWS's HTTP door, events, schedules and queues as the template
//! says, and the processes of the functions' real binaries, each under its own role. All of it on
//! loopback; no hosts. Until it has a process of its own, the model answers for probe-brokers.

mod deployed;
mod hands;
mod journal;
mod mapped;
mod scaling;

pub use hands::{HandsError, UNHEALTHY_TARGETS};
pub use journal::{Journal, Runs};
pub use scaling::INSTALLS_ONLY;

use crate::clock::Clock;
use crate::doors::http::{Door, Hold, HttpDoor};
use crate::events::bus::Bus;
use crate::faults::{Courier, Fault, Faults, UnknownFault};
use crate::lambda::environment::Account;
use crate::lambda::function::{Function, Place};
use crate::lambda::process::LogLine;
use crate::model::Model;
use crate::template::{FunctionSettings, StackError, Template, TemplateError};
use deployed::Deployed;
use fleet::words::{AzId, LoadBalancerArn, LogGroupName, NodeId};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;

/// The cluster that it serves.
pub const CLUSTER: &str = "orders";
/// The function that keeps the mapping, by the name of its binary.
pub const REGISTER_BROKERS: &str = "register-brokers";
/// The function that is invoked and not woken.
const PROBE_BROKERS: &str = "probe-brokers";

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
    /// No function of this name is woken by a queue.
    #[error("infra/template.yaml: no function {0} with an event source mapping")]
    NoFunction(String),
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
    functions: Vec<Deployed>,
    probe: FunctionSettings,
    /// The functions that nothing wakes, the probe among them.
    asked: Vec<FunctionSettings>,
    account: Account,
    courier: Arc<Mutex<Courier>>,
    journal: Arc<Mutex<Journal>>,
    /// Brokers that keep their address, and so their zone, through replacement.
    reserved: BTreeMap<NodeId, (AzId, Ipv4Addr)>,
}

impl Deployment {
    /// Deploys a template for an NLB of this model. No function is started yet.
    pub async fn new(
        template: &str,
        mut model: Model,
        load_balancer: LoadBalancerArn,
        clock: Clock,
    ) -> Result<Self, DeploymentError> {
        let settings = model.settings();
        let (region, account_id) = (settings.region.clone(), settings.account.clone());
        let template = Template::deployed(template, settings, CLUSTER, &load_balancer)?;
        let functions = Deployed::all(&template)?;
        let probe = template.function_settings(PROBE_BROKERS)?;
        let asked = template.asked()?;
        let bus = Arc::new(Mutex::new(deployed::bus(&functions)?));
        for document in template.documents()? {
            model.put_document(clock.now(), document);
        }
        let model = Arc::new(Mutex::new(model));
        let door = Door::new(Arc::clone(&model), clock.clone());
        let door = door.with_callers(deployed::callers(&template, &functions, &asked)?);
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
            functions,
            probe,
            asked,
            courier: Arc::new(Mutex::new(Courier::new(Faults::new(0)))),
            journal: Arc::default(),
            reserved: BTreeMap::new(),
        })
    }

    /// From now on these brokers are launched in these places only, as with network interfaces that
    /// are made beforehand.
    pub fn reserve(&mut self, places: BTreeMap<NodeId, (AzId, Ipv4Addr)>) {
        self.reserved = places;
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

    /// What it prints, it prints into its log group, too.
    fn function_of(&self, settings: &FunctionSettings, binary: &Path) -> Function {
        let (journal, model) = (Arc::clone(&self.journal), Arc::clone(&self.model));
        let group = settings.log_group.as_deref().map(LogGroupName::new);
        if let Some(group) = &group {
            self.model().make_log_group(group);
        }
        let clock = self.clock.clone();
        Function::new(
            settings.clone(),
            self.account.clone(),
            binary.to_owned(),
            Arc::new(move |line: LogLine| {
                if let Some(group) = &group {
                    lock(&model).print(clock.now(), group, &line.text);
                }
                lock(&journal).write(line);
            }),
        )
    }

    /// A function that nothing wakes, and that is invoked: its code is this binary.
    pub fn load_asked(&self, name: &str, binary: &Path) -> Result<Function, DeploymentError> {
        let mut asked = self.asked.iter();
        let settings = asked.find(|function| function.is_named(name));
        let settings = settings.ok_or_else(|| DeploymentError::NoFunction(name.to_owned()))?;
        Ok(self.function_of(settings, binary))
    }

    /// Where its AWS is: with it, `lambda::environment` tells what a process of a function is given.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The model, for a look or an edit.
    pub fn model(&self) -> MutexGuard<'_, Model> {
        lock(&self.model)
    }

    /// What the functions said so far.
    pub fn journal(&self) -> MutexGuard<'_, Journal> {
        lock(&self.journal)
    }

    /// What broke in the world itself is written there.
    pub(crate) fn shared_journal(&self) -> Arc<Mutex<Journal>> {
        Arc::clone(&self.journal)
    }

    /// Requests that the HTTP door did not understand, and those on what is ours that the role of a
    /// function forbids, with the function's name; always empty unless something is wrong.
    pub fn surprises(&self) -> Vec<String> {
        let mut surprises = self.door.door().surprises();
        for Deployed { caller, .. } in &self.functions {
            let forbidden = caller.forbidden(CLUSTER).into_iter();
            surprises
                .extend(forbidden.map(|request| format!("{}: denied: {request}", caller.name)));
        }
        surprises
    }

    /// From now on AWS does what a function asks by this action, or by all of them, and does not
    /// answer, until the hold is dropped.
    pub fn hold(&self, function: &str, action: Option<&str>) -> Hold {
        self.door.hold(function, action)
    }

    /// The same for one call of a function: its first one from now on, its second one, and so on.
    pub fn hold_call(&self, function: &str, number: usize) -> Hold {
        self.door.hold_call(function, number)
    }

    /// From now on AWS does not do what it is asked by this action; until the hold is dropped, nobody hears of that.
    pub fn hold_before(&self, action: &str) -> Hold {
        self.door.hold_before(action)
    }

    /// From now on each call to AWS takes that much longer, in real time.
    pub fn delay(&self, latency: Duration) {
        self.door.delay(latency);
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
}

/// Whoever panicked while holding a lock fails by itself; what is behind it is whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
