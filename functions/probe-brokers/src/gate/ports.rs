//! Whether the listeners of the broker that was restarted accept connections.

use super::Asked;
use crate::dial::sentence;
use fleet::words::Port;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

/// A listener that accepts does so at once.
const PATIENCE: Duration = Duration::from_secs(3);

impl Asked {
    /// Each of its ports, one after the other.
    pub async fn ports(&self) -> BTreeMap<Port, Result<(), String>> {
        let mut answers = BTreeMap::new();
        let Some(restarted) = &self.question.restarted else {
            return answers;
        };
        let mut questions = self.admin.inquiry.questions.iter();
        let question = questions.find(|question| question.broker == restarted.node);
        for &port in &restarted.ports {
            let accepts = match question {
                Some(question) => self.port(question.address, port).await,
                None => Err("no address of it is known".to_owned()),
            };
            answers.insert(port, accepts);
        }
        answers
    }

    async fn port(&self, address: Ipv4Addr, port: Port) -> Result<(), String> {
        let allowed = self.admin.bounds.check(address, port);
        allowed.map_err(|why| {
            format!(
                "it was not tried, as port {port} is not among those that the stack allows; put it between the stack's FirstBindPort and LastBindPort ({why})"
            )
        })?;
        let connecting = TcpStream::connect(SocketAddr::from((address, port.get())));
        let until = self.admin.deadline.min(Instant::now() + PATIENCE);
        match timeout_at(until, connecting).await {
            Ok(Ok(_accepted)) => Ok(()),
            Ok(Err(error)) => Err(sentence(&error.to_string())),
            Err(_) => Err(format!("nobody accepts within {} s", PATIENCE.as_secs())),
        }
    }
}
