//! Each word of the proof, with what is to be done about it.

use super::{Finding, Patient, Station};
use fleet::look::{node, owner, target};
use fleet::observed::TargetState;
use fleet::proof::{LOST, Path, Verdict};
use fleet::tags;

/// Broker 2's port has this verdict, and its own address another one.
fn proven(port: Verdict, direct: Option<Verdict>) -> Patient {
    Patient::of(&[1, 2]).but(|look| {
        let look = look.verdict(Path::Port(node(2)), port);
        match direct {
            Some(direct) => look.verdict(Path::Direct(node(2)), direct),
            None => look,
        }
    })
}

fn why(why: &str) -> String {
    why.to_owned()
}

#[test]
fn each_word_has_its_own_next_thing_to_do() {
    let hangs = || Verdict::Unreachable {
        why: why("the connection was closed while waiting for an answer"),
    };
    for (verdict, direct, says, next) in [
        (
            Verdict::WrongListener {
                reached: why("INTERNAL, which advertises b2:9092"),
            },
            None,
            "right broker, wrong listener: INTERNAL",
            "for push-listeners to let EXTERNAL, and no other listener, have port 39092 of broker 2",
        ),
        (
            Verdict::WrongCluster {
                reached: why("one"),
                wanted: why("two"),
            },
            None,
            "wrong cluster: reached one, expected two",
            "put the tags kafka-privatelink:cluster-id of the instances right",
        ),
        (
            Verdict::NotKafka {
                why: why("it speaks TLS"),
            },
            None,
            "not Kafka: it speaks TLS",
            "see what listens on port 39092 of i-2: it is not Kafka, or does not speak the PLAINTEXT",
        ),
        (
            hangs(),
            Some(hangs()),
            "an NLB does so, too, whose target does not listen or hangs",
            "see to the process of broker 2 on i-2",
        ),
        (
            hangs(),
            None,
            "unreachable",
            "let the NLB's security group take TCP 9094 in from probe-brokers, and TCP 39092 out",
        ),
        (
            Verdict::WrongBroker { reached: node(1) },
            None,
            "wrong broker: reached 1, expected 2",
            "wait for the next run of register-brokers",
        ),
        (
            Verdict::WrongBroker { reached: node(1) },
            Some(hangs()),
            "wrong broker",
            "see which broker runs on i-2: put its tag kafka-privatelink:node-id right",
        ),
    ] {
        let patient = proven(verdict, direct);
        patient.is_wrong(Station::Proof, says, next);
        patient.is_wrong(Station::Proof, "port 9094 of broker 2 is not proven", next);
        patient.waits(Station::Bootstrap, Station::Proof);
        patient.waits(Station::Names, Station::Proof);
        patient.is_well(Station::Connection);
    }
}

#[test]
fn a_connection_that_is_lost_is_a_matter_of_security_groups_or_of_a_process_that_hangs() {
    let lost = || Verdict::Unreachable {
        why: format!("no answer in time: {LOST}"),
    };
    let refused = || Verdict::Unreachable {
        why: why("refused the connection"),
    };
    let let_in = "let probe-brokers in, whose connections are lost on the way, and refused by nobody, or see to the process of broker 2 on i-2, if it hangs: the brokers' security group needs TCP 39092 from probe-brokers' security group, and the NLB's TCP 9094";
    for (port, direct) in [(lost(), lost()), (refused(), lost())] {
        proven(port, Some(direct)).is_wrong(Station::Proof, "is not proven", let_in);
    }
    let process = "see to the process of broker 2";
    proven(lost(), Some(refused())).is_wrong(Station::Proof, "is not proven", process);
    proven(lost(), None).is_wrong(Station::Proof, "is not proven", "TCP 9094 in from probe");

    let bootstrap = Patient::of(&[1, 2]).but(|look| look.verdict(Path::Bootstrap, lost()));
    let let_in = "the NLB's security group needs TCP 9092 from probe-brokers' security group";
    bootstrap.is_wrong(Station::Bootstrap, "9092 is not proven", let_in);

    let shut = proven(lost(), Some(lost()));
    let unhealthy = vec![target(2, TargetState::Unhealthy)];
    let served = shut.but(|look| look.health(owner(2), unhealthy));
    let new = served.clone().but(|mut look| {
        look.group_tags(owner(2)).remove(tags::SERVED_BY);
        look
    });
    let let_in = "let the NLB and probe-brokers in: connections to i-2 are lost on the way";
    new.is_wrong(Station::Targets, "is unhealthy", let_in);
    // A process that hangs accepts nobody once its queue of connections is full.
    let hangs = "see to the process of broker 2 on i-2: it has served here, and connections to it are lost now";
    served.is_wrong(Station::Targets, "is unhealthy", hangs);
    served.is_wrong(
        Station::Targets,
        "is unhealthy",
        "If it is well, the brokers' security group needs TCP 39092",
    );
}

#[test]
fn who_cannot_be_asked_is_not_known_to_be_wrong() {
    let secret = || Verdict::NotProvable {
        why: why("parameter … names no \"secret\""),
    };
    let bootstrap = Patient::of(&[1, 2]).but(|look| look.verdict(Path::Bootstrap, secret()));
    for (station, patient) in [
        (Station::Proof, proven(secret(), None)),
        (Station::Bootstrap, bootstrap),
    ] {
        let Finding::Unknown { says, next } = patient.at(station) else {
            panic!("{}", patient.examined());
        };
        assert!(says.contains("not provable, because parameter"), "{says}");
        let put_right = "put this right, and ask again: parameter … names no \"secret\"";
        assert_eq!(next, put_right);
    }
}

#[test]
fn a_probe_that_does_not_reach_a_broker_directly_keeps_no_consumer_away() {
    let direct = Verdict::Unreachable { why: why("no") };
    let patient = Patient::of(&[1, 2]).but(|look| look.verdict(Path::Direct(node(2)), direct));
    assert!(patient.examined().is_well(), "{}", patient.examined());
}
