//! A function: one process at a time, started at its first invocation and again after its end.

use super::environment::{Account, environment};
use super::function_error::FunctionError;
use super::process::{LogSink, Process};
use super::runtime_api::{Invocation, RuntimeApi};
use crate::hosts::Host;
use crate::template::FunctionSettings;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::sync::Mutex;

/// A function with the binary that is its code.
pub struct Function {
    settings: FunctionSettings,
    account: Account,
    binary: PathBuf,
    place: Option<Place>,
    log: LogSink,
    sandbox: Mutex<Option<Sandbox>>,
    /// The id of its process, if it has one.
    process: std::sync::Mutex<Option<u32>>,
    invocations: AtomicU64,
    starts: AtomicU64,
}

/// A host on which the process runs, and so the network that it dials from.
#[derive(Clone, Debug)]
pub struct Place {
    /// The host.
    pub host: Arc<Host>,
    /// An address of the world's own that the host reaches: the Runtime API is there, which in AWS is
    /// beside the process and in no network.
    pub runtime_api: Ipv4Addr,
}

/// A process with the Runtime API that only it knows.
struct Sandbox {
    process: Process,
    api: RuntimeApi,
}

impl Function {
    /// A function that has no process yet.
    pub fn new(
        settings: FunctionSettings,
        account: Account,
        binary: PathBuf,
        log: LogSink,
    ) -> Self {
        Self {
            settings,
            account,
            binary,
            place: None,
            log,
            sandbox: Mutex::new(None),
            process: std::sync::Mutex::default(),
            invocations: AtomicU64::new(0),
            starts: AtomicU64::new(0),
        }
    }

    /// The same function in this place: in a VPC.
    pub fn at(self, place: Place) -> Self {
        Self {
            place: Some(place),
            ..self
        }
    }

    /// Its settings.
    pub fn settings(&self) -> &FunctionSettings {
        &self.settings
    }

    /// How often its process was started (cold starts).
    pub fn starts(&self) -> u64 {
        self.starts.load(Ordering::Relaxed)
    }

    /// The id of its process, if it has one.
    pub fn pid(&self) -> Option<u32> {
        *self.process_id()
    }

    /// Ends its process as `kill -9` does, wherever it is; whether there was one.
    pub fn kill(&self) -> std::io::Result<bool> {
        let process = self.process_id().take();
        let process = process.and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        match process {
            Some(process) => Ok(kill_process(process, Signal::KILL).map(|()| true)?),
            None => Ok(false),
        }
    }

    /// Invokes it and waits for the answer; invocations wait for each other. A time-out, an end of
    /// the process and a failed init leave no process behind.
    pub async fn invoke(&self, payload: Value) -> Result<Value, FunctionError> {
        let mut place = self.sandbox.lock().await;
        let mut warm = place.take();
        warm.take_if(|sandbox| !sandbox.process.is_running());
        let mut sandbox = match warm {
            Some(warm) => warm,
            None => self.start().await?,
        };
        let number = self.invocations.fetch_add(1, Ordering::Relaxed) + 1;
        let invocation = Invocation {
            request_id: format!("00000000-0000-4000-8000-{number:012}"),
            function_arn: self.account.function_arn(&self.settings.name),
            payload,
            timeout: self.settings.timeout,
        };
        // Biased: a process that answers and then ends has answered.
        let answer = tokio::select! {
            biased;
            answer = sandbox.api.invoke(invocation) => answer,
            ended = sandbox.process.ended() => Err(ended),
        };
        match &answer {
            Ok(_) | Err(FunctionError::Reported(_) | FunctionError::BadAnswer(_)) => {
                *place = Some(sandbox);
            }
            Err(
                FunctionError::Init(_)
                | FunctionError::InitTimedOut(_)
                | FunctionError::TimedOut(_)
                | FunctionError::Exited(_)
                | FunctionError::NotStarted { .. },
            ) => {
                *self.process_id() = None;
                // What cannot be killed has ended already.
                let _ = sandbox.process.kill().await;
            }
        }
        answer
    }

    async fn start(&self) -> Result<Sandbox, FunctionError> {
        let not_started = |error: std::io::Error| FunctionError::NotStarted {
            binary: self.binary.display().to_string(),
            reason: format!("runtime API: {error}"),
        };
        let (address, command) = match &self.place {
            Some(place) => (place.runtime_api, place.host.command(&self.binary)),
            None => (Ipv4Addr::LOCALHOST, Command::new(&self.binary)),
        };
        let listener = TcpListener::bind((address, 0)).await.map_err(not_started)?;
        let api = RuntimeApi::start(listener).map_err(not_started)?;
        let environment = environment(&self.settings, &self.account, api.address());
        let process = Process::start_by(
            command,
            &self.settings.binary,
            &self.binary,
            &environment,
            &self.log,
        )?;
        *self.process_id() = process.id();
        self.starts.fetch_add(1, Ordering::Relaxed);
        Ok(Sandbox { process, api })
    }

    fn process_id(&self) -> MutexGuard<'_, Option<u32>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
