//! Logs, from the model.

use super::MemoryDoor;
use cloud::call::Call;
use cloud::calls::{Answer, LogReads, Page, PageToken};
use fleet::observed::LogEvent;
use fleet::words::LogGroupName;
use jiff::Timestamp;

impl LogReads for MemoryDoor {
    async fn filter_log_events(
        &self,
        group: &LogGroupName,
        since: Timestamp,
        page: Option<PageToken>,
    ) -> Answer<Page<LogEvent>> {
        self.call(Call::FilterLogEvents, |model, now| {
            model.filter_log_events(now, group, since, page.as_ref())
        })
        .await
    }
}
