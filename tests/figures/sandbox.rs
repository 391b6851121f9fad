//! One process of a function with a Runtime API of its own: started, held to a share of a core, asked.

use crate::share::{self, Share};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use world::lambda::function_error::FunctionError;
use world::lambda::process::Process;
use world::lambda::runtime_api::{Invocation, RuntimeApi};

/// Longer than any function of ours may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A process that has asked for work. It ends when this is dropped.
pub struct Sandbox {
    /// From its start to its first question for work.
    pub init: Duration,
    process: Process,
    api: RuntimeApi,
    name: String,
    log: Arc<Mutex<Vec<String>>>,
    _share: Option<Share>,
}

impl Sandbox {
    /// Starts a binary with the variables that belong to this Runtime API's address, from its first
    /// moment on with no more than a share of a core, if one is given.
    pub async fn start(
        binary: &Path,
        share: Option<f64>,
        environment: impl FnOnce(SocketAddr) -> BTreeMap<String, String>,
    ) -> Result<Self, String> {
        let name = binary.display().to_string();
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .map_err(|error| format!("listen on loopback: {error}"))?;
        let api =
            RuntimeApi::start(listener).map_err(|error| format!("the Runtime API: {error}"))?;
        let environment = environment(api.address());
        let log = Arc::new(Mutex::new(Vec::new()));
        let lines = Arc::clone(&log);
        let sink = Arc::new(move |line: world::lambda::process::LogLine| {
            let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
            lines.push(line.text);
        });
        if share.is_some() {
            // Tried before the process begins, and not while its time is taken.
            share::means();
        }
        let began = Instant::now();
        let mut process = Process::start("figures", binary, &environment, &(sink as _))
            .map_err(|error| error.to_string())?;
        let share = match (share, process.id()) {
            (Some(share), Some(id)) => Some(Share::hold(id, share)?),
            _ => None,
        };
        let init = tokio::select! {
            () = api.ready() => began.elapsed(),
            ended = process.ended() => return Err(with_log(&name, &ended, &log)),
        };
        Ok(Self {
            init,
            process,
            api,
            name,
            log,
            _share: share,
        })
    }

    /// Gives it an event and waits for the answer.
    pub async fn invoke(&mut self, payload: Value) -> Result<Value, String> {
        let invocation = Invocation {
            request_id: "00000000-0000-4000-8000-000000000001".to_owned(),
            function_arn: "arn:aws:lambda:us-west-2:123456789012:function:figures".to_owned(),
            payload,
            timeout: TIMEOUT,
        };
        let answer = tokio::select! {
            biased;
            answer = self.api.invoke(invocation) => answer,
            ended = self.process.ended() => Err(ended),
        };
        answer.map_err(|error| with_log(&self.name, &error, &self.log))
    }

    /// The id of its process.
    pub fn process(&self) -> Result<u32, String> {
        self.process
            .id()
            .ok_or(format!("{}: the process has ended", self.name))
    }

    /// Ends it.
    pub async fn end(mut self) -> Result<(), String> {
        let ended = self.process.kill().await;
        ended.map_err(|error| format!("end {}: {error}", self.name))
    }
}

fn with_log(name: &str, error: &FunctionError, log: &Mutex<Vec<String>>) -> String {
    let log = log.lock().unwrap_or_else(PoisonError::into_inner);
    let last = log.iter().rev().take(5).rev().cloned();
    format!("{name}: {error}\n{}", last.collect::<Vec<_>>().join("\n"))
}
