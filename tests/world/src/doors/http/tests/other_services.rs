//! EC2, Auto Scaling and Parameter Store.

use super::*;
use crate::model::{Launch, NewAutoScalingGroup};
use fleet::words::AzId;

#[tokio::test(start_paused = true)]
async fn instances_are_shown_by_filter_with_their_place() {
    let (door, _) = with_nlb();
    let launch = Launch::in_zone(AzId::from("usw2-az2")).tag(fleet::tags::CLUSTER, "orders");
    let id = lock(&door.model).run_instance(at_start(), launch).unwrap();
    let ec2 = |name, value| {
        query(
            &door,
            "ec2",
            "2016-11-15",
            &[
                ("Action", "DescribeInstances"),
                ("Filter.1.Name", name),
                ("Filter.1.Value.1", value),
                ("MaxResults", "1000"),
            ],
        )
    };
    for (name, value) in [
        ("tag:kafka-privatelink:cluster", "orders"),
        ("instance-id", id.as_str()),
    ] {
        let (status, body) = ec2(name, value);
        assert_eq!(status, 200, "{body}");
        assert!(body.starts_with(
            "<DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">"
        ));
        assert_eq!(text_of(&body, "instanceId"), id.as_str());
        assert!(body.contains("<instanceState><code>0</code><name>pending</name></instanceState>"));
        assert_eq!(text_of(&body, "availabilityZone"), "us-west-2c");
        assert_eq!(text_of(&body, "availabilityZoneId"), "usw2-az2");
        assert_eq!(text_of(&body, "value"), "orders");
    }
    let (_, none) = ec2("tag:kafka-privatelink:cluster", "other");
    assert!(none.contains("<reservationSet></reservationSet>"), "{none}");
    assert_eq!(door.surprises(), Vec::<String>::new());
    let (status, body) = ec2("vpc-id", "vpc-1");
    assert_eq!(status, 400);
    assert!(body.starts_with("<Response><Errors><Error><Code>InvalidParameterValue</Code>"));
    assert_eq!(door.surprises().len(), 1);
    assert!(door.surprises()[0].contains("vpc-id"));
}

#[tokio::test(start_paused = true)]
async fn auto_scaling_groups_show_members_and_target_groups_in_both_ways() {
    let (door, _) = with_nlb();
    let arn = create_group(&door, "kpl-one");
    {
        let mut model = lock(&door.model);
        let group = NewAutoScalingGroup {
            name: "brokers".into(),
            zones: vec![AzId::from("usw2-az1")],
            desired_capacity: 1,
            tags: fleet::tags::Tags::new(),
        };
        model.create_auto_scaling_group(at_start(), group).unwrap();
        model
            .set_target_groups(at_start(), &"brokers".into(), [arn.as_str().into()].into())
            .unwrap();
    }
    let (status, body) = query(
        &door,
        "autoscaling",
        "2011-01-01",
        &[
            ("Action", "DescribeAutoScalingGroups"),
            ("MaxRecords", "100"),
        ],
    );
    assert_eq!(status, 200, "{body}");
    assert_eq!(text_of(&body, "AutoScalingGroupName"), "brokers");
    assert!(body.contains(&format!(
        "<TargetGroupARNs><member>{arn}</member></TargetGroupARNs>"
    )));
    assert_eq!(text_of(&body, "Identifier"), arn);
    assert!(text_of(&body, "InstanceId").starts_with("i-"));
    assert!(!text_of(&body, "LifecycleState").is_empty());
}

fn ssm(door: &Door, target: &str, body: &str) -> (u16, serde_json::Value) {
    let request = signed("ssm")
        .header("x-amz-target", target)
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .unwrap();
    let response = at_once(door, &request);
    let status = response.status().as_u16();
    (status, serde_json::from_slice(response.body()).unwrap())
}

#[tokio::test(start_paused = true)]
async fn parameters_are_json_with_dates_in_epoch_seconds() {
    let (door, _) = with_nlb();
    let name = "/kafka-privatelink/orders/listeners/EXTERNAL";
    lock(&door.model)
        .put_parameter(at_start(), &name.into(), "text")
        .unwrap();
    let target = "AmazonSSM.GetParametersByPath";
    let asked = r#"{"Path":"/kafka-privatelink/orders","Recursive":true,
                    "WithDecryption":false,"MaxResults":10}"#;
    let (status, answer) = ssm(&door, target, asked);
    assert_eq!(status, 200);
    let parameter = &answer["Parameters"][0];
    assert_eq!(parameter["Name"], name);
    assert_eq!(parameter["Version"], 1);
    assert_eq!(parameter["LastModifiedDate"], 1_777_636_800.25);
    assert!(answer.get("NextToken").is_none());
    let (status, error) = ssm(&door, target, r#"{"Path":"orders","Recursive":true}"#);
    assert_eq!(
        (status, &error["__type"]),
        (400, &"ValidationException".into())
    );
    assert_eq!(door.surprises(), Vec::<String>::new());
    let (_, error) = ssm(&door, target, r#"{"Path":"/","Recursive":true,"Colour":1}"#);
    assert!(error["message"].as_str().unwrap().contains("Colour"));
    let (_, error) = ssm(&door, "AmazonSSM.DeleteParameter", "{}");
    assert_eq!(error["__type"], "UnknownOperationException");
    assert_eq!(door.surprises().len(), 2);
}
