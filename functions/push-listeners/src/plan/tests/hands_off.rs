//! What is not touched, each with its sentence.

mod file;
mod forged;
mod host;

use crate::look::Look;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use fleet::look::node;
use fleet::observed::{Gap, InstanceState};
use fleet::shown::Shown;

fn base64(text: &str) -> String {
    BASE64_STANDARD.encode(text)
}

/// Nothing is done, and this is said.
fn says(look: &Look, said: &str) {
    let plan = look.plan();
    assert!(plan.steps.is_empty(), "{said}: {:?}", plan.steps);
    let held: Vec<&str> = plan.held.iter().map(|it| it.sentence.as_str()).collect();
    assert!(
        held.iter().any(|it| it.contains(said)),
        "{said:?} is not in {held:?}"
    );
}

#[test]
fn who_does_not_show_itself_is_told_and_not_touched() {
    let reached = node(2);
    says(
        &Look::alone().showing(Shown::Another { reached }),
        "broker 2 answers there",
    );
    let why = "denied".to_owned();
    says(
        &Look::alone().showing(Shown::Untold { why }),
        "what broker 1 runs with is not known, so it is not touched: denied",
    );
    says(
        &Look::alone().silent().gone().inspected(),
        "that is not our doing",
    );
    let mut stopped = Look::alone();
    stopped.observed.shown = Ok(Vec::new());
    stopped.observed.instances.as_mut().expect("seen")[0].state = InstanceState::Stopped;
    says(&stopped, "instance i-1 is stopped");
}

#[test]
fn a_broker_without_a_port_waits_for_it() {
    let mut look = Look::alone();
    look.observed.target_groups = Ok(Vec::new());
    says(
        &look,
        "broker 1 gets EXTERNAL when register-brokers has given it a port; its port is not given yet",
    );
}

#[test]
fn a_group_whose_parameter_is_gone_or_wrong_stays_as_it_is() {
    let gone = Look::alone().serving().without("listeners/EXTERNAL");
    says(&gone, "is gone, and brokers keep EXTERNAL as it is");
    let wrong = Look::alone()
        .serving()
        .with("listeners/EXTERNAL", "<b>.unique_name.example.com:<p>");
    says(
        &wrong,
        "is refused, and brokers keep what they have of its group",
    );
}

#[test]
fn a_gap_changes_nothing() {
    let gap = || Gap {
        read: "a read".to_owned(),
        reason: "denied".to_owned(),
    };
    type Blinded = (&'static str, fn(&mut Look, Gap));
    let blind: [Blinded; 8] = [
        ("AWS's time", |it, gap| it.observed.now = Err(gap)),
        ("the cluster's parameters", |it, gap| {
            it.observed.parameters = Err(gap)
        }),
        ("the instances", |it, gap| it.observed.instances = Err(gap)),
        ("the Auto Scaling groups", |it, gap| {
            it.observed.auto_scaling_groups = Err(gap)
        }),
        ("the target groups", |it, gap| {
            it.observed.target_groups = Err(gap)
        }),
        ("the instances of Systems Manager", |it, gap| {
            it.observed.managed = Err(gap)
        }),
        ("our commands", |it, gap| it.observed.commands = Err(gap)),
        ("what brokers show", |it, gap| it.observed.shown = Err(gap)),
    ];
    for (what, make) in blind {
        let mut look = Look::alone().inspected();
        make(&mut look, gap());
        says(&look, &format!("{what} could not be read"));
        assert_eq!(look.plan().gaps, [gap()]);
    }
    let mut look = Look::alone().inspected();
    for output in look.observed.outputs.values_mut() {
        *output = Err(gap());
    }
    says(&look, "what our command said could not be read");
}

#[test]
fn a_parameter_admin_that_is_refused_is_told_and_nobody_is_asked() {
    let mut look = Look::alone().with("admin", r#"{"port": 0}"#);
    look.observed.shown = Err(Gap {
        read: "parameter /kafka-privatelink/orders/admin".to_owned(),
        reason: "it is wrong".to_owned(),
    });
    says(
        &look,
        "parameter /kafka-privatelink/orders/admin is refused, and no broker is asked or touched",
    );
}

#[test]
fn a_zone_that_the_consumer_does_not_know_is_named() {
    let elsewhere = Look::alone().with("listeners/EXTERNAL", "<b>.usw2-az9.abc.example.com:<p>");
    says(
        &elsewhere,
        "is for its zone, usw2-az1, which the consumer does not know",
    );
    let mut unknown = Look::alone();
    unknown.observed.instances.as_mut().expect("seen")[0].az_id = None;
    says(&unknown, "EC2 does not say in which zone the broker is");
}
