//! No listener group names a consumer that is to connect: what is said of those that there are.

use super::{Finding, Patient, Station, found, gap};
use crate::look::Look;
use crate::observed::Observed;
use fleet::look::{PATTERN, arn, owner, scaling_group};
use fleet::naming::Owner;
use fleet::observed::ParameterKind;
use fleet::tags;

const RETIRED: &str = r#"{"retired": true}"#;

/// Every station but the parameter waits for it, and nothing that is told writes over a listener parameter.
fn nobody_is_to_connect(patient: &Patient, what: &str, next: &str) {
    patient.is_wrong(Station::Parameter, what, next);
    let examined = patient.examined();
    let text = examined.to_string();
    assert!(!text.contains("put-parameter"), "{text}");
    assert!(!text.contains("no parameter names"), "{text}");
    for each in &examined.walks[0].stations {
        if each.station != Station::Parameter {
            patient.waits(each.station, Station::Parameter);
        }
    }
}

#[test]
fn a_group_that_is_being_retired_is_told_with_what_the_retirement_waits_for() {
    let new = Patient::of(&[1]).but(|look| look.parameter("listeners/EXTERNAL", RETIRED));
    nobody_is_to_connect(
        &new,
        "EXTERNAL is retired, so nobody is to connect",
        "wait for the next run of register-brokers, within a minute; it is to tag EXTERNAL",
    );
    let since = "2026-11-22T11:59:00Z";
    let retired = new.but(|look| {
        look.tagged(owner(1), tags::RETIRED_SINCE, since).tagged(
            Owner::Bootstrap,
            tags::RETIRED_SINCE,
            since,
        )
    });
    nobody_is_to_connect(
        &retired,
        "EXTERNAL is retired, so nobody is to connect",
        "group EXTERNAL is retired, and no broker advertises it since 2026-11-22T11:59:00Z",
    );
    let unconnected = retired.access(|access| {
        (access.permissions, access.connections) = (Ok(Vec::new()), Ok(Vec::new()));
    });
    nobody_is_to_connect(&unconnected, "nobody is to connect", "group EXTERNAL");
}

#[test]
fn a_retirement_that_cannot_go_on_is_told_with_what_keeps_it() {
    let last = Patient::of(&[1]).but(|look| {
        let mut look = look
            .unmapped(Owner::Bootstrap)
            .parameter("listeners/EXTERNAL", RETIRED);
        let mut brokers = scaling_group("brokers", &[("i-1", "InService")]);
        brokers.target_groups = [arn(owner(1))].into();
        look.0.auto_scaling_groups = Ok(vec![brokers]);
        look
    });
    nobody_is_to_connect(
        &last,
        "EXTERNAL is retired",
        "is attached to Auto Scaling group brokers",
    );
    for read in [
        (|look| look.listeners = Err(gap())) as fn(&mut Observed),
        |look| look.instances = Err(gap()),
        |look| look.target_groups = Err(gap()),
        |look| look.now = Err(gap()),
    ] {
        let blind = last.clone().but(|mut look| {
            read(&mut look.0);
            look
        });
        let found = blind.at(Station::Parameter);
        assert!(matches!(found, Finding::Unknown { .. }), "{found:?}");
        assert_eq!(found.next(), Some("permission missing"));
    }
    let gone = last.but(|mut look| {
        look.0.load_balancer = Ok(None);
        look
    });
    gone.is_wrong(Station::Parameter, "there is no mapping", "load balancer");
}

#[test]
fn a_retirement_that_is_over_leaves_nothing_to_do_but_another_group() {
    let over = |look: Look| {
        look.unmapped(Owner::Bootstrap)
            .without_parameter("handover/EXTERNAL")
            .parameter("listeners/EXTERNAL", RETIRED)
    };
    let one = Patient::with(over(Look::of(&[])));
    let next = "write the parameter of a group of another name, /kafka-privatelink/orders/listeners/<GROUP>";
    nobody_is_to_connect(&one, "EXTERNAL is retired", next);
    let both = one
        .clone()
        .but(|look| look.parameter("listeners/EXTERNAL2", RETIRED));
    nobody_is_to_connect(&both, "EXTERNAL, EXTERNAL2 are retired", next);
    let slip = one.but(|look| look.parameter("listener/EXTERNAL2", PATTERN));
    let next = "if /kafka-privatelink/orders/listeners/EXTERNAL2 is meant";
    nobody_is_to_connect(&slip, "EXTERNAL is retired", next);
}

#[test]
fn a_parameter_that_is_there_and_cannot_be_used_is_never_written_over() {
    let of = |kind: ParameterKind| {
        Patient::of(&[1]).but(|look| {
            let mut look = look.parameter("listeners/EXTERNAL", RETIRED);
            let parameters = look.0.parameters.as_mut().expect("parameters");
            parameters.last_mut().expect("the parameter").kind = kind;
            look
        })
    };
    let frozen = Patient::of(&[1]).but(|look| look.without_parameter("listeners/EXTERNAL"));
    let refused = Patient::of(&[1]).but(|look| look.parameter("listeners/EXTERNAL", "nonsense"));
    for (patient, what, next) in [
        (frozen, "EXTERNAL is gone", "again"),
        (refused, "EXTERNAL is refused", "nonsense"),
        (
            of(ParameterKind::SecureString),
            "EXTERNAL is refused",
            "it is a SecureString, which is not read here; write it as a String: aws ssm delete-parameter --name /kafka-privatelink/orders/listeners/EXTERNAL && ",
        ),
    ] {
        patient.is_wrong(Station::Parameter, what, next);
        let examined = patient.examined();
        assert!(!examined.to_string().contains("--overwrite"), "{examined}");
        assert_eq!(examined.walks[0].group, Some("EXTERNAL".into()));
        assert!(found(&examined.walks[0], Station::Connection).is_well());
    }
}
