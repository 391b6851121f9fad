//! Kafka in a local AWS: its brokers, and clients in both VPCs.

use super::brokers::BOOTSTRAP_PORT;
use super::{Brokers, Consumer, KafkaCluster, LocalAws};
use crate::deployment::lock;
use crate::hosts::Host;
use crate::kafka::{Broker, Checked, DocumentCheck, Home, KafkaError, Tools};
use std::sync::Arc;

impl LocalAws {
    /// The version of Kafka on the brokers' hosts, or what stands there instead.
    pub fn kafka_version(&self) -> String {
        match &self.brokers {
            Brokers::Kafka(cluster) => cluster.kafka.version().to_string(),
            Brokers::StandIn => "(a stand-in)".to_owned(),
        }
    }

    /// The Kafka broker with this node.id, if its instance runs.
    pub async fn kafka(&self, node: &str) -> Result<Arc<Broker>, String> {
        self.cluster()?;
        let id = self.instance(node).map_err(|error| error.to_string())?;
        let broker = self.keeper.on(&id, super::keeper::Running::kafka).await;
        broker
            .flatten()
            .ok_or_else(|| format!("{id} is not running"))
    }

    /// The domain of the names with which brokers are launched on EXTERNAL.
    pub fn domain(&self) -> Result<&'static str, String> {
        Ok(*lock(&self.cluster()?.domain))
    }

    /// From now on brokers are launched with names of this domain.
    pub fn launch_with(&self, domain: &'static str) -> Result<(), String> {
        *lock(&self.cluster()?.domain) = domain;
        Ok(())
    }

    /// Kafka's tools on a client's host in the VPC.
    pub fn tools_in_vpc(&self) -> Result<Tools, String> {
        let cluster = self.cluster()?;
        let client = self
            .client
            .as_ref()
            .ok_or("there is no client in the VPC")?;
        self.tools(cluster, client)
    }

    /// Kafka's tools on the host of the consumer that is there from the beginning.
    pub fn tools_at_consumer(&self) -> Result<Tools, String> {
        self.tools_at(&self.consumer)
    }

    /// Kafka's tools on a consumer's host.
    pub fn tools_at(&self, consumer: &Consumer) -> Result<Tools, String> {
        self.tools(self.cluster()?, consumer.host())
    }

    /// The check of TiDB Cloud's document on INTERNAL, from a client's host in the VPC.
    pub async fn check_internal(&self) -> Result<Checked, String> {
        let check = self.check(self.internal()?)?;
        check.run(&self.tools_in_vpc()?).await.map_err(text)
    }

    /// The check of TiDB Cloud's document on EXTERNAL, from the consumer's host: the bootstrap port first, then the
    /// advertised names.
    pub async fn check_external(&self) -> Result<Checked, String> {
        let check = self.check(self.consumer.bootstrap(BOOTSTRAP_PORT))?;
        check.run(&self.tools_at_consumer()?).await.map_err(text)
    }

    /// With as many replicas as a small cluster can have.
    fn check(&self, bootstrap: String) -> Result<DocumentCheck, String> {
        let mut check = DocumentCheck::new(bootstrap);
        check.replicas = self.cluster()?.voters.len().min(check.replicas);
        Ok(check)
    }

    /// Where clients in the VPC begin.
    pub(super) fn internal(&self) -> Result<String, String> {
        Ok(self.cluster()?.internal())
    }

    fn cluster(&self) -> Result<&KafkaCluster, String> {
        match &self.brokers {
            Brokers::Kafka(cluster) => Ok(cluster),
            Brokers::StandIn => {
                Err("the brokers of this world are stand-ins, not Kafka".to_owned())
            }
        }
    }

    fn tools(&self, cluster: &KafkaCluster, host: &Arc<Host>) -> Result<Tools, String> {
        let folder = self.disk.folder().join(host.name());
        let home = Home::of_client(&folder, &cluster.kafka).map_err(text)?;
        Ok(Tools::new(Arc::clone(host), home))
    }
}

fn text(error: KafkaError) -> String {
    error.to_string()
}
