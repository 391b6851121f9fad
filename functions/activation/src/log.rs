//! What libraries log, on standard output. Never more than INFO, whatever anybody sets: at TRACE
//! lambda_runtime (1.5.0, `layers/api_response.rs`) prints events, and aws-smithy-runtime (1.16.2,
//! `client/orchestrator.rs`) requests and answers, with the passwords that are in them; and nobody
//! promises that an error at DEBUG has none.

use lambda_runtime::tracing::{self, subscriber};
use std::env;
use std::panic;
use subscriber::filter::LevelFilter;

const LEVEL: &str = "AWS_LAMBDA_LOG_LEVEL";
const FORMAT: &str = "AWS_LAMBDA_LOG_FORMAT";

/// Begins to log, in the format and at the level that Lambda's logging controls name. Once in a
/// process, before anything else.
pub fn begin() {
    let set = |name| env::var(name).unwrap_or_default();
    let lines = subscriber::fmt()
        .with_target(false)
        .without_time()
        .with_max_level(level(&set(LEVEL)))
        .with_writer(std::io::stdout);
    if set(FORMAT).eq_ignore_ascii_case("json") {
        lines.json().init();
    } else {
        lines.with_ansi(false).init();
    }
    // Where, and not what: the text of a panic may quote what somebody said.
    panic::set_hook(Box::new(|panicked| {
        let place = panicked.location().map(ToString::to_string);
        tracing::error!("panicked at {}", place.unwrap_or_default());
    }));
}

/// The level that was asked for, but for those that show more than a log should.
fn level(asked: &str) -> LevelFilter {
    match asked.to_ascii_uppercase().as_str() {
        "ERROR" | "FATAL" => LevelFilter::ERROR,
        "WARN" => LevelFilter::WARN,
        _ => LevelFilter::INFO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_can_be_asked_for_and_more_cannot() {
        for (asked, level) in [
            ("", LevelFilter::INFO),
            ("TRACE", LevelFilter::INFO),
            ("trace", LevelFilter::INFO),
            ("DEBUG", LevelFilter::INFO),
            ("INFO", LevelFilter::INFO),
            ("WARN", LevelFilter::WARN),
            ("ERROR", LevelFilter::ERROR),
            ("FATAL", LevelFilter::ERROR),
            ("lambda_runtime=trace", LevelFilter::INFO),
        ] {
            assert_eq!(super::level(asked), level, "{asked}");
        }
    }
}
