//! What holds of every plan.

use crate::host::order::{Act, Mode};
use crate::look::{Look, put_out};
use fleet::documents::Document;
use fleet::look::node;
use fleet::observed::CommandStatus;
use proptest::prelude::*;
use serde_json::json;

/// A look with any of many adjectives.
fn looks() -> impl Strategy<Value = Look> {
    let phases = prop_oneof![
        Just(None),
        Just(Some("prepared")),
        Just(Some("replaced")),
        Just(Some("stopping")),
        Just(Some("started")),
        Just(Some("done")),
        Just(Some("back")),
        Just(Some("held")),
    ];
    let adjectives = proptest::array::uniform8(any::<bool>());
    (phases, adjectives, 0_i64..5000, 0_i64..5000).prop_map(|(phase, is, inspected, applied)| {
        let [
            silent,
            two,
            knows,
            paused,
            no_word,
            in_flight,
            gone,
            touched,
        ] = is;
        let mut look = Look::alone();
        if let Some(phase) = phase {
            look = look.left(phase, "", "any", json!([]));
        }
        if silent {
            look = look.silent();
        } else if knows {
            look = look.showing_itself(|it| it.replicas = [node(1), node(9)].into());
        }
        if gone {
            look = look.gone();
        }
        if two {
            look = look.and_broker(2);
        }
        if paused {
            look = look.with("paused", "true");
        }
        if no_word {
            look = look.without("restarts");
        }
        if touched {
            let answer = put_out(&json!({"outcome": "started"}));
            look = look.commanded(Document::Apply, applied, CommandStatus::Success, &answer);
        }
        if in_flight {
            look = look.commanded(Document::Inspect, 1, CommandStatus::InProgress, "");
        }
        look.inspected_ago(inspected)
    })
}

proptest! {
    #[test]
    fn a_plan_is_one_command_at_most_and_none_while_one_is_under_way(look in looks()) {
        let plan = look.plan();
        prop_assert!(plan.steps.len() <= 1);
        let commands = look.observed.commands.as_ref().expect("seen");
        if commands.iter().any(|it| it.status.is_in_flight()) {
            prop_assert!(plan.steps.is_empty());
        }
    }

    #[test]
    fn no_broker_that_shows_itself_is_edited_or_restarted_without_consent_and_the_gate(look in looks()) {
        let has_word = look.observed.parameters.as_ref().expect("seen").iter().any(|it| it.name.ends_with("/restarts"));
        let shut = Look { gate: None, ..look.clone() };
        for step in look.plan().steps {
            if let Act::Apply(apply) = &step.change.order.act
                && matches!(apply.mode, Mode::Edit { .. } | Mode::Restart)
            {
                prop_assert!(has_word);
                prop_assert!(shut.plan().steps.is_empty());
            }
        }
    }

    #[test]
    fn the_way_back_is_only_for_what_our_own_commands_did(look in looks()) {
        for step in look.plan().steps {
            if let Act::Apply(apply) = &step.change.order.act
                && matches!(apply.mode, Mode::Back | Mode::Start)
            {
                prop_assert!(!look.host["state"].is_null());
            }
        }
    }

    #[test]
    fn the_same_look_is_the_same_plan_also_after_it_was_saved(look in looks()) {
        let seen = look.seen();
        let saved = serde_json::to_string(&seen).expect("JSON");
        let read = serde_json::from_str(&saved).expect("an observation");
        prop_assert_eq!(&seen, &read);
        prop_assert_eq!(look.plan(), crate::plan::plan(&read, &Default::default()));
    }
}
