//! The check is checked: it complains of every policy with one piece less or one piece too much.

use crate::check::{complaints, denied, reachable};
use crate::pieces::{narrowed, widened};
use crate::used::{TEXT, policies};

#[test]
fn taking_any_piece_away_denies_something_that_is_used_or_lets_somebody_in() {
    let policies = policies(TEXT).expect("the template");
    let all = narrowed(&policies);
    println!("{} pieces", all.len());
    assert!(all.len() > policies.statements().count());
    for (what, narrowed) in all {
        let wrong = [denied(&narrowed), reachable(&narrowed)].concat();
        assert_ne!(wrong, Vec::<String>::new(), "without {what}");
    }
}

#[test]
fn adding_anything_is_complained_of() {
    let policies = policies(TEXT).expect("the template");
    let all = widened(&policies);
    println!("{} additions", all.len());
    for (what, widened) in all {
        assert_ne!(complaints(&widened), Vec::<String>::new(), "{what}");
    }
}

#[test]
fn a_template_with_a_line_more_or_less_is_complained_of() {
    for (old, new, complaint) in [
        (
            "                  - elasticloadbalancing:DeregisterTargets\n",
            "",
            "denied though it is used: elasticloadbalancing:DeregisterTargets",
        ),
        (
            "                  - ec2:DescribeInstances\n",
            "                  - ec2:DescribeInstances\n                  - ec2:TerminateInstances\n",
            "ReadInstances: nobody calls ec2:TerminateInstances",
        ),
        (
            "                      - kafka-privatelink:another\n",
            "                      - kafka-privatelink:another\n                      - kafka-privatelink:port\n",
            "NoteOnOurTargetGroups: aws:TagKeys kafka-privatelink:port is not needed",
        ),
        (
            "                Resource: *our-listeners\n",
            "                Resource: \"*\"\n",
            "not ours, and allowed: elasticloadbalancing:DeleteListener on arn:aws:elasticloadbalancing:us-west-2:123456789012:listener/net/theirs/",
        ),
        (
            "targetgroup/kpl-*\"",
            "targetgroup/*\"",
            "not ours, and allowed: elasticloadbalancing:RegisterTargets on arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/theirs/",
        ),
        (
            "parameter/kafka-privatelink/${ClusterName}\"",
            "parameter/kafka-privatelink/${ClusterName}*\"",
            "not ours, and allowed: ssm:GetParametersByPath on arn:aws:ssm:us-west-2:123456789012:parameter/kafka-privatelink/orders2",
        ),
        (
            "              ArnEquals: { lambda:SourceFunctionArn: !GetAtt ProbeBrokersFunction.Arn }\n",
            "              ArnEquals: { lambda:SourceFunctionArn: !GetAtt RegisterBrokersFunction.Arn }\n",
            "not ours, and allowed: ec2:CreateNetworkInterface on *, lambda:SourceFunctionArn",
        ),
        (
            "                Resource: !GetAtt ProbeBrokersFunction.Arn\n",
            "                Resource: \"*\"\n",
            "not ours, and allowed: lambda:InvokeFunction on arn:aws:lambda:us-west-2:123456789012:function:Theirs",
        ),
        (
            "parameter/kafka-privatelink/${ClusterName}/secrets/*\"",
            "parameter/kafka-privatelink/${ClusterName}/*\"",
            "not ours, and allowed: ssm:GetParameter on arn:aws:ssm:us-west-2:123456789012:parameter/kafka-privatelink/orders/handover/EXTERNAL",
        ),
        (
            "                  - ec2:RejectVpcEndpointConnections\n",
            "",
            "denied though it is used: ec2:RejectVpcEndpointConnections",
        ),
        (
            "                      - kafka-privatelink:in-force\n",
            "",
            "denied though it is used: ec2:CreateTags",
        ),
        (
            "                  StringEqualsIfExists: { \"aws:ResourceTag/kafka-privatelink:cluster\": !Ref ClusterName }\n",
            "",
            "not ours, and allowed: ec2:CreateTags",
        ),
        (
            "                  - !GetAtt RegisterBrokersQueue.Arn\n",
            "",
            "denied though it is used: sqs:SendMessage",
        ),
        (
            "rule/kafka-privatelink-${Stack}-*\"",
            "rule/kafka-privatelink-*\"",
            "not ours, and allowed: sqs:SendMessage",
        ),
    ] {
        assert!(TEXT.contains(old), "the template has changed: {old}");
        let policies = policies(&TEXT.replacen(old, new, 1)).expect("a template");
        let complaints = complaints(&policies);
        assert!(
            complaints.iter().any(|said| said.starts_with(complaint)),
            "{complaint}: {complaints:#?}"
        );
    }
}
