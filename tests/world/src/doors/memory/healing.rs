//! Alarms and healing, from and into the model.

use super::MemoryDoor;
use cloud::call::Call;
use cloud::calls::{AlarmReads, Answer, HealingWrites, Page, PageToken};
use fleet::observed::{Alarm, TaggedResource};
use fleet::tags::Tags;
use fleet::words::{ClusterName, InstanceId};

impl AlarmReads for MemoryDoor {
    async fn describe_alarms(&self, page: Option<PageToken>) -> Answer<Page<Alarm>> {
        self.call(Call::DescribeAlarms, |model, now| {
            model.describe_alarms(now, page.as_ref())
        })
        .await
    }

    async fn get_resources(
        &self,
        cluster: &ClusterName,
        page: Option<PageToken>,
    ) -> Answer<Page<TaggedResource>> {
        self.call(Call::GetResources, |model, now| {
            model.get_resources(now, cluster, page.as_ref())
        })
        .await
    }
}

impl HealingWrites for MemoryDoor {
    async fn tag_instance(&self, instance: &InstanceId, tags: &Tags) -> Answer<()> {
        self.call(Call::CreateInstanceTags, |model, now| {
            model.tag_instance(now, instance, tags)
        })
        .await
    }

    async fn untag_instance(&self, instance: &InstanceId, keys: &[String]) -> Answer<()> {
        self.call(Call::DeleteTags, |model, now| {
            model.untag_instance(now, instance, keys)
        })
        .await
    }

    async fn reboot_instance(&self, instance: &InstanceId) -> Answer<()> {
        self.call(Call::RebootInstances, |model, now| {
            model.reboot_instances(now, instance)
        })
        .await
    }

    async fn set_unhealthy(&self, instance: &InstanceId) -> Answer<()> {
        self.call(Call::SetInstanceHealth, |model, now| {
            model.set_unhealthy(now, instance)
        })
        .await
    }
}
