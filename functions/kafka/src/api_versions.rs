//! What a listener offers: the first question on every connection.

use crate::outline::{Outline, Part, always, since};
use crate::question::{Question, SOFTWARE, decode, odd};
use crate::{Api, BrokerError, Connection, Error, Versions};
use bytes::Bytes;
use kafka_protocol::messages::{ApiVersionsRequest, ApiVersionsResponse};
use kafka_protocol::protocol::{Message, StrBytes};
use std::collections::BTreeMap;

/// The version that is tried first: it names the software that asks, and brokers since 2.4 know it.
const FIRST: i16 = 3;
/// UNSUPPORTED_VERSION: the answer is in the format of version 0, whichever was asked (K-4).
const UNSUPPORTED_VERSION: i16 = 35;

/// The requests that a listener offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiTable {
    keys: BTreeMap<i16, Versions>,
}

impl ApiTable {
    /// Whether the listener offers the request in any version.
    pub fn offers(&self, api: Api) -> bool {
        self.versions(api).is_some()
    }

    /// The versions that the listener offers.
    pub fn versions(&self, api: Api) -> Option<Versions> {
        self.keys.get(&api.key()).copied()
    }

    /// The whole table: key of the protocol, versions.
    pub fn keys(&self) -> &BTreeMap<i16, Versions> {
        &self.keys
    }
}

impl Question for ApiVersionsRequest {
    const API: Api = Api::ApiVersions;
    const OUTLINE: Outline = Outline {
        flexible: 3,
        fields: &[
            always(Part::Fixed(2)),
            always(Part::Structs(&[always(Part::Fixed(6))])),
            since(1, Part::Fixed(4)),
        ],
        tagged: &[
            (
                0,
                Part::Structs(&[always(Part::Text), always(Part::Fixed(4))]),
            ),
            (1, Part::Fixed(8)),
            (
                2,
                Part::Structs(&[always(Part::Text), always(Part::Fixed(4))]),
            ),
            (3, Part::Fixed(1)),
        ],
    };
}

/// Asks in version 3, and once more in the version that a broker names which does not know it.
pub(crate) async fn ask(connection: &mut Connection) -> Result<ApiTable, Error> {
    let answer = ask_in(connection, FIRST).await?;
    if answer.error_code != UNSUPPORTED_VERSION {
        return table(&answer);
    }
    let ours = Versions::from(ApiVersionsRequest::VERSIONS);
    let offered = table_of(&answer).versions(Api::ApiVersions);
    // Brokers before 2.4 name no range: all of them know version 0.
    let theirs = offered.unwrap_or(Versions { min: 0, max: 0 });
    let common = ours
        .newest_common(theirs)
        .filter(|version| *version != FIRST);
    let version = common.ok_or(Error::Unsupported {
        api: Api::ApiVersions,
        ours,
        theirs: offered,
    })?;
    table(&ask_in(connection, version).await?)
}

async fn ask_in(connection: &mut Connection, version: i16) -> Result<ApiVersionsResponse, Error> {
    let limit = connection.limits().small;
    let (frame, correlation) = connection
        .exchange(&question(version), version, limit)
        .await?;
    let version = if refuses_version(&frame) { 0 } else { version };
    decode::<ApiVersionsRequest>(frame, version, correlation).map_err(not_kafka)
}

/// Fields that a version does not have are not written.
fn question(version: i16) -> ApiVersionsRequest {
    let question = ApiVersionsRequest::default();
    if version < 3 {
        return question;
    }
    question
        .with_client_software_name(StrBytes::from_static_str(SOFTWARE))
        .with_client_software_version(StrBytes::from_static_str(env!("CARGO_PKG_VERSION")))
}

/// In all versions the error code comes first, after the correlation id.
fn refuses_version(frame: &Bytes) -> bool {
    frame.get(4..6) == Some(&UNSUPPORTED_VERSION.to_be_bytes())
}

fn table(answer: &ApiVersionsResponse) -> Result<ApiTable, Error> {
    if let Some(error) = BrokerError::from_answer(answer.error_code, None) {
        let api = Api::ApiVersions;
        return Err(Error::Broker { api, error });
    }
    let table = table_of(answer);
    if !table.offers(Api::ApiVersions) {
        return Err(not_kafka(odd::<ApiVersionsRequest>(
            "the table of requests does not list it",
        )));
    }
    Ok(table)
}

fn table_of(answer: &ApiVersionsResponse) -> ApiTable {
    let rows = answer.api_keys.iter().map(|row| {
        let versions = Versions {
            min: row.min_version,
            max: row.max_version,
        };
        (row.api_key, versions)
    });
    ApiTable {
        keys: rows.collect(),
    }
}

/// A first answer that cannot be read is not one of Kafka.
fn not_kafka(error: Error) -> Error {
    match error {
        Error::Truncated { .. } | Error::Trailing { .. } | Error::Malformed { .. } => {
            Error::NotKafka {
                why: error.to_string(),
            }
        }
        other => other,
    }
}
