//! Conditions, and statements of the template in the repository, each judged by itself.

use super::*;
use crate::model::Settings;
use crate::template::{Template, TemplateError};
use std::sync::Arc;

const TEMPLATE: &str = include_str!("../../../../infra/template.yaml");
const LOAD_BALANCER: &str =
    "arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/net/kafka/0123456789abcdef";

fn policies(text: &str) -> Result<Policies, TemplateError> {
    let settings = Settings::default();
    Template::deployed(text, &settings, "orders", &LOAD_BALANCER.into())?.policies()
}

fn statement(policies: &Policies, sid: &str) -> Statement {
    let mut found = policies.statements().filter(|each| each.sid == sid);
    found.next().cloned().expect("a statement of this name")
}

#[test]
fn a_condition_holds_as_its_operator_says() {
    let by: Arc<str> = "somebody".into();
    let request = |values: &[&str]| {
        Request::new(&by, "a:Do", "*").with("aws:TagKeys", values.iter().copied())
    };
    for (operator, wanted, there, expected) in [
        ("StringEquals", &["x", "y"][..], &["y"][..], true),
        ("StringEquals", &["x"], &["X"], false),
        ("StringEquals", &["x*"], &["xy"], false),
        ("StringEquals", &["x"], &[], false),
        ("StringEqualsIfExists", &["x", "y"], &["y"], true),
        ("StringEqualsIfExists", &["x"], &["y"], false),
        ("StringEqualsIfExists", &["x"], &[], true),
        ("ArnEquals", &["arn:*:x"], &["arn:aws:x"], true),
        ("ArnEquals", &["arn:*:x"], &[], false),
        ("Null", &["false"], &["x"], true),
        ("Null", &["false"], &[], false),
        ("Null", &["true"], &[], true),
        ("Null", &["true"], &["x"], false),
        ("ForAllValues:StringEquals", &["x", "y"], &["x", "y"], true),
        ("ForAllValues:StringEquals", &["x"], &["x", "y"], false),
        ("ForAllValues:StringEquals", &["x"], &[], true),
    ] {
        let values = wanted.iter().map(|value| (*value).to_owned()).collect();
        let condition = Condition::new(operator, "aws:TagKeys", values).unwrap();
        let holds = condition.holds(&request(there));
        assert_eq!(holds, expected, "{condition} for {there:?}");
    }
}

#[test]
fn what_a_policy_may_not_have_here_is_an_error_with_its_place() {
    let reads = "RegisterBrokersRole.Properties.Policies[1].PolicyDocument.Statement[0]";
    let groups = "RegisterBrokersRole.Properties.Policies[3].PolicyDocument.Statement[0]";
    let wake = "SweepRole.Properties.Policies[0].PolicyDocument.Statement[0]";
    for (old, new, place, what) in [
        (
            "                Action: ssm:GetParametersByPath",
            "                NotAction: ssm:GetParametersByPath",
            reads,
            "NotAction",
        ),
        (
            "              - Sid: ReadWantedListeners\n                Effect: Allow",
            "              - Sid: ReadWantedListeners\n                Effect: Permit",
            &format!("{reads}.Effect"),
            "Permit",
        ),
        (
            "                  StringEquals: { \"aws:RequestTag/",
            "                  StringLike: { \"aws:RequestTag/",
            &format!("{groups}.Condition.StringLike.aws:RequestTag/kafka-privatelink:cluster"),
            "StringLike",
        ),
        (
            "{ \"aws:RequestTag/kafka-privatelink:cluster\": !Ref ClusterName }",
            "{ aws:PrincipalTag/cluster: !Ref ClusterName }",
            &format!("{groups}.Condition.StringEquals.aws:PrincipalTag/cluster"),
            "aws:PrincipalTag/cluster",
        ),
        (
            "{ \"aws:RequestTag/kafka-privatelink:cluster\": !Ref ClusterName }",
            "{ \"aws:RequestTag/kafka-privatelink:cluster\": \"${aws:username}\" }",
            &format!("{groups}.Condition.StringEquals.aws:RequestTag/kafka-privatelink:cluster"),
            "policy variable",
        ),
        (
            "                  - !GetAtt UndeliveredQueue.Arn\n                  - !GetAtt Reg",
            "                  - !ImportValue a\n                  - !GetAtt Reg",
            &format!("{wake}.Resource[0]"),
            "!ImportValue",
        ),
    ] {
        assert!(TEMPLATE.contains(old), "the template has changed: {old}");
        let error = policies(&TEMPLATE.replacen(old, new, 1)).unwrap_err();
        assert_eq!(error.place, place, "{error}");
        assert!(error.what.contains(what), "{error}");
    }
}

#[test]
fn intrinsics_of_lists_are_resolved() {
    let all = policies(TEMPLATE).unwrap();
    let listeners =
        "arn:aws:elasticloadbalancing:us-west-2:123456789012:listener/net/kafka/0123456789abcdef/*";
    assert_eq!(statement(&all, "ChangeOurListeners").resources, [listeners]);
    assert_eq!(
        statement(&all, "CreateOurListeners").resources,
        [LOAD_BALANCER]
    );
    let log = "arn:aws:logs:us-west-2:123456789012:log-group:/kafka-privatelink/orders/register-brokers:*";
    assert_eq!(statement(&all, "WriteLog").resources, [log]);
}

#[test]
fn a_policy_is_about_the_requests_of_its_role_or_on_its_resource_only() {
    let all = policies(TEMPLATE).unwrap();
    let queue = |name: &str| format!("arn:aws:sqs:us-west-2:123456789012:{name}");
    let stack = "kafka-privatelink-01234567";
    let rule = format!("arn:aws:events:us-west-2:123456789012:rule/{stack}-instance-state");
    let send = |by: &str, queue: String| {
        let request = Request::new(&by.into(), "sqs:SendMessage", queue);
        all.allow(&request.with("aws:SourceArn", [rule.as_str()]))
    };
    let queue_of_wakes = || queue(&format!("{stack}-register-brokers.fifo"));
    assert!(send("events.amazonaws.com", queue_of_wakes()));
    assert!(!send("sns.amazonaws.com", queue_of_wakes()));
    assert!(!send("events.amazonaws.com", queue("Theirs.fifo")));
    let sweep = "arn:aws:iam::123456789012:role/SweepRole";
    assert!(send(sweep, queue_of_wakes()));
    let function = "arn:aws:iam::123456789012:role/RegisterBrokersRole";
    assert!(!send(function, queue_of_wakes()));
}

#[test]
fn f40_a_deny_beats_every_allow_for_the_requests_that_it_is_about() {
    let all = policies(TEMPLATE).unwrap();
    let role = "arn:aws:iam::123456789012:role/ProbeBrokersRole".into();
    let by_lambda = Request::new(&role, "ec2:CreateNetworkInterface", "*");
    assert!(all.allow(&by_lambda));
    let function = |name: &str| format!("arn:aws:lambda:us-west-2:123456789012:function:{name}");
    let by_code = |name: &str| {
        let request = by_lambda.clone();
        all.allow(&request.with("lambda:SourceFunctionArn", [function(name)]))
    };
    assert!(!by_code("ProbeBrokersFunction"));
    assert!(by_code("Another"));
}

#[test]
fn p11_sync_principals_changes_the_service_with_its_clusters_tag_and_no_other() {
    let all = policies(TEMPLATE).unwrap();
    let role = "arn:aws:iam::123456789012:role/SyncPrincipalsRole".into();
    let arn = |rest: &str| format!("arn:aws:ec2:us-west-2:123456789012:{rest}");
    let of = |cluster: &str| [("kafka-privatelink:cluster".to_owned(), cluster.to_owned())].into();
    let service = arn("vpc-endpoint-service/vpce-svc-0123456789abcdef0");
    for action in [
        "DescribeVpcEndpointServicePermissions",
        "ModifyVpcEndpointServicePermissions",
        "AcceptVpcEndpointConnections",
        "RejectVpcEndpointConnections",
    ] {
        let asks = Request::new(&role, format!("ec2:{action}"), service.clone());
        assert!(
            all.allow(&asks.clone().on_tagged(&of("orders"))),
            "{action}"
        );
        assert!(
            !all.allow(&asks.clone().on_tagged(&of("payments"))),
            "{action}"
        );
        assert!(!all.allow(&asks), "{action}");
    }
    let permission = arn("vpc-endpoint-service-permission/vpce-svc-perm-0123456789abcdef0");
    let tags = |resource: &str| Request::new(&role, "ec2:CreateTags", resource.to_owned());
    let ours = tags(&permission).with_tags(&of("orders"));
    assert!(all.allow(&ours));
    assert!(all.allow(&ours.clone().on_tagged(&of("orders"))));
    for denied in [
        ours.clone().on_tagged(&of("payments")),
        ours.with("aws:TagKeys", ["kafka-privatelink:cluster", "Name"]),
        tags(&permission).with_tags(&of("payments")),
        tags(&service).with_tags(&of("orders")),
        tags(&arn("instance/i-0123456789abcdef0")).with_tags(&of("orders")),
    ] {
        assert!(!all.allow(&denied), "{denied}");
    }
}
