//! What the function said and did.

use crate::lambda::mapping::Invoked;
use crate::lambda::process::LogLine;
use serde_json::Value;
use std::collections::VecDeque;

/// How many log lines are kept: more than a run logs, whatever its level.
const LOG_LINES: usize = 20_000;

/// What the function said and did.
#[derive(Default)]
pub struct Journal {
    /// What each run answered, oldest first.
    pub reports: Vec<Value>,
    /// Invocations that failed, and how.
    pub failures: Vec<String>,
    /// Every batch that was tried, with its answer; reports and failures among them.
    pub batches: Vec<Invoked>,
    /// The newest log lines.
    pub log: VecDeque<LogLine>,
    /// What broke in the world itself.
    pub broken: Option<String>,
}

impl Journal {
    pub(super) fn note(&mut self, invoked: Invoked) {
        match &invoked.answer {
            // An earlier run has covered the batch: that is no report of a run.
            Ok(answer) if answer.get("covered_by").is_some() => {}
            Ok(report) => self.reports.push(report.clone()),
            Err(error) => self.failures.push(error.to_string()),
        }
        self.batches.push(invoked);
    }

    pub(super) fn write(&mut self, line: LogLine) {
        if self.log.len() == LOG_LINES {
            self.log.pop_front();
        }
        self.log.push_back(line);
    }
}
