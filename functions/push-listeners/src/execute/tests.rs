use super::*;
use crate::look::Look;
use cloud::fake::{Fake, soon};
use cloud::pacing::Pace;
use cloud::steps::Hands as _;

async fn sent(aws: &Fake) -> Outcome {
    let change = Look::alone().plan().steps.remove(0).change;
    let pace = &Pace::default();
    let mut hands = Hands {
        aws: Paced { aws, pace },
        until: soon(),
    };
    hands.take(&change).await
}

#[tokio::test(start_paused = true)]
async fn a_step_is_one_command_with_the_order_and_what_it_is_for() {
    let aws = Fake::default();
    assert_eq!(sent(&aws).await, Outcome::Done);
    let change = Look::alone().plan().steps.remove(0).change;
    let expected = format!(
        "SendCommand kafka-privatelink-orders-inspect on i-1: {}: {}",
        change.comment,
        change.order.payload()
    );
    assert_eq!(aws.written(), [expected]);
}

#[tokio::test(start_paused = true)]
async fn a_command_of_which_nobody_knows_whether_it_was_sent_is_not_sent_again() {
    let aws = Fake::default();
    aws.fails(Call::SendCommand, "", "InternalServerError");
    let Outcome::Failed(why) = sent(&aws).await else {
        panic!("it has failed");
    };
    assert!(
        why.starts_with("nobody knows whether the command was sent"),
        "{why}"
    );
    assert_eq!(aws.written().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_command_that_aws_refuses_has_failed() {
    let aws = Fake::default();
    aws.fails(Call::SendCommand, "", "InvalidDocument");
    let Outcome::Failed(why) = sent(&aws).await else {
        panic!("it has failed");
    };
    assert!(why.contains("InvalidDocument"), "{why}");
}
