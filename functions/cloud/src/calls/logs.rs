//! The calls of CloudWatch Logs, reading.

use super::{Answer, Page, PageToken};
use fleet::observed::LogEvent;
use fleet::words::LogGroupName;
use jiff::Timestamp;
use std::future::Future;

/// Of the lines of a function's log those that are reports: nothing else has this field (F70).
pub const REPORTS: &str = "{ $.milliseconds >= 0 }";

/// What is read of logs.
pub trait LogReads: Sync {
    /// CloudWatch Logs `FilterLogEvents`: the reports in a log group from this moment on, the oldest first. A page can
    /// be empty and not the last one (F70).
    fn filter_log_events(
        &self,
        group: &LogGroupName,
        since: Timestamp,
        page: Option<PageToken>,
    ) -> impl Future<Output = Answer<Page<LogEvent>>> + Send;
}
