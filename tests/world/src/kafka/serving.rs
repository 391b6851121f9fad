//! Waiting until a broker serves.

use super::broker::{Broker, LOOK};
use super::error::{Doing, KafkaError};
use super::questions::{Metadata, api_versions, metadata};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// From start to serving, with log recovery on a busy machine; real time.
const SERVES_WITHIN: Duration = Duration::from_secs(180);

impl Broker {
    /// Waits until it serves: it answers on INTERNAL, and is in the cluster's metadata, which is
    /// returned. A process that ends meanwhile is an error with the end of its log.
    pub async fn serving(&self) -> Result<Metadata, KafkaError> {
        let serves = timeout(SERVES_WITHIN, self.until_serving()).await;
        serves.unwrap_or_else(|_| {
            let why = format!(
                "{} s passed; its log ends with\n{}",
                SERVES_WITHIN.as_secs(),
                self.log()
            );
            Err(KafkaError::new(
                format!("broker {} does not serve", self.node()),
                why,
            ))
        })
    }

    /// The same without a ceiling: a broker without its quorum waits for it, and so may we.
    pub(crate) async fn until_serving(&self) -> Result<Metadata, KafkaError> {
        let process = self.running()?;
        let asking = async {
            loop {
                if let Ok(told) = self.look().await {
                    return told;
                }
                sleep(LOOK).await;
            }
        };
        tokio::select! {
            told = asking => Ok(told),
            ended = process.ended() => {
                ended.doing("wait for a broker")?;
                Err(self.has_ended())
            }
        }
    }

    /// One look at whether it serves.
    async fn look(&self) -> Result<Metadata, KafkaError> {
        let internal = self.internal();
        api_versions(&internal).await?;
        let told = metadata(&internal).await?;
        if told.brokers.contains_key(&self.node()) {
            Ok(told)
        } else {
            Err(self.cannot("serve", "it is not in its own metadata"))
        }
    }
}
