//! Two functions of one template: each has its queue, its process, its runs, and its own role.

use cloud::call::Call;
use serde_json::Value;
use std::time::Duration;
use tests::built::binary;
use tests::handler::{Handler, SCALE, with_one_sweep};
use tests::healing::HEAL_BROKERS;
use tests::listeners::PUSH_LISTENERS;
use tests::principals::SYNC_PRINCIPALS;
use world::deployment::{Deployment, REGISTER_BROKERS};
use world::model::Settings;

/// A second function of the same code, which is swept each minute and may read only.
const SECOND: &str = r#"
  SecondFunction:
    Type: AWS::Serverless::Function
    Metadata: { BuildProperties: { Binary: second } }
    Properties:
      Timeout: 55
      Role: !GetAtt SecondRole.Arn
      LoggingConfig: { LogFormat: JSON }
      Environment:
        Variables:
          CLUSTER: !Ref ClusterName
          LOAD_BALANCER_ARN: !Ref LoadBalancerArn
          PROBE_FUNCTION: !Ref ProbeBrokersFunction
  SecondTrigger:
    Type: AWS::Lambda::EventSourceMapping
    Properties: { FunctionName: !Ref SecondFunction, EventSourceArn: !GetAtt SecondQueue.Arn }
  SecondQueue:
    Type: AWS::SQS::Queue
    Properties: { FifoQueue: true, ContentBasedDeduplication: true, VisibilityTimeout: 60 }
  SecondSweep:
    Type: AWS::Scheduler::Schedule
    Properties:
      ScheduleExpression: rate(2 minutes)
      FlexibleTimeWindow: { Mode: "OFF" }
      Target:
        Arn: !GetAtt SecondQueue.Arn
        SqsParameters: { MessageGroupId: second }
        Input: "<aws.scheduler.execution-id>"
  SecondRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: [] }
      Policies:
        - PolicyName: reads
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Sid: Read
                Effect: Allow
                Action:
                  - elasticloadbalancing:Describe*
                  - ec2:Describe*
                  - autoscaling:Describe*
                  - ssm:GetParametersByPath
                  - lambda:InvokeFunction
                Resource: "*"

Outputs:
"#;
const OTHER: &str = "second";

/// Both, and a broker of which only the second one has been told.
async fn two_and_a_new_broker() -> Handler {
    let template = with_one_sweep().replacen("\nOutputs:\n", SECOND, 1);
    let code = |_: &str| binary(REGISTER_BROKERS);
    let handler = Handler::deploy_with(Settings::default(), &template, SCALE, code).await;
    handler.drained().await;
    handler.aws.bus().lose("aws.ec2");
    handler.broker("4", "usw2-az1");
    handler
}

/// Waits for something that the role of the second function forbids.
async fn until<T>(aws: &Deployment, look: impl Fn(&Deployment) -> Option<T>) -> T {
    let found = async {
        loop {
            if let Some(found) = look(aws) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(60), found).await;
    found.unwrap_or_else(|_| panic!("in vain: {:?}", aws.surprises()))
}

/// A report with an action that failed.
fn failed(aws: &Deployment) -> Option<Value> {
    let journal = aws.journal();
    let mut reports = journal.runs(OTHER).reports.iter();
    reports
        .find(|report| {
            report["actions"]
                .as_array()
                .is_some_and(|all| !all.is_empty())
        })
        .cloned()
}

#[tokio::test]
async fn each_function_acts_under_its_own_role_and_is_counted_by_its_own_name() {
    let handler = two_and_a_new_broker().await;
    let aws = &handler.aws;
    let all = [
        REGISTER_BROKERS,
        SYNC_PRINCIPALS,
        PUSH_LISTENERS,
        HEAL_BROKERS,
        OTHER,
    ];
    assert_eq!(aws.names().collect::<Vec<_>>(), all);
    let report = until(aws, failed).await;
    let actions = report["actions"].to_string();
    assert!(actions.contains("CreateTargetGroup"), "{actions}");
    assert!(actions.contains("AccessDenied"), "{actions}");
    assert_eq!(aws.model().writes(), []);
    // What one of them is denied, is no matter of the other's.
    let denied = |name: &str| aws.caller(name).expect("a function").denied().len();
    assert!(denied(OTHER) > 0);
    assert_eq!(denied(REGISTER_BROKERS), 0);
    let said = aws.surprises();
    let of_other = format!("{OTHER}: denied: ");
    assert!(
        said.iter().all(|said| said.starts_with(&of_other)),
        "{said:?}"
    );

    handler.put(["look".to_owned()]);
    until(aws, |aws| {
        let created = |counts: &world::model::Counts| counts.get(&Call::CreateListener).copied();
        let model = aws.model();
        model.calls_of().get(REGISTER_BROKERS).and_then(created)
    })
    .await;
    let model = aws.model();
    let by = model.writes().iter().map(|write| write.by.as_deref());
    assert!(by.clone().count() > 2);
    assert!(by.clone().all(|by| by == Some(REGISTER_BROKERS)));
    let all: u64 = model.calls().values().sum();
    let each = model.calls_of().values().flat_map(|counts| counts.values());
    assert_eq!(each.sum::<u64>(), all, "nobody else has called");
}

#[tokio::test]
async fn each_function_has_its_own_queue_process_and_runs_and_its_lines_name_it() {
    let handler = two_and_a_new_broker().await;
    let aws = &handler.aws;
    until(aws, failed).await;
    let [one, other] = [REGISTER_BROKERS, OTHER].map(|name| aws.stack(name).expect("a function"));
    assert_ne!(one.mapping.queue, other.mapping.queue);
    let pid = |name| aws.function(name).and_then(|function| function.pid());
    assert!(pid(REGISTER_BROKERS).is_some());
    assert_ne!(pid(REGISTER_BROKERS), pid(OTHER));
    let journal = aws.journal();
    assert_eq!(journal.runs(REGISTER_BROKERS).reports.len(), 1);
    let bodies = journal
        .runs(OTHER)
        .batches
        .iter()
        .flat_map(|batch| &batch.batch);
    assert!(bodies.clone().count() > 0);
    assert!(
        bodies
            .clone()
            .all(|message| message.body.starts_with("SecondSweep-run-"))
    );
    for name in [REGISTER_BROKERS, OTHER] {
        assert!(
            journal.log.iter().any(|line| line.function == name),
            "{name}"
        );
    }
    let none = aws
        .stack("nobody")
        .map(drop)
        .map_err(|error| error.to_string());
    let said = "infra/template.yaml: no function nobody with an event source mapping";
    assert_eq!(none, Err(said.to_owned()));
}
