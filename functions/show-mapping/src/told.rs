//! A report as far as it can be read: what every report has, and the picture that its function keeps true.

use crate::age::{ago, is_old};
use crate::fields::{Fields, Word};
use crate::reports::{Function, Newest, Reports};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value};

/// A picture that a report tells.
pub(crate) trait Picture: Default {
    /// The function that tells it.
    const FUNCTION: Function;

    /// Reads it.
    fn read(fields: &mut Fields<'_>) -> Self;
}

/// What is known of a function: its newest report with its picture `P`, or why there is none.
#[derive(Debug)]
pub(crate) enum Told<P> {
    /// Its newest report.
    Report(Box<Report<P>>),
    /// There is none.
    Nothing(Silence),
}

/// What is known of a function, whatever its picture is.
pub(crate) struct Heard<'t> {
    /// The function.
    pub(crate) function: Function,
    /// What its newest report has as every report has it, or why there is none.
    pub(crate) run: Result<&'t Run, &'t Silence>,
}

/// That there is no report.
#[derive(Debug)]
pub(crate) struct Silence {
    /// How that is, as the end of a sentence that begins with the function's name.
    pub(crate) said: String,
    /// Why, where there is more to say.
    pub(crate) why: Option<String>,
}

/// A report.
#[derive(Debug)]
pub(crate) struct Report<P> {
    /// What every report has.
    pub(crate) run: Run,
    /// What the function keeps true.
    pub(crate) picture: P,
}

/// What every report has.
#[derive(Debug, Default)]
pub(crate) struct Run {
    /// When it was printed, in words.
    pub(crate) age: String,
    /// Whether that is too long ago to say how it is.
    pub(crate) is_old: bool,
    /// What of the report could not be read.
    pub(crate) amiss: Vec<String>,
    /// Why nothing was written, if so.
    pub(crate) paused: Option<String>,
    /// What was done.
    pub(crate) actions: Vec<Taken>,
    /// What was not done, and why.
    pub(crate) held: Vec<String>,
    /// What could not be seen.
    pub(crate) gaps: Vec<Gap>,
}

/// A step with what became of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Taken {
    pub(crate) step: String,
    pub(crate) outcome: String,
    pub(crate) detail: Option<String>,
}

impl Taken {
    /// Whether somebody should look at it.
    pub(crate) fn is_failure(&self) -> bool {
        matches!(self.outcome.as_str(), "failed" | "partly")
    }

    /// Whether what the step wanted is so now.
    pub(crate) fn is_done(&self) -> bool {
        matches!(self.outcome.as_str(), "done" | "already-done")
    }
}

/// What could not be seen, and why.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Gap {
    pub(crate) read: String,
    pub(crate) reason: String,
}

impl<P: Picture> Told<P> {
    /// Of the function that tells this picture.
    pub(crate) fn of(reports: &Reports) -> Self {
        let nothing = |said: String, why: Option<String>| Self::Nothing(Silence { said, why });
        let (at, line) = match reports.newest.get(&P::FUNCTION) {
            Some(Newest::Report { at, line }) => (*at, line),
            Some(Newest::None { since }) => {
                let within = span(reports.now.duration_since(*since));
                return nothing(format!("has no report of the last {within}"), None);
            }
            Some(Newest::Unread { why }) => {
                let said = "has a report that could not be read".to_owned();
                return nothing(said, Some(why.clone()));
            }
            None => return nothing("was not asked for its report".to_owned(), None),
        };
        let age = ago(at, reports.now);
        match serde_json::from_str(line) {
            Ok(Value::Object(object)) => match read(reports, at, &object) {
                Ok(report) => Self::Report(Box::new(report)),
                Err(whose) => nothing(format!("printed a report {age} that is {whose}"), None),
            },
            Ok(_) => nothing(
                format!("printed a line {age} that is JSON and no report"),
                None,
            ),
            Err(error) => nothing(
                format!("printed a report {age} that is cut or broken"),
                Some(error.to_string()),
            ),
        }
    }

    /// The report, if there is one.
    pub(crate) fn report(&self) -> Option<&Report<P>> {
        match self {
            Self::Report(report) => Some(report),
            Self::Nothing(_) => None,
        }
    }

    /// All but the picture.
    pub(crate) fn heard(&self) -> Heard<'_> {
        let function = P::FUNCTION;
        let run = match self {
            Self::Report(report) => Ok(&report.run),
            Self::Nothing(silence) => Err(silence),
        };
        Heard { function, run }
    }

    /// The report, if it says how it is now.
    pub(crate) fn fresh(&self) -> Option<&Report<P>> {
        self.report().filter(|report| !report.run.is_old)
    }

    /// The picture, if there is one.
    pub(crate) fn picture(&self) -> Option<&P> {
        self.report().map(|report| &report.picture)
    }
}

/// Reads a report; the error says whose it is, if it is another one's.
fn read<P: Picture>(
    reports: &Reports,
    at: Timestamp,
    object: &Map<String, Value>,
) -> Result<Report<P>, String> {
    let mut fields = Fields::of(object);
    for (field, wanted) in [
        ("function", P::FUNCTION.name()),
        ("cluster", &reports.cluster),
    ] {
        let found: Option<Word> = fields.get(field);
        if let Some(found) = found.filter(|found| found.as_str() != wanted) {
            return Err(format!("of {field} {found}"));
        }
    }
    let mut run = Run {
        age: ago(at, reports.now),
        is_old: is_old(at, reports.now),
        amiss: Vec::new(),
        paused: fields.may("paused"),
        actions: fields.list("actions"),
        held: fields.list("held"),
        gaps: fields.list("gaps"),
    };
    let picture = P::read(&mut fields);
    let amiss = fields.amiss.iter();
    let amiss = amiss.map(|name| format!("{name} is missing or cannot be read"));
    run.amiss = amiss.collect();
    Ok(Report { run, picture })
}

/// `3 hours`, `15 minutes`, `40 seconds`.
fn span(within: SignedDuration) -> String {
    match (within.as_hours(), within.as_mins(), within.as_secs()) {
        (2.., ..) => format!("{} hours", within.as_hours()),
        (_, 2.., _) => format!("{} minutes", within.as_mins()),
        (.., seconds) => format!("{seconds} seconds"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rollout::Rollout;
    use std::collections::BTreeMap;

    const CUT: &str = r#"{"function":"push-listeners","cluster":"orders","held":["brok"#;

    fn told(newest: Option<Newest>) -> Told<Rollout> {
        let now = "2026-11-22T12:00:00Z".parse().expect("a time");
        let newest = newest.map(|newest| (Function::PushListeners, newest));
        Told::of(&Reports {
            cluster: "orders".to_owned(),
            now,
            newest: newest.into_iter().collect::<BTreeMap<_, _>>(),
        })
    }

    fn line(line: &str, at: &str) -> Option<Newest> {
        let at = at.parse().expect("a time");
        let line = line.to_owned();
        Some(Newest::Report { at, line })
    }

    #[test]
    fn where_there_is_no_report_the_reason_is_told() {
        let since = "2026-11-22T09:00:00Z".parse().expect("a time");
        let why = "throttled".to_owned();
        let at = "2026-11-22T11:59:30Z";
        for (newest, told_of) in [
            (None, ("was not asked for its report", None)),
            (
                Some(Newest::None { since }),
                ("has no report of the last 3 hours", None),
            ),
            (
                Some(Newest::Unread { why }),
                ("has a report that could not be read", Some("throttled")),
            ),
            (
                line("[1]", at),
                (
                    "printed a line 30 seconds ago that is JSON and no report",
                    None,
                ),
            ),
            (
                line(CUT, at),
                (
                    "printed a report 30 seconds ago that is cut or broken",
                    Some("EOF while parsing a string at line 1 column 61"),
                ),
            ),
        ] {
            let Told::Nothing(Silence { said, why }) = told(newest) else {
                panic!("{told_of:?}");
            };
            assert_eq!((said.as_str(), why.as_deref()), told_of);
        }
    }

    #[test]
    fn a_report_of_another_release_says_what_it_lacks_and_shows_the_rest() {
        let text = r#"{"function":"push-listeners","cluster":"orders","held":["a",7],"brokers":3}"#;
        let told = told(line(text, "2026-11-22T11:50:00Z"));
        let report = told.report().expect("a report");
        assert_eq!(
            (report.run.age.as_str(), report.run.is_old),
            ("10 minutes ago", true)
        );
        assert!(told.fresh().is_none());
        assert_eq!(report.run.held, ["a"]);
        assert_eq!(report.picture.brokers, Some(3));
        assert_eq!(
            report.run.amiss,
            [
                "actions is missing or cannot be read",
                "1 of 2 in held is missing or cannot be read",
                "gaps is missing or cannot be read",
                "right is missing or cannot be read",
                "others is missing or cannot be read",
            ]
        );
    }

    #[test]
    fn a_time_span_is_told_in_its_unit() {
        for (seconds, told) in [
            (40, "40 seconds"),
            (119, "119 seconds"),
            (900, "15 minutes"),
            (7_199, "119 minutes"),
            (10_800, "3 hours"),
        ] {
            assert_eq!(span(SignedDuration::from_secs(seconds)), told);
        }
    }
}
