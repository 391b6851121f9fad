//! What lies on a broker's disks, whether or not we may see its topics.

use crate::outline::{Outline, Part, always, since};
use crate::question::Question;
use crate::{Api, BrokerError, Connection, Error};
use kafka_protocol::messages::describe_log_dirs_response::{
    DescribeLogDirsResult, DescribeLogDirsTopic,
};
use kafka_protocol::messages::{DescribeLogDirsRequest, DescribeLogDirsResponse};

/// The first version that has an error for the whole answer; before it a denied answer is an empty
/// one (K-9).
const TELLS_DENIED: i16 = 3;

/// A log directory of a broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogDir {
    /// Its path on the broker's host.
    pub path: String,
    /// 56 (KAFKA_STORAGE_ERROR) if it has failed.
    pub error: Option<BrokerError>,
    /// What is in it.
    pub replicas: Vec<LogReplica>,
}

/// A replica of a partition in a log directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogReplica {
    /// The topic.
    pub topic: String,
    /// The partition's number.
    pub partition: i32,
    /// Bytes on the disk.
    pub size: i64,
    /// Whether it is a copy that will replace the one in another directory.
    pub future: bool,
}

impl Connection {
    /// All log directories of this broker with all replicas. Needs Describe on the cluster, and
    /// nothing on the topics.
    ///
    /// # Errors
    /// [`Error::Broker`] with 31 if denied; [`Error::Withheld`] if versions before 3 say so by an
    /// empty answer (every broker has a directory); those of every question.
    pub async fn log_dirs(&mut self) -> Result<Vec<LogDir>, Error> {
        let version = self.agree::<DescribeLogDirsRequest>(1)?;
        let question = DescribeLogDirsRequest::default().with_topics(None);
        let limit = self.limits().large;
        let DescribeLogDirsResponse {
            error_code,
            results,
            ..
        } = self.ask(&question, version, limit).await?;
        let api = Api::DescribeLogDirs;
        if let Some(error) = BrokerError::from_answer(error_code, None) {
            return Err(Error::Broker { api, error });
        }
        if results.is_empty() && version < TELLS_DENIED {
            let grant = "Describe on the cluster";
            return Err(Error::Withheld { api, grant });
        }
        Ok(results.into_iter().map(log_dir).collect())
    }
}

fn log_dir(result: DescribeLogDirsResult) -> LogDir {
    LogDir {
        path: result.log_dir.to_string(),
        error: BrokerError::from_answer(result.error_code, None),
        replicas: result.topics.into_iter().flat_map(replicas).collect(),
    }
}

fn replicas(topic: DescribeLogDirsTopic) -> impl Iterator<Item = LogReplica> {
    let name = topic.name.to_string();
    topic
        .partitions
        .into_iter()
        .map(move |partition| LogReplica {
            topic: name.clone(),
            partition: partition.partition_index,
            size: partition.partition_size,
            future: partition.is_future_key,
        })
}

impl Question for DescribeLogDirsRequest {
    const API: Api = Api::DescribeLogDirs;
    const OUTLINE: Outline = Outline {
        flexible: 2,
        fields: &[
            always(Part::Fixed(4)),
            since(3, Part::Fixed(2)),
            always(Part::Structs(&[
                always(Part::Fixed(2)),
                always(Part::Text),
                always(Part::Structs(&[
                    always(Part::Text),
                    always(Part::Structs(&[always(Part::Fixed(4 + 8 + 8 + 1))])),
                ])),
                since(4, Part::Fixed(8 + 8)),
            ])),
        ],
        tagged: &[],
    };
}
