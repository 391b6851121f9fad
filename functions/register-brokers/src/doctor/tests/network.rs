//! Set-ups that are broken on the NLB and at its targets.

use super::{Finding, Patient, Station};
use fleet::look::{PATTERN, arn, node, owner, target};
use fleet::observed::{Gap, IngressRule, IngressSource, LoadBalancer, TargetState};
use fleet::proof::{Path, Verdict};
use fleet::tags;

#[test]
fn security_groups_that_let_nobody_in_are_told_with_the_rule_that_is_missing() {
    let with = |rule: Option<IngressRule>, enforced| {
        Patient::of(&[1, 2])
            .but(|mut look| {
                let nlb = look.0.load_balancer.as_mut().expect("seen");
                let nlb = nlb.as_mut().expect("an NLB");
                nlb.security_groups.insert("sg-1".into());
                nlb.enforces_inbound_on_private_link = enforced;
                look
            })
            .access(|access| access.rules = Ok(rule.into_iter().collect()))
    };
    let rule = |last| IngressRule {
        group: "sg-1".into(),
        protocol: "tcp".to_owned(),
        from_port: Some(9092),
        to_port: Some(last),
        source: IngressSource::Ipv4("10.250.0.0/16".to_owned()),
    };
    let command = "--group-id sg-1 --protocol tcp --port 9092-9094 --cidr <range>";
    with(None, None).is_wrong(Station::SecurityGroups, "nobody in on port 9092", command);
    with(Some(rule(9093)), Some(true)).is_wrong(Station::SecurityGroups, "port 9094", command);
    with(Some(rule(9094)), None).is_well(Station::SecurityGroups);
    with(None, Some(false)).is_well(Station::SecurityGroups);
}

#[test]
fn an_nlb_that_is_not_there_is_no_nlb_or_stands_elsewhere_is_told() {
    let missing = Patient::new().but(|mut look| {
        look.0.load_balancer = Ok(None);
        look.0.nodes = Ok(Vec::new());
        // AWS lists no listeners of a load balancer that it does not know.
        look.0.listeners = Err(Gap {
            read: "DescribeListeners".to_owned(),
            reason: "not found".to_owned(),
        });
        look.parameter("listeners/EXTERNAL", PATTERN)
    });
    missing.is_wrong(Station::LoadBalancer, "not there", "set LOAD_BALANCER_ARN");
    missing.is_well(Station::Parameter);
    missing.is_well(Station::Instances);
    missing.waits(Station::Listeners, Station::LoadBalancer);
    missing.waits(Station::Service, Station::LoadBalancer);
    let nlb = |change: fn(&mut LoadBalancer)| {
        Patient::of(&[1]).but(move |mut look| {
            let nlb = look.0.load_balancer.as_mut().expect("seen");
            change(nlb.as_mut().expect("an NLB"));
            look
        })
    };
    let other = nlb(|nlb| nlb.kind = "application".to_owned());
    other.is_wrong(
        Station::LoadBalancer,
        "another type",
        "needs a Network Load Balancer",
    );
    let zones = nlb(|nlb| nlb.zones.clear());
    zones.is_wrong(
        Station::LoadBalancer,
        "does not stand behind it",
        "add a subnet of that zone",
    );
    let new = Patient::of(&[1]).but(|mut look| {
        look.0.nodes = Ok(Vec::new());
        look
    });
    new.is_wrong(
        Station::LoadBalancer,
        "no network interface yet",
        "until the NLB is active",
    );
}

#[test]
fn what_register_brokers_is_about_to_make_is_named_and_what_keeps_it_from_that() {
    let broken = || Patient::of(&[1, 2]).but(|look| look.without_listener(9094));
    broken().is_wrong(
        Station::Listeners,
        "no listener stands on port 9094",
        "within a minute; it is to create listener 9094 for EXTERNAL broker 2",
    );
    let paused = broken().but(|look| look.parameter("paused", "true"));
    paused.is_wrong(
        Station::Listeners,
        "9094",
        "aws ssm put-parameter --overwrite --type String --name /kafka-privatelink/orders/paused --value false",
    );
    let new =
        Patient::new().but(|look| look.parameter("listeners/EXTERNAL", PATTERN).ports_agreed());
    new.is_wrong(
        Station::Listeners,
        "broker 1 has no port",
        "create target group",
    );
    let crossed = Patient::of(&[1, 2])
        .but(|look| look.with_listener(9093, |it| it.forwards_to = vec![arn(owner(2))]));
    crossed.is_wrong(
        Station::Listeners,
        "9093 leads elsewhere",
        "point listener 9093",
    );
}

#[test]
fn what_other_hands_did_on_the_nlb_is_told_as_it_is_held() {
    let taken = Patient::of(&[1, 2]).but(|look| {
        look.without_listener(9094)
            .foreign_listener(9094, "arn:other")
    });
    taken.is_wrong(Station::Listeners, "in the way", "9094");
    let attached = Patient::of(&[1]).but(|look| look.scaled(&[], &[owner(1)]));
    attached.is_wrong(Station::Listeners, "in the way", "detach it there");
    let untagged = Patient::of(&[1]).but(|mut look| {
        look.group_tags(owner(1)).remove(tags::PORT);
        look
    });
    untagged.is_wrong(Station::Listeners, "in the way", "put the tag back");
}

#[test]
fn a_target_that_is_not_healthy_is_told_with_what_would_make_it_so() {
    let is =
        |state| Patient::of(&[1, 2]).but(move |look| look.health(owner(2), vec![target(2, state)]));
    let silent = |patient: Patient| {
        patient.but(|look| {
            let why = "10.0.0.2:39092 refused the connection".to_owned();
            look.verdict(Path::Direct(node(2)), Verdict::Unreachable { why })
        })
    };
    let served = silent(is(TargetState::Unhealthy));
    served.is_wrong(
        Station::Targets,
        "the target of broker 2 (i-2) behind port 9094 is unhealthy",
        "see to the process of broker 2 on i-2: it has served here",
    );
    let new = served.but(|mut look| {
        look.group_tags(owner(2)).remove(tags::SERVED_BY);
        look
    });
    new.is_wrong(
        Station::Targets,
        "unhealthy",
        "for push-listeners to give it the listener EXTERNAL on port 39092, on which nobody answers: aws ssm",
    );
    let allowed = new.but(|look| look.parameter("restarts", "any-time"));
    allowed.is_wrong(
        Station::Targets,
        "unhealthy",
        "aws logs tail /kafka-privatelink/orders/push-listeners --since 5m",
    );
    // It answers on its own address.
    let unhealthy = || is(TargetState::Unhealthy);
    unhealthy().is_wrong(Station::Targets, "unhealthy", "let the NLB in");
    // So does whoever is no broker.
    let why = || "it speaks TLS".to_owned();
    let not_kafka = Verdict::NotKafka { why: why() };
    let wrong = unhealthy().but(|look| look.verdict(Path::Direct(node(2)), not_kafka));
    wrong.is_wrong(Station::Targets, "unhealthy", "let the NLB in");
    // Whether it does is not known.
    let not_asked = Verdict::NotProvable { why: why() };
    let not_asked = unhealthy().but(|look| look.verdict(Path::Direct(node(2)), not_asked));
    let next = "put this right, and ask again: it speaks TLS";
    not_asked.is_wrong(Station::Targets, "unhealthy", next);
    let next = "InvokeFunction of probe could not be read: denied";
    let blind = unhealthy().but(crate::look::Look::without_proof);
    blind.is_wrong(Station::Targets, "unhealthy", next);
    is(TargetState::Initial).is_wrong(Station::Targets, "initial", "wait some minutes");
    is(TargetState::Unused).is_wrong(Station::Targets, "unused", "ask again in a minute");
    is(TargetState::Draining).is_wrong(Station::Targets, "draining", "register");
    let unknown = is(TargetState::Unavailable).at(Station::Targets);
    assert!(matches!(unknown, Finding::Unknown { .. }), "{unknown:?}");
    let gone = Patient::of(&[1, 2]).but(|look| look.health(owner(2), Vec::new()));
    gone.is_wrong(Station::Targets, "is not registered", "it is to register");
    gone.waits(Station::Proof, Station::Targets);
}
