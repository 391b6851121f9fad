//! The budget on a virtual clock: what goes at once, what waits, what is tried again.

use super::*;
use crate::calls::Elbv2Reads;
use crate::error::CallError;
use crate::fake::{Fake, noon};
use std::collections::VecDeque;

const READ: Call = Call::DescribeTags;
const WRITE: Call = Call::RegisterTargets;

fn far() -> Instant {
    Instant::now() + Duration::from_secs(3600)
}

/// Makes these calls one after the other; when each was made, in milliseconds.
async fn moments(pace: &Pace, calls: impl IntoIterator<Item = Call>) -> Vec<u128> {
    let (begin, mut moments) = (Instant::now(), Vec::new());
    for call in calls {
        let done = pace
            .call(&Fake::default(), call, far(), || async { Ok(()) })
            .await;
        assert_eq!(done, Ok(()));
        moments.push(begin.elapsed().as_millis());
    }
    moments
}

/// Makes one call that is answered with these codes in turn, and then with `Ok`; what came of it,
/// and when it was asked, in milliseconds.
async fn answered(call: Call, codes: &[&str]) -> (Answer<()>, Vec<u128>) {
    let begin = Instant::now();
    let left = Mutex::new(codes.iter().copied().collect::<VecDeque<_>>());
    let asked = Mutex::new(Vec::new());
    let answer = Pace::default()
        .call(&Fake::default(), call, far(), || async {
            asked
                .lock()
                .expect("asked")
                .push(begin.elapsed().as_millis());
            match left.lock().expect("codes").pop_front() {
                Some(code) => Err(CallError::answered(call, 400, code, "")),
                None => Ok(()),
            }
        })
        .await;
    (answer, asked.into_inner().expect("asked"))
}

#[tokio::test(start_paused = true)]
async fn p38_forty_reads_go_at_once_and_then_eight_a_second() {
    let moments = moments(&Pace::default(), [READ; 56]).await;
    assert_eq!(moments[..40], [0; 40]);
    assert_eq!(moments[40..44], [125, 250, 375, 500]);
    assert_eq!((moments[47], moments[55]), (1000, 2000));
}

#[tokio::test(start_paused = true)]
async fn p38_three_writes_go_at_once_and_then_three_a_second() {
    let moments = moments(&Pace::default(), [WRITE; 9]).await;
    assert_eq!(moments[..3], [0; 3]);
    // The clock counts whole milliseconds.
    for (moment, third) in moments[3..].iter().zip(1..) {
        let exact = third * 1000 / 3;
        assert!((exact..=exact + 6).contains(moment), "{moments:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn p38_reads_do_not_wait_for_writes_and_writes_count_as_calls() {
    let pace = Pace::default();
    let writes = moments(&pace, [WRITE; 3]).await;
    let reads = moments(&pace, [READ; 38]).await;
    assert_eq!(writes, [0; 3]);
    assert_eq!(reads[..37], [0; 37]);
    assert_eq!(reads[37], 125, "three of the forty were writes");
}

#[tokio::test(start_paused = true)]
async fn a_warm_instance_starts_with_what_is_left_and_gets_it_back_with_time() {
    let pace = Pace::default();
    moments(&pace, [READ; 40]).await;
    assert_eq!(moments(&pace, [READ; 1]).await, [125]);
    tokio::time::advance(Duration::from_secs(60)).await;
    let rested = moments(&pace, [READ; 41]).await;
    assert_eq!(rested[..40], [0; 40], "and never more than forty");
    assert!(rested[40] > 0);
}

#[tokio::test(start_paused = true)]
async fn p39_a_throttled_call_is_tried_again_twice_and_has_then_failed() {
    let throttled = "Throttling";
    assert_eq!(answered(READ, &[]).await, (Ok(()), vec![0]));
    assert_eq!(answered(READ, &[throttled]).await, (Ok(()), vec![0, 500]));
    assert_eq!(
        answered(READ, &[throttled; 2]).await,
        (Ok(()), vec![0, 500, 2000])
    );
    let (answer, asked) = answered(READ, &[throttled; 3]).await;
    assert_eq!(
        answer.map_err(|error| error.kind),
        Err(ErrorKind::Throttled)
    );
    assert_eq!(asked, [0, 500, 2000]);
}

#[tokio::test(start_paused = true)]
async fn nothing_but_throttling_is_tried_again() {
    for (code, kind) in [
        ("InvalidTarget", ErrorKind::Refused),
        ("AccessDenied", ErrorKind::Denied),
        ("TargetGroupNotFound", ErrorKind::NotFound),
    ] {
        for then in ["Throttling", code] {
            let (answer, asked) = answered(WRITE, &[code, then]).await;
            assert_eq!(answer.map_err(|error| error.kind), Err(kind), "{code}");
            assert_eq!(asked, [0], "{code}");
        }
    }
    let lost = Pace::default()
        .call::<(), _>(&Fake::default(), WRITE, far(), || async {
            Err(CallError::unanswered(WRITE, "connection closed"))
        })
        .await;
    assert_eq!(lost.map_err(|error| error.kind), Err(ErrorKind::Retryable));
}

#[tokio::test(start_paused = true)]
async fn every_call_and_every_retry_is_counted_until_the_tally_is_taken() {
    let pace = Pace::default();
    let aws = Fake::default();
    moments(&pace, [READ, WRITE, READ, Call::AddTags]).await;
    let throttled = Mutex::new(true);
    let again = pace.call(&aws, WRITE, far(), || async {
        match std::mem::take(&mut *throttled.lock().expect("once")) {
            true => Err(CallError::answered(WRITE, 400, "Throttling", "")),
            false => Ok(()),
        }
    });
    assert_eq!(again.await, Ok(()));
    let tally = pace.take_tally();
    let counted = BTreeMap::from([(READ, 2), (WRITE, 3), (Call::AddTags, 1)]);
    assert_eq!(tally.calls, counted);
    assert_eq!((tally.total(), tally.writes()), (6, 4));
    let rest = pace.take_tally();
    assert_eq!(rest, Tally::default());
    assert_eq!((rest.total(), rest.writes()), (0, 0));
}

async fn ask(pace: &Pace, aws: &Fake) {
    let answer = pace.call(aws, READ, far(), || aws.describe_tags(&[])).await;
    answer.expect("an answer");
}

#[tokio::test(start_paused = true)]
async fn the_time_is_that_of_the_first_answer_of_this_activation() {
    let (pace, mut aws) = (Pace::default(), Fake::default());
    ask(&pace, &aws).await;
    assert_eq!(pace.now(), Err(NoTime::Undated));
    aws.date = Some(noon());
    let second = noon() + jiff::SignedDuration::from_secs(1);
    for _ in 0..3 {
        ask(&pace, &aws).await;
        assert_eq!(pace.now(), Ok(second));
    }
    assert_eq!(pace.take_tally().dates.now(), Ok(second));
    assert_eq!(pace.now(), Err(NoTime::Undated));
}

#[tokio::test(start_paused = true)]
async fn what_an_activation_before_was_answered_is_no_time_for_this_one() {
    let (pace, mut aws) = (Pace::default(), Fake::default());
    aws.date = Some(noon());
    ask(&pace, &aws).await;
    // An activation that was cut off leaves an answer that nobody noted.
    aws.describe_tags(&[]).await.expect("an answer");
    let paced = Paced {
        aws: &aws,
        pace: &pace,
    };
    paced.begin();
    let lost = || async { Err(CallError::unanswered(READ, "closed")) };
    let answer: Answer<()> = pace.call(&aws, READ, far(), lost).await;
    assert!(answer.is_err());
    assert_eq!(pace.now(), Err(NoTime::Undated));
}

#[tokio::test(start_paused = true)]
async fn one_wrong_date_is_no_time_and_is_forgotten_with_its_activation() {
    let (pace, mut aws) = (Pace::default(), Fake::default());
    aws.date = Some(noon());
    aws.wrong_dates = [(1, noon() + jiff::SignedDuration::from_hours(24 * 365))].into();
    for _ in 0..3 {
        ask(&pace, &aws).await;
    }
    assert!(matches!(pace.now(), Err(NoTime::Apart(_, _))));
    let paced = Paced {
        aws: &aws,
        pace: &pace,
    };
    paced.begin();
    ask(&pace, &aws).await;
    assert_eq!(pace.now(), Ok(noon() + jiff::SignedDuration::from_secs(3)));
}

#[tokio::test(start_paused = true)]
async fn a_read_whose_connection_broke_is_asked_once_more_and_a_write_never() {
    for (call, breaks, asked, succeeds) in [
        (READ, 1, 2, true),
        (READ, 2, 2, false),
        (Call::InvokeFunction, 1, 2, true),
        (WRITE, 1, 1, false),
    ] {
        let (pace, aws, made) = (Pace::default(), Fake::default(), Mutex::new(0));
        let answer = pace.call(&aws, call, far(), || async {
            let mut made = made.lock().expect("made");
            *made += 1;
            match *made <= breaks {
                true => Err(CallError::disconnected(call, "connection closed")),
                false => Ok(()),
            }
        });
        assert_eq!(answer.await.is_ok(), succeeds, "{call}");
        assert_eq!(pace.take_tally().calls[&call], asked, "{call}");
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_a_call_waits_for_it_ends_in_time() {
    let in_3_s = || Instant::now() + Duration::from_secs(3);
    let begin = Instant::now();
    let told = "DescribeTags got no answer: no time was left for it in this run";
    // For an answer that never comes.
    let pace = Pace::default();
    let hangs: Answer<()> = pace
        .call(&Fake::default(), READ, in_3_s(), std::future::pending)
        .await;
    assert_eq!(
        hangs.map_err(|error| error.to_string()),
        Err(told.to_owned())
    );
    assert_eq!(begin.elapsed(), Duration::from_secs(3));
    // For the budget: 24 calls in 3 s behind the first 40.
    let ended = futures::future::join_all((0..100).map(|_| moments_by(&pace, in_3_s())));
    let ended: usize = ended.await.into_iter().filter(|done| *done).count();
    assert!((60..=65).contains(&ended), "{ended}");
    assert_eq!(begin.elapsed(), Duration::from_secs(6));
    // And when there is no time at all, nothing is asked.
    drop(pace.take_tally());
    assert!(!moments_by(&pace, Instant::now()).await);
    assert_eq!(pace.take_tally().total(), 0);
}

async fn moments_by(pace: &Pace, by: Instant) -> bool {
    let ask = || async { Ok(()) };
    pace.call(&Fake::default(), READ, by, ask).await.is_ok()
}
