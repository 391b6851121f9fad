//! The order of steps, make before break, and whose they may be.

use crate::look::Look;
use crate::settings;
use TargetState::Healthy;
use fleet::look::{arn, owner, stranger, target};
use fleet::naming::Owner;
use fleet::observed::{InstanceState, TargetState};
use fleet::tags;

#[test]
fn what_makes_comes_before_what_breaks_and_what_is_there_before_what_is_new() {
    let mut look = Look::of(&[1, 2, 3])
        .with_instance(3, |i| i.state = InstanceState::Terminated)
        .with_group(owner(2), |group| group.health_check.interval_seconds = 30)
        .health(owner(2), vec![stranger("i-2", 9999, Healthy)])
        .without_listener(9094)
        .tagged(owner(2), tags::VACANT_SINCE, "2026-11-22T11:00:00Z")
        .doubted_before(&[crate::observed::Doubt::Broker(fleet::look::node(3))]);
    look.instance(4, InstanceState::Running);
    let attributes = settings::target_group_attributes(owner(2));
    let attributes = attributes.into_keys().map(|key| (key, "other".to_owned()));
    look.0
        .group_attributes
        .insert(arn(owner(2)), Ok(attributes.collect()));
    let look = look.health(Owner::Bootstrap, vec![target(3, Healthy)]);
    let look = look.ports_agreed();
    let steps: Vec<String> = look
        .plan()
        .steps
        .iter()
        .map(|step| step.change.to_string())
        .collect();
    assert_eq!(
        steps,
        [
            "remove tag kafka-privatelink:vacant-since of EXTERNAL broker 2",
            "set the health check of EXTERNAL broker 2",
            "set 8 attributes of EXTERNAL broker 2",
            "register i-2 with EXTERNAL broker 2",
            "create listener 9094 for EXTERNAL broker 2",
            "tag EXTERNAL broker 3 with kafka-privatelink:vacant-since=2026-11-22T12:00:00Z",
            "register i-1 with EXTERNAL bootstrap",
            "create target group of EXTERNAL broker 4 (port 9096, targets on 39092)",
            "set 8 attributes of EXTERNAL broker 4",
            "register i-4 with EXTERNAL broker 4",
            "create listener 9096 for EXTERNAL broker 4",
            "deregister i-3 from EXTERNAL bootstrap",
            "deregister i-2 from EXTERNAL broker 2",
            "deregister i-3 from EXTERNAL broker 3",
            "delete listener 9095 of EXTERNAL broker 3",
        ]
    );
}

#[test]
fn without_a_network_load_balancer_there_is_nothing_to_plan() {
    let mut look = Look::of(&[1]).health(owner(1), Vec::new());
    if let Ok(Some(nlb)) = &mut look.0.load_balancer {
        nlb.kind = "application".to_owned();
    }
    assert_eq!(look.steps(), [""; 0]);
    assert_eq!(
        look.held(),
        [
            "arn:nlb is a load balancer of type application; PrivateLink needs a Network Load Balancer"
        ]
    );
    look.0.load_balancer = Ok(None);
    assert_eq!(look.steps(), [""; 0]);
    assert_eq!(
        look.held(),
        [
            "there is no load balancer arn:nlb; set LOAD_BALANCER_ARN to the one of the endpoint service"
        ]
    );
}

#[test]
fn a_pause_is_passed_on_and_the_plan_is_made_all_the_same() {
    let look = Look::of(&[1])
        .parameter("paused", "true")
        .health(owner(1), Vec::new());
    assert_eq!(look.steps().len(), 1);
    let paused = look.plan().paused;
    assert_eq!(
        paused.as_deref(),
        Some("/kafka-privatelink/orders/paused is true")
    );
}

#[test]
fn p11_what_is_not_ours_is_never_named_in_a_step() {
    let look = Look::of(&[1])
        .foreign_listener(7000, "arn:other")
        .with_listener(7000, |l| {
            l.tags.insert(tags::CLUSTER.to_owned(), "sales".to_owned());
        });
    assert_eq!(look.steps(), [""; 0]);
    assert_eq!(look.held(), [""; 0]);
}
