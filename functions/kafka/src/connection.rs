//! One connection to one broker: opened in steps, asked one question at a time, all under one
//! patience.

use crate::client_certificate::Shown;
use crate::patience::Patience;
use crate::question::{Question, decode, encode};
use crate::stream::Stream;
use crate::{ApiTable, Dial, Error, Limits, Step, Versions, api_versions, frame, sasl, tcp, tls};
use kafka_protocol::protocol::Message;
use std::fmt;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

/// How long a peer may take for our goodbye: one that does not read costs nobody its time.
const GOODBYE: Duration = Duration::from_millis(250);

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
    /// ApiVersions comes first, since a broker answers exactly one of them before SaslHandshake
    /// (K-5).
    ///
    /// # Errors
    /// Every [`Error`] that a step can have; [`Error::TimedOut`] and [`Error::Closed`] name the
    /// step.
    pub async fn open(dial: &Dial) -> Result<Self, Error> {
        let mut patience = Patience::new(dial.patience);
        let stream = tcp::connect(dial.address, &mut patience).await?;
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
        match connection.begin(dial, shown).await {
            Ok(()) => Ok(connection),
            Err(error) => {
                connection.close().await;
                Err(error)
            }
        }
    }

    /// ApiVersions and SASL.
    async fn begin(&mut self, dial: &Dial, shown: Option<Shown>) -> Result<(), Error> {
        // What a listener thinks of our certificate is read here first, with TLS 1.3.
        let table = api_versions::ask(self).await;
        self.table = table.map_err(|error| tls::explained(error, shown))?;
        if dial.security.is_sasl() {
            let who = dial.credentials.as_ref();
            sasl::authenticate(self, who, &dial.salted).await?;
        }
        Ok(())
    }

    /// Ends the connection, after whatever answer or error. A TLS session that is only dropped has
    /// been cut off, for all that the broker knows, and it logs so.
    pub async fn close(mut self) {
        let mut patience = self.patience.at_most(GOODBYE);
        // What was asked is answered, or never will be: a peer that does not take our goodbye, or is
        // gone, changes nothing about it. The socket is closed either way.
        let _ended = patience.wait(self.stream.shutdown()).await;
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
