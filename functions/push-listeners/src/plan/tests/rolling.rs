//! Several brokers: who is restarted first, who waits for whom, and what the gate says.

mod gated;
mod groups;
mod order;
mod waiting;

use crate::look::Look;
use fleet::look::node;
use fleet::shown::Shown;

/// The edit of a broker, as a sentence.
fn edit(number: u32) -> String {
    format!("edit the file of broker {number} on i-{number} and restart it")
}

/// The only step.
fn does(look: &Look, step: &str) {
    assert_eq!(look.steps(), [step], "{:?}", look.plan().held);
}

/// Nothing is done, and all of this is said.
fn waits(look: &Look, all: &[&str]) {
    let plan = look.plan();
    let held: Vec<&str> = plan.held.iter().map(|it| it.sentence.as_str()).collect();
    assert!(plan.steps.is_empty(), "{:?} {held:?}", plan.steps);
    for said in all {
        assert!(
            held.iter().any(|it| it.contains(said)),
            "{said:?} is not in {held:?}"
        );
    }
}

/// Three brokers that differ, and were inspected; none is the controller.
fn ready() -> Look {
    let mut look = Look::three().all_inspected();
    for answer in look.observed.shown.as_mut().expect("seen") {
        if let Shown::Itself(itself) = &mut answer.shown {
            itself.controller = None;
        }
    }
    look
}

fn controlled_by(mut look: Look, number: u32) -> Look {
    for answer in look.observed.shown.as_mut().expect("seen") {
        if let Shown::Itself(itself) = &mut answer.shown {
            itself.controller = Some(node(number));
        }
    }
    look
}
