//! Nothing is wrong: what is said, to people and to programs.

use super::{Patient, Station, connection};
use crate::look::Look;
use fleet::look::{node, owner, target};
use fleet::naming::Owner;
use fleet::observed::{
    ConnectionState, IngressRule, IngressSource, TargetGroup, TargetHealth, TargetState,
};
use fleet::proof::{Path, Verdict};
use fleet::tags;
use serde_json::json;

#[test]
fn of_a_consumer_that_is_served_each_station_is_well() {
    let examined = Patient::of(&[1, 2, 3]).examined();
    assert!(examined.is_well(), "{examined}");
    assert_eq!(
        examined.to_string(),
        "What stands between a consumer and a working connection to cluster orders:

EXTERNAL
  ✓ listener parameter: /kafka-privatelink/orders/listeners/EXTERNAL is taken
  ✓ tags of instances: brokers 1, 2, 3
  ✓ instances: 3 run
  ✓ security groups: the NLB has none, and lets everybody in
  ✓ load balancer: it stands in us-west-2a
  ✓ listeners and target groups: 9093 → 1 · 9094 → 2 · 9095 → 3
  ✓ targets: 3 healthy, each behind its port
  ✓ proof: 3 ports reach their brokers, inside the VPC
  ✓ bootstrap: 9092 leads to 3 healthy brokers
  ✓ endpoint service: com.amazonaws.vpce.us-west-2.vpce-svc-1 is available in usw2-az1
  ✓ principals: account 111111111111 may connect
  ✓ connection: vpce-1 of account 111111111111 is available
  ✓ names: each broker advertises its own, and /kafka-privatelink/orders/handover/EXTERNAL has what the consumer's console asks for

Nothing stands in the way. The consumer's own side, such as its DNS and its security groups, is not seen from here.
"
    );
}

#[test]
fn a_single_broker_is_told_as_one() {
    let text = Patient::of(&[1]).examined().to_string();
    for said in [
        "1 port reaches its broker, inside the VPC",
        "9092 leads to 1 healthy broker\n",
        "1 runs\n",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[test]
fn what_is_found_is_told_to_programs_station_by_station() {
    let patient = Patient::of(&[1]).but(|look| {
        let why = "no answer".to_owned();
        look.verdict(Path::Port(node(1)), Verdict::Unreachable { why })
            .verdict(
                Path::Direct(node(1)),
                Verdict::NotKafka {
                    why: "so".to_owned(),
                },
            )
    });
    let told = serde_json::to_value(patient.examined()).expect("JSON");
    assert_eq!(
        (&told["cluster"], &told["walks"][0]["group"]),
        (&json!("orders"), &json!("EXTERNAL"))
    );
    let stations = &told["walks"][0]["stations"];
    assert_eq!(stations.as_array().map(Vec::len), Some(13));
    assert_eq!(
        stations[7],
        json!({
            "station": "proof", "finding": "wrong",
            "says": "port 9093 of broker 1 is not proven: unreachable: no answer",
            "next": "see to the process of broker 1 on i-1: its target is healthy and it does not answer, so it hangs, starts, or recovers its log",
        })
    );
    let waits = json!({"station": "bootstrap", "finding": "waits", "on": "proof"});
    assert_eq!(stations[8], waits);
    assert_eq!(stations[1]["finding"], "well");
}

#[test]
fn the_first_thing_to_do_stands_at_the_end() {
    let broken = Patient::of(&[1]).but(|look| look.without_parameter("listeners/EXTERNAL"));
    let text = broken.examined().to_string();
    let last = text.trim_end().lines().last().expect("a line");
    assert!(last.starts_with("Next: write "), "{text}");
    assert!(
        text.contains("\n  … listeners and target groups: waits for: listener parameter\n"),
        "{text}"
    );
    let stations = text
        .lines()
        .filter(|line| line.starts_with("  ") && !line.contains("  next: "));
    assert_eq!(stations.count(), 13, "{text}");
    broken.is_well(Station::Tags);
}

/// The guide, whose sample is tested here.
const GUIDE: &str = include_str!("../../../../../infra/README.md");

#[test]
fn the_sample_of_the_guide_is_what_is_said() {
    let unhealthy = |of| TargetHealth {
        reason: "Target.FailedHealthChecks".to_owned(),
        ..target(of, TargetState::Unhealthy)
    };
    let look = (1..=3).fold(Look::of(&[1, 2, 3]).never_complete(), |look, of| {
        let why = format!("10.0.0.{of}:39092 refused the connection");
        let never_served = |group: &mut TargetGroup| drop(group.tags.remove(tags::SERVED_BY));
        look.with_group(owner(of), never_served)
            .health(owner(of), vec![unhealthy(of)])
            .verdict(Path::Direct(node(of)), Verdict::Unreachable { why })
    });
    let look = look
        .without_listener(9092)
        .health(Owner::Bootstrap, Vec::new());
    let waits = connection("111111111111", ConnectionState::PendingAcceptance);
    let patient = Patient::with(as_the_stack_makes_it(look)).access(|access| {
        access.connections = Ok(vec![waits]);
        access.rules = Ok(vec![IngressRule {
            group: "sg-1".into(),
            protocol: "tcp".to_owned(),
            from_port: Some(1),
            to_port: Some(65535),
            source: IngressSource::Ipv4("10.250.0.0/16".to_owned()),
        }]);
    });
    let said = patient.examined().to_string();
    // As long as those of AWS.
    let said = said
        .replace("(i-1)", "(i-0123456789abcdef0)")
        .replace("vpce-svc-1 ", "vpce-svc-0f49e37e1f022cd45 ")
        .replace("111111111111", "123456789012");
    assert!(GUIDE.contains(said.trim_end()), "{said}");
}

/// The NLB and the service of `privatelink.yaml`: three zones, and a security group.
fn as_the_stack_makes_it(mut look: Look) -> Look {
    let nlb = look.0.load_balancer.as_mut().expect("seen");
    let nlb = nlb.as_mut().expect("an NLB");
    nlb.security_groups.insert("sg-1".into());
    let services = look.0.endpoint_services.as_mut().expect("seen");
    let service = services.first_mut().expect("a service");
    for (id, name) in [("usw2-az2", "us-west-2b"), ("usw2-az3", "us-west-2c")] {
        nlb.zones.insert(name.into());
        service.az_ids.insert(id.into());
        service.az_names.insert(name.into());
    }
    look
}
