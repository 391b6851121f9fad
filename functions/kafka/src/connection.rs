//! One connection to one broker: opened in steps, asked one question at a time, all under one
//! patience.

use crate::patience::Patience;
use crate::question::{Question, decode, encode};
use crate::stream::{Stream, is_closed};
use crate::{ApiTable, Dial, Error, Limits, Step, Versions, api_versions, frame, sasl, tls};
use kafka_protocol::protocol::Message;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// A connection that a broker has answered on, and that is authenticated where its protocol asks
/// for it.
pub struct Connection {
    stream: Stream,
    limits: Limits,
    patience: Patience,
    asked: i32,
    table: ApiTable,
}

impl Connection {
    /// Dials, and goes through TLS, ApiVersions and SASL as far as the protocol asks for them.
    /// ApiVersions comes first, since a broker answers exactly one of them before SaslHandshake.
    ///
    /// # Errors
    /// Every [`Error`] that a step can have; [`Error::TimedOut`] and [`Error::Closed`] name the
    /// step.
    pub async fn open(dial: &Dial) -> Result<Self, Error> {
        let address = dial.address;
        let mut patience = Patience::new(dial.patience);
        let step = Step::Connect;
        let connecting = patience.wait(TcpStream::connect(address)).await;
        let stream = connecting
            .ok_or(Error::TimedOut { step })?
            .map_err(|error| not_connected(address, &error))?;
        // Questions are small and wait for their answer.
        stream
            .set_nodelay(true)
            .map_err(|error| not_connected(address, &error))?;
        Self::with(stream, dial, patience).await
    }

    /// The same over a stream that is connected already; `dial.address` is not read.
    ///
    /// # Errors
    /// Those of [`Connection::open`] after its first step.
    pub async fn over(
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        dial: &Dial,
    ) -> Result<Self, Error> {
        Self::with(stream, dial, Patience::new(dial.patience)).await
    }

    async fn with(
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        dial: &Dial,
        mut patience: Patience,
    ) -> Result<Self, Error> {
        let (stream, shown): (Stream, _) = if dial.security.is_tls() {
            let step = Step::Tls;
            let handshake = patience.wait(tls::wrap(stream, dial)).await;
            let (secured, shown) = handshake.ok_or(Error::TimedOut { step })??;
            (Box::new(secured), shown)
        } else {
            (Box::new(stream), None)
        };
        let mut connection = Self {
            stream,
            limits: dial.limits,
            patience,
            asked: 0,
            table: ApiTable::default(),
        };
        // What a listener thinks of our certificate is read here first, with TLS 1.3.
        let table = api_versions::ask(&mut connection).await;
        connection.table = table.map_err(|error| tls::explained(error, shown))?;
        if dial.security.is_sasl() {
            let who = dial.credentials.as_ref();
            sasl::authenticate(&mut connection, who, &dial.salted).await?;
        }
        Ok(connection)
    }

    /// What this listener offers, as it said when the connection was opened. A listener without
    /// [`Api::Metadata`](crate::Api::Metadata) is one of controllers.
    pub fn api_versions(&self) -> &ApiTable {
        &self.table
    }

    /// How much may be answered.
    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// For questions that carry a time-out of their own.
    pub(crate) fn milliseconds_left(&self) -> i32 {
        i32::try_from(self.patience.left().as_millis()).unwrap_or(i32::MAX)
    }

    /// The newest version of a question that both know, and that is at least `oldest`.
    pub(crate) fn agree<Q: Question>(&self, oldest: i16) -> Result<i16, Error> {
        let mut ours = Versions::from(<Q as Message>::VERSIONS);
        ours.min = ours.min.max(oldest);
        let theirs = self.table.versions(Q::API);
        theirs
            .and_then(|theirs| ours.newest_common(theirs))
            .ok_or(Error::Unsupported {
                api: Q::API,
                ours,
                theirs,
            })
    }

    /// Asks, and reads an answer of at most `limit` bytes.
    pub(crate) async fn ask<Q: Question>(
        &mut self,
        question: &Q,
        version: i16,
        limit: usize,
    ) -> Result<Q::Response, Error> {
        let (frame, correlation) = self.exchange(question, version, limit).await?;
        decode::<Q>(frame, version, correlation)
    }

    /// The frame of the answer, and the correlation id that it should carry.
    pub(crate) async fn exchange<Q: Question>(
        &mut self,
        question: &Q,
        version: i16,
        limit: usize,
    ) -> Result<(bytes::Bytes, i32), Error> {
        self.asked = self.asked.wrapping_add(1);
        let request = encode(question, version, self.asked)?;
        let stream = &mut self.stream;
        let round_trip = async {
            frame::send(stream, Q::API, &request).await?;
            frame::receive(stream, Q::API, limit).await
        };
        let step = Step::Answer(Q::API);
        let answer = self.patience.wait(round_trip).await;
        Ok((answer.ok_or(Error::TimedOut { step })??, self.asked))
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("asked", &self.asked)
            .finish_non_exhaustive()
    }
}

fn not_connected(address: SocketAddr, error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::ConnectionRefused {
        return Error::Refused { address };
    }
    if is_closed(error) {
        let step = Step::Connect;
        return Error::Closed { step };
    }
    Error::Unreachable {
        address,
        why: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_is_reset_at_once_is_no_matter_of_routes() {
        let address = SocketAddr::from(([127, 0, 0, 1], 9092));
        let of = |kind: io::ErrorKind| not_connected(address, &kind.into());
        let step = Step::Connect;
        assert_eq!(of(io::ErrorKind::ConnectionReset), Error::Closed { step });
        assert_eq!(
            of(io::ErrorKind::ConnectionRefused),
            Error::Refused { address }
        );
        let far = of(io::ErrorKind::HostUnreachable);
        assert!(matches!(far, Error::Unreachable { .. }), "{far}");
    }
}
