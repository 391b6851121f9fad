//! Who is restarted first.

use super::{controlled_by, does, edit, ready, waits};
use crate::look::{Look, put_out};
use crate::plan::gate;
use fleet::look::{node, noon};
use jiff::SignedDuration;
use serde_json::json;

#[test]
fn of_three_brokers_one_is_restarted_and_the_others_wait_for_it() {
    let look = ready();
    does(&look, &edit(1));
    let plan = look.plan();
    let held: Vec<&str> = plan.held.iter().map(|it| it.sentence.as_str()).collect();
    assert_eq!(
        held,
        [
            "broker 2 waits for broker 1, which is restarted first",
            "broker 3 waits for broker 1, which is restarted first"
        ]
    );
    let picture = plan.picture.to_string();
    assert!(picture.contains("    it is its turn\n"), "{picture}");
    let waits = picture.matches("    it waits for broker 1, which is restarted first\n");
    assert_eq!(waits.count(), 2, "{picture}");
}

#[test]
fn every_broker_that_differs_is_inspected_before_the_first_restart() {
    let look = Look::three();
    does(&look, "inspect broker 1 on i-1");
    let look = look.of(1).inspected().of(2).inspected();
    does(&look, "inspect broker 3 on i-3");
    let told = &look.plan().held[0].sentence;
    assert_eq!(
        told,
        "broker 1 waits for broker 3, which is inspected first"
    );
    does(&look.of(3).inspected(), &edit(2));
    // Who shows what it should is not looked at.
    let right = Look::three().of(1).serving().of(2).serving();
    does(&right.of(3).inspected(), &edit(3));
}

#[test]
fn the_active_controller_comes_last() {
    does(&controlled_by(ready(), 1), &edit(2));
    does(&controlled_by(ready(), 3), &edit(1));
    // Brokers that do not agree on it say nothing of the order; the gate will.
    let differ = controlled_by(ready(), 1)
        .of(2)
        .showing_itself(|it| it.controller = Some(node(2)));
    does(&differ, &edit(1));
    // Who knows none says nothing against the others.
    let untold = controlled_by(ready(), 1)
        .of(2)
        .showing_itself(|it| it.controller = None);
    does(&untold, &edit(2));
}

#[test]
fn who_was_restarted_for_an_older_generation_is_not_restarted_again_before_the_others() {
    // All three differ again: the pattern was changed in the middle.
    let look = Look::three().of(1).restarted(900, Some(60)).all_inspected();
    does(&look, &edit(2));
    let look = look.of(2).restarted(800, Some(60)).inspected();
    does(&look, &edit(3));
    let look = look.of(3).restarted(700, Some(60)).inspected();
    // Each was restarted since: the one whose generation is the oldest is first.
    does(&look, &edit(1));
    let question = gate(&look.observed).expect("a question");
    assert!(!question.others_wait);
    // The controller's place counts among equals only.
    does(&controlled_by(look, 1), &edit(1));
}

#[test]
fn an_order_that_its_host_refused_moves_no_broker_to_the_end() {
    let mut look = Look::three().of(1).restarted(900, Some(60));
    let outputs = look.observed.outputs.values_mut().flatten().flatten();
    for output in outputs.filter(|it| it.command.as_str() == "c1-apply-900") {
        output.stdout = put_out(&json!({"outcome": "refused", "why": "process"}));
    }
    let look = controlled_by(look.all_inspected(), 3);
    does(&look, &edit(1));
}

#[test]
fn nobody_is_restarted_for_parameters_that_are_older_than_those_of_a_command() {
    let written = |mut look: Look, age: i64| {
        let at = noon() - SignedDuration::from_secs(age);
        look.observed.parameters.as_mut().expect("seen")[0].last_modified = at;
        look
    };
    // Broker 1 was restarted for what was written a day before; a read shows what was there before that (P-44).
    let look = |age| {
        let look = Look::three().of(1).serving().restarted(age, Some(20));
        look.of(2).inspected().of(3).inspected()
    };
    let day = 24 * 3600;
    let lags = written(look(200), day + 201);
    waits(
        &lags,
        &[
            "the listener parameters are read as they were before 2026-11-21T11:56:40Z, and a command of ours was sent for what was written then; a read may lag, so no broker is restarted for the older ones until 2026-11-22T12:06:40Z",
        ],
    );
    assert_eq!(gate(&lags.observed), None);
    does(&written(look(200), day + 200), &edit(2));
    // Not for ever: the newest parameter may have been deleted.
    does(&written(look(600), day + 601), &edit(2));
}

#[test]
fn what_was_begun_is_ended_first_without_consent_and_gate() {
    let look = Look::three()
        .of(2)
        .silent()
        .left("stopped", "", "any", json!([]))
        .gone();
    let look = look.restarted(200, Some(20)).inspected();
    let look = look.of(1).inspected().of(3).inspected().without("restarts");
    does(
        &Look {
            gate: None,
            ..look.clone()
        },
        "start broker 2 on i-2",
    );
    let consented = look.with("restarts", "any-time");
    let told = consented.held();
    assert_eq!(told, ["RollWaits", "RollWaits"]);
    does(&consented, "start broker 2 on i-2");
    // It comes before a look at another one, too.
    let look = Look::three()
        .of(2)
        .silent()
        .left("stopped", "", "any", json!([]))
        .gone();
    does(
        &look.restarted(200, Some(20)).inspected(),
        "start broker 2 on i-2",
    );
}

#[test]
fn a_window_that_closes_ends_the_roll_after_the_broker_in_hand() {
    let look = Look::three()
        .of(1)
        .silent()
        .restarted(200, Some(20))
        .left("starting", "", "any", json!([]))
        .gone();
    let look = look.inspected().of(2).inspected().of(3).inspected();
    let closed = look.with("restarts", "Sun 10:00-11:59 UTC");
    does(&closed, "start broker 1 on i-1");
    let done = Look::three()
        .of(1)
        .serving()
        .restarted(200, Some(20))
        .of(2)
        .inspected()
        .of(3)
        .inspected();
    let closed = done.with("restarts", "Sun 10:00-11:59 UTC");
    waits(
        &closed,
        &[
            "broker 2 waits until brokers may restart, at 2026-11-29T10:00:00Z",
            "broker 3 waits until",
        ],
    );
}
