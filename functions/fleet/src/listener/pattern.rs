//! The advertised-listener pattern: what a person pastes from the consumer's console, and the
//! names it renders for brokers (R1, R2, R3, R4, R5).

use super::line::{LONGEST_AZ_ID, Line, Zone, check_label};
use super::paste::{mappings, plain};
use super::zone::is_az_id;
use crate::foreign::clean;
use crate::refusal::{Refusal, Refusals};
use crate::words::{AzId, NodeId};
use std::collections::BTreeMap;

/// The names that brokers advertise, by zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Form);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    /// One line with an AZ placeholder: `<broker_id>.<az_id>.rest`; the rest.
    Any(String),
    /// One line without an AZ label (R4): the rest, for brokers in every zone.
    Same(String),
    /// One line per AZ: everything behind the broker's label.
    Each(BTreeMap<AzId, String>),
}

/// A line that somebody wrote.
pub(super) struct Written {
    /// Its number, if lines have one that a person sees.
    pub(super) number: Option<usize>,
    /// What a refusal shows of it.
    pub(super) shown: String,
    /// What it says.
    pub(super) text: String,
}

impl Pattern {
    /// Reads one mapping, or one for each AZ with `usw2-az1 =>` before it, on lines of their own or not,
    /// with whatever pasting left around them. Any `<…>` as first label is the broker, any `<…>` behind
    /// the last colon the port.
    pub fn read(text: &str) -> Result<Self, Refusals> {
        let written = (1..).zip(text.split('\n')).map(|(number, line)| Written {
            number: Some(number),
            shown: line.to_owned(),
            text: line.to_owned(),
        });
        Self::of(&Vec::from_iter(written)).map_err(|refused| match text.trim().is_empty() {
            true => Refusals::at(1, "", EMPTY),
            false => refused,
        })
    }

    /// The same, of lines.
    pub(super) fn of(lines: &[Written]) -> Result<Self, Refusals> {
        let mut read = Vec::new();
        let mut refused = Vec::new();
        for line in lines {
            let text = plain(&line.text);
            let mappings = mappings(&text);
            for (at, mapping) in (1..).zip(&mappings) {
                match Line::read(mapping) {
                    Ok(mapping) => read.push((line, mapping)),
                    Err(reason) if mappings.len() == 1 => refused.push(line.refuse(reason)),
                    Err(_) if at > 1 && !mapping.contains(['<', '*']) => {
                        refused.push(line.refuse(format!(
                            "has \"{}\" behind :<port>; take it away",
                            clean(mapping, 40)
                        )))
                    }
                    Err(reason) => refused.push(line.refuse(format!("mapping {at} {reason}"))),
                }
            }
        }
        match Refusals::all(refused) {
            Some(refused) => Err(refused),
            None if read.is_empty() => Err(Refusals::because(EMPTY)),
            None => Self::put_together(read),
        }
    }

    /// One mapping for all zones, or one for each.
    fn put_together(read: Vec<(&Written, Line)>) -> Result<Self, Refusals> {
        let mut refused = Vec::new();
        let single = read.len() == 1;
        let mut zones = BTreeMap::new();
        for (line, Line { zone, rest }) in read {
            match zone {
                Zone::Any if single => return Ok(Self(Form::Any(rest))),
                Zone::None if single => return Ok(Self(Form::Same(rest))),
                Zone::Any | Zone::None => refused.push(line.refuse(
                    "of several lines each must say its AZ ID, as in usw2-az1 => <broker_id>.usw2-az1.…",
                )),
                Zone::One(az) => {
                    if zones.get(&az).is_some_and(|known| *known != rest) {
                        refused.push(line.refuse(format!(
                            "{az} has another pattern on an earlier line; keep one of them"
                        )));
                    } else {
                        zones.insert(az, rest);
                    }
                }
            }
        }
        match Refusals::all(refused) {
            Some(refused) => Err(refused),
            None => Ok(Self(Form::Each(zones))),
        }
    }

    /// The name that broker `node` advertises in zone `az`; `None` if no line covers the zone, the
    /// zone's ID cannot be a DNS label, or it is needed and not known.
    pub fn host(&self, node: NodeId, az: Option<&AzId>) -> Option<String> {
        match &self.0 {
            Form::Any(rest) => az
                .filter(|az| check_label(az.as_str()).is_ok() && az.as_str().len() <= LONGEST_AZ_ID)
                .map(|az| format!("b{node}.{az}.{rest}")),
            Form::Same(rest) => Some(format!("b{node}.{rest}")),
            Form::Each(zones) => zones.get(az?).map(|rest| format!("b{node}.{rest}")),
        }
    }

    /// The pattern as a consumer writes it: one line, or one for each zone.
    pub fn lines(&self) -> Vec<String> {
        match &self.0 {
            Form::Any(rest) => vec![format!("<broker_id>.<az_id>.{rest}:<port>")],
            Form::Same(rest) => vec![format!("<broker_id>.{rest}:<port>")],
            Form::Each(zones) => zones
                .iter()
                .map(|(az, rest)| format!("{az} => <broker_id>.{rest}:<port>"))
                .collect(),
        }
    }

    /// The unique string that TiDB Cloud's form asks for, if this is a pattern of its making and
    /// every line says the same one.
    pub fn unique(&self) -> Option<&str> {
        let lines: Vec<&str> = match &self.0 {
            Form::Any(rest) | Form::Same(rest) => vec![rest],
            Form::Each(zones) => zones.values().map(String::as_str).collect(),
        };
        let mut all = lines.into_iter().map(|line| {
            let labels = line.strip_suffix(".tidbcloud.com")?.split('.');
            labels.into_iter().find(|label| !is_az_id(label))
        });
        let first = all.next()??;
        all.all(|other| other == Some(first)).then_some(first)
    }

    /// The zones that have a line of their own; empty if every zone is covered.
    pub fn zones(&self) -> Vec<&AzId> {
        match &self.0 {
            Form::Any(_) | Form::Same(_) => Vec::new(),
            Form::Each(zones) => zones.keys().collect(),
        }
    }
}

const EMPTY: &str = "the pattern is empty; paste it from the consumer's console";

impl Written {
    fn refuse(&self, reason: impl Into<String>) -> Refusal {
        Refusal::new(self.number, &self.shown, reason)
    }
}
