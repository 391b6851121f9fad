//! The parameter `restarts`: when brokers may be restarted. Nobody's broker is restarted because a stack
//! was deployed, so without it the answer is never.

mod json;
mod window;

use fleet::foreign::is_invisible;
use fleet::observed::Parameter;
use fleet::refusal::{Refusal, Refusals};
use jiff::Timestamp;
use std::fmt;
use window::Window;

/// What the parameter says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restarts {
    /// When brokers may be restarted.
    pub when: When,
    /// Whether a broker may be restarted although partitions, or the metadata quorum, are lost meanwhile.
    pub allow_unavailable: bool,
}

/// When brokers may be restarted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// Not at all, as somebody said.
    Never,
    /// Whenever there is a reason.
    AnyTime,
    /// Within these; never empty.
    Windows(Vec<Window>),
}

/// Whether a broker may be restarted at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// It may, until then; without an end if there is none.
    Given(Option<Timestamp>),
    /// It may not before then; never if there is no such moment.
    Withheld(Option<Timestamp>),
}

/// What works.
const FORM: &str = "write any-time, or windows such as \"Sat,Sun 02:00-05:00 UTC\", one a line, or never; or JSON: {\"when\": \"any-time\", \"allow_unavailable\": true}";

impl Restarts {
    /// Reads the parameter: a time ([`When::read`]), or JSON with `when` and `allow_unavailable`.
    pub fn read(parameter: &Parameter) -> Result<Self, Refusals> {
        let Some(text) = parameter.text() else {
            return Err(Refusals::because(format!(
                "it is a {}, which is not read here; write it as a String: {}",
                parameter.kind.as_str(),
                parameter.as_string("any-time")
            )));
        };
        if text.trim_start().starts_with('{') {
            return json::read(text);
        }
        Ok(Self {
            when: When::read(text)?,
            allow_unavailable: false,
        })
    }

    /// Nobody may be restarted, as without the parameter.
    pub fn never() -> Self {
        Self {
            when: When::Never,
            allow_unavailable: false,
        }
    }

    /// Whether a broker may be restarted at this moment.
    pub fn at(&self, now: Timestamp) -> Consent {
        self.when.at(now)
    }

    /// What to write so that a broker may be restarted although something is lost meanwhile.
    pub fn allowing(&self) -> String {
        json::written(&self.when)
    }
}

impl When {
    /// Reads a text: `any-time`, `never`, or windows, one a line: days, from and to, and the time zone by its
    /// IANA name. Days are `Mon` to `Sun`, with commas or as a range, or `daily`.
    pub fn read(text: &str) -> Result<Self, Refusals> {
        let is_around = |c: char| c.is_whitespace() || is_invisible(c) || matches!(c, '"' | '\'');
        let lines = text.lines().zip(1..);
        let lines = lines.map(|(line, number)| (line.trim_matches(is_around), number));
        let lines: Vec<(&str, usize)> = lines.filter(|(line, _)| !line.is_empty()).collect();
        match lines[..] {
            [] => return Err(Refusals::because(format!("it is empty; {FORM}"))),
            [("any-time", _)] => return Ok(Self::AnyTime),
            [("never", _)] => return Ok(Self::Never),
            _ => {}
        }
        let mut windows = Vec::new();
        let mut refusals = Vec::new();
        for (line, number) in lines {
            match Window::read(line) {
                Ok(window) => windows.push(window),
                Err(why) => refusals.push(Refusal::new(Some(number), line, why)),
            }
        }
        match Refusals::all(refusals) {
            None => Ok(Self::Windows(windows)),
            Some(refusals) => Err(refusals),
        }
    }

    /// Whether a broker may be restarted at this moment.
    pub fn at(&self, now: Timestamp) -> Consent {
        let windows = match self {
            Self::Never => return Consent::Withheld(None),
            Self::AnyTime => return Consent::Given(None),
            Self::Windows(windows) => windows,
        };
        let spans: Vec<(Timestamp, Timestamp)> = windows
            .iter()
            .flat_map(|window| window.around(now))
            .collect();
        let open = spans.iter().filter(|(from, to)| *from <= now && now < *to);
        match open.map(|(_, to)| *to).max() {
            Some(until) => Consent::Given(Some(until)),
            None => {
                let later = spans
                    .iter()
                    .map(|(from, _)| *from)
                    .filter(|from| *from > now);
                Consent::Withheld(later.min())
            }
        }
    }
}

impl fmt::Display for When {
    /// As it may be written again; windows with `; ` between them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str("never"),
            Self::AnyTime => f.write_str("any-time"),
            Self::Windows(windows) => {
                for (at, window) in windows.iter().enumerate() {
                    let between = if at == 0 { "" } else { "; " };
                    write!(f, "{between}{window}")?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests;
