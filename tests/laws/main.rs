//! Laws that hold in every history: brokers come and go, people edit, calls fail, days pass, and
//! after each activation every law is looked at. A failure names the law and the shortest history
//! that breaks it. `PROPTEST_CASES` and `PROPTEST_RNG_SEED` look further.

mod laws;
mod memory;
mod run;
mod step;

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use tests::history::event::{Mix, histories};

const CALM: Mix = Mix {
    people: 0,
    parameters: 0,
    faults: 0,
    days: 1,
};

fn hold(mix: Mix, cases: u32, seed: u64) {
    let default = ProptestConfig::default();
    let given = |name: &str| std::env::var(name).is_ok();
    let config = ProptestConfig {
        cases: if given("PROPTEST_CASES") {
            default.cases
        } else {
            cases
        },
        // The same histories in every run: a failure here is the change's, not the dice's.
        rng_seed: if given("PROPTEST_RNG_SEED") {
            default.rng_seed
        } else {
            RngSeed::Fixed(seed)
        },
        failure_persistence: None,
        max_shrink_iters: 400,
        ..default
    };
    let outcome = TestRunner::new(config).run(&histories(mix, 40), |history| {
        run::play(&history).map_err(TestCaseError::fail)
    });
    if let Err(broken) = outcome {
        panic!("{broken}");
    }
}

#[test]
fn laws_hold_while_brokers_come_and_go() {
    hold(CALM, 96, 1);
}

#[test]
fn laws_hold_while_calls_fail() {
    hold(Mix { faults: 25, ..CALM }, 96, 2);
}

#[test]
fn laws_hold_while_people_edit_by_hand() {
    hold(Mix { people: 30, ..CALM }, 96, 3);
}

#[test]
fn laws_hold_while_parameters_change() {
    let mix = Mix {
        parameters: 25,
        days: 2,
        ..CALM
    };
    hold(mix, 96, 4);
}

#[test]
fn laws_hold_while_days_pass() {
    let mix = Mix {
        people: 10,
        parameters: 5,
        days: 12,
        ..CALM
    };
    hold(mix, 96, 6);
}

#[test]
fn laws_hold_while_everything_happens_at_once() {
    let mix = Mix {
        people: 20,
        parameters: 15,
        faults: 15,
        days: 2,
    };
    hold(mix, 128, 5);
}
