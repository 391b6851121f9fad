//! What could not be read is told as not known, at its own station, and nothing is well that hangs on it.

use super::{Finding, Patient, Station, connection, gap};
use fleet::look::{arn, owner};
use fleet::naming::Owner;
use fleet::observed::{ConnectionState, Gap, InstanceState};

/// A read that fails.
type Read = fn(&mut Patient);

/// What was seen of a cluster with a consumer, without one read.
fn without(read: Read) -> Patient {
    let mut patient = Patient::of(&[1, 2]);
    let nlb = patient.look.0.load_balancer.as_mut().expect("seen");
    let nlb = nlb.as_mut().expect("an NLB");
    nlb.security_groups.insert("sg-1".into());
    nlb.enforces_inbound_on_private_link = Some(true);
    patient.access.rules = Ok(vec![fleet::observed::IngressRule {
        group: "sg-1".into(),
        protocol: "-1".to_owned(),
        from_port: None,
        to_port: None,
        source: fleet::observed::IngressSource::Ipv4("0.0.0.0/0".to_owned()),
    }]);
    assert!(patient.examined().is_well(), "{}", patient.examined());
    read(&mut patient);
    patient
}

#[test]
fn each_read_that_failed_is_told_where_it_belongs() {
    let reads: [(Station, Read); 15] = [
        (Station::Parameter, |it| it.look.0.parameters = Err(gap())),
        (Station::Tags, |it| it.look.0.instances = Err(gap())),
        (Station::Instances, |it| {
            it.look.0.auto_scaling_groups = Err(gap());
        }),
        (Station::SecurityGroups, |it| it.access.rules = Err(gap())),
        (Station::LoadBalancer, |it| {
            it.look.0.load_balancer = Err(gap());
        }),
        (Station::LoadBalancer, |it| it.look.0.nodes = Err(gap())),
        (Station::Listeners, |it| it.look.0.now = Err(gap())),
        (Station::Listeners, |it| it.look.0.listeners = Err(gap())),
        (Station::Listeners, |it| {
            it.look.0.target_groups = Err(gap());
        }),
        (Station::Targets, |it| {
            it.look.0.health.insert(arn(owner(2)), Err(gap()));
        }),
        (Station::Proof, |it| it.look.0.proof = Err(gap())),
        (Station::Bootstrap, |it| {
            let proof = crate::look::all_proven(&it.look.0);
            it.look.0.proof = Ok(proof);
            it.look.0.health.insert(arn(Owner::Bootstrap), Err(gap()));
        }),
        (Station::Service, |it| {
            it.look.0.endpoint_services = Err(gap());
        }),
        (Station::Principals, |it| it.access.permissions = Err(gap())),
        (Station::Connection, |it| it.access.connections = Err(gap())),
    ];
    for (station, read) in reads {
        let patient = without(read);
        let examined = patient.examined();
        assert!(!examined.is_well(), "{examined}");
        match patient.at(station) {
            Finding::Unknown { says, next } => {
                assert!(says.contains("SomeCall could not be read"), "{says}");
                let tells =
                    next.contains("permission missing") || says.contains("permission missing");
                assert!(tells, "{says}: {next}");
            }
            other => panic!("{station}: {other:?}"),
        }
        let text = examined.to_string();
        assert!(text.contains("\n  ? "), "{text}");
        assert!(!text.contains("Nothing stands"), "{text}");
        // The first thing to do is what lets it be read, and nothing that only seems to be wrong without it.
        let found = patient.at(station);
        let next = found.next().expect("something to do");
        assert!(text.ends_with(&format!("\nNext: {next}\n")), "{text}");
    }
}

#[test]
fn permissions_that_could_not_be_read_want_the_tag_on_the_endpoint_service() {
    let patient = without(|it| it.access.permissions = Err(gap()));
    let next = |patient: &Patient| {
        let found = patient.at(Station::Principals);
        found.next().expect("something to do").to_owned()
    };
    let command = "aws ec2 create-tags --resources vpce-svc-1 --tags Key=kafka-privatelink:cluster,Value=orders";
    let does = next(&patient);
    assert!(does.ends_with(command), "{does}");
    // A tag does nothing about any other reason.
    let patient = without(|it| {
        it.access.permissions = Err(Gap {
            reason: "throttled".to_owned(),
            ..gap()
        });
    });
    assert_eq!(next(&patient), "throttled");
}

#[test]
fn where_permissions_could_not_be_read_the_endpoints_that_stand_are_the_consumers() {
    for lost in [
        ConnectionState::Rejected,
        ConnectionState::Expired,
        ConnectionState::Deleted,
    ] {
        let mut patient = without(|it| it.access.permissions = Err(gap()));
        let stranger = connection("999999999999", lost);
        let connections = patient.access.connections.as_mut().expect("seen");
        connections.insert(0, stranger.clone());
        patient.is_well(Station::Connection);
        patient.access.connections = Ok(vec![stranger]);
        let found = patient.at(Station::Connection);
        assert!(!found.is_well(), "{found:?}");
    }
}

#[test]
fn who_is_listed_or_allowed_is_not_told_to_be_listed_where_that_could_not_be_read() {
    let unlisted = "list account 111111111111";
    let waiting = without(|it| {
        it.look = it.look.clone().parameter("principals", "111111111111");
        let connections = it.access.connections.iter_mut().flatten();
        connections.for_each(|it| it.state = ConnectionState::PendingAcceptance);
        it.access.permissions = Err(gap());
    });
    let found = waiting.at(Station::Connection);
    let next = found.next().expect("something to do");
    assert!(!next.contains(unlisted), "{next}");
    assert!(next.contains("until sync-principals accepts it"), "{next}");
    let nobody = without(|it| {
        it.look.0.parameters = Err(gap());
        it.access.permissions = Ok(Vec::new());
    });
    let found = nobody.at(Station::Principals);
    let next = found.next().expect("something to do");
    assert!(!next.contains("aws ssm put-parameter"), "{next}");
    assert!(next.contains("SomeCall could not be read"), "{next}");
}

#[test]
fn of_a_cluster_of_which_nothing_could_be_read_nothing_is_well() {
    let patient = without(|it| {
        let observed = &mut it.look.0;
        observed.now = Err(gap());
        observed.parameters = Err(gap());
        observed.load_balancer = Err(gap());
        observed.listeners = Err(gap());
        observed.target_groups = Err(gap());
        observed.instances = Err(gap());
        observed.auto_scaling_groups = Err(gap());
        observed.nodes = Err(gap());
        observed.endpoint_services = Err(gap());
        observed.proof = Err(gap());
        it.access.permissions = Err(gap());
        it.access.connections = Err(gap());
        it.access.rules = Err(gap());
    });
    let examined = patient.examined();
    let mut stations = examined.walks.iter().flat_map(|walk| &walk.stations);
    assert!(stations.all(|found| !found.finding.is_well()), "{examined}");
}

#[test]
fn what_hangs_on_the_nlbs_listeners_is_not_well_where_they_could_not_be_read() {
    for read in [
        (|it| it.look.0.listeners = Err(gap())) as Read,
        |it| it.look.0.target_groups = Err(gap()),
        |it| it.look.0.now = Err(gap()),
    ] {
        let patient = without(read);
        // Which ports consumers dial.
        let found = patient.at(Station::SecurityGroups);
        assert!(matches!(found, Finding::Unknown { .. }), "{found:?}");
        // Whether others have the ports that it asks for.
        let told = format!("{:?}", patient.at(Station::Parameter));
        assert!(!told.contains("is taken"), "{told}");
    }
}

#[test]
fn a_new_broker_that_gets_no_port_because_of_a_gap_waits_for_what_could_not_be_read() {
    let patient = without(|it| {
        it.look = it.look.clone().and("i-9", 9, InstanceState::Running);
        it.look.0.auto_scaling_groups = Err(gap());
    });
    let is_held = |held: &String| held.starts_with("no new broker enters EXTERNAL");
    assert!(patient.look.held().iter().any(is_held));
    patient.waits(Station::Listeners, Station::Instances);
    let text = patient.examined().to_string();
    assert!(text.ends_with("\nNext: permission missing\n"), "{text}");
}
