//! What the cluster has of one broker, by way of probe-brokers, which hears every broker for it.

use super::Eyes;
use crate::calls::{Probes, Reads};
use fleet::brokers::Broker;
use fleet::gate::{Holdings, HoldingsInquiry, HoldingsPayload};
use fleet::observed::{Parameter, Seen};
use fleet::words::{ClusterName, FunctionName, NodeId};

impl<A: Reads + Probes> Eyes<'_, A> {
    /// What those of these brokers tell of one broker whose instances run; a gap if that cannot be asked. With
    /// nobody to ask, probe-brokers is not called, and nothing is told.
    pub async fn holdings(
        &self,
        cluster: &ClusterName,
        probe: &FunctionName,
        parameters: &Seen<Vec<Parameter>>,
        brokers: impl Iterator<Item = &Broker>,
        node: NodeId,
    ) -> Seen<Holdings> {
        let what = &format!("what the cluster has of broker {node}");
        let inquiry = self.admin_inquiry(cluster, probe, parameters, brokers, what);
        let Some(admin) = inquiry.await? else {
            return Ok(Holdings::default());
        };
        let holdings = HoldingsInquiry { admin, node };
        self.probe(what, probe, &HoldingsPayload { holdings }).await
    }
}
