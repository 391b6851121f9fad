//! Exactly those of the list are allowed, and nobody loses a permission by a slip.

use crate::look::{Look, account, root};
use fleet::observed::ConnectionState::{Available, Expired, Pending, PendingAcceptance, Rejected};
use fleet::tags::{self, Tags};

const OLD: i64 = 7200;

#[test]
fn who_is_listed_is_allowed_and_recorded_and_then_nothing_is_left_to_do() {
    let look = Look::saying(&format!("{}\n{}", account(1), account(2)));
    let allow = format!(
        "allow {}, {}: listed, and not allowed yet",
        root(1),
        root(2)
    );
    assert_eq!(look.steps(), [allow]);
    let done = look.ours(&root(1), 3600).ours(&root(2), 3600);
    assert_eq!(done.steps(), [""; 0]);
    assert_eq!(done.held(), [""; 0]);
}

#[test]
fn f43_a_listed_permission_without_our_tag_is_tagged_whoever_made_it() {
    let tag = |n| {
        let why = "listed, and the permission does not say that this list keeps it";
        format!("tag the permission of {}: {why}", root(n))
    };
    let look = Look::saying(&account(1)).foreign(&root(1));
    assert_eq!(look.steps(), [tag(1)]);
    // And one whose second tag was taken away.
    let half = Tags::from([(tags::CLUSTER.to_owned(), "orders".to_owned())]);
    assert_eq!(
        Look::saying(&account(1)).permission(&root(1), half).steps(),
        [tag(1)]
    );
    // Another cluster's stays that cluster's.
    let theirs = Tags::from([(tags::CLUSTER.to_owned(), "sales".to_owned())]);
    let look = Look::saying(&account(1)).permission(&root(1), theirs);
    assert_eq!(look.steps(), [""; 0]);
    assert!(
        look.held()[0].contains("is tagged for cluster sales"),
        "{:?}",
        look.held()
    );
}

#[test]
fn p15_who_is_off_the_list_loses_its_permission_when_two_looks_agree() {
    let look = Look::saying(&account(1))
        .ours(&root(1), OLD)
        .ours(&root(2), OLD);
    assert_eq!(look.steps(), [""; 0]);
    assert_eq!(
        look.held(),
        [format!(
            "1 of 2 recorded principals seem to be off the list: {}; a second read must agree",
            root(2)
        )]
    );
    let sure = look.clone().agreed();
    assert_eq!(
        sure.steps(),
        [format!(
            "take the permission of {} away: off the list",
            root(2)
        )]
    );
    assert_eq!(sure.held(), [""; 0]);
    // Another number of recorded ones is another doubt.
    let mut other = look.agreed();
    other = other.ours(&root(3), OLD);
    assert_eq!(other.steps(), [""; 0]);
}

#[test]
fn what_other_hands_allowed_is_left_alone_unless_it_is_adopted() {
    let look = |adopt| {
        let text = format!(r#"{{"principals": ["{}"], "adopt": {adopt}}}"#, account(1));
        Look::saying(&text)
            .ours(&root(1), OLD)
            .foreign("arn:aws:iam::333333333333:role/tidb")
            .foreign("*")
            .agreed()
    };
    assert_eq!(look(false).steps(), [""; 0]);
    assert_eq!(
        look(true).steps(),
        ["take the permission of *, arn:aws:iam::333333333333:role/tidb away: off the list"]
    );
}

#[test]
fn p78_many_at_once_are_kept_until_each_of_them_is_named() {
    let of = |text: &str| {
        let look = Look::saying(text);
        (1..=5)
            .fold(look, |look, n| look.ours(&root(n), OLD))
            .agreed()
    };
    // Two of five go; three of five are more than half.
    assert_eq!(of(&[1, 2, 3].map(account).join(",")).steps().len(), 1);
    let many = of(&[1, 2].map(account).join(","));
    assert_eq!(many.steps(), [""; 0]);
    let held = many.held().join("\n");
    assert!(
        held.starts_with("3 of 5 recorded principals are off the list"),
        "{held}"
    );
    let names = [3, 4, 5].map(|n| format!("\"{}\"", root(n))).join(", ");
    assert!(
        held.contains(&format!("write \"remove\": [{names}] into")),
        "{held}"
    );
    // Naming two of the three is not enough; naming all is.
    for (named, done) in [(vec![3, 4], false), (vec![3, 4, 5], true)] {
        let named: Vec<String> = named
            .into_iter()
            .map(|n| format!("\"{}\"", account(n)))
            .collect();
        let named = named.join(", ");
        let text = format!(
            r#"{{"principals": ["{}", "{}"], "remove": [{named}]}}"#,
            account(1),
            account(2)
        );
        assert_eq!(of(&text).steps().len(), usize::from(done), "{named}");
    }
    // Nobody is said, and two of two may go: few are always one's own wish.
    let two = Look::saying(r#"{"principals": []}"#)
        .ours(&root(1), OLD)
        .ours(&root(2), OLD);
    assert_eq!(two.agreed().steps().len(), 1);
}

#[test]
fn whom_a_version_adds_does_not_make_what_it_takes_away_look_small() {
    let all: Vec<String> = (4..=9).map(account).collect();
    let look = Look::saying(&all.join(","));
    let look = (1..=3).fold(look, |look, n| look.ours(&root(n), OLD));
    // The six new ones were recorded by this version, an hour ago.
    let look = (4..=9)
        .fold(look, |look, n| look.ours(&root(n), 3600))
        .agreed();
    assert_eq!(look.steps(), [""; 0]);
    assert!(
        look.held()[0].starts_with("3 of 3 recorded principals"),
        "{:?}",
        look.held()
    );
}

#[test]
fn p44_an_old_read_of_the_parameter_takes_nobody_away() {
    // The permission was recorded by a version of ten minutes ago; what is read is an hour old.
    let look = Look::saying(&account(1))
        .ours(&root(1), OLD)
        .ours(&root(2), 600)
        .agreed();
    assert_eq!(look.steps(), [""; 0]);
    let held = look.held().join("\n");
    assert!(
        held.contains("is already in force; the next run reads again"),
        "{held}"
    );
}

#[test]
fn f21_connections_are_rejected_first_and_the_permission_goes_last() {
    let look = Look::saying(&account(1))
        .ours(&root(1), OLD)
        .ours(&root(2), OLD);
    let live = look
        .clone()
        .connected("vpce-a", 2, Available)
        .connected("vpce-b", 2, PendingAcceptance)
        .connected("vpce-c", 2, Pending)
        .connected("vpce-d", 2, Rejected)
        .connected("vpce-e", 2, Expired)
        .connected("vpce-f", 1, Available)
        .agreed();
    assert_eq!(
        live.steps(),
        [format!(
            "reject vpce-a, vpce-b, vpce-c of account {}: off the list",
            account(2)
        )]
    );
    assert!(
        live.held()[0].contains("goes when its connections are gone"),
        "{:?}",
        live.held()
    );
    let over = look.connected("vpce-a", 2, Rejected).agreed();
    assert_eq!(
        over.steps(),
        [format!(
            "take the permission of {} away: off the list",
            root(2)
        )]
    );
}

#[test]
fn an_account_that_stays_allowed_by_another_principal_keeps_its_connections() {
    let role = "arn:aws:iam::222222222222:role/tidb";
    let gone = format!("take the permission of {role} away: off the list");
    let leaving = |list: &str| {
        Look::saying(list)
            .ours(&root(1), OLD)
            .ours(role, OLD)
            .connected("vpce-a", 2, Available)
    };
    // Listed as a whole; by another permission of ours that stays; by other hands; by everybody's.
    let both = leaving(&format!("{},{}", account(1), account(2)));
    assert!(both.agreed().steps().contains(&gone));
    for other in ["arn:aws:iam::222222222222:user/x", "*"] {
        let look = leaving(&account(1)).foreign(other).agreed();
        assert_eq!(look.steps(), std::slice::from_ref(&gone), "{other}");
        let held = look.held().join("\n");
        assert!(
            held.contains(&format!("stays allowed by {other}")),
            "{held}"
        );
    }
    let alone = leaving(&account(1)).agreed().steps();
    assert!(alone[0].starts_with("reject vpce-a"), "{alone:?}");
}

#[test]
fn connections_of_an_account_without_a_permission_of_ours_are_never_rejected() {
    let look = Look::saying(&account(1))
        .ours(&root(1), OLD)
        .foreign(&root(2))
        .connected("vpce-a", 2, Available)
        .connected("vpce-b", 2, PendingAcceptance)
        .agreed();
    assert_eq!(look.steps(), [""; 0]);
    assert_eq!(
        look.held(),
        [
            "connection vpce-b of account 222222222222 has waited for 1 h, and that account is not listed in /kafka-privatelink/orders/principals; list it, or reject the connection"
        ]
    );
}

#[test]
fn a_thousand_permissions_are_changed_in_calls_of_fifty() {
    let all: Vec<String> = (0..600)
        .map(|n| format!("{:012}", n + 100_000_000_000_u64))
        .collect();
    let look = Look::saying(&all.join("\n"));
    assert_eq!(look.plan().steps.len(), 12);
    let all = (0..1000).fold(Look::saying(&account(1)), |look, n| {
        look.foreign(&format!(
            "arn:aws:iam::{:012}:root",
            n + 200_000_000_000_u64
        ))
    });
    assert_eq!(all.plan().steps.len(), 1, "what is not ours stays");
}
