//! What heal-brokers writes: tags on instances, a reboot, a replacement.

use crate::Aws;
use crate::error;
use aws_sdk_ec2::types::Tag;
use cloud::call::Call;
use cloud::calls::{Answer, HealingWrites};
use fleet::tags::Tags;
use fleet::words::InstanceId;

impl HealingWrites for Aws {
    async fn tag_instance(&self, instance: &InstanceId, tags: &Tags) -> Answer<()> {
        let tag = |(key, value)| Tag::builder().key(key).value(value).build();
        self.ec2
            .create_tags()
            .resources(instance.as_str())
            .set_tags(Some(tags.iter().map(tag).collect()))
            .send()
            .await
            .map_err(error::of(Call::CreateInstanceTags))?;
        Ok(())
    }

    async fn untag_instance(&self, instance: &InstanceId, keys: &[String]) -> Answer<()> {
        // Without a value: whatever it is.
        let tag = |key: &String| Tag::builder().key(key).build();
        self.ec2
            .delete_tags()
            .resources(instance.as_str())
            .set_tags(Some(keys.iter().map(tag).collect()))
            .send()
            .await
            .map_err(error::of(Call::DeleteTags))?;
        Ok(())
    }

    async fn reboot_instance(&self, instance: &InstanceId) -> Answer<()> {
        self.ec2
            .reboot_instances()
            .instance_ids(instance.as_str())
            .send()
            .await
            .map_err(error::of(Call::RebootInstances))?;
        Ok(())
    }

    async fn set_unhealthy(&self, instance: &InstanceId) -> Answer<()> {
        self.auto_scaling
            .set_instance_health()
            .instance_id(instance.as_str())
            .health_status("Unhealthy")
            .send()
            .await
            .map_err(error::of(Call::SetInstanceHealth))?;
        Ok(())
    }
}
