//! Set-ups that are broken on our side, in the order of the way.

use super::{Finding, Patient, Station};
use crate::look::Look;
use fleet::look::{PATTERN, owner, target};
use fleet::naming::Owner;
use fleet::observed::{Gap, IngressRule, IngressSource, InstanceState, ServiceState, TargetState};
use fleet::proof::{Path, Verdict};
use fleet::tags;

/// Three brokers that are tagged and run; nothing is written, and nothing is mapped.
fn new() -> Patient {
    let look = Look::of(&[])
        .unmapped(Owner::Bootstrap)
        .without_parameter("listeners/EXTERNAL")
        .without_parameter("handover/EXTERNAL");
    let look = (1..=3).fold(look, |look, node| {
        look.and(&format!("i-{node}"), node, InstanceState::Running)
    });
    Patient::with(look)
}

#[test]
fn without_a_parameter_the_pattern_is_to_be_written_and_what_is_there_is_well() {
    let patient = new();
    patient.is_wrong(
        Station::Parameter,
        "no parameter names a consumer",
        "aws ssm put-parameter --type String --name /kafka-privatelink/orders/listeners/EXTERNAL --value '<broker_id>",
    );
    for station in [
        Station::Tags,
        Station::Instances,
        Station::LoadBalancer,
        Station::Service,
        Station::Principals,
        Station::Connection,
    ] {
        patient.is_well(station);
    }
    patient.waits(Station::SecurityGroups, Station::Parameter);
    patient.waits(Station::Listeners, Station::Parameter);
    patient.waits(Station::Targets, Station::Listeners);
    patient.waits(Station::Names, Station::Proof);
    let walk = &patient.examined().walks[0];
    assert_eq!(walk.group, None);
}

#[test]
fn a_parameter_whose_name_has_a_slip_is_told_with_the_name_that_was_meant() {
    let patient = new().but(|look| look.parameter("listener/EXTERNAL", PATTERN));
    patient.is_wrong(
        Station::Parameter,
        "no parameter",
        "/kafka-privatelink/orders/listener/EXTERNAL is read by nobody: if /kafka-privatelink/orders/listeners/EXTERNAL is meant",
    );
}

#[test]
fn a_parameter_that_cannot_be_read_is_told_with_its_line_and_what_to_write() {
    let line = |az, name| format!("{az} => <broker_id>.{name}.abc.example.com:<port>");
    let text = [line("usw2-az1", "usw2-az1"), line("usw2-az2", "usw2-az3")].join("\n    ");
    let patient = Patient::of(&[1, 2]).but(|look| look.parameter("listeners/EXTERNAL", &text));
    patient.is_wrong(
        Station::Parameter,
        "/kafka-privatelink/orders/listeners/EXTERNAL is refused",
        "line 2 \"usw2-az2 => ",
    );
    let found = patient.at(Station::Parameter);
    assert!(
        found.next().is_some_and(|next| next.starts_with("line 2")),
        "{found:?}"
    );
    patient.waits(Station::Listeners, Station::Parameter);
    patient.is_well(Station::Connection);
}

#[test]
fn a_parameter_that_is_gone_is_to_be_written_again() {
    let patient = Patient::of(&[1]).but(|look| look.without_parameter("listeners/EXTERNAL"));
    patient.is_wrong(Station::Parameter, "is gone", "again");
}

#[test]
fn a_pattern_without_a_line_for_a_brokers_zone_is_told() {
    let text = "usw2-az2 => <b>.usw2-az2.abc.example.com:<p>";
    let patient = new().but(|look| look.parameter("listeners/EXTERNAL", text));
    patient.is_wrong(Station::Parameter, "does not fit", "no line for usw2-az1");
}

#[test]
fn without_tags_the_command_is_told_that_writes_them() {
    let patient = new().but(|mut look| {
        look.0.instances = Ok(Vec::new());
        look.parameter("listeners/EXTERNAL", PATTERN)
    });
    patient.is_wrong(
        Station::Tags,
        "no instance is tagged as a broker of cluster orders",
        "Key=kafka-privatelink:cluster,Value=orders Key=kafka-privatelink:node-id,Value=<node.id>",
    );
    patient.is_well(Station::Parameter);
    patient.waits(Station::Instances, Station::Tags);
    patient.waits(Station::Listeners, Station::Tags);
}

#[test]
fn a_tag_with_a_slip_two_brokers_of_one_number_and_a_stranger_under_a_tag_are_told() {
    let retagged = |value: &'static str| {
        Patient::of(&[1, 2]).but(move |look| {
            look.and("i-9", 9, InstanceState::Running)
                .with_instance(9, |it| {
                    it.tags.insert(tags::NODE_ID.to_owned(), value.to_owned());
                })
        })
    };
    retagged("b9").is_wrong(
        Station::Tags,
        "instance i-9 is no broker by its tags",
        "\"b9\" is not a whole number; set it to the broker's node.id",
    );
    let twins = Patient::of(&[1, 2]).but(|look| look.and("i-9", 2, InstanceState::Running));
    twins.is_wrong(Station::Tags, "by its tags", "i-2 and i-9");
    let reached = fleet::look::node(7);
    let another = Patient::of(&[1, 2]).but(|look| {
        look.verdict(
            Path::Direct(fleet::look::node(2)),
            Verdict::WrongBroker { reached },
        )
    });
    another.is_wrong(
        Station::Tags,
        "by who answers on it",
        "reached 7, expected 2",
    );
}

#[test]
fn an_instance_that_stands_still_is_to_be_started() {
    let is =
        |state| Patient::of(&[1, 2]).but(move |look| look.with_instance(2, |it| it.state = state));
    is(InstanceState::Stopped).is_wrong(
        Station::Instances,
        "broker 2 (i-2) is stopped",
        "aws ec2 start-instances --instance-ids i-2",
    );
    is(InstanceState::Stopping).is_wrong(Station::Instances, "stopping", "once it is stopped");
    is(InstanceState::Pending).is_wrong(Station::Instances, "pending", "wait until it runs");
    is(InstanceState::Stopped).waits(Station::Targets, Station::Instances);
}

#[test]
fn who_is_left_out_or_taken_out_is_not_waited_for() {
    let without = format!(r#"{{"pattern": "{PATTERN}", "without": [2]}}"#);
    let stopped = Patient::of(&[1, 2])
        .but(|look| look.with_instance(2, |it| it.state = InstanceState::Stopped));
    let left_out = stopped.but(|look| look.parameter("listeners/EXTERNAL", &without));
    left_out.is_well(Station::Instances);
    let all = format!(r#"{{"pattern": "{PATTERN}", "without": [1, 2, 3]}}"#);
    let nobody = new().but(|look| look.parameter("listeners/EXTERNAL", &all));
    nobody.is_wrong(Station::Listeners, "no broker is left", "\"without\"");
}

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
    let missing = new().but(|mut look| {
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
    let nlb = |change: fn(&mut fleet::observed::LoadBalancer)| {
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
    let new = new().but(|look| look.parameter("listeners/EXTERNAL", PATTERN).ports_agreed());
    new.is_wrong(
        Station::Listeners,
        "broker 1 has no port",
        "create target group",
    );
    let crossed = Patient::of(&[1, 2]).but(|look| {
        look.with_listener(9093, |it| it.forwards_to = vec![fleet::look::arn(owner(2))])
    });
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
            look.verdict(
                Path::Direct(fleet::look::node(2)),
                Verdict::Unreachable { why },
            )
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
    is(TargetState::Unhealthy).is_wrong(Station::Targets, "unhealthy", "let the NLB in");
    is(TargetState::Initial).is_wrong(Station::Targets, "initial", "wait some minutes");
    is(TargetState::Unused).is_wrong(Station::Targets, "unused", "ask again in a minute");
    is(TargetState::Draining).is_wrong(Station::Targets, "draining", "register");
    let unknown = is(TargetState::Unavailable).at(Station::Targets);
    assert!(matches!(unknown, Finding::Unknown { .. }), "{unknown:?}");
    let gone = Patient::of(&[1, 2]).but(|look| look.health(owner(2), Vec::new()));
    gone.is_wrong(Station::Targets, "is not registered", "it is to register");
    gone.waits(Station::Proof, Station::Targets);
}

#[test]
fn a_bootstrap_that_is_shut_or_has_nobody_who_is_healthy_is_told() {
    let sick = Patient::of(&[1])
        .but(|look| look.health(Owner::Bootstrap, vec![target(1, TargetState::Initial)]));
    sick.is_wrong(
        Station::Bootstrap,
        "none of its 1 targets",
        "wait some minutes",
    );
    let empty = Patient::of(&[1, 2]).but(|look| look.health(Owner::Bootstrap, Vec::new()));
    empty.is_wrong(
        Station::Bootstrap,
        "does not lead to each broker yet",
        "with EXTERNAL bootstrap",
    );
    let why = || "no answer".to_owned();
    let unproven = Patient::of(&[1])
        .but(|look| look.verdict(Path::Bootstrap, Verdict::NotKafka { why: why() }));
    unproven.is_wrong(
        Station::Bootstrap,
        "9092 is not proven",
        "target of bootstrap",
    );
    let gone = Patient::of(&[1]).but(|look| look.without_listener(9092));
    gone.is_wrong(Station::Bootstrap, "does not lead", "create listener 9092");
    gone.waits(Station::Names, Station::Bootstrap);
}

#[test]
fn an_endpoint_service_that_is_missing_or_not_available_is_told_as_the_hand_over_tells_it() {
    let service = |change: fn(&mut Vec<fleet::observed::EndpointService>)| {
        Patient::of(&[1]).but(move |mut look| {
            change(look.0.endpoint_services.as_mut().expect("services"));
            look
        })
    };
    let none = service(|all| all.clear());
    none.is_wrong(
        Station::Service,
        "none can be connected to",
        "deploy infra/privatelink.yaml",
    );
    none.waits(Station::Principals, Station::Service);
    none.waits(Station::Connection, Station::Service);
    let pending = service(|all| all[0].state = ServiceState::Pending);
    pending.is_wrong(Station::Service, "none", "is Pending");
    let elsewhere = service(|all| {
        all[0].az_ids = ["usw2-az3".into()].into();
        all[0].az_names.clear();
    });
    elsewhere.is_wrong(
        Station::Service,
        "does not reach each broker",
        "is not available in usw2-az1",
    );
}

#[test]
fn names_that_are_not_the_wanted_ones_are_told_where_brokers_say_them() {
    let node = fleet::look::node;
    let advertises = Patient::of(&[1, 2]).but(|look| {
        let [found, wanted] = [
            "b2.old.example.com:9094",
            "b2.usw2-az1.abc.example.com:9094",
        ]
        .map(str::to_owned);
        look.verdict(Path::Port(node(2)), Verdict::Advertises { found, wanted })
    });
    advertises.is_wrong(
        Station::Names,
        "behind port 9094 b2.old.example.com:9094 is advertised, and b2.usw2-az1",
        "say when brokers may restart",
    );
    advertises.is_well(Station::Proof);
    advertises.waits(Station::Bootstrap, Station::Names);
    let unlisted = Patient::of(&[1, 2])
        .but(|look| look.row(Path::Port(node(1)), |row| _ = row.unlisted.insert(node(2))));
    unlisted.is_wrong(
        Station::Names,
        "port 9093 does not list broker 2",
        "restart",
    );
    let strangers = Patient::of(&[1, 2])
        .but(|look| look.row(Path::Bootstrap, |row| _ = row.strangers.insert(node(8))));
    strangers.is_wrong(
        Station::Names,
        "lists broker 8 to the consumer",
        "tag the instance",
    );
    let unwritten = Patient::of(&[1]).but(Look::never_handed_over);
    unwritten.is_wrong(
        Station::Names,
        "handover/EXTERNAL is not written yet",
        "it is to write",
    );
    let secret = Patient::of(&[1]).but(|mut look| {
        let parameters = look.0.parameters.as_mut().expect("parameters");
        let handover = parameters
            .iter_mut()
            .find(|it| it.name.contains("handover"));
        handover.expect("a hand-over").kind = fleet::observed::ParameterKind::StringList;
        look
    });
    secret.is_wrong(Station::Names, "not told how it is now", "delete-parameter");
}
