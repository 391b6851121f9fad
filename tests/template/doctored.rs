//! The rules are tried on templates that break them.

use crate::stack::{Rule, TEXT, complains};
use crate::{alarms, dead_letters, explained, function, probe, wakes};

#[test]
fn each_rule_complains_of_a_template_that_breaks_it() {
    let sids = "              - Sid: ReadInstances\n                Effect: Allow";
    let broken: &[(Rule, &str, &str, &str)] = &[
        (
            alarms::proof_alarms_after_one_minute_and_ten,
            "      Threshold: 600",
            "      Threshold: 6000",
            "no alarm on SecondsSinceProof",
        ),
        (
            alarms::proof_alarms_after_one_minute_and_ten,
            "      MetricName: PortsWrong\n      Statistic: Minimum",
            "      MetricName: PortsWrong\n      Statistic: Maximum",
            "no alarm on PortsWrong",
        ),
        (
            function::time_is_up_before_the_batch_shows_up_again,
            "      Timeout: 55",
            "      Timeout: 60",
            "RegisterBrokersTrigger",
        ),
        (
            function::the_environment_is_what_is_read,
            "          CLUSTER: !Ref",
            "          CLUSTER_NAME: !Ref",
            "CLUSTER is not set",
        ),
        (
            function::the_environment_is_what_is_read,
            "          CLUSTER: !Ref ClusterName",
            "          CLUSTER: !Ref ClusterName\n          LEVEL: debug",
            "LEVEL is set",
        ),
        (
            function::concurrency_is_not_reserved,
            "      MemorySize: 128",
            "      MemorySize: 128\n      ReservedConcurrentExecutions: 1",
            "reserves concurrency",
        ),
        (
            function::logs_go_away,
            "      RetentionInDays: !Ref LogRetentionDays",
            "",
            "for ever",
        ),
        (
            function::logs_go_away,
            "        LogGroup: !Ref RegisterBrokersLogGroup",
            "        LogGroup: /aws/lambda/x",
            "no group of this stack",
        ),
        (
            function::batches_are_taken_whole,
            "      BatchSize: 10",
            "      BatchSize: 10\n      FunctionResponseTypes: [ReportBatchItemFailures]",
            "partial batch responses",
        ),
        (
            function::wakes_wait_as_long_as_reads_may_lag,
            "      DelaySeconds: 5",
            "      DelaySeconds: 4",
            "RegisterBrokersTrigger: its wakes are delayed by Some(4)",
        ),
        (
            dead_letters::senders_have_dead_letters,
            "          DeadLetterConfig: { Arn: !GetAtt UndeliveredQueue.Arn }",
            "",
            "InstanceStateRule: its dead letters go nowhere",
        ),
        (
            dead_letters::senders_have_dead_letters,
            "        DeadLetterConfig: { Arn: !GetAtt UndeliveredQueue.Arn }\n\n",
            "        DeadLetterConfig: { Arn: !GetAtt RegisterBrokersDeadLetterQueue.Arn }\n\n",
            "RegisterBrokersSweep: its dead letters go to a FIFO queue",
        ),
        (
            dead_letters::queues_have_dead_letters,
            "deadLetterTargetArn: !GetAtt RegisterBrokersDeadLetterQueue.Arn",
            "deadLetterTargetArn: !GetAtt UndeliveredQueue.Arn",
            "another kind",
        ),
        (
            dead_letters::dead_letters_alarm,
            "Value: !GetAtt UndeliveredQueue.QueueName",
            "Value: !GetAtt RegisterBrokersQueue.QueueName",
            "UndeliveredQueue is not empty",
        ),
        (
            dead_letters::queues_are_encrypted_by_sqs,
            "      SqsManagedSseEnabled: true",
            "      KmsMasterKeyId: alias/aws/sqs",
            "UndeliveredQueue is not encrypted",
        ),
        (
            wakes::sweeps_differ,
            "<aws.scheduler.execution-id>",
            "sweep",
            "the same body",
        ),
        (
            wakes::wakes_stand_in_one_line,
            "          SqsParameters: { MessageGroupId: register-brokers }",
            "          SqsParameters: { MessageGroupId: events }",
            "events",
        ),
        (
            wakes::what_people_write_wakes,
            r#"            - prefix: !Sub "kafka-privatelink/${ClusterName}/listeners/""#,
            "",
            "kafka-privatelink/orders/listeners/EXTERNAL wakes nobody",
        ),
        (
            wakes::what_we_write_does_not_wake,
            r#"prefix: !Sub "/kafka-privatelink/${ClusterName}/listeners/""#,
            r#"prefix: !Sub "/kafka-privatelink/${ClusterName}/""#,
            "/kafka-privatelink/orders/handover/EXTERNAL wakes",
        ),
        (
            probe::the_environment_is_what_is_read,
            "          PORTS: !Sub",
            "          PORT: !Sub",
            "PORTS is not set",
        ),
        (
            probe::what_is_let_out_is_what_may_be_dialled,
            "${FirstBindPort}-${LastBindPort},${AdminPort}",
            "${FirstBindPort}-${LastBindPort}",
            "let out to",
        ),
        (
            probe::what_is_let_out_is_what_may_be_dialled,
            "          CidrIp: *first-range",
            "          CidrIp: 0.0.0.0/0",
            "\"0.0.0.0/0\" is not one of AddressRanges",
        ),
        (
            probe::what_is_let_out_is_what_may_be_dialled,
            "        - IpProtocol: tcp\n          FromPort: !Ref AdminPort",
            "        - IpProtocol: \"-1\"\n          FromPort: !Ref AdminPort",
            "not one security group",
        ),
        (
            probe::what_is_let_out_is_what_may_be_dialled,
            "          ADDRESS_RANGES: !Ref AddressRanges",
            "          ADDRESS_RANGES: 0.0.0.0/0",
            "ADDRESS_RANGES is Some(\"0.0.0.0/0\")",
        ),
        (
            probe::the_probes_code_may_do_nothing,
            "            Action: *interfaces",
            "            Action: ec2:CreateNetworkInterface",
            "the probe's code may ec2:DeleteNetworkInterface",
        ),
        (
            probe::only_our_functions_invoke_it,
            "  ProbeBrokersLogGroup:\n",
            "  Everybody:\n    Type: AWS::Lambda::Permission\n    Properties: { Principal: \"*\" }\n\n  ProbeBrokersLogGroup:\n",
            "Everybody lets others invoke",
        ),
        (
            probe::only_our_functions_invoke_it,
            "                Action: sqs:SendMessage\n                Resource:\n                  - ",
            "                Action: [sqs:SendMessage, lambda:InvokeFunction]\n                Resource:\n                  - ",
            "SweepRole\") may invoke",
        ),
        (
            alarms::every_function_is_watched,
            "      MetricName: ApproximateAgeOfOldestMessage",
            "      MetricName: ApproximateNumberOfMessages",
            "no alarm on ApproximateAgeOfOldestMessage of RegisterBrokersQueue.QueueName",
        ),
        (
            alarms::every_function_is_watched,
            "FunctionName, Value: !Ref RegisterBrokersFunction",
            "FunctionName, Value: !Ref ProbeBrokersFunction",
            "no alarm on Errors of RegisterBrokersFunction",
        ),
        (
            function::the_environment_is_what_is_read,
            "        Binary: register-brokers",
            "        Binary: register-broker",
            "what does register-broker read?",
        ),
        (
            wakes::what_people_write_wakes,
            "        Binary: register-brokers",
            "        Binary: register-broker",
            "what wakes register-broker?",
        ),
        (
            alarms::what_is_watched_is_written,
            "      MetricName: PortsWrong",
            "      MetricName: WrongPorts",
            "WrongPortAlarm: nobody writes",
        ),
        (
            explained::statements_are_named,
            sids,
            "              - Effect: Allow",
            "Sid is missing",
        ),
        (
            explained::statements_are_named,
            sids,
            "              - Sid: ReadMapping\n                Effect: Allow",
            "two statements ReadMapping",
        ),
        (
            explained::the_readme_names_sids_and_alarms,
            sids,
            "              - Sid: ReadMore\n                Effect: Allow",
            "does not name ReadMore",
        ),
        (
            explained::the_readme_names_sids_and_alarms,
            "  RegisterBrokersBehindAlarm:",
            "  RegisterBrokersLateAlarm:",
            "there is no RegisterBrokersBehindAlarm",
        ),
    ];
    for (rule, old, new, complaint) in broken {
        complains(*rule, TEXT, old, new, complaint);
    }
}
