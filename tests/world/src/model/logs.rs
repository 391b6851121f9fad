//! CloudWatch Logs: the lines that functions printed. Only reports can be asked for, from a moment on (F70).

use super::asked::Asked;
use super::paging::page;
use super::{ApiError, Model};
use cloud::calls::{Page, PageToken};
use fleet::observed::LogEvent;
use fleet::words::LogGroupName;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// `FilterLogEvents` gives 10,000 events on a page at most.
const PAGE: usize = 10_000;
/// So many lines of a group are kept here: more than a look goes back.
const KEPT: usize = 5_000;

/// Lines by group, the oldest first; each with its number. Who looks back shares them.
pub(super) type Logs = BTreeMap<LogGroupName, Arc<VecDeque<(u64, LogEvent)>>>;

impl Model {
    /// A log group is made, with a stack.
    pub fn make_log_group(&mut self, group: &LogGroupName) {
        self.logs.entry(group.clone()).or_default();
    }

    /// A function has printed a line into its log group.
    pub fn print(&mut self, now: Timestamp, group: &LogGroupName, line: &str) {
        let lines = Arc::make_mut(self.logs.entry(group.clone()).or_default());
        let number = lines.back().map_or(0, |(number, _)| number + 1);
        if lines.len() == KEPT {
            lines.pop_front();
        }
        let message = line.to_owned();
        lines.push_back((number, LogEvent { at: now, message }));
    }

    /// CloudWatch Logs `FilterLogEvents`: the reports since then.
    pub fn filter_log_events(
        &mut self,
        now: Timestamp,
        group: &LogGroupName,
        since: Timestamp,
        token: Option<&PageToken>,
    ) -> Result<Page<LogEvent>, ApiError> {
        self.read(now, Asked::log_group(group), |model| {
            let none = || {
                let message = "The specified log group does not exist.";
                ApiError::refused("ResourceNotFoundException", message)
            };
            let lines = model.logs.get(group).ok_or_else(none)?;
            let since = since.as_millisecond();
            let asked_for = lines
                .iter()
                .filter(|(_, line)| line.at.as_millisecond() >= since && is_report(&line.message));
            let shown = asked_for.map(|(number, line)| (format!("{number:020}"), line.clone()));
            page(
                shown,
                token,
                model.page_size(PAGE),
                "InvalidParameterException",
            )
        })
    }
}

/// What the filter pattern of `cloud::calls::REPORTS` lets through.
fn is_report(line: &str) -> bool {
    let line: Value = serde_json::from_str(line).unwrap_or_default();
    line["milliseconds"].as_f64().is_some_and(|it| it >= 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Settings;

    fn shown(model: &mut Model, since: Timestamp) -> Vec<String> {
        let group = "/kafka-privatelink/orders/register-brokers".into();
        let (mut all, mut token) = (Vec::new(), None);
        loop {
            let page = model.filter_log_events(since, &group, since, token.as_ref());
            let page = page.unwrap_or_else(|error| panic!("{}", error.message));
            all.extend(page.items.into_iter().map(|it| it.message));
            token = page.next;
            if token.is_none() {
                return all;
            }
        }
    }

    #[test]
    fn only_reports_since_then_are_shown_the_oldest_first_on_pages() {
        let mut model = Model::new(Settings {
            page_size: Some(2),
            ..Settings::default()
        });
        let group: LogGroupName = "/kafka-privatelink/orders/register-brokers".into();
        let at = |second: i64| Timestamp::from_second(1_795_348_800 + second).expect("a time");
        let missing = model.filter_log_events(at(0), &group, at(0), None);
        assert_eq!(
            missing.map_err(|it| it.code),
            Err("ResourceNotFoundException")
        );
        model.make_log_group(&group);
        assert_eq!(shown(&mut model, at(0)), [] as [&str; 0]);
        for (second, line) in [
            (0, r#"{"milliseconds":1}"#),
            (1, "no JSON"),
            (2, r#"{"covered_by":"2026-11-22T12:00:00Z"}"#),
            (3, r#"{"milliseconds":3}"#),
            (4, r#"{"milliseconds":4}"#),
            (5, r#"{"milliseconds":5}"#),
        ] {
            model.print(at(second), &group, line);
        }
        let reports = [3, 4, 5].map(|it| format!("{{\"milliseconds\":{it}}}"));
        assert_eq!(shown(&mut model, at(1)), reports);
    }
}
