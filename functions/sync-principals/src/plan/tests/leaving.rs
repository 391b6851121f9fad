//! Nobody loses a permission by a slip, and whoever does is cut off first.

use crate::change::Action;
use crate::look::{Look, account, root};
use fleet::look::noon;
use fleet::observed::ConnectionState::{Available, Expired, Pending, PendingAcceptance, Rejected};
use fleet::tags;
use jiff::SignedDuration;

const OLD: i64 = 7200;

#[test]
fn p15_who_is_off_the_list_loses_its_permission_when_two_looks_agree() {
    let look = Look::saying(&account(1))
        .ours(&root(1), OLD)
        .ours(&root(2), OLD);
    assert_eq!(look.steps_but_in_force(), [""; 0]);
    assert_eq!(
        look.held(),
        [format!(
            "1 of 2 recorded principals seem to be off the list: {}; a second read must agree",
            root(2)
        )]
    );
    let sure = look.clone().agreed();
    assert_eq!(
        sure.steps_but_in_force(),
        [format!(
            "take the permission of {} away: off the list",
            root(2)
        )]
    );
    assert_eq!(sure.held(), [""; 0]);
    // Another number of recorded ones is another doubt.
    let mut other = look.agreed();
    other = other.ours(&root(3), OLD);
    assert_eq!(other.steps_but_in_force(), [""; 0]);
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
    assert_eq!(
        of(&[1, 2, 3].map(account).join(","))
            .steps_but_in_force()
            .len(),
        1
    );
    let many = of(&[1, 2].map(account).join(","));
    assert_eq!(many.steps_but_in_force(), [""; 0]);
    let held = many.held().join("\n");
    assert!(
        held.starts_with("3 of 5 recorded principals are off the list"),
        "{held}"
    );
    let names = [3, 4, 5].map(|n| format!("\"{}\"", account(n))).join(", ");
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
        assert_eq!(
            of(&text).steps_but_in_force().len(),
            usize::from(done),
            "{named}"
        );
    }
    // Nobody is said, and two of two may go: few are always one's own wish.
    let two = Look::saying(r#"{"principals": []}"#)
        .ours(&root(1), OLD)
        .ours(&root(2), OLD);
    assert_eq!(two.agreed().steps_but_in_force().len(), 1);
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
    assert_eq!(look.steps_but_in_force(), [""; 0]);
    assert!(
        look.held()[0].starts_with("3 of 3 recorded principals"),
        "{:?}",
        look.held()
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
        live.steps_but_in_force(),
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
        over.steps_but_in_force(),
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
        assert_eq!(
            look.steps_but_in_force(),
            std::slice::from_ref(&gone),
            "{other}"
        );
        let held = look.held().join("\n");
        assert!(
            held.contains(&format!("stays allowed by {other}")),
            "{held}"
        );
    }
    let alone = leaving(&account(1)).agreed().steps_but_in_force();
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
    assert_eq!(look.steps_but_in_force(), [""; 0]);
    assert_eq!(
        look.held(),
        [
            "connection vpce-b of account 222222222222 has waited for 1 h, and that account is not listed in /kafka-privatelink/orders/principals; list it, or reject the connection"
        ]
    );
}

#[test]
fn who_only_waits_is_rejected_and_its_permission_goes_in_the_same_run() {
    let look = Look::saying(&account(1))
        .ours(&root(1), OLD)
        .ours(&root(2), OLD)
        .ours(&root(3), OLD)
        .connected("vpce-a", 2, PendingAcceptance)
        .agreed();
    assert_eq!(
        look.steps_but_in_force(),
        [
            format!("reject vpce-a of account {}: off the list", account(2)),
            format!("take the permission of {} away: off the list", root(2)),
            format!("take the permission of {} away: off the list", root(3)),
        ]
    );
    assert_eq!(look.held(), [""; 0]);
}

#[test]
fn p15_two_looks_must_agree_on_whose_connections_go_too() {
    // One look lacks the connection; one still has a permission by which the account is let in.
    let look = Look::saying(&account(1))
        .ours(&root(1), OLD)
        .ours(&root(2), OLD);
    let connected = look.clone().connected("vpce-a", 2, Available);
    let let_in = connected.clone().foreign("*");
    for (first, second) in [
        (&look, &connected),
        (&connected, &look),
        (&connected, &let_in),
        (&let_in, &connected),
    ] {
        let mut both = second.clone();
        both.1 = first.plan().doubts;
        assert_eq!(both.steps_but_in_force(), [""; 0]);
        assert!(both.held().join("\n").contains("a second read must agree"));
    }
}

#[test]
fn more_names_than_a_parameter_holds_are_not_asked_for() {
    let all = |count| {
        (0..count).fold(Look::saying(&account(1)), |look, n| {
            look.ours(&format!("arn:aws:iam::{:012}:root", n), OLD)
        })
    };
    // 16 characters each in 8,192.
    let held = all(508).held().join("\n");
    let (_, list) = held.split_once("write \"remove\": ").expect("names");
    let (list, _) = list.split_once(" into ").expect("a list");
    let text = format!(r#"{{"principals": ["{}"], "remove": {list}}}"#, account(1));
    assert!((8100..=8192).contains(&text.len()), "{}", text.len());
    let held = all(509).held().join("\n");
    assert!(
        held.contains("take at most half of them off at a time: ") && held.contains("and 504 more"),
        "{held}"
    );
}

#[test]
fn p44_a_removal_leaves_a_trace_by_which_an_older_list_is_known() {
    let look = Look::saying(&account(1)).ours(&root(1), OLD);
    let removing = look.clone().ours(&root(2), OLD).agreed();
    let at = (noon() - SignedDuration::from_secs(3600)).to_string();
    let step = removing.plan().steps.remove(0).change.action;
    let Action::Tag { permissions, tags } = step else {
        panic!("{step:?}");
    };
    assert_eq!(permissions.values().collect::<Vec<_>>(), [&root(1)]);
    let ours = (tags::CLUSTER.to_owned(), "orders".to_owned());
    assert_eq!(tags, [ours, (tags::IN_FORCE.to_owned(), at)].into());
    // Who has it and nothing to go with it is left alone; a list from before is an old read.
    let mut after = look;
    after.0.permissions.as_mut().expect("permissions")[0]
        .tags
        .extend(tags);
    assert_eq!(after.steps(), [""; 0]);
    let both = [1, 2].map(account).join(",");
    let old = after.rewritten(&both, 5400);
    assert_eq!(old.steps(), [""; 0]);
    assert_eq!(old.plan().held[0].kind, "ParameterOld");
}

#[test]
fn a_removal_that_is_held_stays_held_when_the_same_text_is_written_once_more() {
    let text = (4..=9).map(account).collect::<Vec<_>>().join(",");
    let first = (1..=3).fold(Look::saying(&text), |look, n| look.ours(&root(n), OLD));
    let first = first.agreed();
    assert_eq!(removals(&first), [""; 0]);
    // Whoever is allowed meanwhile is recorded, and not counted.
    let given = first
        .plan()
        .steps
        .into_iter()
        .find_map(|step| match step.change.action {
            Action::Allow { tags, .. } => Some(tags),
            _ => None,
        });
    let given = given.expect("4 to 9 are allowed");
    let second = (4..=9).fold(first, |look, n| look.permission(&root(n), given.clone()));
    for age in [60, 0] {
        let again = second.clone().rewritten(&text, age).agreed();
        assert_eq!(removals(&again), [""; 0]);
        assert!(
            again.held()[0].starts_with("3 of 3 recorded"),
            "{:?}",
            again.held()
        );
        assert_eq!(again.steps(), [""; 0], "4 to 9 are as they should be");
    }
    // When the three are listed again, the others are recorded as all are.
    let all = (1..=9).map(account).collect::<Vec<_>>().join(",");
    let all = second.rewritten(&all, 60);
    assert_eq!(all.steps().len(), 1, "{:?}", all.steps());
}

fn removals(look: &Look) -> Vec<String> {
    let removes = |it: &String| it.starts_with("reject") || it.starts_with("take");
    look.steps().into_iter().filter(removes).collect()
}
