//! What the fake answers about logs.

use super::Fake;
use crate::call::Call;
use crate::calls::{Answer, LogReads, Page, PageToken};
use fleet::observed::LogEvent;
use fleet::words::LogGroupName;
use jiff::Timestamp;

impl LogReads for Fake {
    async fn filter_log_events(
        &self,
        group: &LogGroupName,
        since: Timestamp,
        page: Option<PageToken>,
    ) -> Answer<Page<LogEvent>> {
        let lines = self.logs.get(group).into_iter().flatten();
        let lines: Vec<LogEvent> = lines.filter(|line| line.at >= since).cloned().collect();
        let page = self.page(&lines, page);
        self.answer(Call::FilterLogEvents, group.to_string(), page)
            .await
    }
}
