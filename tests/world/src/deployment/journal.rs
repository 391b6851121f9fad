//! What the functions said and did.

use crate::lambda::mapping::Invoked;
use crate::lambda::process::LogLine;
use fleet::words::CommandId;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// How many log lines are kept: more than a run logs, whatever its level.
const LOG_LINES: usize = 20_000;

/// What the functions said and did. They are named by their binaries.
#[derive(Default)]
pub struct Journal {
    runs: BTreeMap<String, Runs>,
    /// The newest log lines of all functions; each one names its function.
    pub log: VecDeque<LogLine>,
    /// The commands whose scripts ran on hosts, with the real time that each took.
    pub scripts: Vec<(CommandId, Duration)>,
    /// What broke in the world itself.
    pub broken: Option<String>,
}

/// What became of one function's runs.
#[derive(Default)]
pub struct Runs {
    /// What each run answered, oldest first.
    pub reports: Vec<Value>,
    /// When the newest of them came, in AWS time.
    pub reported_at: Option<Timestamp>,
    /// Invocations that failed, and how.
    pub failures: Vec<String>,
    /// Every batch that was tried, with its answer; reports and failures among them.
    pub batches: Vec<Invoked>,
}

impl Journal {
    /// The runs of a function; none before its first one.
    pub fn runs(&self, function: &str) -> &Runs {
        static NONE: Runs = Runs {
            reports: Vec::new(),
            reported_at: None,
            failures: Vec::new(),
            batches: Vec::new(),
        };
        self.runs.get(function).unwrap_or(&NONE)
    }

    /// Each function that has run, with its runs.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Runs)> {
        let all = self.runs.iter();
        all.map(|(function, runs)| (function.as_str(), runs))
    }

    pub(super) fn note(&mut self, at: Timestamp, function: &str, invoked: Invoked) {
        let runs = self.runs.entry(function.to_owned()).or_default();
        match &invoked.answer {
            // An earlier run has covered the batch: that is no report of a run.
            Ok(answer) if answer.get("covered_by").is_some() => {}
            Ok(report) => {
                runs.reports.push(report.clone());
                runs.reported_at = Some(at);
            }
            Err(error) => runs.failures.push(error.to_string()),
        }
        runs.batches.push(invoked);
    }

    pub(super) fn write(&mut self, line: LogLine) {
        if self.log.len() == LOG_LINES {
            self.log.pop_front();
        }
        self.log.push_back(line);
    }
}
