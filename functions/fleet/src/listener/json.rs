//! The JSON form of a listener parameter, and the defaults that the group `EXTERNAL` has.

use super::paste::{entities, is_around};
use super::pattern::Written;
use super::secret_name::secret_name;
use super::zone::is_az_id;
use super::{ListenerGroup, Pattern, PortRange, Protocol, Wish, Without};
use crate::foreign::{clean, is_invisible};
use crate::refusal::Refusals;
use crate::twice::twice;
use crate::words::{GroupName, Port};
use serde::Deserialize;
use serde_json::Value;

/// Everything that may stand in the JSON; a misspelt field is refused, not ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fields {
    pattern: Option<Value>,
    bootstrap_port: Option<Port>,
    broker_ports: Option<String>,
    bind_port: Option<Port>,
    protocol: Option<Protocol>,
    secret: Option<String>,
    #[serde(default)]
    without: Vec<Value>,
    #[serde(default)]
    adopt: bool,
    #[serde(default)]
    retired: bool,
}

/// Reads a parameter's text: JSON, also as a text within JSON and in a document's quotes, or a pattern.
pub(super) fn read(name: &GroupName, text: &str) -> Result<Wish, Refusals> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    if let Some(inner) = string(text) {
        return read(name, &inner).map_err(Refusals::unnumbered);
    }
    let object = text.trim_start_matches(is_around);
    if is_object(object) {
        return fields(object)?.wish(name);
    }
    Fields::default().complete(name, pattern(text)?)
}

/// A pattern as text, or as a JSON list of lines.
fn pattern(text: &str) -> Result<Pattern, Refusals> {
    let list = text.trim_matches(is_around);
    match serde_json::from_str(list) {
        Ok(list @ Value::Array(_)) => pattern_of(&list),
        Ok(other @ (Value::Null | Value::Bool(_) | Value::Number(_))) => pattern_of(&other),
        Ok(_) | Err(_) => match string(text) {
            Some(inner) => pattern(&inner).map_err(Refusals::unnumbered),
            None => Pattern::read(text),
        },
    }
}

/// The value of `"pattern"`: a text, a list of lines, or an object by zone.
fn pattern_of(value: &Value) -> Result<Pattern, Refusals> {
    let strange = |value: &Value| {
        let right = r#"invalid type: "pattern" is a text, a list of lines, or an object such as {"usw2-az1": "<broker_id>.…:<port>"}"#;
        Refusals::of(&value.to_string(), right)
    };
    let line = |zone: &str, value: &Value| match value {
        Value::String(text) => Ok(written(zone, text)),
        other => Err(strange(other)),
    };
    match value {
        Value::String(text) => pattern(text).map_err(Refusals::unnumbered),
        Value::Array(lines) => {
            let lines: Result<Vec<_>, _> = lines.iter().map(|text| line("", text)).collect();
            Pattern::of(&lines?)
        }
        Value::Object(zones) => {
            let lines = zones.iter().map(|(zone, text)| line(zone, text));
            Pattern::of(&lines.collect::<Result<Vec<_>, _>>()?)
        }
        other => Err(strange(other)),
    }
}

fn written(zone: &str, text: &str) -> Written {
    Written {
        number: None,
        shown: text.to_owned(),
        text: match zone {
            "" => text.to_owned(),
            zone => format!("{zone} => {text}"),
        },
    }
}

/// What a text within JSON says. It has fewer characters than the text around it.
fn string(text: &str) -> Option<String> {
    serde_json::from_str(text).ok()
}

/// Whether a text is meant as a JSON object: `{broker_id}` begins a pattern.
fn is_object(text: &str) -> bool {
    let Some(inside) = text.strip_prefix('{') else {
        return false;
    };
    let inside = inside.trim_start();
    let of_word = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.');
    let behind = inside.trim_start_matches(of_word);
    let is_placeholder = behind.len() < inside.len() && behind.starts_with('}');
    !(is_placeholder || inside.starts_with('{'))
}

/// Reads the object as it is, or with what a document or a shell made of its quotes put right.
fn fields(text: &str) -> Result<Fields, Refusals> {
    let bare = text.trim_end_matches(is_around);
    let straight = straight(bare);
    let single = straight.replace('\'', "\"");
    let escaped = string(&format!("\"{bare}\""));
    let others = [Some(bare.to_owned()), Some(straight), Some(single), escaped];
    let mut error = match serde_json::from_str(text) {
        Ok(fields) => return once(text, fields),
        Err(error) => error,
    };
    for other in others.into_iter().flatten() {
        match serde_json::from_str(&other) {
            Ok(fields) => return once(&other, fields),
            Err(other) if other.is_data() && !error.is_data() => error = other,
            Err(_) => {}
        }
    }
    // serde_json counts a line behind the last line end; a person sees none there.
    let line = error.line().min(text.lines().count()).max(1);
    let shown = match text.contains("secret") {
        true => "",
        false => text.lines().nth(line - 1).unwrap_or(text),
    };
    let told = clean(&error.to_string(), 300);
    let by_zone = told
        .strip_prefix("unknown field `")
        .and_then(|told| told.split_once('`'))
        .is_some_and(|(field, _)| is_az_id(field));
    let told = match by_zone {
        true => format!(
            "{told}; lines by zone stand below \"pattern\": {{\"pattern\": {{\"usw2-az1\": \"<broker_id>.…:<port>\"}}}}"
        ),
        false => told,
    };
    Err(Refusals::at(line, shown, told))
}

/// Of two fields with one name, nobody knows which is meant.
fn once(text: &str, fields: Fields) -> Result<Fields, Refusals> {
    match twice(text) {
        None => Ok(fields),
        Some(field) => Err(Refusals::because(format!(
            "has \"{}\" twice in one object; take one of them out",
            clean(&field, 100)
        ))),
    }
}

/// With straight quotes and plain blanks.
fn straight(text: &str) -> String {
    let text = entities(text);
    let seen = text.chars().filter(|c| !is_invisible(*c));
    seen.map(|c| match c {
        '“' | '”' | '„' | '‟' | '″' | '＂' | '«' | '»' => '"',
        '‘' | '’' | '‚' | '‛' => '\'',
        c if c.is_whitespace() && !c.is_ascii() => ' ',
        c => c,
    })
    .collect()
}

impl Fields {
    fn wish(self, name: &GroupName) -> Result<Wish, Refusals> {
        if self.retired {
            return Ok(Wish::Retire);
        }
        let Some(pattern) = &self.pattern else {
            return Err(Refusals::because(
                "has no \"pattern\"; add it, or write {\"retired\": true} to take the group out of service",
            ));
        };
        let pattern = pattern_of(pattern)?;
        self.complete(name, pattern)
    }

    /// Fills in what is not given. Only `EXTERNAL` has defaults: a second group must not take the
    /// first one's ports by accident (R13).
    pub(super) fn complete(self, name: &GroupName, pattern: Pattern) -> Result<Wish, Refusals> {
        let defaults = name.as_str() == "EXTERNAL";
        let port = |given: Option<Port>, default: u16, field: &str| match given {
            Some(port) => Ok(port),
            None => Port::new(default)
                .filter(|_| defaults)
                .ok_or_else(|| needs(name, field)),
        };
        let broker_ports = match self.broker_ports.as_deref() {
            Some(text) => PortRange::parse(text).ok_or_else(|| {
                Refusals::of(text, "\"broker_ports\" must be a range such as 9093-9140")
            })?,
            None if defaults => {
                PortRange::parse("9093-9140").ok_or_else(|| needs(name, "broker_ports"))?
            }
            None => return Err(needs(name, "broker_ports")),
        };
        let group = ListenerGroup {
            name: name.clone(),
            pattern,
            bootstrap_port: port(self.bootstrap_port, 9092, "bootstrap_port")?,
            broker_ports,
            bind_port: port(self.bind_port, 39092, "bind_port")?,
            protocol: self.protocol.unwrap_or_default(),
            secret: self.secret.as_deref().map(secret_name).transpose()?,
            without: Without::read(&self.without).map_err(|(entry, why)| {
                Refusals::of(
                    &entry,
                    format!("{why}; \"without\" is a list such as [4, \"i-0123456789abcdef0\"]"),
                )
            })?,
            adopts: self.adopt,
        };
        if group.broker_ports.contains(group.bootstrap_port) {
            return Err(Refusals::of(
                self.broker_ports.as_deref().unwrap_or_default(),
                format!(
                    "\"broker_ports\" {} contain the group's own bootstrap port {}",
                    group.broker_ports, group.bootstrap_port
                ),
            ));
        }
        Ok(Wish::Serve(group))
    }
}

fn needs(name: &GroupName, field: &str) -> Refusals {
    Refusals::because(format!(
        "group {name} must say its own \"{field}\": write JSON such as {{\"pattern\": …, \"bootstrap_port\": 9192, \"broker_ports\": \"9193-9240\", \"bind_port\": 39093}} (the defaults belong to EXTERNAL)"
    ))
}
