use super::super::scenes::{hearing, node, partition, question, quorum, told, topic};
use super::super::{Heard, Hearing, Obstacle, verdict};
use super::judged;
use proptest::prelude::*;
use proptest::sample::subsequence;
use std::collections::BTreeSet;
use std::sync::Arc;

/// One partition: replicas, who of them is in sync, and min.insync.replicas.
type Placed = (Vec<u32>, Vec<u32>, i32);

fn placed() -> impl Strategy<Value = Placed> {
    let replicas = subsequence(vec![1, 2, 3], 1..=3);
    let replicas = replicas.prop_flat_map(|all| {
        let isr = subsequence(all.clone(), 0..=all.len());
        (Just(all), isr)
    });
    (replicas, -1..5).prop_map(|((replicas, isr), min)| (replicas, isr, min))
}

/// Three brokers, of which some are silent, with a few partitions.
fn heard() -> impl Strategy<Value = (Hearing, Vec<Placed>, BTreeSet<u32>)> {
    let silent = subsequence(vec![1, 2, 3], 0..=2);
    let voters = prop::array::uniform3(0_i64..4000);
    (prop::collection::vec(placed(), 0..4), silent, voters).prop_map(
        |(placed, silent, [_, two, three])| {
            let name = |at: usize| format!("t{at}");
            let topics: Vec<_> = placed
                .iter()
                .enumerate()
                .map(|(at, (replicas, isr, _))| {
                    topic(
                        &name(at),
                        vec![partition(0, isr.first().copied(), replicas, isr)],
                    )
                })
                .collect();
            let voters = quorum(&[(1, 0), (2, two), (3, three)]);
            let mut hearing = hearing(&[1, 2, 3], &topics, Some(voters));
            for id in 1..=3 {
                let min = placed.iter().enumerate();
                let min = min.map(|(at, (_, _, min))| (Arc::from(name(at)), *min));
                told(&mut hearing, id).min_insync = Ok(Arc::new(min.collect()));
            }
            for id in &silent {
                hearing
                    .brokers
                    .insert(node(*id), Heard::Silent("it hangs".to_owned()));
            }
            (hearing, placed, silent.into_iter().collect())
        },
    )
}

fn all(obstacles: &[Obstacle]) -> BTreeSet<&Obstacle> {
    obstacles.iter().collect()
}

proptest! {
    #[test]
    fn it_is_never_open_if_fewer_than_have_to_be_were_left((hearing, placed, silent) in heard(), next in 1..=3_u32) {
        let verdict = judged(&question(next), &hearing);
        if verdict.is_open() {
            prop_assert!(silent.is_empty());
            for (at, (replicas, isr, min)) in placed.iter().enumerate() {
                if !replicas.contains(&next) {
                    continue;
                }
                let left = isr.iter().filter(|id| **id != next).count() as i64;
                let is_listed = verdict.unavailable.first.contains(&format!("t{at}-0"));
                prop_assert!(is_listed || left >= i64::from(*min).max(1), "t{at} {verdict:?}");
            }
        }
    }

    #[test]
    fn one_broker_less_never_opens_it((hearing, _, _) in heard(), next in 1..=3_u32, lost in 1..=3_u32) {
        let before = judged(&question(next), &hearing);
        let mut less = hearing;
        less.brokers.insert(node(lost), Heard::Silent("it hangs".to_owned()));
        prop_assert!(!judged(&question(next), &less).is_open());
        less.brokers.remove(&node(lost));
        let gone = judged(&question(next), &less);
        prop_assert!(!gone.is_open(), "{before:?} {gone:?}");
    }

    #[test]
    fn whatever_one_of_two_looks_shows_is_in_the_way((first, _, _) in heard(), (second, _, _) in heard(), next in 1..=3_u32) {
        let question = question(next);
        let both = verdict(&question, &[first.clone(), second.clone()], 10);
        let alone = [judged(&question, &first), judged(&question, &second)];
        prop_assert_eq!(both.is_open(), alone.iter().all(|it| it.is_open()));
        let order = verdict(&question, &[second, first], 10);
        prop_assert_eq!(order.is_open(), both.is_open());
        let kinds = |it: &[Obstacle]| it.iter().map(std::mem::discriminant).collect::<Vec<_>>();
        for alone in &alone {
            prop_assert!(kinds(&alone.obstacles).iter().all(|it| kinds(&both.obstacles).contains(it)));
            prop_assert!(both.unavailable.first.is_superset(&alone.unavailable.first));
        }
        prop_assert_eq!(all(&both.obstacles).len(), both.obstacles.len());
    }

    #[test]
    fn a_look_that_is_known_to_be_shut_is_shut_whatever_comes_next((first, _, _) in heard(), (second, _, _) in heard(), next in 1..=3_u32) {
        let question = question(next);
        let both = verdict(&question, &[first.clone(), second], 10);
        let at_once = super::super::at_once(&question, &first);
        prop_assert!(at_once.is_none() || !both.is_open());
        prop_assert_eq!(at_once.is_none(), judged(&question, &first).is_open());
    }
}
