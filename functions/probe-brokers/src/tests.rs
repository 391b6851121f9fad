//! What is refused before anything is dialled, and how long the rest may take.

use super::*;
use lambda_runtime::Context;
use serde_json::json;
use std::time::SystemTime;

/// This many questions about one broker.
fn questions(number: usize) -> LambdaEvent<Value> {
    let way = json!({"protocol": "PLAINTEXT", "parameter": "/kafka-privatelink/orders/listeners/EXTERNAL", "endpoints": {"1": {"host": "b1", "port": 9093}}});
    let question =
        json!({"group": "EXTERNAL", "path": "bootstrap", "address": "127.0.0.1", "port": 9092});
    let inquiry = json!({"groups": {"EXTERNAL": way}, "questions": vec![question; number]});
    let mut context = Context::default();
    let soon = SystemTime::now() + Duration::from_secs(15);
    let since_epoch = soon
        .duration_since(SystemTime::UNIX_EPOCH)
        .expect("later than 1970");
    context.deadline = u64::try_from(since_epoch.as_millis()).expect("some milliseconds");
    LambdaEvent::new(inquiry, context)
}

/// Loopback is not among them, so nothing is dialled here.
fn bounds() -> Bounds {
    let set = |name: &str| match name {
        "PORTS" => "9092",
        _ => "10.0.0.0/18",
    };
    Bounds::read(|name| Some(set(name).to_owned())).expect("bounds")
}

#[tokio::test]
async fn what_does_not_fit_into_one_run_is_a_row_that_says_so() {
    let rows = handle(questions(MOST_QUESTIONS + 40), &bounds()).await;
    let Answer::Proof(rows) = rows.expect("rows") else {
        panic!("it is no proof table");
    };
    assert_eq!(rows.len(), MOST_QUESTIONS + 40);
    let (unasked, asked): (Vec<_>, Vec<_>) = rows
        .iter()
        .map(Row::says)
        .partition(|says| says.contains("it was not asked"));
    assert_eq!((asked.len(), unasked.len()), (MOST_QUESTIONS, 40));
    assert_eq!(
        unasked[0],
        "not provable, because it was not asked: the inquiry has 1000 questions, and 960 fit into one run; \
         another 40 are left out in the next one"
    );
    assert!(asked.iter().all(|says| says.contains("ADDRESS_RANGES")));
}

/// 49 brokers with a port in one group or 24 in each of two, and as many instances without one as
/// are left.
#[test]
fn the_whole_of_an_nlb_fits_into_one_run() {
    const INSTANCES: usize = 400;
    for (groups, brokers) in [(1, 49), (2, 24)] {
        let ports = groups * (brokers + 1);
        assert_eq!(ports, 50);
        assert!(ports + groups * (49 + INSTANCES) <= MOST_QUESTIONS);
    }
}

#[tokio::test]
async fn what_is_no_inquiry_is_refused_without_being_quoted() {
    let event = LambdaEvent::new(json!({"password": "hunter2"}), Context::default());
    let refused = handle(event, &bounds()).await.expect_err("refused");
    assert_eq!(refused.error_type, "NotAnInquiry");
    assert!(!refused.error_message.contains("hunter2"));
}

/// How long rows may take when the function is ended after `left`.
fn given(left: Duration) -> Duration {
    let before = Instant::now();
    let given = activation::deadline(SystemTime::now() + left, RESERVE);
    assert!(given >= before);
    given - before
}

#[test]
fn rows_have_what_the_function_has_left_but_for_two_seconds() {
    // Between two looks at a clock, a busy machine may do something else.
    let slack = Duration::from_secs(1);
    for (left, expected) in [(15, 13), (8, 6), (5, 3), (2, 0), (1, 0), (0, 0)] {
        let expected = Duration::from_secs(expected);
        let given = given(Duration::from_secs(left));
        let early = expected.saturating_sub(given);
        let late = given.saturating_sub(expected);
        assert!(early < slack && late < slack, "{left} s left: {given:?}");
    }
}

#[test]
fn a_deadline_that_has_passed_leaves_no_time() {
    let before = Instant::now();
    let given = activation::deadline(SystemTime::now() - Duration::from_secs(60), RESERVE);
    assert!(given - before < Duration::from_secs(1));
}

#[tokio::test]
async fn who_asks_what_brokers_show_gets_one_answer_for_each() {
    let question = json!({"broker": 1, "instance": "i-1", "address": "127.0.0.1", "port": 9092});
    let admin = json!({"protocol": "PLAINTEXT", "parameter": "/kafka-privatelink/orders/admin", "questions": [question]});
    let LambdaEvent { context, .. } = questions(0);
    let event = LambdaEvent::new(json!({"admin": admin}), context);
    let answer = handle(event, &bounds()).await.expect("an answer");
    let answer = serde_json::to_value(answer).expect("JSON");
    assert_eq!(answer[0]["broker"], 1);
    assert_eq!(answer[0]["shown"], "untold", "{answer}");
    assert!(
        answer[0]["why"]
            .as_str()
            .is_some_and(|why| why.contains("ADDRESS_RANGES"))
    );
}
