//! What heal-brokers writes, whichever service it is of.

use super::Answer;
use fleet::tags::Tags;
use fleet::words::InstanceId;
use std::future::Future;

/// What heal-brokers writes, and nothing else does.
pub trait HealingWrites: Sync {
    /// EC2 `CreateTags` on an instance: over those of the same key, all or none.
    fn tag_instance(
        &self,
        instance: &InstanceId,
        tags: &Tags,
    ) -> impl Future<Output = Answer<()>> + Send;

    /// EC2 `DeleteTags` on an instance, whatever their values are; one that is not there is no error.
    fn untag_instance(
        &self,
        instance: &InstanceId,
        keys: &[String],
    ) -> impl Future<Output = Answer<()>> + Send;

    /// EC2 `RebootInstances`. It is only asked for, and no state changes (P-26).
    fn reboot_instance(&self, instance: &InstanceId) -> impl Future<Output = Answer<()>> + Send;

    /// Auto Scaling `SetInstanceHealth`, `Unhealthy`: its group terminates and replaces it, once its grace period is
    /// over (F61).
    fn set_unhealthy(&self, instance: &InstanceId) -> impl Future<Output = Answer<()>> + Send;
}
