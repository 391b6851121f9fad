//! The target groups of a cluster, with their tags: the ledger.

use super::{Eyes, tags};
use crate::call::Call;
use crate::calls::Reads;
use fleet::naming;
use fleet::observed::{Seen, TargetGroup};
use fleet::words::ClusterName;

impl<A: Reads> Eyes<'_, A> {
    /// Every target group whose name has the prefix of a cluster, with its tags.
    pub async fn target_groups(&self, cluster: &ClusterName) -> Seen<Vec<TargetGroup>> {
        let prefix = naming::name_prefix(cluster);
        let mut groups = self
            .pages(Call::DescribeTargetGroups, |page| {
                self.aws().describe_target_groups(&prefix, page)
            })
            .await;
        let arns: Vec<String> = groups
            .iter()
            .flatten()
            .map(|group| group.arn.to_string())
            .collect();
        let tagged = self.tags(&arns).await;
        tags::give(&mut groups, tagged, |group| {
            (group.arn.to_string(), &mut group.tags)
        });
        groups
    }
}
