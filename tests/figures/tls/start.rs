//! One new process and its first answer, taken apart by what an end of TLS sees of it.

use crate::mapped::{Fleet, stack, sweep};
use crate::sandbox::Sandbox;
use crate::table::spread;
use crate::tls_end::{Seen, TlsEnd};
use crate::usage::Usage;
use serde_json::json;
use std::path::Path;
use std::time::{Duration, Instant};
use world::deployment::REGISTER_BROKERS;
use world::lambda::environment::environment;

/// What a new process took.
pub(super) struct Start {
    pub init: Duration,
    /// From the event to the answer.
    pub answer: Duration,
    /// Of that, until the first connection: clients, and the roots that are trusted.
    pub ready: Duration,
    /// From there to its `ClientHello`: entropy, keys.
    pub hello: Duration,
    /// How long a handshake took from there on; the middle one.
    pub handshake: Duration,
    pub connections: usize,
    /// The slowest connection with its handshake.
    pub slowest: Duration,
    /// Processor time in milliseconds, init included.
    pub cpu: f64,
}

impl Start {
    /// Of this binary at a share of a core; the process lives on.
    pub(super) async fn measure(
        fleet: &Fleet,
        tls: &TlsEnd,
        binary: &Path,
        share: f64,
    ) -> Result<(Self, Sandbox), String> {
        tls.forget();
        let function = &stack(&fleet.aws, REGISTER_BROKERS)?.function;
        let mut sandbox = Sandbox::start(binary, Some(share), |runtime_api| {
            let mut environment = environment(function, fleet.aws.account(), runtime_api);
            environment.extend(tls.environment());
            environment
        })
        .await?;
        let began = Instant::now();
        let answer = run(fleet, &mut sandbox).await?;
        let Seen {
            connect,
            hello,
            connections,
            handshakes,
            errors,
        } = tls.seen();
        if let Some(error) = errors.first() {
            return Err(format!("a connection failed: {error}"));
        }
        let (Some(connect), Some(hello)) = (connect, hello) else {
            return Err("the function made no connection with TLS".to_owned());
        };
        let start = Self {
            init: sandbox.init,
            answer,
            ready: connect.saturating_duration_since(began),
            hello: hello.saturating_duration_since(connect),
            handshake: spread(handshakes).middle,
            connections: connections.len(),
            slowest: spread(connections).most,
            cpu: Usage::of(sandbox.process()?)?.cpu,
        };
        Ok((start, sandbox))
    }
}

/// How long a sweep takes.
pub(super) async fn run(fleet: &Fleet, sandbox: &mut Sandbox) -> Result<Duration, String> {
    let began = Instant::now();
    let report = sandbox.invoke(sweep(&fleet.aws, REGISTER_BROKERS)?).await?;
    let took = began.elapsed();
    match &report["gaps"] {
        gaps if *gaps == json!([]) => Ok(took),
        gaps => Err(format!("a quiet run saw gaps: {gaps}")),
    }
}
