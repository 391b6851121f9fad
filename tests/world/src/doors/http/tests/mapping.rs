//! Every action of Elastic Load Balancing but one, in the order of a mapping's life.

use super::*;
use crate::model::Launch;
use fleet::words::AzId;

#[tokio::test(start_paused = true)]
async fn a_mapping_is_made_changed_and_taken_away_over_the_wire() {
    let (door, nlb) = with_nlb();
    let nlb = nlb.as_str();
    let instance = lock(&door.model)
        .run_instance(at_start(), Launch::in_zone(AzId::from("usw2-az1")))
        .unwrap();
    let instance = instance.as_str();
    lock(&door.model).advance(at_start() + std::time::Duration::from_secs(60));
    let one = create_group(&door, "kpl-one");
    let two = create_group(&door, "kpl-two");
    let ok = |parameters: &[(&str, &str)]| {
        let (status, body) = elb(&door, parameters);
        assert_eq!(status, 200, "{body}");
        body
    };
    let listener = text_of(
        &ok(&[
            ("Action", "CreateListener"),
            ("LoadBalancerArn", nlb),
            ("Protocol", "TCP"),
            ("Port", "9093"),
            ("DefaultActions.member.1.Type", "forward"),
            ("DefaultActions.member.1.TargetGroupArn", &one),
            ("Tags.member.1.Key", "a"),
            ("Tags.member.1.Value", "b"),
        ]),
        "ListenerArn",
    );
    let group = ("TargetGroupArn", one.as_str());
    let target = ("Targets.member.1.Id", instance);
    ok(&[("Action", "RegisterTargets"), group, target]);
    let health = ok(&[("Action", "DescribeTargetHealth"), group]);
    assert_eq!(text_of(&health, "Id"), instance);
    assert_eq!(text_of(&health, "State"), "initial");
    assert_eq!(text_of(&health, "Reason"), "Elb.RegistrationInProgress");
    let described = ok(&[("Action", "DescribeListeners"), ("LoadBalancerArn", nlb)]);
    assert_eq!(text_of(&described, "TargetGroupArn"), one);
    assert_eq!(text_of(&described, "Port"), "9093");
    let cluster = "<Key>kafka-privatelink:cluster</Key><Value>orders + more</Value>";
    let other = "<Key>a</Key><Value>b</Value>";
    let mut tags = String::new();
    for arn in [&one, &listener] {
        tags += &ok(&[("Action", "DescribeTags"), ("ResourceArns.member.1", arn)]);
    }
    for pair in [cluster, other] {
        assert!(tags.contains(pair), "{tags}");
    }
    let attribute = "deregistration_delay.timeout_seconds";
    ok(&[
        ("Action", "ModifyTargetGroupAttributes"),
        group,
        ("Attributes.member.1.Key", attribute),
        ("Attributes.member.1.Value", "0"),
    ]);
    let attributes = ok(&[("Action", "DescribeTargetGroupAttributes"), group]);
    assert!(attributes.contains(&format!("<Key>{attribute}</Key><Value>0</Value>")));
    let of_listener = ("ListenerArn", listener.as_str());
    ok(&[
        ("Action", "ModifyListenerAttributes"),
        of_listener,
        ("Attributes.member.1.Key", "tcp.idle_timeout.seconds"),
        ("Attributes.member.1.Value", "660"),
    ]);
    let attributes = ok(&[("Action", "DescribeListenerAttributes"), of_listener]);
    assert!(attributes.contains("<Value>660</Value>"));
    let changed = ok(&[
        ("Action", "ModifyTargetGroup"),
        group,
        ("HealthCheckProtocol", "TCP"),
        ("HealthCheckPort", "traffic-port"),
        ("HealthCheckIntervalSeconds", "15"),
        ("HealthyThresholdCount", "3"),
        ("UnhealthyThresholdCount", "3"),
    ]);
    assert_eq!(text_of(&changed, "HealthCheckIntervalSeconds"), "15");
    let moved = ok(&[
        ("Action", "ModifyListener"),
        of_listener,
        ("DefaultActions.member.1.Type", "forward"),
        ("DefaultActions.member.1.TargetGroupArn", &two),
    ]);
    assert_eq!(text_of(&moved, "TargetGroupArn"), two);
    let resource = ("ResourceArns.member.1", one.as_str());
    ok(&[
        ("Action", "AddTags"),
        resource,
        ("Tags.member.1.Key", "k"),
        ("Tags.member.1.Value", "v"),
    ]);
    ok(&[
        ("Action", "RemoveTags"),
        resource,
        ("TagKeys.member.1", "k"),
    ]);
    let port = ("Targets.member.1.Port", "39092");
    ok(&[("Action", "DeregisterTargets"), group, target, port]);
    ok(&[("Action", "DeleteListener"), of_listener]);
    ok(&[("Action", "DeleteTargetGroup"), group]);
    let left = ok(&[("Action", "DescribeTargetGroups")]);
    assert_eq!(text_of(&left, "TargetGroupName"), "kpl-two");
    assert_eq!(left.matches("<member>").count(), 1);
    assert_eq!(door.surprises(), Vec::<String>::new());
    let called = lock(&door.model).calls().len();
    assert_eq!(called, 18, "every action of the service but one");
}
