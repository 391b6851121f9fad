//! Nobody loses a permission by a slip, and whoever does is cut off first.

use crate::change::Action;
use crate::look::{Look, OLD, account, root};
use fleet::look::noon;
use fleet::observed::ConnectionState::{
    Available, Expired, Pending, PendingAcceptance, Rejected, Unknown,
};
use fleet::observed::PrincipalType;
use fleet::tags;
use jiff::SignedDuration;

#[test]
fn p15_who_is_off_the_list_loses_its_permission_when_two_looks_agree() {
    let look = Look::saying(&account(1))
        .ours(&root(1), OLD)
        .ours(&root(2), OLD);
    assert_eq!(look.steps_but_in_force(), [""; 0]);
    assert_eq!(
        look.held(),
        [format!(
            "off the list, of 2 recorded principals: {}; a second read must agree",
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
    // Whom only the second look shows off the list waits for another one, and keeps nobody else.
    let other = look.agreed().ours(&root(3), OLD);
    assert_eq!(other.steps_but_in_force(), sure.steps_but_in_force());
    assert_eq!(
        other.held(),
        [format!(
            "off the list, of 3 recorded principals: {}; a second read must agree",
            root(3)
        )]
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
    let waits = look.clone().connected("vpce-a", 2, PendingAcceptance);
    let both = |first: &Look, second: &Look| {
        let mut both = second.clone();
        both.1 = first.plan().doubts;
        both
    };
    for (first, second) in [
        (&connected, &look),
        (&connected, &let_in),
        (&let_in, &connected),
        (&connected, &waits),
    ] {
        let both = both(first, second);
        assert_eq!(both.steps_but_in_force(), [""; 0]);
        assert!(both.held().join("\n").contains("a second read must agree"));
    }
    // One that came since the first look is rejected, and the permission waits until it is gone.
    let reject = format!("reject vpce-a of account {}: off the list", account(2));
    for first in [&look, &waits] {
        let both = both(first, &connected);
        assert_eq!(both.steps_but_in_force(), [reject.as_str()]);
    }
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
fn what_comes_and_goes_of_one_account_keeps_neither_its_permission_nor_anybody_elses() {
    let look = Look::saying(&account(1))
        .ours(&root(1), OLD)
        .ours(&root(2), OLD)
        .ours(&root(3), OLD);
    // An endpoint of 2 waits in the second look only, and then in the first one only.
    let then = look.clone().connected("vpce-b", 2, PendingAcceptance);
    let rejects = format!("reject vpce-b of account {}: off the list", account(2));
    for (first, second) in [(&look, &then), (&then, &look)] {
        let mut second = second.clone();
        second.1 = first.plan().doubts;
        // Also if only the first look shows it: the second one may be the older one.
        assert!(second.steps().contains(&rejects), "{:?}", second.steps());
        let steps = second.steps().join("\n");
        for who in [root(2), root(3)] {
            let (_, gone) = steps.split_once("take the permission of").expect(&steps);
            assert!(gone.contains(&who), "{steps}");
        }
    }
    // One that carries traffic is seen by one look alone: whoever has it keeps the permission for now.
    let then = look.clone().connected("vpce-b", 2, Available);
    let mut second = look.clone();
    second.1 = then.plan().doubts;
    assert_eq!(
        second.steps_but_in_force(),
        [format!(
            "take the permission of {} away: off the list",
            root(3)
        )]
    );
    // It came after the first look: it is rejected, and the permission waits for that.
    let mut second = then;
    second.1 = look.plan().doubts;
    assert_eq!(
        second.steps_but_in_force(),
        [
            format!("reject vpce-b of account {}: off the list", account(2)),
            format!("take the permission of {} away: off the list", root(3)),
        ]
    );
}

#[test]
fn nobody_goes_while_it_is_not_sure_that_everybodys_permission_goes_too() {
    let text = format!(r#"{{"principals": ["{}"], "adopt": true}}"#, account(1));
    let look = Look::saying(&text)
        .ours(&root(1), OLD)
        .ours(&root(2), OLD)
        .connected("vpce-b", 2, Available);
    let mut second = look.clone().foreign("*");
    second.1 = look.plan().doubts;
    assert_eq!(second.steps_but_in_force(), [""; 0]);
}

#[test]
fn a_connection_whose_state_aws_does_not_say_is_named_beside_who_stays_allowed() {
    let role = format!("arn:aws:iam::{}:role/tidb", account(2));
    let look = Look::saying(&format!("{}\n{role}", account(1)))
        .ours(&root(1), OLD)
        .ours(&root(2), OLD)
        .ours(&role, OLD)
        .connected("vpce-b", 2, Unknown(String::new()))
        .agreed();
    let held = look.held().join("\n");
    assert!(held.contains("are not rejected: vpce-b"), "{held}");
}

#[test]
fn a_permission_stays_while_a_connection_stands_whose_state_aws_does_not_say() {
    for state in ["", "migrating"] {
        let look = Look::saying(&account(1))
            .ours(&root(1), OLD)
            .ours(&root(2), OLD)
            .connected("vpce-a", 2, Unknown(state.to_owned()))
            .agreed();
        // Without its permission nobody will ever reject it.
        assert_eq!(look.removals(), [""; 0], "{state:?}");
    }
}

#[test]
fn a_permission_of_nobody_knows_whom_goes_and_a_connection_that_it_may_have_carried_is_named() {
    // A role that was deleted, if AWS then shows its unique id as IAM policies do.
    let look = Look::saying(&account(1))
        .ours(&root(1), OLD)
        .ours("AROAEXAMPLEEXAMPLE123", OLD)
        .connected("vpce-b", 2, Available)
        .agreed();
    assert_eq!(
        look.removals(),
        ["take the permission of AROAEXAMPLEEXAMPLE123 away"]
    );
    assert!(
        look.held()[0].starts_with("connection vpce-b of account 222222222222 stands"),
        "{:?}",
        look.held()
    );
}

#[test]
fn an_account_that_may_be_of_an_allowed_organizational_unit_is_not_cut_off_unsaid() {
    let mut look = Look::saying(&account(1))
        .ours(&root(1), OLD)
        .ours(&root(2), OLD)
        .foreign("arn:aws:organizations::999999999999:ou/o-a/ou-a-1")
        .connected("vpce-a", 2, Available);
    let permissions = look.0.permissions.as_mut().expect("permissions");
    permissions[2].kind = PrincipalType::OrganizationUnit;
    let look = look.agreed();
    assert_eq!(
        look.removals(),
        [format!("take the permission of {} away", root(2))]
    );
    assert!(
        look.held()[0]
            .contains("stays allowed by arn:aws:organizations::999999999999:ou/o-a/ou-a-1"),
        "{:?}",
        look.held()
    );
}
