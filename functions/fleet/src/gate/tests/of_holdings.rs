use super::super::scenes::{healthy, hearing, node, nodes, partition, quorum, told, topic};
use super::super::{Heard, Hearing, Holdings, Moving, holdings};

/// Brokers 1 to 3, and what is to be known of broker 3: it leads orders-0, follows in orders-1, is behind in
/// orders-2, alone in orders-3, and has nothing of orders-4.
fn scene() -> Hearing {
    let partitions = vec![
        partition(0, Some(3), &[3, 1], &[3, 1]),
        partition(1, Some(1), &[1, 3], &[1, 3]),
        partition(2, Some(1), &[1, 3], &[1]),
        partition(3, Some(3), &[3, 2], &[3]),
        partition(4, Some(1), &[1, 2], &[1, 2]),
    ];
    let voters = quorum(&[(1, 0), (2, 0)]);
    hearing(&[1, 2, 3], &[topic("orders", partitions)], Some(voters))
}

fn of_three(change: impl FnOnce(&mut Hearing)) -> Holdings {
    let mut hearing = scene();
    change(&mut hearing);
    holdings(node(3), &hearing)
}

#[test]
fn each_partition_of_it_is_told_apart() {
    let holdings = of_three(|_| {});
    for (few, expected) in [
        (&holdings.replicas, "orders-0, orders-1, orders-2, orders-3"),
        (&holdings.in_sync, "orders-0, orders-1, orders-3"),
        (&holdings.behind, "orders-2"),
        (&holdings.alone, "orders-3"),
        (&holdings.without_another_leader, "orders-0, orders-3"),
        (&holdings.moving, ""),
        // Of orders-0 and orders-1 there are two replicas, and two must be in sync: no waiting helps.
        (holdings.below_min_isr.as_ref().expect("told"), "orders-3"),
    ] {
        assert_eq!(few.to_string(), expected);
    }
    assert_eq!(holdings.listed_by, nodes(&[1, 2]));
    assert_eq!(holdings.voters, nodes(&[1, 2]));
    assert!(holdings.is_whole(node(3)) && !holdings.is_unlisted(node(3)));
}

#[test]
fn what_one_broker_alone_shows_counts() {
    let holdings = of_three(|hearing| {
        let late = vec![partition(1, None, &[1, 3], &[1])];
        told(hearing, 2).topics = Ok(std::sync::Arc::new(vec![topic("orders", late)]));
    });
    assert_eq!(holdings.behind.to_string(), "orders-1, orders-2");
    assert_eq!(
        holdings.without_another_leader.to_string(),
        "orders-0, orders-1, orders-3"
    );
}

#[test]
fn p59_too_few_others_in_sync_are_told_by_whatever_one_broker_says() {
    let below = |isr: &[u32], mins: [i32; 2]| {
        let partitions = vec![partition(0, Some(isr[0]), &[1, 2, 3], isr)];
        let mut hearing = hearing(&[1, 2], &[topic("orders", partitions)], None);
        for (id, min) in (1..).zip(mins) {
            let mins = [(std::sync::Arc::from("orders"), min)];
            told(&mut hearing, id).min_insync = Ok(std::sync::Arc::new(mins.into()));
        }
        let below = holdings(node(3), &hearing).below_min_isr;
        below.expect("told").to_string()
    };
    assert_eq!(below(&[1], [2, 2]), "orders-0");
    assert_eq!(below(&[1], [1, 2]), "orders-0");
    assert_eq!(below(&[1], [1, 1]), "");
    assert_eq!(below(&[1, 2], [2, 2]), "");
    assert_eq!(below(&[1, 3], [2, 2]), "orders-0");
    assert_eq!(below(&[1], [3, 3]), "", "no waiting helps");
}

#[test]
fn who_does_not_tell_min_insync_replicas_keeps_it_unknown() {
    let spoils: [fn(&mut Hearing); 2] = [
        |it| told(it, 2).min_insync = Err("denied".to_owned()),
        |it| told(it, 2).min_insync = Ok(std::sync::Arc::default()),
    ];
    for spoil in spoils {
        let holdings = of_three(spoil);
        assert_eq!(holdings.below_min_isr, None);
        assert!(holdings.is_whole(node(3)), "who only comes needs none");
    }
}

#[test]
fn as_long_as_another_one_does_not_tell_nothing_is_proven() {
    let spoils: [fn(&mut Hearing); 5] = [
        |it| {
            _ = it
                .brokers
                .insert(node(2), Heard::Silent("it hangs".to_owned()))
        },
        |it| _ = it.brokers.insert(node(2), Heard::Another(node(9))),
        |it| told(it, 2).topics = Err("denied".to_owned()),
        |it| it.reassignments.answer = Err("denied".to_owned()),
        |it| it.quorum.answer = Err("denied".to_owned()),
    ];
    for spoil in spoils {
        assert!(!of_three(spoil).is_whole(node(3)));
    }
    let itself = of_three(|it| {
        it.brokers
            .insert(node(3), Heard::Silent("it is stopped".to_owned()));
    });
    assert!(itself.is_whole(node(3)), "it may be silent itself");
    let alone = of_three(|it| it.brokers.retain(|id, _| *id == node(3)));
    assert!(!alone.is_whole(node(3)) && !alone.is_unlisted(node(3)));
}

#[test]
fn who_is_listed_by_nobody_and_has_no_replica_is_absent() {
    let mut two = healthy();
    two.brokers.remove(&node(3));
    for id in [1, 2] {
        told(&mut two, id).listed = nodes(&[1, 2]);
    }
    let listed = holdings(node(3), &two);
    assert!(listed.is_unlisted(node(3)));
    assert_eq!(listed.replicas.count, 3, "its replicas are known still");
    assert!(holdings(node(4), &two).replicas.is_empty());
}

#[test]
fn what_is_moved_to_it_or_away_from_it_is_told() {
    let moving = |partition, replicas: &[u32], adding: &[u32]| Moving {
        topic: "orders".to_owned(),
        partition,
        replicas: nodes(replicas),
        adding: nodes(adding),
        removing: nodes(&[]),
    };
    let holdings = of_three(|it| {
        let all = vec![moving(4, &[1, 2], &[3]), moving(5, &[1, 2], &[])];
        it.reassignments.answer = Ok(all);
    });
    assert_eq!(holdings.moving.to_string(), "orders-4");
}
