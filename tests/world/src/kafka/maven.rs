//! Maven at work: it fetches, and a person sees that it does.

use super::error::{Doing, KafkaError};
use anstream::eprintln;
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, IsTerminal};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Without a terminal, a line that often.
const TELL_EVERY: Duration = Duration::from_secs(5);
/// How much of what Maven said goes into an error.
const LAST: usize = 15;

/// Copies the dependencies of `pom.xml` in this folder into its folder `libs`.
pub(super) fn copy_dependencies(folder: &Path, version: &str) -> Result<(), KafkaError> {
    let (output, said) = io::pipe().doing("make a pipe for mvn")?;
    let mut child = Command::new("mvn")
        .args([
            "--batch-mode",
            "--strict-checksums",
            "-Dstyle.color=never",
            "--file",
            "pom.xml",
        ])
        .arg(format!("-Dkafka.version={version}"))
        .arg("-DoutputDirectory=libs")
        .arg("dependency:copy-dependencies")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(said.try_clone().doing("make a pipe for mvn")?)
        .stderr(said)
        .spawn()
        .doing("start mvn")?;
    let bar = ProgressBar::new_spinner().with_style(ProgressStyle::default_spinner());
    bar.enable_steady_tick(Duration::from_millis(120));
    let mut progress = Progress::default();
    let mut told = Instant::now();
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        progress.take(line);
        bar.set_message(progress.to_string());
        if !io::stderr().is_terminal() && told.elapsed() > TELL_EVERY {
            eprintln!("  {progress}");
            told = Instant::now();
        }
    }
    bar.finish_and_clear();
    let status = child.wait().doing("wait for mvn")?;
    if status.success() {
        return Ok(());
    }
    Err(KafkaError::says(format!(
        "Maven could not fetch Kafka {version} ({status}):\n{}",
        progress.errors()
    )))
}

/// What Maven said, in short.
#[derive(Default)]
struct Progress {
    files: usize,
    newest: String,
    last: VecDeque<String>,
}

impl Progress {
    fn take(&mut self, line: String) {
        if let Some((_, rest)) = line.split_once("Downloaded from ") {
            self.files += 1;
            let path = rest.split_whitespace().nth(1).unwrap_or(rest);
            path.rsplit('/')
                .next()
                .unwrap_or(path)
                .clone_into(&mut self.newest);
        }
        if self.last.len() == LAST {
            self.last.pop_front();
        }
        self.last.push_back(line);
    }

    /// Its errors, else whatever it said last.
    fn errors(&self) -> String {
        let errors = self.last.iter().filter(|line| line.contains("ERROR"));
        let errors: Vec<&str> = errors.map(String::as_str).collect();
        if errors.is_empty() {
            let all: Vec<&str> = self.last.iter().map(String::as_str).collect();
            return all.join("\n");
        }
        errors.join("\n")
    }
}

impl std::fmt::Display for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.files {
            0 => write!(f, "Maven is at work"),
            files => write!(
                f,
                "Maven has fetched {files} files, at last {}",
                self.newest
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(lines: &[&str]) -> Progress {
        let mut progress = Progress::default();
        for line in lines {
            progress.take((*line).to_owned());
        }
        progress
    }

    #[test]
    fn files_are_counted_and_the_newest_is_named() {
        let progress = after(&[
            "[INFO] Scanning for projects...",
            "[INFO] Downloading from there: https://example.test/a/kafka-clients-3.7.1.jar",
            "[INFO] Downloaded from there: https://example.test/a/kafka-clients-3.7.1.jar (5.2 MB at 9 MB/s)",
        ]);
        assert_eq!(
            progress.to_string(),
            "Maven has fetched 1 files, at last kafka-clients-3.7.1.jar"
        );
        assert_eq!(after(&[]).to_string(), "Maven is at work");
    }

    #[test]
    fn of_a_failure_the_errors_are_told_or_the_end() {
        let progress = after(&["[INFO] so far", "[ERROR] no route", "[INFO] bye"]);
        assert_eq!(progress.errors(), "[ERROR] no route");
        assert_eq!(after(&["a", "b"]).errors(), "a\nb");
    }
}
