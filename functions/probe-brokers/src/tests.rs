//! What is refused before anything is dialled, and how long the rest may take.

use super::*;
use fleet::proof::Verdict;
use lambda_runtime::Context;
use serde_json::json;

/// This many questions about one broker.
fn questions(number: usize) -> LambdaEvent<Value> {
    let way = json!({"protocol": "PLAINTEXT", "parameter": "/kafka-privatelink/orders/listeners/EXTERNAL", "endpoints": {"1": {"host": "b1", "port": 9093}}});
    let question =
        json!({"group": "EXTERNAL", "path": "bootstrap", "address": "127.0.0.1", "port": 9092});
    let inquiry = json!({"groups": {"EXTERNAL": way}, "questions": vec![question; number]});
    LambdaEvent::new(inquiry, Context::default())
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
async fn more_questions_than_an_nlb_can_ask_for_are_refused() {
    let refused = handle(questions(MOST_QUESTIONS + 1), &bounds()).await;
    let refused = refused.expect_err("refused");
    assert_eq!(refused.error_type, "NotAnInquiry");
    assert_eq!(
        refused.error_message,
        "the inquiry has 513 questions, more than 512"
    );
}

#[tokio::test]
async fn as_many_as_it_can_ask_for_are_answered_each_with_a_row() {
    let rows = handle(questions(MOST_QUESTIONS), &bounds()).await;
    let rows = rows.expect("rows");
    assert_eq!(rows.len(), 512);
    let refused = |row: &Row| matches!(&row.verdict, Verdict::NotProvable { .. });
    assert!(rows.iter().all(refused), "{rows:?}");
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
    let given = deadline(SystemTime::now() + left);
    assert!(given >= before);
    given - before
}

#[test]
fn rows_have_their_patience_or_what_the_function_has_left_but_for_two_seconds() {
    // Between two looks at a clock, a busy machine may do something else.
    let slack = Duration::from_secs(1);
    for (left, expected) in [(15, 5), (8, 5), (5, 3), (4, 2), (2, 0), (1, 0), (0, 0)] {
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
    let given = deadline(SystemTime::now() - Duration::from_secs(60));
    assert!(given - before < Duration::from_secs(1));
}
