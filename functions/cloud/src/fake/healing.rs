//! What the fake answers about alarms, and what it writes down when it is told to heal. It heals nobody.

use super::Fake;
use super::writes::pairs;
use crate::call::Call;
use crate::calls::{AlarmReads, Answer, HealingWrites, Page, PageToken};
use fleet::observed::{Alarm, TaggedResource};
use fleet::tags::Tags;
use fleet::words::{ClusterName, InstanceId};

impl AlarmReads for Fake {
    async fn describe_alarms(&self, page: Option<PageToken>) -> Answer<Page<Alarm>> {
        let page = self.page(&self.alarms, page);
        self.answer(Call::DescribeAlarms, String::new(), page).await
    }

    async fn get_resources(
        &self,
        cluster: &ClusterName,
        page: Option<PageToken>,
    ) -> Answer<Page<TaggedResource>> {
        let page = self.page(&self.tagged, page);
        self.answer(Call::GetResources, cluster.to_string(), page)
            .await
    }
}

impl HealingWrites for Fake {
    async fn tag_instance(&self, instance: &InstanceId, tags: &Tags) -> Answer<()> {
        let of = format!("{instance}: {}", pairs(tags));
        self.answer(Call::CreateInstanceTags, of, ()).await
    }

    async fn untag_instance(&self, instance: &InstanceId, keys: &[String]) -> Answer<()> {
        let of = format!("{instance}: {}", keys.join(" "));
        self.answer(Call::DeleteTags, of, ()).await
    }

    async fn reboot_instance(&self, instance: &InstanceId) -> Answer<()> {
        self.answer(Call::RebootInstances, instance.to_string(), ())
            .await
    }

    async fn set_unhealthy(&self, instance: &InstanceId) -> Answer<()> {
        self.answer(Call::SetInstanceHealth, instance.to_string(), ())
            .await
    }
}
