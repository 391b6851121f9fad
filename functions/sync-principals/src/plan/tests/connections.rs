//! Who waits is accepted when there is something to connect to, or named.

use crate::look::{Look, OLD, account, root};
use fleet::look::arn;
use fleet::naming::Owner;
use fleet::observed::ConnectionState::{
    Available, Deleted, Expired, Partial, Pending, PendingAcceptance, Rejected, Unknown,
};
use fleet::observed::{Gap, TargetState};

fn waiting(text: &str) -> Look {
    Look::saying(text)
        .ours(&root(1), 3600)
        .connected("vpce-a", 1, PendingAcceptance)
}

fn accepted() -> [String; 1] {
    [format!(
        "accept vpce-a of account {}: the account is listed, and what it connects to is there",
        account(1)
    )]
}

#[test]
fn a_listed_account_is_accepted_once_a_group_is_handed_over_and_serves() {
    assert_eq!(waiting(&account(1)).steps(), accepted());
    let gap = || Gap {
        read: "DescribeTargetHealth".to_owned(),
        reason: "denied".to_owned(),
    };
    let mut unread = waiting(&account(1));
    unread.0.health.insert(arn(Owner::Bootstrap), Err(gap()));
    let mut blind = waiting(&account(1));
    blind.0.target_groups = Err(gap());
    let mut new = waiting(&account(1));
    new.0.target_groups = Ok(Vec::new());
    for (look, waits) in [
        (
            waiting(&account(1)).handed_over(""),
            "EXTERNAL is not handed over yet",
        ),
        (
            waiting(&account(1)).handed_over(r#"{"complete": false, "note": "x"}"#),
            "EXTERNAL is not handed over yet",
        ),
        (
            waiting(&account(1)).handed_over("garbage"),
            "EXTERNAL is not handed over yet",
        ),
        (
            waiting(&account(1)).bootstrap(TargetState::Unhealthy),
            "the bootstrap of EXTERNAL has no healthy target",
        ),
        (
            unread,
            "the bootstrap of EXTERNAL could not be read, see gaps",
        ),
        (blind, "the target groups could not be read, see gaps"),
        (new, "no listener group has a bootstrap yet"),
    ] {
        assert_eq!(look.steps(), [""; 0], "{waits}");
        let held = look.held().join("\n");
        assert!(held.contains(waits), "{held}");
        assert!(held.contains(r#"write "accept": "at-once" into"#), "{held}");
    }
}

#[test]
fn r2_at_once_is_before_anything_is_proven() {
    let text = format!(
        r#"{{"principals": ["{}"], "accept": "at-once"}}"#,
        account(1)
    );
    let look = waiting(&text)
        .handed_over("")
        .bootstrap(TargetState::Unhealthy);
    assert_eq!(
        look.steps(),
        [format!(
            "accept vpce-a of account {}: the account is listed, and the list says at once",
            account(1)
        )]
    );
    assert_eq!(look.held(), [""; 0]);
}

#[test]
fn one_that_is_accepted_already_and_one_that_aws_calls_by_a_new_name_are_left_alone() {
    for state in [
        Pending,
        Available,
        Partial,
        Deleted,
        Unknown("paused".to_owned()),
    ] {
        let look = Look::saying(&account(1))
            .ours(&root(1), 3600)
            .connected("vpce-a", 1, state);
        assert_eq!(look.steps_but_in_force(), [""; 0]);
        assert_eq!(look.held(), [""; 0]);
    }
    // Of an account that leaves, the permission stays with it: without one nobody would reject it.
    for (state, told) in [
        ("paused", "vpce-a (paused)"),
        ("", "vpce-a (AWS says no state)"),
    ] {
        let gone = Look::saying(r#"{"principals": []}"#)
            .ours(&root(1), 7200)
            .ours(&root(2), 7200)
            .connected("vpce-a", 1, Unknown(state.to_owned()))
            .agreed();
        let only = format!("take the permission of {} away: off the list", root(2));
        assert_eq!(gone.steps_but_in_force(), [only]);
        assert!(gone.held()[0].contains(told), "{:?}", gone.held());
    }
}

#[test]
fn of_many_connections_some_are_told_and_the_rest_is_counted() {
    let look = (0..2000).fold(Look::saying(&account(1)), |look, n| {
        look.connected(&format!("vpce-{n:04}"), 2, PendingAcceptance)
    });
    let held = look.held();
    assert_eq!(held.len(), 21);
    assert!(held[0].contains("vpce-0000 of account"), "{}", held[0]);
    assert!(
        held[20].starts_with("1980 more connections like these"),
        "{}",
        held[20]
    );
}

#[test]
fn a_connection_that_only_everybodys_permission_carries_is_named_and_one_of_its_own_is_not() {
    let look = Look::saying(&account(1)).ours(&root(1), 3600);
    let look = look.connected("vpce-b", 2, Available);
    let told = format!("connection vpce-b of account {} stands", account(2));
    assert!(look.held()[0].starts_with(&told), "{:?}", look.held());
    assert!(look.clone().foreign("*").held()[0].starts_with(&told));
    let role = format!("arn:aws:iam::{}:role/tidb", account(2));
    assert_eq!(look.clone().foreign(&role).held(), [""; 0]);
    assert_eq!(look.steps(), [""; 0]);
}

#[test]
fn a_rejected_connection_of_an_account_that_came_back_needs_a_new_endpoint() {
    let look = Look::saying(&account(1))
        .ours(&root(1), 3600)
        .connected("vpce-a", 1, Rejected);
    let held = look.held().join("\n");
    assert!(
        held.contains("deletes that endpoint and makes a new one"),
        "{held}"
    );
    let made = look.connected("vpce-b", 1, Available);
    assert_eq!(made.held(), [""; 0]);
    // Of one that is not listed that is as it should be.
    assert_eq!(
        Look::saying(&account(2))
            .ours(&root(2), 3600)
            .connected("vpce-a", 1, Rejected)
            .held(),
        [""; 0]
    );
}

#[test]
fn how_long_somebody_waits_is_told_in_words() {
    let told = |minutes: i64, dated: bool| {
        let mut look = Look::saying(&account(1)).ours(&root(1), 3600).connected(
            "vpce-b",
            2,
            PendingAcceptance,
        );
        let connections = look.0.connections.as_mut().expect("connections");
        connections[0].created =
            Some(fleet::look::noon() - jiff::SignedDuration::from_mins(minutes));
        if !dated {
            connections[0].created = None;
        }
        look.held().join("\n")
    };
    for (minutes, words) in [
        (-5, "less than a minute"),
        (0, "less than a minute"),
        (1, "1 min"),
        (59, "59 min"),
        (60, "1 h"),
        (2879, "47 h"),
        (2880, "2 days"),
    ] {
        let held = told(minutes, true);
        assert!(
            held.contains(&format!("has waited for {words}, and")),
            "{held}"
        );
    }
    assert!(told(1, false).contains("has waited for a time that AWS does not say"));
}

#[test]
fn a_live_connection_of_an_account_that_nobody_allows_is_named() {
    // Somebody took the permission away by hand, then the account off the list.
    let look = Look::saying(&account(1)).ours(&root(1), OLD);
    let look = look.connected("vpce-b", 2, Available).agreed();
    let held = look.held().join("\n");
    assert!(held.contains("vpce-b"), "{held:?}");
}

#[test]
fn a_listed_accounts_connection_that_nobody_accepted_in_time_is_named() {
    let look = Look::saying(&account(1))
        .ours(&root(1), 3600)
        .connected("vpce-a", 1, Expired);
    let held = look.held().join("\n");
    assert!(held.contains("vpce-a"), "{held:?}");
}

#[test]
fn who_waits_is_named_also_where_nobody_has_said_who_may_connect() {
    let mut look = Look::saying("x")
        .foreign(&root(2))
        .connected("vpce-b", 2, PendingAcceptance)
        .connected("vpce-c", 2, Available);
    let parameters = look.0.parameters.as_mut().expect("parameters");
    parameters.retain(|it| !it.name.ends_with("/principals"));
    assert_eq!(look.steps(), [""; 0]);
    let held = look.held();
    assert!(
        matches!(&held[..], [one] if one.starts_with("connection vpce-b of account 222222222222 has waited")),
        "{held:?}"
    );
}
