//! The JSON form of a listener parameter, and the defaults that the group `EXTERNAL` has.

use super::{ListenerGroup, Pattern, PortRange, Protocol, Refusals, Wish, Without};
use crate::words::{GroupName, ParameterName, Port};
use serde::Deserialize;
use serde_json::Value;

/// Everything that may stand in the JSON; a misspelt field is refused, not ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fields {
    pattern: Option<String>,
    bootstrap_port: Option<Port>,
    broker_ports: Option<String>,
    bind_port: Option<Port>,
    protocol: Option<Protocol>,
    secret: Option<String>,
    #[serde(default)]
    without: Vec<Value>,
    #[serde(default)]
    retired: bool,
}

/// Reads the JSON form.
pub(super) fn read(name: &GroupName, text: &str) -> Result<Wish, Refusals> {
    let fields: Fields = serde_json::from_str(text).map_err(|error| {
        // serde_json counts a line behind the last line end; a person sees none there.
        let line = error.line().min(text.lines().count()).max(1);
        Refusals::at(
            line,
            text.lines().nth(line - 1).unwrap_or(text),
            error.to_string(),
        )
    })?;
    if fields.retired {
        return Ok(Wish::Retire);
    }
    let Some(pattern) = &fields.pattern else {
        return Err(Refusals::at(
            1,
            text,
            "has no \"pattern\"; add it, or write {\"retired\": true} to take the group out of service",
        ));
    };
    let pattern = Pattern::read(pattern)?;
    fields.complete(name, pattern)
}

impl Fields {
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
                Refusals::at(
                    1,
                    text,
                    "\"broker_ports\" must be a range such as 9093-9140",
                )
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
            secret: self.secret.as_deref().map(secret).transpose()?,
            without: Without::read(&self.without).map_err(|(entry, why)| {
                Refusals::at(
                    1,
                    &entry,
                    format!("{why}; \"without\" is a list such as [4, \"i-0123456789abcdef0\"]"),
                )
            })?,
        };
        if group.broker_ports.contains(group.bootstrap_port) {
            return Err(Refusals::at(
                1,
                &group.broker_ports.to_string(),
                format!(
                    "\"broker_ports\" contains the group's own bootstrap port {}",
                    group.bootstrap_port
                ),
            ));
        }
        Ok(Wish::Serve(group))
    }
}

/// Whether the function's role may read it, if the cluster's name in it is right.
fn is_readable(secret: &str) -> bool {
    let of_ours = secret.strip_prefix("/kafka-privatelink/");
    of_ours.is_some_and(|rest| rest.split('/').nth(1) == Some("secrets"))
        || secret.starts_with("/aws/reference/secretsmanager/kafka-privatelink/")
}

fn secret(name: &str) -> Result<ParameterName, Refusals> {
    if is_readable(name) {
        return Ok(ParameterName::new(name));
    }
    Err(Refusals::at(
        1,
        name,
        "\"secret\" must be /kafka-privatelink/<cluster>/secrets/<name>, a SecureString, or /aws/reference/secretsmanager/kafka-privatelink/<cluster>/<name>",
    ))
}

fn needs(name: &GroupName, field: &str) -> Refusals {
    Refusals::at(
        1,
        name.as_str(),
        format!(
            "group {name} must say its own \"{field}\": write JSON such as {{\"pattern\": …, \"bootstrap_port\": 9192, \"broker_ports\": \"9193-9240\", \"bind_port\": 39093}} (the defaults belong to EXTERNAL)"
        ),
    )
}
