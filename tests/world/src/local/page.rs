//! What the functions of a local AWS reported, to be drawn as a page.

use super::LocalAws;
use crate::deployment::CLUSTER;
use show_mapping::{Function, Newest, Reports};
use std::path::Path;

impl LocalAws {
    /// Of each function the newest report, as of now.
    pub fn reports(&self) -> Reports {
        let journal = self.journal();
        let newest = Function::ALL.map(|function| {
            let runs = journal.runs(function.name());
            let newest = match (runs.reports.last(), runs.reported_at) {
                (Some(report), Some(at)) => Newest::Report {
                    at,
                    line: report.to_string(),
                },
                (_, _) => Newest::None { since: self.began },
            };
            (function, newest)
        });
        Reports {
            cluster: CLUSTER.to_owned(),
            now: self.clock.now(),
            newest: newest.into(),
        }
    }

    /// The mapping as a page.
    pub fn page(&self) -> String {
        show_mapping::page(&self.reports())
    }

    /// Writes the page into a file; answers where it is.
    pub(super) fn draw(&self, file: &str) -> Result<String, String> {
        let failed = |error| format!("write the page into {file}: {error}");
        std::fs::write(file, self.page()).map_err(failed)?;
        let file = Path::new(file).canonicalize().map_err(failed)?;
        Ok(format!("the mapping is drawn in {}", file.display()))
    }
}
