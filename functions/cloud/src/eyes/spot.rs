//! The requests of Spot Instances: read only where there are some, so that a cluster without them costs no call more.

use super::Eyes;
use crate::call::Call;
use crate::calls::Reads;
use fleet::interruption;
use fleet::observed::{Instance, Seen, SpotRequest};

/// A filter takes 200 values at most (EC2 API reference, `Filter`).
const CHUNK: usize = 200;

impl<A: Reads> Eyes<'_, A> {
    /// The requests of those of these instances that are Spot Instances and run; nothing without the instances.
    pub async fn spot_requests(&self, instances: &Seen<Vec<Instance>>) -> Seen<Vec<SpotRequest>> {
        let running = instances.as_deref().unwrap_or_default();
        let asked = interruption::requests(running);
        let chunks: Vec<_> = asked.chunks(CHUNK).collect();
        let lists = self.each(&chunks, |chunk| {
            self.pages(Call::DescribeSpotInstanceRequests, |page| {
                self.aws().describe_spot_instance_requests(chunk, page)
            })
        });
        let mut all = Vec::new();
        for list in lists.await {
            all.extend(list?);
        }
        Ok(all)
    }
}
