//! Somebody else's program on a broker's host, which has a port that the broker is to have.

use super::LocalAws;
use crate::kafka::Broker;
use std::fmt::Display;
use std::fs;
use std::io;
use std::net::Ipv4Addr;
use std::os::unix::fs::symlink;
use std::process::Stdio;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::process::Child;

/// The name of the program.
pub const SQUATTER: &str = "metrics-agent";

/// The program, which listens until this is dropped.
pub struct Squatter {
    /// Stands outside the host for the program, which dies a moment after it.
    outside: Child,
    broker: Arc<Broker>,
}

impl Squatter {
    /// Ends it, and waits until its port is free.
    pub async fn leave(mut self) -> Result<(), String> {
        let failed = |error: &dyn Display| format!("end {SQUATTER}: {error}");
        let is_it = |arguments: &[String]| {
            let program = arguments.first();
            program.is_some_and(|program| program.ends_with(SQUATTER))
        };
        let inside = self.broker.host().processes(is_it);
        let inside = inside.map_err(|error| failed(&error))?;
        let ended = self.outside.kill().await;
        ended.map_err(|error| failed(&error))?;
        for program in inside {
            program.ended().await.map_err(|error| failed(&error))?;
        }
        Ok(())
    }
}

/// What the program does: it accepts every connection and cuts it, so that nothing of them is left on the port.
/// Ends only when it cannot listen.
pub async fn cut(port: u16) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await?;
    loop {
        let (connection, _) = listener.accept().await?;
        connection.set_zero_linger()?;
    }
}

impl LocalAws {
    /// Starts the program on a broker's host.
    pub async fn squat(&self, node: &str, port: u16) -> Result<Squatter, String> {
        let broker = self.kafka(node).await?;
        let host = broker.host();
        let program = self.disk.folder().join(SQUATTER);
        let failed = |error: io::Error| format!("start {SQUATTER}: {error}");
        let binary = fs::canonicalize(host.roles()).map_err(failed)?;
        match symlink(binary, &program) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            done => done.map_err(failed)?,
        }
        let mut command = host.command(program);
        command.args(["cut", &port.to_string()]);
        let command = command.stdin(Stdio::null()).stdout(Stdio::null());
        let outside = command.kill_on_drop(true).spawn().map_err(failed)?;
        Ok(Squatter { outside, broker })
    }
}
