mod holdings;

use super::*;
use crate::look::{Look, put_out};
use cloud::fake::{Fake, soon};
use cloud::pacing::Pace;
use fleet::gate::Verdict;
use fleet::look::{noon, parameter};
use fleet::observed::CommandStatus;
use fleet::shown::{AdminAnswer, Shown};
use serde_json::{Value, json};
use std::time::Duration;

fn scope() -> Scope {
    Scope {
        cluster: fleet::look::ORDERS.into(),
        probe: "probe".into(),
    }
}

/// Every broker is silent.
fn silent(payload: &str) -> String {
    let payload: Value = serde_json::from_str(payload).expect("JSON");
    let questions = payload["admin"]["questions"].as_array().expect("questions");
    let answer = |question: &Value| {
        let mut answer = question.clone();
        answer["shown"] = json!("silent");
        answer["why"] = json!("it hangs");
        answer["milliseconds"] = json!(5);
        answer
    };
    Value::Array(questions.iter().map(answer).collect()).to_string()
}

/// Broker 1 shows itself and has no EXTERNAL; the gate is open.
fn itself_and_open(payload: &str) -> String {
    let payload: Value = serde_json::from_str(payload).expect("JSON");
    if let Some(gate) = payload.get("gate") {
        assert_eq!(gate["admin"]["questions"].as_array().map(Vec::len), Some(1));
        assert_eq!(
            (&gate["question"]["next"], &gate["question"]["expected"]),
            (&json!(1), &json!([1]))
        );
        return serde_json::to_string(&Verdict::default()).expect("JSON");
    }
    let look = Look::alone().observed.shown.expect("seen");
    let questions = payload["admin"]["questions"].as_array().expect("questions");
    let answer = |question: &Value| {
        let mut answer = serde_json::to_value(&look[0]).expect("JSON");
        for (key, value) in question.as_object().expect("a question") {
            answer[key] = value.clone();
        }
        answer
    };
    Value::Array(questions.iter().map(answer).collect()).to_string()
}

/// The same, and the gate is none.
fn itself_and_odd(payload: &str) -> String {
    match payload.contains("\"gate\"") {
        true => "[]".to_owned(),
        false => itself_and_open(payload),
    }
}

/// An AWS that shows a look.
fn aws(look: &Look) -> Fake {
    let observed = &look.observed;
    let groups = observed.target_groups.clone().expect("seen");
    let outputs = observed.outputs.values().cloned();
    let mut fake = Fake::default();
    fake.parameters = observed.parameters.clone().expect("seen");
    fake.instances = observed.instances.clone().expect("seen");
    fake.spot_requests = observed.spot_requests.clone().expect("seen");
    fake.scaling = observed.auto_scaling_groups.clone().expect("seen");
    for group in &observed.lifecycles {
        fake.hooks.extend(group.hooks.clone().expect("seen"));
        let activities = group.activities.clone().expect("seen");
        fake.activities.extend(activities);
    }
    fake.managed = observed.managed.clone().expect("seen");
    fake.commands = observed.commands.clone().expect("seen");
    fake.outputs = outputs.filter_map(|it| it.expect("seen")).collect();
    let tagged = groups
        .iter()
        .map(|it| (it.arn.to_string(), it.tags.clone()));
    fake.tags = tagged.collect();
    fake.groups = groups;
    fake.date = Some(noon());
    fake.probe = silent;
    fake
}

async fn seen(aws: &Fake) -> Observed {
    seen_until(aws, soon()).await
}

async fn seen_until(aws: &Fake, until: Instant) -> Observed {
    let pace = &Pace::default();
    observe(Paced { aws, pace }, &scope(), until).await
}

fn shown(observed: &Observed) -> Vec<AdminAnswer> {
    observed.shown.clone().expect("seen")
}

#[tokio::test(start_paused = true)]
async fn a_look_at_aws_is_what_the_plan_is_made_of() {
    let look = Look::alone().inspected();
    let observed = seen(&aws(&look)).await;
    assert_eq!(observed.gaps(), []);
    assert_eq!(observed.commands, look.observed.commands);
    assert_eq!(observed.managed, look.observed.managed);
    let [answer] = &shown(&observed)[..] else {
        panic!("one answer");
    };
    assert_eq!(
        (answer.question.port.get(), answer.question.broker.get()),
        (9092, 1)
    );
    assert!(matches!(answer.shown, Shown::Silent { .. }));
    // Whoever does not answer is looked at.
    assert_eq!(observed.outputs, look.observed.outputs);
}

#[tokio::test(start_paused = true)]
async fn requests_are_read_only_of_spot_instances_that_run() {
    let call = Call::DescribeSpotInstanceRequests;
    let on_demand = aws(&Look::alone());
    assert_eq!(seen(&on_demand).await.spot_requests, Ok(Vec::new()));
    assert!(on_demand.asked_of(call).is_empty());
    let look = Look::three().of(3).spot("marked-for-termination", 10);
    let fake = aws(&look);
    let observed = seen(&fake).await;
    assert_eq!(observed.spot_requests, look.observed.spot_requests);
    assert_eq!(fake.asked_of(call), ["sir-3"]);
    // It is asked, too, what it shows.
    assert_eq!(shown(&observed).len(), 3);
    let denied = aws(&look);
    denied.fails(call, "", "UnauthorizedOperation");
    let observed = seen(&denied).await;
    assert!(observed.spot_requests.is_err());
    let [gap] = &observed.gaps()[..] else {
        panic!("{:?}", observed.gaps());
    };
    assert!(
        gap.read.starts_with("DescribeSpotInstanceRequests"),
        "{gap}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_gate_is_asked_of_the_broker_that_would_be_restarted_and_of_no_other() {
    let asked = |aws: &Fake| aws.asked_of(Call::InvokeFunction).len();
    let mut fake = aws(&Look::alone().inspected());
    fake.probe = itself_and_open;
    let observed = seen(&fake).await;
    let answer = observed.gate.clone().expect("seen").expect("an answer");
    assert_eq!(
        answer.question,
        crate::plan::gate(&observed).expect("a question")
    );
    assert!(answer.answered_at > observed.now.clone().expect("seen"));
    assert_eq!(asked(&fake), 2);
    // While the gate was asked, a command may have been sent that no list showed before.
    assert_eq!(fake.asked_of(Call::ListCommands).len(), 6);
    assert_eq!(
        crate::plan::plan(&observed, &Default::default())
            .steps
            .len(),
        1
    );
    // Without a word nobody is restarted, and nobody asks.
    let mut fake = aws(&Look::alone().inspected().without("restarts"));
    fake.probe = itself_and_open;
    assert_eq!((seen(&fake).await.gate, asked(&fake)), (Ok(None), 1));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_has_spent_half_of_its_time_on_looks_asks_the_gate_still() {
    let mut fake = aws(&Look::alone().inspected());
    fake.probe = itself_and_open;
    let within = async |seconds| {
        let until = Instant::now() + Duration::from_secs(seconds);
        seen_until(&fake, until).await.gate
    };
    assert!(matches!(within(25).await, Ok(Some(_))));
    let gap = within(24).await.expect_err("a gap").to_string();
    assert!(
        gap.ends_with("not asked: less than 25 s of this run were left"),
        "{gap}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_gate_that_cannot_be_asked_is_a_gap_and_nobody_is_restarted() {
    let mut fake = aws(&Look::alone().inspected());
    fake.probe = itself_and_odd;
    let observed = seen(&fake).await;
    let gap = observed.gate.clone().expect_err("a gap").to_string();
    assert!(
        gap.contains("its answer is not whether a broker may be stopped"),
        "{gap}"
    );
    let plan = crate::plan::plan(&observed, &Default::default());
    assert!(plan.steps.is_empty());
    assert_eq!(plan.gaps, observed.gaps());
    assert_eq!(plan.gaps.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_our_commands_said_is_read_of_brokers_that_may_have_to_be_touched() {
    let answer = put_out(&json!({"outcome": "started"}));
    let look = Look::alone();
    let look = look.commanded(Document::Apply, 200, CommandStatus::Success, &answer);
    let look = look.inspected();
    let observed = seen(&aws(&look)).await;
    assert_eq!(observed.outputs, look.observed.outputs);
}

#[tokio::test(start_paused = true)]
async fn each_failed_read_is_a_gap_in_what_it_was_to_show() {
    for call in [
        Call::GetParametersByPath,
        Call::DescribeInstances,
        Call::DescribeAutoScalingGroups,
        Call::DescribeTargetGroups,
        Call::DescribeTags,
        Call::DescribeInstanceInformation,
        Call::ListCommands,
        Call::InvokeFunction,
    ] {
        let aws = aws(&Look::alone().inspected());
        aws.fails(call, "", "AccessDenied");
        let gaps = seen(&aws).await.gaps();
        let [gap] = &gaps[..] else {
            panic!("{call}: {gaps:?}");
        };
        assert!(gap.read.starts_with(&call.to_string()), "{gap}");
    }
}

#[tokio::test(start_paused = true)]
async fn where_brokers_are_asked_is_said_by_the_parameter_admin() {
    let mut fake = aws(&Look::alone());
    fake.parameters
        .push(parameter("admin", r#"{"port": 9095}"#, 60));
    assert_eq!(shown(&seen(&fake).await)[0].question.port.get(), 9095);
    fake.parameters.pop();
    fake.parameters.push(parameter("admin", "9095", 60));
    let gap = seen(&fake).await.shown.expect_err("a gap");
    assert!(
        gap.to_string()
            .starts_with("parameter /kafka-privatelink/orders/admin: "),
        "{gap}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_cannot_be_used_is_a_gap_that_names_it_and_never_shows_it() {
    let mut fake = aws(&Look::alone());
    let text =
        r#"{"protocol": "SASL_PLAINTEXT", "secret": "/kafka-privatelink/orders/secrets/admin"}"#;
    fake.parameters.push(parameter("admin", text, 60));
    let secret = "/kafka-privatelink/orders/secrets/admin".into();
    fake.secrets.insert(secret, "hunter2".to_owned());
    let gap = seen(&fake).await.shown.expect_err("a gap").to_string();
    assert!(!gap.contains("hunter2"), "{gap}");
    let name = "the secret of the admin listener, /kafka-privatelink/orders/secrets/admin";
    assert!(gap.contains(&format!("{name}, is not the JSON")), "{gap}");
    fake.fails(Call::GetParameter, "", "ParameterNotFound");
    let gap = seen(&fake).await.shown.expect_err("a gap").to_string();
    assert!(gap.contains(&format!("{name}, does not exist")), "{gap}");
}

#[tokio::test(start_paused = true)]
async fn answers_to_other_questions_are_a_gap() {
    let mut fake = aws(&Look::alone());
    fake.probe = |_| "[]".to_owned();
    let gap = seen(&fake).await.shown.expect_err("a gap").to_string();
    assert!(gap.contains("it answered 0 of 1 questions"), "{gap}");
    fake.probe = |_| "{}".to_owned();
    let gap = seen(&fake).await.shown.expect_err("a gap").to_string();
    assert!(gap.contains("its answer is not what brokers show"), "{gap}");
}
