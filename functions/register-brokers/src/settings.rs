//! How our target groups and listeners are set ("Settings" in `register-brokers/README.md`).

use fleet::naming::Owner;
use fleet::observed::{Attributes, HealthCheck};

/// A TCP check on the port that is served, every 10 s, two answers to decide.
pub fn health_check() -> HealthCheck {
    HealthCheck {
        protocol: "TCP".to_owned(),
        port: "traffic-port".to_owned(),
        interval_seconds: 10,
        healthy_threshold: 2,
        unhealthy_threshold: 2,
    }
}

/// The attributes that we set; others are left as they are.
pub fn target_group_attributes(owner: Owner) -> Attributes {
    let mut attributes = vec![
        // NLB nodes are the source, as they are for PrivateLink (F10); no hairpin (P-35).
        ("preserve_client_ip.enabled", "false"),
        // A broker is one target in one zone: every node must be able to reach it (P-34, F5, F7).
        ("load_balancing.cross_zone.enabled", "true"),
        // Targets leave only when their instance is gone or replaced: hand over fast (F14).
        ("deregistration_delay.timeout_seconds", "30"),
        (
            "deregistration_delay.connection_termination.enabled",
            "true",
        ),
    ];
    match owner {
        // One broker's restart must not pull its zone's address out of DNS (F8, F36).
        Owner::Broker(_) => attributes.extend([
            (
                "target_group_health.dns_failover.minimum_healthy_targets.count",
                "off",
            ),
            (
                "target_group_health.dns_failover.minimum_healthy_targets.percentage",
                "off",
            ),
            (
                "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count",
                "1",
            ),
            (
                "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage",
                "off",
            ),
        ]),
        Owner::Bootstrap => {}
    }
    owned(&attributes)
}

/// Kafka closes idle connections after 600 s; the NLB must not do so before, silently (P-37, F9).
pub fn listener_attributes() -> Attributes {
    owned(&[("tcp.idle_timeout.seconds", "660")])
}

/// Those of the wanted attributes that are not so.
pub fn differing(wanted: &Attributes, seen: &Attributes) -> Attributes {
    wanted
        .iter()
        .filter(|(key, value)| seen.get(*key) != Some(value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn owned(pairs: &[(&str, &str)]) -> Attributes {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fleet::words::NodeId;

    fn told(attributes: &Attributes) -> Vec<String> {
        let pairs = attributes.iter();
        pairs.map(|(key, value)| format!("{key}={value}")).collect()
    }

    #[test]
    fn p34_p35_f8_f14_groups_are_crossed_hide_the_client_drain_fast_and_leave_dns_alone() {
        let bootstrap = [
            "deregistration_delay.connection_termination.enabled=true",
            "deregistration_delay.timeout_seconds=30",
            "load_balancing.cross_zone.enabled=true",
            "preserve_client_ip.enabled=false",
        ];
        assert_eq!(told(&target_group_attributes(Owner::Bootstrap)), bootstrap);
        let broker = Owner::Broker(NodeId::new(1).expect("a node"));
        let more = [
            "target_group_health.dns_failover.minimum_healthy_targets.count=off",
            "target_group_health.dns_failover.minimum_healthy_targets.percentage=off",
            "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count=1",
            "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage=off",
        ];
        let all: Vec<&str> = bootstrap.into_iter().chain(more).collect();
        assert_eq!(told(&target_group_attributes(broker)), all);
    }

    #[test]
    fn p37_the_nlb_outlasts_kafkas_ten_minutes() {
        assert_eq!(
            told(&listener_attributes()),
            ["tcp.idle_timeout.seconds=660"]
        );
    }

    #[test]
    fn only_what_is_wanted_and_not_so_differs() {
        let wanted = owned(&[("a", "1"), ("b", "2"), ("c", "3")]);
        let seen = owned(&[("a", "1"), ("b", "9"), ("z", "0")]);
        assert_eq!(told(&differing(&wanted, &seen)), ["b=2", "c=3"]);
        assert_eq!(differing(&wanted, &wanted), Attributes::new());
    }
}
