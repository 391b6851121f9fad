//! What the questions of the restart gate have in common: a broker that offers one version and
//! answers once.

use crate::peer::{Peer, listen, open, text};
use kafka::{Api, BrokerError, Connection, Error};
use kafka_protocol::messages::{BrokerId, TopicName};
use kafka_protocol::protocol::{Encodable, HeaderVersion};

/// A connection to a broker that offers this one version of a request, and answers it once.
pub async fn asking(
    api: Api,
    version: i16,
    answer: impl Encodable + HeaderVersion + Send + Sync + 'static,
) -> Connection {
    let address = listen(async move |mut peer: Peer| {
        peer.greet_with(&[(18, 0, 3), (api.key(), version, version)])
            .await;
        let asked = peer.asked().await;
        assert_eq!((asked.key, asked.version), (api.key(), version));
        peer.answer(&asked, &answer).await;
    });
    open(address.await).await
}

/// Ids of the codec.
pub fn ids<const N: usize>(ids: [i32; N]) -> Vec<BrokerId> {
    ids.map(BrokerId).to_vec()
}

/// A topic's name of the codec.
pub fn name(name: &str) -> TopicName {
    TopicName(text(name))
}

/// What a broker says that may not tell.
pub fn denied(api: Api, error: &Error) -> bool {
    let code = BrokerError::CLUSTER_DENIED;
    matches!(error, Error::Broker { api: of, error } if *of == api && error.code == code)
}
