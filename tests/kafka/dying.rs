//! A roll of three whose function dies again and again: whoever comes next goes on from what AWS, hosts and Kafka show.

use crate::roll::{restarted, restarts, right};
use crate::stage::{bare, put_pattern, until, with_kafka};
use std::collections::BTreeSet;
use tests::built::binary;
use world::local::{DOMAIN, LocalAws};

const PUSH_LISTENERS: &str = "push-listeners";
const SEND: &str = "SendCommand";

/// How many runs of push-listeners have come to their end, and how many have not.
fn runs(world: &LocalAws) -> (usize, usize) {
    let journal = world.journal();
    let runs = journal.runs(PUSH_LISTENERS);
    (runs.reports.len(), runs.failures.len())
}

/// Kills the function; answers once that is known.
async fn kill(world: &LocalAws) {
    let before = runs(world).1;
    let function = world.function(PUSH_LISTENERS).unwrap();
    assert!(function.kill().unwrap());
    until(world, async || match runs(world).1 {
        now if now > before => Ok(()),
        _ => Err("the run goes on".to_owned()),
    })
    .await;
}

/// The first run dies at its first call, the second one at its second call, and so on, until one comes to its end
/// before that; answers how many have died.
async fn each_at_one_more_call(world: &LocalAws) -> usize {
    let done = runs(world).0;
    let mut number = 0;
    loop {
        let hold = world.hold_call(PUSH_LISTENERS, number + 1);
        let ended = until(world, async || match runs(world).0 {
            now if now > done => Ok(()),
            _ => Err("no run has come to its end".to_owned()),
        });
        tokio::select! {
            () = hold.reached(1) => kill(world).await,
            () = ended => return number,
        }
        number += 1;
    }
}

#[test]
fn a_roll_of_three_is_the_same_whenever_its_function_dies() {
    with_kafka!(
        a_roll_of_three_is_the_same_whenever_its_function_dies,
        async {
            let world = bare(&[]).await;
            world.put_parameter("restarts", "any-time").unwrap();
            put_pattern(&world, DOMAIN);
            // The next run begins when the queue gives the message out again, which takes a minute.
            world.set_scale(40).await.unwrap();
            world.start_functions(binary);
            let died = each_at_one_more_call(&world).await;
            println!("{died} runs died, each at one more call");
            assert!(died >= 10, "{died}");
            world.set_scale(10).await.unwrap();

            // One dies before the second restart is ordered, and one as soon as it is.
            restarted(&world, 1).await;
            let before = world.hold_before(SEND);
            before.reached(1).await;
            kill(&world).await;
            drop(before);
            assert_eq!(restarts(&world).len(), 1);
            while restarts(&world).len() == 1 {
                let after = world.hold(PUSH_LISTENERS, Some(SEND));
                after.reached(1).await;
                kill(&world).await;
            }

            right(&world, 3).await;
            let all = restarts(&world);
            let nodes: BTreeSet<&str> = all.iter().map(|it| it.node.as_str()).collect();
            assert_eq!((all.len(), nodes.len()), (3, 3), "{all:?}");
            let downtime = world.downtime(&["1", "2", "3"]).await.unwrap();
            downtime.lines().for_each(|line| println!("{line}"));
            assert!(
                downtime.0.values().all(|life| life.starts == 2),
                "{downtime:?}"
            );
            assert_eq!(downtime.two_at_once(), None);
        }
    );
}
