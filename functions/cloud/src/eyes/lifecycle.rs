//! Lifecycle hooks of the groups in which somebody waits, and since when: read only then, so that a quiet run
//! costs no call more.

use super::Eyes;
use crate::call::Call;
use crate::calls::Reads;
use fleet::lifecycle;
use fleet::observed::{GroupLifecycle, Seen};
use fleet::words::AutoScalingGroupName;

impl<A: Reads> Eyes<'_, A> {
    /// Hooks and activities of each of these groups. Activities that are under way come first, so that one
    /// page has all that is needed (F55).
    pub async fn lifecycles(&self, groups: &[AutoScalingGroupName]) -> Vec<GroupLifecycle> {
        self.each(groups, |group| self.lifecycle(group)).await
    }

    async fn lifecycle(&self, group: &AutoScalingGroupName) -> GroupLifecycle {
        let (aws, of) = (self.aws(), group.as_str());
        let hooks = self
            .one(Call::DescribeLifecycleHooks, of, || {
                aws.describe_lifecycle_hooks(group)
            })
            .await;
        let is_held_by_us = hooks.iter().flatten().any(lifecycle::is_ours);
        let activities = match is_held_by_us {
            true => self
                .one(Call::DescribeScalingActivities, of, || {
                    aws.describe_scaling_activities(group, None)
                })
                .await
                .map(|page| page.items),
            false => Seen::Ok(Vec::new()),
        };
        GroupLifecycle {
            group: group.clone(),
            hooks,
            activities,
        }
    }
}
