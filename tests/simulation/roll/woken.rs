//! Nothing rests on events: a roll that only sweeps wake ends like one that events wake, too, and later.

use super::history::History;
use super::setup::Setup;
use fleet::words::InstanceId;
use jiff::Timestamp;
use std::time::Duration;
use tests::PATTERN;
use tests::handler::on_virtual_clock;

/// Between two sweeps.
const MINUTE: Duration = Duration::from_secs(60);
/// The queue's delay.
const DELAY: Duration = Duration::from_secs(5);
/// Sweeps after which a roll of three has ended, though each step waits for its sweep.
const SWEEPS: u32 = 60;

/// One broker's restart, in AWS time.
struct Restart {
    instance: InstanceId,
    sent: Timestamp,
    ended: Timestamp,
}

/// A roll of three brokers; its restarts.
async fn roll(history: &mut History<'_>, with_events: bool) -> Vec<Restart> {
    // No fault, and no hand between two calls.
    history.is_calm = true;
    history
        .stage
        .edit_cluster(|cluster| cluster.catch_up = Duration::from_secs(5));
    let written = history.put("listeners/EXTERNAL", PATTERN);
    history.tell("begin", &written);
    history.look();
    for _ in 0..SWEEPS {
        let next = history.stage.now() + MINUTE;
        while with_events && history.stage.now() + DELAY < next {
            let before = ended(history);
            history.pass(Duration::from_secs(1)).await;
            if ended(history) > before {
                history.pass(DELAY).await;
                history.sweep().await;
            }
        }
        let left = next.duration_since(history.stage.now());
        if left.is_positive() {
            history.pass(left.unsigned_abs()).await;
        }
        history.sweep().await;
        if history.check_external().is_ok() {
            break;
        }
    }
    let model = history.stage.model();
    let restarts = model
        .commands()
        .filter(|it| super::orders::mode(it) == "edit");
    restarts
        .map(|it| Restart {
            instance: it.instance.clone(),
            sent: it.requested_at,
            ended: it.ended_at.expect("an end"),
        })
        .collect()
}

fn ended(history: &History<'_>) -> usize {
    let model = history.stage.model();
    model.commands().filter(|it| it.status.has_ended()).count()
}

#[test]
fn a_roll_that_only_sweeps_wake_ends_as_one_with_events_does() {
    let stacks = crate::stacks();
    for with_events in [true, false] {
        on_virtual_clock(async {
            let name = if with_events { "events" } else { "sweeps only" };
            let mut history = History::begin(Setup::plain(), &stacks).await;
            let begin = history.stage.now();
            let restarts = roll(&mut history, with_events).await;
            println!("{name}:");
            let mut before = begin;
            for Restart {
                instance,
                sent,
                ended,
            } in &restarts
            {
                println!(
                    "{instance}: {} s from the end before it to its command, {} s of the command",
                    sent.duration_since(before).as_secs(),
                    ended.duration_since(*sent).as_secs()
                );
                before = *ended;
            }
            assert_eq!(history.check_external(), Ok(()), "{}", history.trace);
            assert!(history.broken.is_empty(), "{:?}", history.broken);
            let mut of: Vec<&InstanceId> = restarts.iter().map(|it| &it.instance).collect();
            of.sort();
            of.dedup();
            assert_eq!((of.len(), restarts.len()), (3, 3), "{}", history.trace);
        });
    }
}
