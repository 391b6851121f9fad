//! Several that come or leave at once: each is asked about in each run, and none waits for another one's answer.

use super::{aws, seen};
use crate::host::order::Act;
use crate::look::Look;
use crate::plan::plan;
use cloud::call::Call;
use fleet::gate::{Few, Holdings, Verdict};
use fleet::look::node;
use fleet::observed::LifecycleTransition::{Launching, Terminating};
use fleet::shown::Voters;
use serde_json::{Value, json};

/// So many brokers, of which 1 and 2 vote; all of them have what they should.
fn brokers(count: u32) -> Look {
    let look = (4..=count).fold(Look::three(), Look::and_broker);
    let look = look.without("restarts");
    let serving = (1..=3).fold(look, |look, who| look.of(who).serving());
    let voters = |look: Look, who| {
        let voters = Voters::Are([1, 2].map(node).into());
        look.of(who).showing_itself(|it| it.voters = voters)
    };
    let look = (1..=count).fold(serving, voters);
    (4..=count).fold(look, |look, who| look.of(who).serving())
}

fn four() -> Look {
    brokers(4)
}

fn leaves(look: Look, who: u32) -> Look {
    let look = look.of(who);
    look.waiting(Terminating, "kafka-privatelink-terminate", 60)
}

/// What brokers show is that of [`brokers`]; broker 2 votes, broker 3 has replicas, and nobody else has anything.
fn answers(payload: &str) -> String {
    let payload: Value = serde_json::from_str(payload).expect("JSON");
    if payload.get("gate").is_some() {
        return serde_json::to_string(&Verdict::default()).expect("JSON");
    }
    if let Some(question) = payload.get("holdings") {
        let replicas = match question["node"].as_u64() {
            Some(3) => Few::of(&["orders-0".to_owned()].into()),
            _ => Few::default(),
        };
        let holdings = Holdings {
            heard: [1, 2, 3].map(node).into(),
            voters: [1, 2].map(node).into(),
            replicas,
            ..Holdings::default()
        };
        return serde_json::to_string(&holdings).expect("JSON");
    }
    let shown = brokers(5).observed.shown.expect("seen");
    let questions = payload["admin"]["questions"].as_array().expect("questions");
    let answer = |question: &Value| {
        let of_it = |number: &Value| shown.iter().find(|it| json!(it.question.broker) == *number);
        let mut answer = json!(of_it(&question["broker"]).expect("a broker"));
        for (key, value) in question.as_object().expect("a question") {
            answer[key] = value.clone();
        }
        answer
    };
    Value::Array(questions.iter().map(answer).collect()).to_string()
}

/// The same, and broker 4 does not run.
fn answers_but_four(payload: &str) -> String {
    let mut answers: Value = serde_json::from_str(&answers(payload)).expect("JSON");
    for answer in answers.as_array_mut().into_iter().flatten() {
        if answer["broker"] == json!(4) {
            answer["shown"] = json!("silent");
            answer["why"] = json!("nothing listens there");
        }
    }
    answers.to_string()
}

/// What several runs do, each after what the one before it found on a host; until one does not look, or does
/// nothing. In each run a doubt is looked at once more.
async fn runs(mut look: Look, probe: fn(&str) -> String, found: fn(Look) -> Look) -> Vec<String> {
    let mut steps = Vec::new();
    for _ in 0..5 {
        let mut aws = aws(&look);
        aws.probe = probe;
        let first = plan(&seen(&aws).await, &Default::default());
        let plan = match first.doubts.is_empty() {
            true => first,
            false => plan(&seen(&aws).await, &first.doubts),
        };
        let Some(step) = plan.steps.first() else {
            break;
        };
        steps.push(step.change.to_string());
        if !matches!(step.change.order.act, Act::Inspect) {
            break;
        }
        let who = step.change.order.node.get();
        look = found(look.of(who)).inspected();
    }
    steps
}

#[tokio::test(start_paused = true)]
async fn who_has_nothing_left_is_stopped_beside_one_that_is_held() {
    let look = leaves(leaves(four(), 2), 4);
    let steps = runs(look, answers, |look| look).await;
    let looks = ["inspect broker 2 on i-2", "inspect broker 4 on i-4"];
    assert_eq!(steps[..2], looks);
    assert_eq!(steps[2..], ["stop broker 4 on i-4"]);
}

#[tokio::test(start_paused = true)]
async fn who_comes_with_an_empty_disk_is_started_beside_one_that_is_held() {
    let look = leaves(four(), 3).of(4).silent();
    let look = look.waiting(Launching, "kafka-privatelink-launch", 60);
    let steps = runs(look, answers_but_four, |look| match look.who {
        4 => {
            let gone = look.gone().host("/disks/0/partitions", json!(0));
            gone.host("/disks/0/used", json!(false))
        }
        _ => look,
    });
    let steps = steps.await;
    let looks = ["inspect broker 3 on i-3", "inspect broker 4 on i-4"];
    assert_eq!(steps[..2], looks);
    assert_eq!(
        steps[2..],
        ["edit the file of broker 4 on i-4 and start it"]
    );
}

/// The same, and whoever of brokers 4 and 5 is asked does not answer.
fn answers_but_two(payload: &str) -> String {
    let asked: Value = serde_json::from_str(payload).expect("JSON");
    let silent = |question: &&Value| question["broker"].as_u64() >= Some(4);
    if let Some(holdings) = asked.get("holdings") {
        let questions = holdings["admin"]["questions"].as_array();
        let unheard = questions.expect("questions").iter().filter(silent);
        let unheard = unheard.map(|it| (it["broker"].to_string(), json!("it refused")));
        let mut answer: Value = serde_json::from_str(&answers(payload)).expect("JSON");
        answer["unheard"] = Value::Object(unheard.collect());
        return answer.to_string();
    }
    let mut answers: Value = serde_json::from_str(&answers(payload)).expect("JSON");
    for answer in answers.as_array_mut().into_iter().flatten() {
        if silent(&&*answer) {
            answer["shown"] = json!("silent");
            answer["why"] = json!("nothing listens there");
        }
    }
    answers.to_string()
}

#[tokio::test(start_paused = true)]
async fn two_that_come_at_once_with_empty_disks_do_not_wait_for_each_other() {
    let come = |look: Look, who| {
        let look = look.of(who).silent();
        look.waiting(Launching, "kafka-privatelink-launch", 60)
    };
    let look = come(come(brokers(5), 4), 5);
    let steps = runs(look, answers_but_two, |look| {
        let gone = look.gone().host("/disks/0/partitions", json!(0));
        gone.host("/disks/0/used", json!(false))
    });
    let expected = [
        "inspect broker 4 on i-4",
        "edit the file of broker 4 on i-4 and start it",
    ];
    assert_eq!(steps.await, expected);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_told_of_one_is_a_gap_and_keeps_no_other_one() {
    let look = leaves(leaves(four(), 2), 4);
    let mut aws = aws(&look.of(2).inspected().of(4).inspected());
    aws.probe = |payload| match payload.contains("\"node\":2") {
        true => "[]".to_owned(),
        false => answers(payload),
    };
    let observed = seen(&aws).await;
    let plan = plan(&observed, &Default::default());
    assert_eq!(plan.steps.len(), 1, "{:?}", plan.held);
    let gaps: Vec<String> = plan.gaps.iter().map(ToString::to_string).collect();
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert!(gaps[0].contains("what the cluster has of broker 2"));
    let held: Vec<String> = plan.held.iter().map(ToString::to_string).collect();
    assert!(held[0].contains("it could not be asked: "), "{held:?}");
    // What they show, what the cluster has of each of the two, and the gate.
    assert_eq!(aws.asked_of(Call::InvokeFunction).len(), 4);
}
