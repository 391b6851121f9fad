//! The function with its role in a world in which not everything is its own.

use super::world::{at, new_group, port, world};
use super::{ApiError, Model};
use crate::iam::Caller;
use crate::template::Template;
use cloud::call::Call;
use cloud::calls::NewTargetGroup;
use fleet::tags::{self, Tags};
use fleet::words::LoadBalancerArn;
use std::sync::Arc;

const TEMPLATE: &str = include_str!("../../../../infra/template.yaml");

pub(super) fn guarded() -> (Model, LoadBalancerArn) {
    guarded_by(TEMPLATE)
}

fn guarded_by(template: &str) -> (Model, LoadBalancerArn) {
    let mut model = world();
    let nlb = model.with_nlb();
    let template = Template::deployed(template, model.settings(), "orders", &nlb).unwrap();
    let policies = Arc::new(template.policies().unwrap());
    let role = "arn:aws:iam::123456789012:role/RegisterBrokersRole";
    let caller = Caller::new("register-brokers", role, policies);
    // Whatever is called from now on.
    model.desk.caller = Some(caller);
    (model, nlb)
}

pub(super) fn of(cluster: &str) -> Tags {
    Tags::from([(tags::CLUSTER.to_owned(), cluster.to_owned())])
}

pub(super) fn group(name: &str, cluster: &str) -> NewTargetGroup {
    NewTargetGroup {
        tags: of(cluster),
        ..new_group(name)
    }
}

pub(super) fn code<T>(answer: Result<T, ApiError>) -> Option<&'static str> {
    answer.err().map(|error| error.code)
}

#[test]
fn f44_a_new_group_asks_for_itself_its_tags_and_what_elb_reads_of_ec2() {
    let (mut model, _) = guarded();
    let made = model.create_target_group(at(0), &group("kpl-a-b", "orders"));
    assert!(made.is_ok(), "{made:?}");
    let caller = Arc::clone(model.caller().unwrap());
    let asked: Vec<String> = caller.asked().iter().map(ToString::to_string).collect();
    let arn = "arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/kpl-a-b/*";
    let tags = r#"aws:RequestTag/kafka-privatelink:cluster {"orders"}, aws:TagKeys {"kafka-privatelink:cluster"}"#;
    assert_eq!(
        asked,
        [
            "ec2:DescribeInternetGateways on *".to_owned(),
            "ec2:DescribeVpcs on *".to_owned(),
            format!(
                "elasticloadbalancing:AddTags on {arn}, {tags}, elasticloadbalancing:CreateAction {{\"CreateTargetGroup\"}}"
            ),
            format!("elasticloadbalancing:CreateTargetGroup on {arn}, {tags}"),
        ]
    );
    assert_eq!(caller.denied(), []);
}

#[test]
fn a_role_without_what_elb_reads_of_ec2_makes_and_registers_nothing() {
    for (read, creates, registers) in [
        ("ec2:DescribeInstances", true, false),
        ("ec2:DescribeInternetGateways", false, false),
        ("ec2:DescribeSubnets", true, false),
        ("ec2:DescribeVpcs", false, false),
    ] {
        let line = format!("                  - {read}\n");
        assert!(TEMPLATE.contains(&line), "the template has changed: {read}");
        let (mut model, _) = guarded_by(&TEMPLATE.replacen(&line, "", 1));
        let made = model.create_target_group(at(0), &group("kpl-a-b", "orders"));
        let denied = code(made).map_or("made", |code| code);
        assert_eq!(
            denied,
            if creates { "made" } else { "AccessDenied" },
            "{read}"
        );
        let arn = model.by_hand(|model| {
            let made = model.create_target_group(at(0), &group("kpl-a-b", "orders"));
            made.unwrap()
        });
        let instance = model.with_instance("usw2-az1");
        let target = [(instance, None)];
        let registered = model.register_targets(at(60), &arn, &target);
        assert_eq!(registered.is_ok(), registers, "{read}");
        let error = registered.unwrap_err();
        assert_eq!(error.code, "AccessDenied");
        assert!(error.message.contains(read), "{error}");
    }
}

#[test]
fn tags_of_a_new_listener_are_asked_for_on_it_and_on_its_load_balancer() {
    let line = "                  - !Ref LoadBalancerArn\n";
    assert!(TEMPLATE.contains(line), "the template has changed: {line}");
    let without = TEMPLATE.replacen(line, "", 1);
    for (template, expected) in [(TEMPLATE, None), (&without, Some("AccessDenied"))] {
        let (mut model, nlb) = guarded_by(template);
        let made = model.create_target_group(at(0), &group("kpl-a-b", "orders"));
        let arn = made.unwrap();
        let listener = model.create_listener(at(0), &nlb, port(9092), &arn, &of("orders"));
        assert_eq!(code(listener), expected);
        // Not what is there already.
        let tagged = model.add_tags(at(0), nlb.as_str(), &of("orders"));
        assert_eq!(code(tagged), Some("AccessDenied"));
    }
}

#[test]
fn p11_what_is_not_ours_cannot_be_made_or_changed_and_the_call_is_counted() {
    let (mut model, nlb) = guarded();
    for (name, cluster) in [("theirs", "orders"), ("kpl-a-b", "payments")] {
        let made = model.create_target_group(at(0), &group(name, cluster));
        assert_eq!(code(made), Some("AccessDenied"), "{name} of {cluster}");
    }
    assert_eq!(model.target_groups().count(), 0);
    assert_eq!(model.calls()[&Call::CreateTargetGroup], 2);
    assert_eq!(model.writes(), []);
    let theirs = model.by_hand(|model| {
        let theirs = model.create_target_group(at(0), &group("kpl-c-d", "payments"));
        theirs.unwrap()
    });
    let deleted = model.delete_target_group(at(0), &theirs);
    assert_eq!(code(deleted), Some("AccessDenied"));
    let listener = model.create_listener(at(0), &nlb, port(9092), &theirs, &of("payments"));
    assert_eq!(code(listener), Some("AccessDenied"));
    let path = model.get_parameters_by_path(at(0), "/kafka-privatelink/payments", None);
    assert_eq!(code(path), Some("AccessDeniedException"));
}

#[test]
fn what_is_not_there_has_no_tags_and_is_denied() {
    let (mut model, _) = guarded();
    let made = model.create_target_group(at(0), &group("kpl-a-b", "orders"));
    let arn = made.unwrap();
    assert_eq!(model.delete_target_group(at(0), &arn), Ok(()));
    let again = model.delete_target_group(at(0), &arn);
    assert_eq!(code(again), Some("AccessDenied"));
}

#[test]
fn a_copy_of_a_world_adds_to_the_same_record() {
    let (model, _) = guarded();
    let mut copy = model.clone();
    assert!(copy.describe_target_groups(at(0), None).is_ok());
    assert!(copy.describe_target_groups(at(1), None).is_ok());
    assert_eq!(model.caller().unwrap().asked().len(), 1);
}

#[test]
fn a_write_is_recorded_by_its_callers_name() {
    let (mut model, _) = guarded();
    let known = model.create_target_group(at(0), &group("kpl-a-b", "orders"));
    let unknown = model.called_by(None, |model| {
        model.create_target_group(at(0), &group("kpl-c-d", "payments"))
    });
    assert!(known.is_ok() && unknown.is_ok());
    let by: Vec<_> = model
        .writes()
        .iter()
        .map(|write| write.by.as_deref())
        .collect();
    assert_eq!(by, [Some("register-brokers"), None]);
    model.forget_calls();
    assert!(model.calls_of().is_empty());
}
