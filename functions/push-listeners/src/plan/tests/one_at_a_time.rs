//! One command at a time, and with consent.

use crate::held::Held;
use crate::look::Look;
use fleet::documents::Document;
use fleet::look::{instance, node, noon};
use fleet::observed::{CommandStatus, InstanceState};
use fleet::shown::Voters;
use jiff::SignedDuration;

#[test]
fn nothing_is_sent_while_a_command_of_ours_is_under_way() {
    let look = Look::alone().inspected();
    for status in [
        CommandStatus::Pending,
        CommandStatus::InProgress,
        CommandStatus::Delayed,
        CommandStatus::Unknown("Hovering".to_owned()),
    ] {
        let look = look
            .clone()
            .commanded(Document::Apply, 10, status.clone(), "");
        assert!(look.steps().is_empty(), "{status}");
        let picture = look.plan().picture.to_string();
        let waits = "    it waits for the command that is under way: apply broker 1, order 0123456789abcdef\n";
        assert!(picture.contains(waits), "{picture}");
        let held = look.plan().held;
        let said = &held
            .iter()
            .find(|it| it.kind == "InFlight")
            .expect("held")
            .sentence;
        assert!(
            said.contains(&format!(
                "apply broker 1, order 0123456789abcdef, on i-1, is {status}"
            )),
            "{said}"
        );
    }
}

#[test]
fn a_command_whose_answer_has_not_come_yet_is_waited_for() {
    let mut look = Look::alone().inspected();
    for output in look.observed.outputs.values_mut() {
        *output = Ok(None);
    }
    assert_eq!(
        (look.steps().len(), look.held()),
        (0, vec!["AnswerPending".to_owned()])
    );
}

#[test]
fn a_command_whose_answer_never_comes_is_sent_again_after_ten_minutes() {
    let unknown = |age: i64| {
        let status = CommandStatus::Undeliverable;
        let mut look = Look::alone().commanded(Document::Inspect, age, status, "");
        for output in look.observed.outputs.values_mut() {
            *output = Ok(None);
        }
        look
    };
    assert_eq!(unknown(30).held(), ["AnswerPending"]);
    assert_eq!(unknown(90).held(), ["CommandFailed"]);
    assert_eq!(unknown(601).steps(), ["inspect broker 1 on i-1"]);
}

#[test]
fn a_host_that_is_not_done_yet_is_waited_for_whatever_the_list_says() {
    let mut look = Look::alone().commanded(Document::Inspect, 10, CommandStatus::Success, "");
    for output in look.observed.outputs.values_mut() {
        let output = output.as_mut().expect("seen").as_mut().expect("known");
        output.status = CommandStatus::InProgress;
    }
    assert_eq!(
        (look.steps().len(), look.held()),
        (0, vec!["InFlight".to_owned()])
    );
}

#[test]
fn an_inspection_of_another_broker_or_of_several_hosts_says_nothing_of_this_one() {
    let other = |change: fn(&mut fleet::observed::Command)| {
        let mut look = Look::alone().inspected();
        change(&mut look.observed.commands.as_mut().expect("seen")[0]);
        look.steps()
    };
    let inspect = ["inspect broker 1 on i-1"];
    // The instance was tagged as broker 2 then.
    let tagged = other(|it| it.comment = "inspect broker 2, order 0123456789abcdef".to_owned());
    assert_eq!(tagged, inspect);
    // A person sent it to two instances: nobody knows here whose answer it is.
    assert_eq!(other(|it| _ = it.instances.insert("i-2".into())), inspect);
}

#[test]
fn an_instance_of_the_cluster_whose_tags_make_no_broker_may_be_another_one() {
    let mut look = Look::alone().inspected();
    let mut misfit = instance("i-9", 9, InstanceState::Running);
    misfit.tags.remove(fleet::tags::NODE_ID);
    look.observed.instances.as_mut().expect("seen").push(misfit);
    assert_eq!(
        (look.steps().len(), look.held()),
        (0, vec!["Misfits".to_owned()])
    );
    let said = &look.plan().held[0].sentence;
    assert!(
        said.contains("instance i-9 may be another broker"),
        "{said}"
    );
}

#[test]
fn no_broker_is_restarted_because_a_stack_was_deployed() {
    let look = Look::alone().inspected().without("restarts");
    assert!(look.steps().is_empty());
    let plan = look.plan();
    assert_eq!(
        plan.held[0].sentence,
        "broker 1 waits for your word; write any-time, or windows such as \"Sat,Sun 02:00-05:00 UTC\", into /kafka-privatelink/orders/restarts to let brokers restart"
    );
    // The lines are shown all the same.
    assert!(
        plan.picture
            .to_string()
            .contains("+ 6: advertised.listeners=")
    );
}

#[test]
fn a_window_lets_brokers_restart_within_it_only() {
    // 22 November 2026 is a Sunday.
    let look = Look::alone()
        .inspected()
        .with("restarts", "Sun 11:00-13:00 UTC");
    assert_eq!(look.steps().len(), 1);
    let look = Look::alone()
        .inspected()
        .with("restarts", "Sun 14:00-15:00 UTC");
    assert!(look.steps().is_empty());
    let said = look.plan().held[0].sentence.clone();
    assert_eq!(
        said,
        "broker 1 waits until brokers may restart, at 2026-11-22T14:00:00Z"
    );
    for (text, kind) in [
        ("never", "NotNow"),
        ("always", "ParameterRefused"),
        ("", "ParameterRefused"),
    ] {
        let look = Look::alone().inspected().with("restarts", text);
        assert_eq!(
            (look.steps().len(), look.held()),
            (0, vec![kind.to_owned()]),
            "{text}"
        );
    }
}

#[test]
fn a_host_that_hears_of_it_after_the_window_does_not_restart_its_broker() {
    let not_after = |look: &Look| {
        let order = look.plan().steps[0].change.order.to_string();
        let line = order.lines().find_map(|it| it.strip_prefix("not-after "));
        let seconds: i64 = line.expect("a line").parse().expect("a number");
        seconds - noon().as_second()
    };
    let look = Look::alone().inspected();
    // The gate answered after 20 s.
    assert_eq!(not_after(&look), 80);
    let look = look.with("restarts", "Sun 11:00-12:01 UTC");
    assert_eq!(not_after(&look), 60);
}

#[test]
fn who_else_elects_the_controller_has_to_be_told() {
    let untold = Look::alone().showing_itself(|it| it.voters = Voters::Untold("denied".to_owned()));
    assert_eq!(untold.inspected().held(), ["VotersUntold"]);
}

#[test]
fn paused_is_told_and_its_steps_are_only_shown() {
    let look = Look::alone().inspected().with("paused", "true");
    assert!(look.plan().paused.is_some());
    assert_eq!(look.steps().len(), 1);
}

#[test]
fn an_inspection_that_failed_is_tried_again_after_ten_minutes() {
    let failed = |age| {
        let look = Look::alone();
        look.commanded(
            Document::Inspect,
            age,
            CommandStatus::Failed,
            "sh: not found",
        )
    };
    let look = failed(60);
    assert_eq!(
        (look.steps().len(), look.held()),
        (0, vec!["CommandFailed".to_owned()])
    );
    let said = &look.plan().held[0].sentence;
    assert!(
        said.contains("it was cut after 13 characters, or the script did not run; it is Failed"),
        "{said}"
    );
    let again = noon() + SignedDuration::from_mins(9);
    assert!(said.contains(&again.to_string()), "{said}");
    assert_eq!(failed(601).steps(), ["inspect broker 1 on i-1"]);
}

#[test]
fn a_broker_whose_instance_does_not_run_is_asked_when_it_does_or_started() {
    for (state, told) in [
        (
            InstanceState::Pending,
            "i-1 is pending; it is asked when it runs",
        ),
        (
            InstanceState::Stopped,
            "i-1 is stopped; start it, or take its tags away if it is gone for good",
        ),
    ] {
        let held = Held::NotRunning {
            node: node(1),
            instance: "i-1".into(),
            state: state.as_str().to_owned(),
        };
        let said = format!("broker 1 is not asked: instance {told}");
        assert_eq!(held.to_string(), said);
    }
}
