//! What holds whatever is seen.

use crate::change::Action;
use crate::look::{Look, account, root};
use fleet::observed::ConnectionState;
use fleet::tags;
use proptest::prelude::*;

/// A small world: who is listed, who is allowed by whom, who is connected how.
fn looks() -> impl Strategy<Value = Look> {
    let states = [
        ConnectionState::PendingAcceptance,
        ConnectionState::Available,
        ConnectionState::Rejected,
        ConnectionState::Unknown("odd".to_owned()),
    ];
    let states = prop::sample::select(states.to_vec());
    (
        prop::collection::vec(1..9_usize, 0..6),
        prop::collection::vec((1..9_usize, 0..4_u8), 0..9),
        prop::collection::vec((1..9_usize, states), 0..6),
        any::<bool>(),
    )
        .prop_map(|(listed, allowed, connected, adopt)| {
            let listed: Vec<String> = listed
                .into_iter()
                .map(|n| format!("\"{}\"", account(n)))
                .collect();
            let text = format!(
                r#"{{"principals": [{}], "adopt": {adopt}}}"#,
                listed.join(", ")
            );
            let mut look = Look::saying(&text);
            for (n, how) in allowed {
                look = match how {
                    0 => look.foreign(&root(n)),
                    1 => look.foreign(&format!("arn:aws:iam::{}:role/r", account(n))),
                    2 => look.ours(&root(n), 7200),
                    _ => look.ours(&root(n), 3600),
                };
            }
            for (number, (n, state)) in connected.into_iter().enumerate() {
                look = look.connected(&format!("vpce-{number}"), n, state);
            }
            look.agreed()
        })
}

proptest! {
    #[test]
    fn what_we_did_not_record_is_never_removed(look in looks()) {
        let adopt = look.0.parameters.as_ref().expect("parameters")[0].value.contains("true");
        let permissions = look.0.permissions.as_ref().expect("permissions");
        for step in look.plan().steps {
            let Action::Disallow { principals } = step.change.action else { continue };
            for principal in principals {
                let recorded = permissions.iter().any(|it| {
                    it.principal == principal && (adopt || it.tags.contains_key(tags::CLUSTER))
                });
                prop_assert!(recorded, "{principal}");
            }
        }
    }

    #[test]
    fn nobody_on_the_list_is_rejected_or_loses_a_permission_and_adds_come_first(look in looks()) {
        let listed = look.0.parameters.as_ref().expect("parameters")[0].value.clone();
        let mut removing = false;
        for step in look.plan().steps {
            match step.change.action {
                Action::Reject { account, .. } => {
                    removing = true;
                    prop_assert!(!listed.contains(account.as_str()));
                }
                Action::Disallow { principals } => {
                    removing = true;
                    for principal in principals {
                        let is_root = principal.ends_with(":root");
                        let account = fleet::service::account_of(&principal).expect("an account");
                        prop_assert!(!is_root || !listed.contains(account.as_str()));
                    }
                }
                Action::Allow { .. } | Action::Tag { .. } | Action::Accept { .. } => {
                    prop_assert!(!removing, "what is added comes before what is taken away");
                }
            }
        }
    }

    #[test]
    fn a_connection_of_an_account_without_a_permission_of_ours_is_never_rejected(look in looks()) {
        let permissions = look.0.permissions.as_ref().expect("permissions");
        let adopt = look.0.parameters.as_ref().expect("parameters")[0].value.contains("true");
        for step in look.plan().steps {
            let Action::Reject { account, .. } = step.change.action else { continue };
            let ours = permissions.iter().any(|it| {
                it.principal.contains(account.as_str()) && (adopt || it.tags.contains_key(tags::CLUSTER))
            });
            prop_assert!(ours, "{account}");
        }
    }

    #[test]
    fn the_order_of_what_was_seen_decides_nothing(look in looks()) {
        let plan = look.plan();
        let mut other = look.clone();
        other.0.permissions.as_mut().expect("permissions").reverse();
        other.0.connections.as_mut().expect("connections").reverse();
        let sorted = |plan: crate::Plan| {
            let mut steps: Vec<String> = plan.steps.iter().map(|it| it.change.to_string()).collect();
            steps.sort();
            steps
        };
        prop_assert_eq!(sorted(plan), sorted(other.plan()));
    }
}
