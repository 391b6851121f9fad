//! ELBv2: attributes of target groups and listeners, with their defaults and what they may be
//! (API reference, TargetGroupAttribute and ListenerAttribute).

use super::asked::Asked;
use super::{ApiError, Model};
use cloud::call::Call;
use fleet::observed::Attributes;
use fleet::words::{ListenerArn, TargetGroupArn};
use jiff::Timestamp;
use std::ops::RangeInclusive;

/// Whose attributes.
#[derive(Clone, Copy)]
pub(super) enum Known {
    OfTargetGroup,
    OfListener,
}

enum Values {
    Words(&'static [&'static str]),
    Numbers(RangeInclusive<u32>),
    OffOr(RangeInclusive<u32>),
}

struct Attribute {
    key: &'static str,
    default: &'static str,
    values: Values,
}

pub(super) const DEREGISTRATION_DELAY: &str = "deregistration_delay.timeout_seconds";
pub(super) const PRESERVE_CLIENT_IP: &str = "preserve_client_ip.enabled";
pub(super) const CROSS_ZONE: &str = "load_balancing.cross_zone.enabled";

const BOOLEAN: Values = Values::Words(&["true", "false"]);
/// As many targets as a group may have (F1).
const TARGETS: RangeInclusive<u32> = 1..=1000;

const OF_TARGET_GROUP: &[Attribute] = &[
    attribute(DEREGISTRATION_DELAY, "300", Values::Numbers(0..=3600)),
    attribute(
        "deregistration_delay.connection_termination.enabled",
        "false",
        BOOLEAN,
    ),
    attribute(PRESERVE_CLIENT_IP, "true", BOOLEAN),
    attribute(
        CROSS_ZONE,
        "use_load_balancer_configuration",
        Values::Words(&["true", "false", "use_load_balancer_configuration"]),
    ),
    attribute(
        "target_group_health.dns_failover.minimum_healthy_targets.count",
        "1",
        Values::OffOr(TARGETS),
    ),
    attribute(
        "target_group_health.dns_failover.minimum_healthy_targets.percentage",
        "off",
        Values::OffOr(1..=100),
    ),
    // The only threshold that cannot be off.
    attribute(
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count",
        "1",
        Values::Numbers(TARGETS),
    ),
    attribute(
        "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage",
        "off",
        Values::OffOr(1..=100),
    ),
    attribute(
        "target_health_state.unhealthy.connection_termination.enabled",
        "true",
        BOOLEAN,
    ),
    attribute(
        "target_health_state.unhealthy.draining_interval_seconds",
        "0",
        Values::Numbers(0..=360_000),
    ),
    attribute("proxy_protocol_v2.enabled", "false", BOOLEAN),
    attribute("stickiness.enabled", "false", BOOLEAN),
    attribute(
        "stickiness.type",
        "source_ip",
        Values::Words(&["source_ip"]),
    ),
];

/// (F9)
const OF_LISTENER: &[Attribute] = &[attribute(
    "tcp.idle_timeout.seconds",
    "350",
    Values::Numbers(60..=6000),
)];

const fn attribute(key: &'static str, default: &'static str, values: Values) -> Attribute {
    Attribute {
        key,
        default,
        values,
    }
}

impl Known {
    fn all(self) -> &'static [Attribute] {
        match self {
            Self::OfTargetGroup => OF_TARGET_GROUP,
            Self::OfListener => OF_LISTENER,
        }
    }
}

/// The attributes of a new resource.
pub(super) fn defaults(of: Known) -> Attributes {
    let all = of.all().iter();
    all.map(|known| (known.key.to_owned(), known.default.to_owned()))
        .collect()
}

impl Model {
    /// ELBv2 `DescribeTargetGroupAttributes`.
    pub fn describe_target_group_attributes(
        &mut self,
        now: Timestamp,
        group: &TargetGroupArn,
    ) -> Result<Attributes, ApiError> {
        self.read(now, Call::DescribeTargetGroupAttributes, |model| {
            Ok(model.group(group)?.attributes.clone())
        })
    }

    /// ELBv2 `ModifyTargetGroupAttributes`: those not named stay as they are.
    pub fn modify_target_group_attributes(
        &mut self,
        now: Timestamp,
        group: &TargetGroupArn,
        attributes: &Attributes,
    ) -> Result<(), ApiError> {
        let asked = Asked::on(Call::ModifyTargetGroupAttributes, group.as_str());
        self.write(now, asked, group.to_string(), |model| {
            let record = model.group_mut(group)?;
            change(&mut record.attributes, attributes, Known::OfTargetGroup)
        })
    }

    /// ELBv2 `DescribeListenerAttributes`.
    pub fn describe_listener_attributes(
        &mut self,
        now: Timestamp,
        listener: &ListenerArn,
    ) -> Result<Attributes, ApiError> {
        self.read(now, Call::DescribeListenerAttributes, |model| {
            Ok(model.listener(listener)?.attributes.clone())
        })
    }

    /// ELBv2 `ModifyListenerAttributes`: those not named stay as they are.
    pub fn modify_listener_attributes(
        &mut self,
        now: Timestamp,
        listener: &ListenerArn,
        attributes: &Attributes,
    ) -> Result<(), ApiError> {
        let asked = Asked::on(Call::ModifyListenerAttributes, listener.as_str());
        self.write(now, asked, listener.to_string(), |model| {
            let record = model.listener_mut(listener)?;
            change(&mut record.attributes, attributes, Known::OfListener)
        })
    }
}

fn change(old: &mut Attributes, new: &Attributes, of: Known) -> Result<(), ApiError> {
    if new.is_empty() {
        return Err(ApiError::refused(
            "ValidationError",
            "at least one attribute must be given",
        ));
    }
    for (key, value) in new {
        let Some(known) = of.all().iter().find(|known| known.key == key.as_str()) else {
            return Err(invalid(format!("Attribute '{key}' is not supported")));
        };
        if !known.values.contain(value) {
            return Err(invalid(format!(
                "Attribute '{key}' cannot have the value '{value}'"
            )));
        }
    }
    old.extend(new.clone());
    Ok(())
}

impl Values {
    fn contain(&self, value: &str) -> bool {
        let number = || {
            let plain = value.bytes().all(|b| b.is_ascii_digit());
            plain.then(|| value.parse::<u32>().ok()).flatten()
        };
        match self {
            Self::Words(words) => words.contains(&value),
            Self::Numbers(range) => number().is_some_and(|n| range.contains(&n)),
            Self::OffOr(range) => value == "off" || number().is_some_and(|n| range.contains(&n)),
        }
    }
}

fn invalid(message: String) -> ApiError {
    ApiError::refused("InvalidConfigurationRequest", message)
}

#[cfg(test)]
mod tests {
    use super::super::world::{at, world};
    use super::*;

    fn one(key: &str, value: &str) -> Attributes {
        Attributes::from([(key.to_owned(), value.to_owned())])
    }

    #[test]
    fn every_default_is_a_value_that_may_be_set() {
        for known in OF_TARGET_GROUP.iter().chain(OF_LISTENER) {
            assert!(known.values.contain(known.default), "{}", known.key);
        }
    }

    #[test]
    fn unknown_keys_and_bad_values_are_refused_and_change_nothing() {
        let mut model = world();
        let group = model.with_group("a");
        let before = model.describe_target_group_attributes(at(0), &group);
        for (key, value) in [
            ("deregistration_delay", "1"),
            (DEREGISTRATION_DELAY, "3601"),
            (DEREGISTRATION_DELAY, "+1"),
            (PRESERVE_CLIENT_IP, "no"),
            (CROSS_ZONE, "on"),
            (
                "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count",
                "off",
            ),
        ] {
            let mut new = one(key, value);
            new.insert("stickiness.enabled".to_owned(), "true".to_owned());
            let answer = model.modify_target_group_attributes(at(0), &group, &new);
            assert_eq!(
                answer.map_err(|e| e.code),
                Err("InvalidConfigurationRequest"),
                "{key}={value}"
            );
        }
        assert_eq!(
            model.describe_target_group_attributes(at(0), &group),
            before
        );
    }

    #[test]
    fn the_idle_timeout_of_a_listener_goes_from_60_to_6000_f9() {
        let mut model = world();
        let (nlb, group) = (model.with_nlb(), model.with_group("a"));
        let listener = model.with_listener(&nlb, 9092, &group);
        let key = "tcp.idle_timeout.seconds";
        assert_eq!(
            model.describe_listener_attributes(at(0), &listener),
            Ok(one(key, "350"))
        );
        for (value, allowed) in [("59", false), ("60", true), ("6000", true), ("6001", false)] {
            let answer = model.modify_listener_attributes(at(0), &listener, &one(key, value));
            assert_eq!(answer.is_ok(), allowed, "{value}");
        }
    }
}
