//! The advertised-listener pattern: what a person pastes from the consumer's console, and the
//! names it renders for brokers (R1 to R5).

use super::refusal::{Refusal, Refusals};
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

impl Pattern {
    /// Reads one line, or one line per AZ with `usw2-az1 =>` before it, bullets and blanks
    /// tolerated. Any `<…>` as first label is the broker, any `<…>` behind the last colon the port.
    pub fn read(text: &str) -> Result<Self, Refusals> {
        let lines: Vec<(usize, &str)> = (1..)
            .zip(text.lines())
            .map(|(number, line)| (number, without_bullet(line)))
            .filter(|(_, line)| !line.is_empty())
            .collect();
        if lines.is_empty() {
            return Err(Refusals::at(
                1,
                text,
                "the pattern is empty; paste it from the consumer's console",
            ));
        };
        let mut read = Vec::new();
        let mut refused = Vec::new();
        for &(number, line) in &lines {
            match Line::read(line) {
                Ok(line) => read.push(line),
                Err(reason) => refused.push(Refusal::new(number, line, reason)),
            }
        }
        match Refusals::all(refused) {
            Some(refused) => Err(refused),
            None => Self::of(&lines, read),
        }
    }

    /// Puts the lines together: one for all zones, or one for each.
    fn of(lines: &[(usize, &str)], read: Vec<Line>) -> Result<Self, Refusals> {
        let mut refused = Vec::new();
        let single = lines.len() == 1;
        let mut zones = BTreeMap::new();
        for (Line { zone, rest }, &(number, text)) in read.into_iter().zip(lines) {
            match zone {
                Zone::Any if single => return Ok(Self(Form::Any(rest))),
                Zone::None if single => return Ok(Self(Form::Same(rest))),
                Zone::Any | Zone::None => refused.push(Refusal::new(
                    number,
                    text,
                    "of several lines each must say its AZ ID, as in usw2-az1 => <broker_id>.usw2-az1.…",
                )),
                Zone::One(az) => {
                    if zones.get(&az).is_some_and(|known| *known != rest) {
                        refused.push(Refusal::new(
                            number,
                            text,
                            format!("{az} has another pattern on an earlier line; keep one of them"),
                        ));
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

    /// The name that broker `node` advertises in zone `az`; `None` if no line covers the zone or
    /// the zone's ID cannot be a DNS label.
    pub fn host(&self, node: NodeId, az: &AzId) -> Option<String> {
        match &self.0 {
            Form::Any(rest) => (check_label(az.as_str()).is_ok()
                && az.as_str().len() <= LONGEST_AZ_ID)
                .then(|| format!("b{node}.{az}.{rest}")),
            Form::Same(rest) => Some(format!("b{node}.{rest}")),
            Form::Each(zones) => zones.get(az).map(|rest| format!("b{node}.{rest}")),
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

/// The zone of one line.
enum Zone {
    /// `<az_id>`: every zone.
    Any,
    /// No AZ label and nothing before an arrow.
    None,
    /// This one.
    One(AzId),
}

struct Line {
    zone: Zone,
    /// The name behind the broker's label, and behind an AZ placeholder.
    rest: String,
}

/// `b2147483647.`, the longest broker label with its dot.
const BROKER_LABEL: usize = 12;
/// Longer than any AZ ID so far (`apne1-az4`, `usw2-lax1-az1`).
const LONGEST_AZ_ID: usize = 24;
const NAME_LIMIT: usize = 253;

impl Line {
    fn read(line: &str) -> Result<Self, String> {
        let (left, pattern) = match split_arrow(line) {
            Some((left, right)) => (Some(left), right),
            None => (None, line),
        };
        let (name, port) = pattern
            .rsplit_once(':')
            .ok_or("must end with :<port>, as the console shows it")?;
        if !is_placeholder(port.trim()) {
            return Err(format!(
                "ends with port \"{}\"; every broker gets a port of its own, so write :<port>",
                port.trim()
            ));
        }
        let mut labels = name.trim().split('.');
        if !labels.next().is_some_and(is_placeholder) {
            return Err("must begin with <broker_id>, the label that becomes b1, b2, …".to_owned());
        }
        let mut labels: Vec<String> = labels.map(str::to_lowercase).collect();
        if labels.is_empty() {
            return Err("has no domain behind <broker_id>".to_owned());
        }
        let any_zone = is_placeholder(&labels[0]) && !is_left_over(&labels[0]);
        if any_zone {
            labels.remove(0);
        }
        for label in &labels {
            check_label(label)?;
        }
        let rest = labels.join(".");
        let zone_label = if any_zone { LONGEST_AZ_ID + 1 } else { 0 };
        if rest.is_empty() {
            return Err("has no domain behind <az_id>".to_owned());
        }
        if BROKER_LABEL + zone_label + rest.len() > NAME_LIMIT {
            return Err(format!(
                "gives names of over {NAME_LIMIT} characters, more than DNS allows"
            ));
        }
        Ok(Self {
            zone: zone(left, any_zone, &labels)?,
            rest,
        })
    }
}

/// The zone that a line is about. The AZ ID in the name and the one before the arrow must agree:
/// the vendor's own document has them apart in one place (field.md).
fn zone(left: Option<&str>, any_zone: bool, labels: &[String]) -> Result<Zone, String> {
    let label = labels.iter().find(|label| is_az_id(label));
    match (left.map(str::to_lowercase), label) {
        (None, None) if any_zone => Ok(Zone::Any),
        (None, None) => Ok(Zone::None),
        (None, Some(label)) if !any_zone => Ok(Zone::One(AzId::new(label.as_str()))),
        (Some(left), None) if is_az_id(&left) && !any_zone => Ok(Zone::One(AzId::new(left))),
        (Some(left), Some(label)) if !any_zone && (!is_az_id(&left) || left == *label) => {
            Ok(Zone::One(AzId::new(label.as_str())))
        }
        (Some(left), Some(label)) if !any_zone => Err(format!(
            "says {left} before the arrow and {label} in the name; they must be the same zone"
        )),
        (Some(left), None) if !any_zone => Err(format!(
            "\"{left}\" before the arrow is not an AZ ID; write the ID, such as usw2-az1, since AZ names mean other places in other accounts (R5)"
        )),
        (Some(_), _) | (_, Some(_)) => {
            Err("has both <az_id> and a fixed zone; keep one of them".to_owned())
        }
    }
}

fn without_bullet(line: &str) -> &str {
    line.trim()
        .trim_start_matches(['•', '・', '·', '*', '-', '‣', '◦', '–'])
        .trim()
}

fn split_arrow(line: &str) -> Option<(&str, &str)> {
    ["=>", "->", "→", "⇒", "➜"]
        .iter()
        .find_map(|arrow| line.split_once(arrow))
        .map(|(left, right)| (left.trim(), right.trim()))
}

fn is_placeholder(label: &str) -> bool {
    label.len() > 2 && label.starts_with('<') && label.ends_with('>')
}

/// `unique_name` exists only after the connection is made (R2); names with it reach nobody.
fn is_left_over(label: &str) -> bool {
    ["unique", "random"].iter().any(|word| label.contains(word))
}

/// `usw2-az1`, `apne1-az4`, `usw2-lax1-az1`.
fn is_az_id(label: &str) -> bool {
    let Some((region, number)) = label.rsplit_once("-az") else {
        return false;
    };
    !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit())
        && region.starts_with(|c: char| c.is_ascii_lowercase())
        && region.ends_with(|c: char| c.is_ascii_digit())
}

fn check_label(label: &str) -> Result<(), String> {
    if is_placeholder(label) || label.contains("unique_name") {
        return Err(format!(
            "\"{label}\" is a placeholder that was not filled in; finish the step in the consumer's console that gives it, then paste the pattern again (R2)"
        ));
    }
    if label.is_empty() {
        return Err("has an empty label (two dots in a row, or a dot at the end)".to_owned());
    }
    if label.len() > 63 {
        return Err(format!(
            "label \"{label}\" is over 63 characters, more than DNS allows"
        ));
    }
    if let Some(c) = label
        .chars()
        .find(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-'))
    {
        return Err(format!(
            "label \"{label}\" has '{c}', which DNS names cannot have"
        ));
    }
    if label.starts_with('-') || label.ends_with('-') {
        return Err(format!("label \"{label}\" begins or ends with '-'"));
    }
    Ok(())
}
