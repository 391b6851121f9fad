//! What could not be read is told as not known, at its own station, and nothing is well that hangs on it.

use super::{Finding, Patient, Station};
use fleet::look::{arn, owner};
use fleet::naming::Owner;
use fleet::observed::Gap;

fn gap() -> Gap {
    Gap {
        read: "SomeCall".to_owned(),
        reason: "permission missing".to_owned(),
    }
}

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
        let last = text.trim_end().lines().last().expect("a line");
        assert!(last.starts_with("Next: "), "{text}");
    }
}

#[test]
fn permissions_that_could_not_be_read_want_the_tag_on_the_endpoint_service() {
    let patient = without(|it| it.access.permissions = Err(gap()));
    let found = patient.at(Station::Principals);
    let command = "aws ec2 create-tags --resources vpce-svc-1 --tags Key=kafka-privatelink:cluster,Value=orders";
    assert!(
        found.next().is_some_and(|next| next.ends_with(command)),
        "{found:?}"
    );
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
