//! The template in the repository, and what is refused in others.

use super::*;

const TEMPLATE: &str = include_str!("../../../../infra/template.yaml");

fn given() -> BTreeMap<String, String> {
    [
        ("ClusterName", "orders"),
        ("LoadBalancerArn", "arn:lb"),
        ("AddressRanges", "10.0.0.0/18,10.0.64.0/18"),
        ("AWS::Region", "us-west-2"),
        ("AWS::AccountId", "111122223333"),
        ("AWS::Partition", "aws"),
        (
            "AWS::StackId",
            "arn:aws:cloudformation:us-west-2:111122223333:stack/a/76543210-8f",
        ),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

fn register_brokers(text: &str) -> Result<FunctionStack, TemplateError> {
    Template::parse(text, given())?.function("register-brokers")
}

#[test]
fn the_function_is_read_with_its_environment() {
    let function = register_brokers(TEMPLATE).unwrap().function;
    assert_eq!(function.name, "RegisterBrokersFunction");
    assert_eq!(function.binary, "register-brokers");
    assert_eq!(function.environment["CLUSTER"], "orders");
    assert_eq!(function.environment["LOAD_BALANCER_ARN"], "arn:lb");
    assert!(function.json_logs);
}

#[test]
fn a_function_without_a_queue_is_read_too() {
    let template = Template::parse(TEMPLATE, given()).unwrap();
    let probe = template.function_settings("probe-brokers").unwrap();
    assert_eq!(probe.binary, "probe-brokers");
    assert_eq!(
        probe.environment["ADDRESS_RANGES"],
        "10.0.0.0/18,10.0.64.0/18"
    );
    assert_eq!(probe.environment["PORTS"], "9092-9140,39092-39092,9092");
    let asking = register_brokers(TEMPLATE).unwrap().function;
    assert_eq!(asking.environment["PROBE_FUNCTION"], probe.name);
    assert!(asking.timeout > probe.timeout);
    let error = template.function("probe-brokers").unwrap_err();
    assert!(error.what.contains("no event source mapping"), "{error}");
}

#[test]
fn a_function_is_found_by_its_binary_and_by_its_logical_id() {
    let template = Template::parse(TEMPLATE, given()).unwrap();
    let by = |name| template.function(name).map(|stack| stack.function);
    assert_eq!(by("register-brokers"), by("RegisterBrokersFunction"));
    let error = by("no-brokers").unwrap_err();
    assert_eq!(error.what, "no function is named no-brokers");
    let twice = TEMPLATE.replace("Binary: probe-brokers", "Binary: register-brokers");
    let error = register_brokers(&twice).unwrap_err();
    assert!(
        error.what.contains("both named register-brokers"),
        "{error}"
    );
}

#[test]
fn every_function_with_a_mapping_is_woken_and_no_other() {
    let template = Template::parse(TEMPLATE, given()).unwrap();
    let woken = template.functions().unwrap().into_iter();
    let woken: Vec<String> = woken.map(|stack| stack.function.binary).collect();
    assert!(woken.contains(&"register-brokers".to_owned()), "{woken:?}");
    assert!(!woken.contains(&"probe-brokers".to_owned()), "{woken:?}");
}

#[test]
fn its_queue_and_dead_letters_are_read_dead_letters_first() {
    let stack = register_brokers(TEMPLATE).unwrap();
    let names: Vec<_> = stack
        .queues
        .iter()
        .map(|q| q.settings.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "kafka-privatelink-76543210-crashed.fifo",
            "kafka-privatelink-76543210-register-brokers.fifo"
        ]
    );
    let queue = &stack.queues[1];
    assert_eq!(
        queue.dead_letters.as_deref(),
        Some("kafka-privatelink-76543210-crashed.fifo")
    );
    assert!(queue.settings.content_based_deduplication);
    assert!(queue.settings.visibility_timeout >= stack.function.timeout);
    assert_eq!(
        stack.mapping.queue_arn,
        "arn:aws:sqs:us-west-2:111122223333:kafka-privatelink-76543210-register-brokers.fifo"
    );
    assert_eq!(stack.mapping.queue, queue.settings.name);
}

#[test]
fn its_rules_and_sweep_make_a_bus_on_which_events_arrive() {
    let stack = register_brokers(TEMPLATE).unwrap();
    assert_eq!(stack.schedules.len(), 1);
    assert_eq!(stack.schedules[0].every, Duration::from_secs(60));
    let mut bus = stack.bus().unwrap();
    let now = jiff::Timestamp::UNIX_EPOCH;
    let event = |source: &str, kind: &str, name: &str| {
        serde_json::json!({"source": source, "detail-type": kind,
            "detail": {"name": name, "state": "running"}})
    };
    let parameter = "Parameter Store Change";
    for (event, sends) in [
        (
            event("aws.ec2", "EC2 Instance State-change Notification", ""),
            1,
        ),
        (
            event(
                "aws.ssm",
                parameter,
                "/kafka-privatelink/orders/listeners/EXTERNAL",
            ),
            1,
        ),
        (
            event("aws.ssm", parameter, "kafka-privatelink/orders/paused"),
            1,
        ),
        (
            event(
                "aws.ssm",
                parameter,
                "/kafka-privatelink/orders/handover/EXTERNAL",
            ),
            0,
        ),
        (
            event(
                "aws.ssm",
                parameter,
                "/kafka-privatelink/other/listeners/EXTERNAL",
            ),
            0,
        ),
    ] {
        assert_eq!(bus.publish(now, &event), Ok(sends), "{event}");
    }
}

#[test]
fn what_is_not_understood_is_an_error_with_its_place() {
    for (old, new, place, what) in [
        (
            "      DelaySeconds: 5",
            "      DelaySeconds: !If [A, 5, 6]",
            "RegisterBrokersQueue.Properties.DelaySeconds[0]",
            "no condition is named A",
        ),
        (
            "      DelaySeconds: 5",
            "      DelaySeconds: soon",
            "RegisterBrokersQueue.Properties.DelaySeconds",
            "soon",
        ),
        (
            "      DelaySeconds: 5",
            "      FifoThroughputLimit: perQueue",
            "RegisterBrokersQueue.Properties",
            "FifoThroughputLimit",
        ),
        (
            "          CLUSTER: !Ref ClusterName",
            "          CLUSTER: !Ref Nobody",
            "RegisterBrokersFunction.Properties.Environment.Variables.CLUSTER",
            "Nobody",
        ),
        (
            "rate(1 minute)",
            "cron(0 * * * ? *)",
            "RegisterBrokersSweep.Properties.ScheduleExpression",
            "cron",
        ),
        (
            "      BatchSize: 10",
            "      FunctionResponseTypes: [ReportBatchItemFailures]",
            "RegisterBrokersTrigger.Properties",
            "FunctionResponseTypes",
        ),
        (
            "      Timeout: 55",
            "      ReservedConcurrentExecutions: 1",
            "RegisterBrokersFunction.Properties",
            "ReservedConcurrentExecutions",
        ),
    ] {
        assert!(TEMPLATE.contains(old), "the template has changed: {old}");
        let error = register_brokers(&TEMPLATE.replacen(old, new, 1)).unwrap_err();
        assert_eq!(error.place, place, "{error}");
        assert!(error.what.contains(what), "{error}");
    }
}

#[test]
fn a_given_parameter_that_the_template_does_not_have_is_refused() {
    let mut given = given();
    given.insert("Nobody".into(), "x".into());
    let error = Template::parse(TEMPLATE, given).unwrap_err();
    assert!(error.what.contains("Nobody"), "{error}");
}

const SMALL: &str = r#"
Parameters:
  First: { Type: Number, Default: 1 }
  Second: { Type: Number, Default: 2 }
Rules:
  Differ:
    Assertions:
      - Assert: !Not [!Equals [!Ref First, !Ref Second]]
        AssertDescription: First and Second are the same
Conditions:
  IsOne: !Equals [!Ref First, 1]
  IsNeither: !And [!Not [!Condition IsOne], !Not [!Or [!Equals [!Ref First, 2], !Equals [!Ref First, 3]]]]
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: !Sub "from ${First}"
      Tags: !If [IsOne, [{ Key: a, Value: b }], !Ref AWS::NoValue]
  Other:
    Type: AWS::EC2::SecurityGroupIngress
    Properties:
      GroupId: !GetAtt Group.GroupId
      FromPort: !If [IsNeither, 7, 8]
Outputs:
  OfOne: { Condition: IsOne, Value: !Ref First }
"#;

fn small(first: &str) -> Template {
    let given = [("First".to_owned(), first.to_owned())];
    Template::parse(SMALL, given.into()).unwrap()
}

#[test]
fn conditions_choose_what_a_template_says() {
    let texts = |first| -> Vec<String> {
        let texts = small(first).texts().unwrap().into_iter();
        let shown = texts.map(|t| format!("{} {}: {}", t.resource, t.path, t.text));
        shown.collect()
    };
    assert_eq!(
        texts("1"),
        [
            "Group GroupDescription: from 1",
            "Group Tags.Key: a",
            "Group Tags.Value: b",
            "Other FromPort: 8"
        ]
    );
    assert_eq!(
        texts("4"),
        ["Group GroupDescription: from 4", "Other FromPort: 7"]
    );
    assert_eq!(texts("3")[1], "Other FromPort: 8");
    assert_eq!(small("1").output("OfOne"), Ok(Some("1".to_owned())));
    assert_eq!(small("2").output("OfOne"), Ok(None));
}

#[test]
fn parameters_are_refused_by_the_rules_of_the_template() {
    assert_eq!(small("1").refusals(), Ok(Vec::new()));
    assert_eq!(
        small("2").refusals(),
        Ok(vec!["First and Second are the same".to_owned()])
    );
}
