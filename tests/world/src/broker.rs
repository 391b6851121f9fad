//! The stand-in broker: says who it is to whoever asks on a socket. Real Kafka takes its place
//! behind [`crate::ask`] without anything else noticing.

use fleet::words::{InstanceId, NodeId, Port};
use std::io;
use std::net::Ipv4Addr;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Who a broker is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broker {
    /// Its `node.id`.
    pub node_id: NodeId,
    /// The instance that it runs on.
    pub instance: InstanceId,
}

impl Broker {
    /// Serves on every address of the host, as `0.0.0.0:39092` of TiDB Cloud's document does; only ends when it
    /// cannot listen.
    pub async fn run(self, port: Port) -> io::Result<()> {
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port.get())).await?;
        self.serve(listener).await
    }

    /// Answers each line of each connection with one line, until accepting fails.
    pub async fn serve(self, listener: TcpListener) -> io::Result<()> {
        loop {
            let (connection, _) = listener.accept().await?;
            let answer = format!("{self}\n");
            tokio::spawn(async move {
                // A client may leave at any time, in any way; a health check does so at once.
                let _ = answer_lines(connection, &answer).await;
            });
        }
    }
}

impl std::fmt::Display for Broker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "node.id={} instance={}", self.node_id, self.instance)
    }
}

async fn answer_lines(mut connection: TcpStream, answer: &str) -> io::Result<()> {
    let (questions, mut answers) = connection.split();
    let mut questions = BufReader::new(questions).lines();
    while questions.next_line().await?.is_some() {
        answers.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}
