//! One mapping of a pattern: `usw2-az1 => <broker_id>.usw2-az1.abc.example.com:<port>`.

use super::paste::{bare, is_around};
use super::placeholder::{
    count, in_angle_brackets, is_of_others, is_of_zone, is_placeholder, labels,
};
use super::zone::{az_ids_in, contradicts, is_az_id, is_zone_name, zone_name_in};
use crate::foreign::clean;
use crate::words::AzId;
use std::collections::BTreeSet;

/// What one mapping says.
pub(super) struct Line {
    pub(super) zone: Zone,
    /// The name behind the broker's label, and behind an AZ placeholder.
    pub(super) rest: String,
}

/// The zone of one mapping.
pub(super) enum Zone {
    /// `<az_id>`: every zone.
    Any,
    /// No AZ label and nothing before an arrow.
    None,
    /// This one.
    One(AzId),
}

/// `b2147483647.`, the longest broker label with its dot.
const BROKER_LABEL: usize = 12;
/// Longer than any AZ ID so far (`apne1-az4`, `usw2-lax1-az1`).
pub(super) const LONGEST_AZ_ID: usize = 24;
const NAME_LIMIT: usize = 253;
/// What a pattern looks like, for a user who has to write one.
const SHAPE: &str = "<broker_id>.<az_id>.kafka.example.com:<port>";

impl Line {
    /// Reads one mapping, of which everything around it was taken off; the error says what is wrong.
    pub(super) fn read(mapping: &str) -> Result<Self, String> {
        let (left, pattern) = zone_before(mapping);
        if is_of_others(pattern) {
            return Err(other_placeholders(pattern));
        }
        let name = name(pattern)?;
        let labels = labels(name.strip_suffix('.').unwrap_or(name));
        let (broker, rest) = labels.split_first().map_or(("", &[][..]), |(b, r)| (*b, r));
        if broker != "*" && !is_placeholder(broker) {
            return Err(no_broker(broker, rest));
        }
        if is_of_no_broker(broker) {
            return Err(no_broker_first(broker, rest));
        }
        let any_zone = rest
            .first()
            .is_some_and(|label| is_placeholder(label) && is_of_zone(label));
        let rest: Vec<String> = rest[usize::from(any_zone)..]
            .iter()
            .map(|label| label.to_lowercase())
            .collect();
        if rest.is_empty() {
            let before = if any_zone { "<az_id>" } else { "<broker_id>" };
            return Err(format!("has no domain behind {before}"));
        }
        for label in &rest {
            check_label(label)?;
        }
        if rest
            .last()
            .is_some_and(|last| last.bytes().all(|c| c.is_ascii_digit()))
        {
            return Err("ends with a number where its domain belongs, as addresses do; names are what a client checks and is sent to".to_owned());
        }
        let zone = zone(left, any_zone, &rest)?;
        let rest = rest.join(".");
        let zone_label = if any_zone { LONGEST_AZ_ID + 1 } else { 0 };
        if BROKER_LABEL + zone_label + rest.len() > NAME_LIMIT {
            return Err(format!(
                "gives names of over {NAME_LIMIT} characters, more than DNS allows"
            ));
        }
        Ok(Self { zone, rest })
    }
}

/// Parts a mapping at its arrow; a zone may also stand before the name with a blank or a colon only.
fn zone_before(mapping: &str) -> (Option<&str>, &str) {
    let arrows = ["=>", "->", "→", "⇒", "➜", "➔", "⟶", "–>", "—>"];
    let at_arrow = arrows.iter().find_map(|arrow| mapping.split_once(arrow));
    if let Some((left, right)) = at_arrow {
        return (Some(bare(left.trim_end_matches(['=', '-']))), bare(right));
    }
    let start = mapping.find('<').or_else(|| mapping.find("*."));
    let (before, right) = mapping.split_at(start.unwrap_or(0));
    let left = before.trim_end_matches(|c| is_around(c) || matches!(c, ':' | '='));
    let is_zone = |left: &str| is_az_id(left) || is_zone_name(left);
    match left.len() < before.len() && is_zone(&left.to_lowercase()) {
        true => (Some(left), right),
        false => (None, mapping),
    }
}

/// The name before the port. A console's wildcard has no port.
fn name(pattern: &str) -> Result<&str, String> {
    let Some((name, port)) = pattern.rsplit_once(':') else {
        return match pattern.starts_with("*.") {
            true => Ok(pattern),
            false => Err("must end with :<port>, as the console shows it".to_owned()),
        };
    };
    match bare(port) {
        port if port.to_lowercase().contains("bootstrap") => Err(format!(
            "ends with \"{}\", and what stands there is each broker's own port: write :<port>; the bootstrap port is the JSON field \"bootstrap_port\"",
            clean(port, 40)
        )),
        port if is_placeholder(port) => Ok(bare(name)),
        port => Err(format!(
            "ends with port \"{}\"; every broker gets a port of its own, so write :<port>",
            clean(port, 40)
        )),
    }
}

fn other_placeholders(pattern: &str) -> String {
    let ours = in_angle_brackets(pattern);
    let line = match !is_of_others(&ours) && Line::read(&ours).is_ok() {
        true => clean(&ours, 200),
        false => format!("a line such as {SHAPE}"),
    };
    format!("has placeholders of another kind; here they stand in angle brackets: write {line}")
}

/// Whether a placeholder surely stands for something else than the broker.
fn is_of_no_broker(label: &str) -> bool {
    const OTHERS: [&str; 7] = [
        "az",
        "azid",
        "zone",
        "zoneid",
        "availability",
        "unique",
        "uniquename",
    ];
    const BROKERS: [&str; 3] = ["broker", "node", "host"];
    let label = label.to_lowercase();
    let mut words = label.split(|c: char| !c.is_alphanumeric());
    words.any(|word| OTHERS.contains(&word)) && !BROKERS.iter().any(|word| label.contains(word))
}

fn no_broker_first(label: &str, rest: &[&str]) -> String {
    let rest: Vec<&str> = rest
        .iter()
        .copied()
        .filter(|label| count(label) == 0)
        .collect();
    let zone = is_of_zone(label) && !rest.iter().any(|label| is_az_id(&label.to_lowercase()));
    let zone = if zone { "<az_id>." } else { "" };
    let line = format!("<broker_id>.{zone}{}:<port>", clean(&rest.join("."), 200));
    let line = match Line::read(&line) {
        Ok(_) => line,
        Err(_) => format!("a line such as {SHAPE}"),
    };
    let shown = clean(label, 80);
    format!("begins with \"{shown}\", and the first label is the broker's: write {line}")
}

/// Why a name does not begin with the broker, and what to write.
fn no_broker(label: &str, rest: &[&str]) -> String {
    let shown = clean(label, 80);
    let zone = rest.first().is_some_and(|label| is_placeholder(label));
    let zone = if zone { "" } else { "<az_id>." };
    let rest = match rest {
        [] => "kafka.example.com".to_owned(),
        rest => clean(&rest.join("."), 200),
    };
    let beside = label.rsplit_once('>').map_or("", |(_, beside)| beside);
    let zone_beside = az_ids_in(beside.trim_matches('-')).into_iter().next();
    let arrow = zone_beside
        .map(|az| format!("{az} => "))
        .unwrap_or_default();
    match count(label) {
        0 => "must begin with <broker_id>, the label that becomes b1, b2, …".to_owned(),
        1 => format!(
            "begins with \"{shown}\", and a broker is named b and its node.id, b1, b2, …, in a label of its own, as the consumer's console makes it: write {arrow}<broker_id>.{rest}:<port> and let the brokers advertise that on this listener (names that they advertise already cannot be taken over: give the consumer a listener of its own)"
        ),
        _ => format!(
            "has more than one placeholder in the label \"{shown}\"; each is a label of its own, so write <broker_id>.{zone}{rest}:<port>"
        ),
    }
}

/// The zone that a mapping is about. The AZ ID in the name and the one before the arrow must agree: a
/// slip is easily made, and TiDB Cloud's document has one of this kind (K-14). What stands before an
/// arrow makes a label that only contains a zone the user's own.
fn zone(left: Option<&str>, any_zone: bool, labels: &[String]) -> Result<Zone, String> {
    let labelled = labels.iter().find(|label| is_az_id(label));
    let labelled = labelled.map(|label| AzId::new(label.as_str()));
    if any_zone {
        return match left.is_some() || labelled.is_some() {
            true => Err("has both <az_id> and a fixed zone; keep one of them".to_owned()),
            false => Ok(Zone::Any),
        };
    }
    let Some(left) = left else {
        let inside: BTreeSet<AzId> = labels.iter().flat_map(|label| az_ids_in(label)).collect();
        let mut inside = inside.into_iter();
        return match (inside.next(), inside.next()) {
            (None, _) if let Some(name) = labels.iter().find_map(|label| zone_name_in(label)) => {
                Err(format!(
                    "has the zone {name} in the name, which means another place in another account; write the ID of the zone that it is for before it, such as usw2-az1 =>"
                ))
            }
            (None, _) => Ok(Zone::None),
            (Some(az), None) => Ok(Zone::One(az)),
            (Some(one), Some(other)) => Err(format!(
                "has two zones in the name, {one} and {other}; write {one} => or {other} => before it"
            )),
        };
    };
    match (zone_of(left), labelled) {
        (Some(before), Some(label)) if contradicts(&before, &label) => Err(format!(
            "says {before} before the arrow and {label} in the name; they must be the same zone"
        )),
        (Some(before), _) => Ok(Zone::One(before)),
        (None, Some(label)) => Ok(Zone::One(label)),
        (None, None) if az_ids_before(left).len() > 1 => Err(format!(
            "has several zones before the name, \"{}\"; write one line for each of them",
            clean(left, 80)
        )),
        (None, None) => Err(format!(
            "has \"{}\" before the name, which is not an AZ ID; write the ID, such as usw2-az1, since AZ names mean other places in other accounts",
            clean(left, 80)
        )),
    }
}

/// The one AZ ID before an arrow: `usw2-az1`, also as `us-west-2a (usw2-az1)`.
fn zone_of(left: &str) -> Option<AzId> {
    let ids = az_ids_before(left);
    match Vec::from_iter(ids).as_slice() {
        [only] => Some(AzId::new(only.as_str())),
        _ => None,
    }
}

fn az_ids_before(left: &str) -> BTreeSet<String> {
    let left = left.to_lowercase();
    let words = left.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    words
        .filter(|word| is_az_id(word))
        .map(str::to_owned)
        .collect()
}

/// Whether a label may stand in a name that brokers advertise.
pub(super) fn check_label(label: &str) -> Result<(), String> {
    let shown = clean(label, 80);
    if is_placeholder(label) && is_of_zone(label) && label.is_ascii() {
        return Err(format!(
            "\"{shown}\" must stand right behind <broker_id>; or write one line for each zone, such as usw2-az1 => <broker_id>.…"
        ));
    }
    if is_placeholder(label) || label.contains("unique_name") {
        return Err(format!(
            "\"{shown}\" is a placeholder that was not filled in; finish the step in the consumer's console that gives it, then paste the pattern again"
        ));
    }
    if count(label) > 0 {
        return Err(format!(
            "label \"{shown}\" has a placeholder beside other text; write one line for each zone, such as usw2-az1 => <broker_id>.…"
        ));
    }
    if label.is_empty() {
        return Err("has an empty label (two dots in a row)".to_owned());
    }
    if label.len() > 63 {
        return Err(format!(
            "label \"{shown}\" is over 63 characters, more than DNS allows"
        ));
    }
    if let Some(c) = label
        .chars()
        .find(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-'))
    {
        return Err(format!(
            "label \"{shown}\" has '{}', which DNS names cannot have",
            clean(&c.to_string(), 1)
        ));
    }
    if label.starts_with('-') || label.ends_with('-') {
        return Err(format!("label \"{shown}\" begins or ends with '-'"));
    }
    if is_zone_name(label) {
        return Err(format!(
            "label \"{shown}\" is the name of a zone, which means another place in another account; write the zone's ID, such as usw2-az1, or <az_id> for every zone"
        ));
    }
    Ok(())
}
