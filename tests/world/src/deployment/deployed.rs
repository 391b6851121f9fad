//! The functions of a deployment, by the names of their binaries: each with its queue, its role and its
//! process.

use super::{Deployment, DeploymentError, lock};
use crate::doors::http::Callers;
use crate::events::bus::{Bus, BusError};
use crate::events::drive::drive;
use crate::iam::Caller;
use crate::lambda::environment::access_key;
use crate::lambda::function::Function;
use crate::lambda::mapping::Mapping;
use crate::template::{FunctionSettings, FunctionStack, StackError, Template, TemplateError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// A function that takes its work from a queue.
pub(super) struct Deployed {
    pub(super) stack: FunctionStack,
    pub(super) caller: Arc<Caller>,
    /// Its code, once it has some.
    code: Mutex<Option<Arc<Function>>>,
}

impl Deployed {
    /// Every such function of a template.
    pub(super) fn all(template: &Template) -> Result<Vec<Self>, TemplateError> {
        let policies = Arc::new(template.policies()?);
        let stacks = template.functions()?.into_iter();
        let deployed = stacks.map(|stack| {
            let FunctionSettings { binary, role, .. } = &stack.function;
            Self {
                caller: Caller::new(binary, role, Arc::clone(&policies)),
                code: Mutex::default(),
                stack,
            }
        });
        Ok(deployed.collect())
    }

    fn name(&self) -> &str {
        &self.caller.name
    }
}

/// Queues, rules and schedules of all of them.
pub(super) fn bus(functions: &[Deployed]) -> Result<Bus, StackError> {
    let mut bus = Bus::default();
    for function in functions {
        function.stack.add_to(&mut bus)?;
    }
    Ok(bus)
}

/// Who calls with which key: the functions of a queue, and those that are only asked.
pub(super) fn callers(
    template: &Template,
    functions: &[Deployed],
    asked: &[FunctionSettings],
) -> Result<Callers, TemplateError> {
    let policies = Arc::new(template.policies()?);
    let woken = functions.iter().map(|function| {
        let key = access_key(&function.stack.function);
        (key, Arc::clone(&function.caller))
    });
    let asked = asked.iter().map(|function| {
        let FunctionSettings { binary, role, .. } = function;
        let caller = Caller::new(binary, role, Arc::clone(&policies));
        (access_key(function), caller)
    });
    Ok(woken.chain(asked).collect())
}

impl Deployment {
    /// The names of the functions that are woken by a queue, in the order of the template.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.functions.iter().map(Deployed::name)
    }

    /// The code of a function alone is this binary: nothing wakes it.
    pub fn load_function(
        &self,
        name: &str,
        binary: &Path,
    ) -> Result<Arc<Function>, DeploymentError> {
        Ok(self.load(self.deployed(name)?, binary))
    }

    fn load(&self, deployed: &Deployed, binary: &Path) -> Arc<Function> {
        let function = Arc::new(self.function_of(&deployed.stack.function, binary));
        *lock(&deployed.code) = Some(Arc::clone(&function));
        function
    }

    /// Starts events, schedules and every function. `binary` says where the code of each is, by its name.
    pub fn start_functions(&self, binary: impl Fn(&str) -> PathBuf) {
        self.drive();
        for deployed in &self.functions {
            let function = self.load(deployed, &binary(deployed.name()));
            self.wake(deployed, function);
        }
    }

    /// Events and schedules go on from now on.
    fn drive(&self) {
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
    }

    /// From now on its queue wakes a function.
    fn wake(&self, deployed: &Deployed, function: Arc<Function>) {
        let mapping = Mapping {
            settings: deployed.stack.mapping.clone(),
            bus: Arc::clone(&self.bus),
            clock: self.clock.clone(),
        };
        let (name, journal) = (deployed.name().to_owned(), Arc::clone(&self.journal));
        let clock = self.clock.clone();
        tokio::spawn(async move {
            let invoke = |payload| function.invoke(payload);
            let note = |invoked| lock(&journal).note(clock.now(), &name, invoked);
            let error = mapping.run(invoke, note).await;
            lock(&journal).broken = Some(error.to_string());
        });
    }

    /// The function of this name, once it has code.
    pub fn function(&self, name: &str) -> Option<Arc<Function>> {
        lock(&self.deployed(name).ok()?.code).clone()
    }

    /// What the template says about a function, its queue, its rules and its schedule.
    pub fn stack(&self, name: &str) -> Result<&FunctionStack, DeploymentError> {
        self.deployed(name).map(|deployed| &deployed.stack)
    }

    /// The role of a function, and what was asked of it.
    pub fn caller(&self, name: &str) -> Result<&Arc<Caller>, DeploymentError> {
        self.deployed(name).map(|deployed| &deployed.caller)
    }

    /// Puts a message on the queue of every function, as a person does for a run by hand.
    pub fn send(&self, body: &str) -> Result<(), BusError> {
        let now = self.clock.now();
        let stacks = self.functions.iter().map(|function| &function.stack);
        for schedule in stacks.flat_map(|stack| &stack.schedules) {
            // The sweep's own message group: one run at a time, by hand too (P-4).
            self.bus().put(now, &schedule.target, body)?;
        }
        Ok(())
    }

    fn deployed(&self, name: &str) -> Result<&Deployed, DeploymentError> {
        let mut functions = self.functions.iter();
        let found = functions.find(|function| function.stack.function.is_named(name));
        found.ok_or_else(|| DeploymentError::NoFunction(name.to_owned()))
    }
}
