//! The calls of CloudWatch and of Resource Groups Tagging, reading.

use super::{Answer, Page, PageToken};
use fleet::observed::{Alarm, TaggedResource};
use fleet::words::ClusterName;
use std::future::Future;

/// What is read of alarms.
pub trait AlarmReads: Sync {
    /// CloudWatch `DescribeAlarms`: metric alarms and composite ones of the account and Region that are in the state
    /// `ALARM`. A page can be empty and not the last one.
    fn describe_alarms(
        &self,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<Alarm>>> + Send;

    /// Resource Groups Tagging `GetResources`: alarms and instances with the tag `kafka-privatelink:cluster` of this
    /// value. Those that are gone may still be among them for a while.
    fn get_resources(
        &self,
        cluster: &ClusterName,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<TaggedResource>>> + Send;
}
