//! The roll of three brokers, enumerated: each state of each of them, the controller, the consent, the gate,
//! and whether a parameter was written since. What should come of it is written down here once more, in
//! words of the states alone.
//!
//! Every test run takes some thousands of the states; `STATES=all cargo test --release -p push-listeners
//! enumerated` takes all 40,960,000.

mod expected;
mod scene;

use super::super::decide;
use super::super::draft::Draft;
use super::super::roll::Planned;
use super::super::view::View;
use crate::plan::{self, Plan, plan};
use expected::{Step, expected, is_explained};
use scene::Scenes;
use std::thread::{available_parallelism, scope};

/// What a broker's process shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shows {
    Right,
    Differs,
    Nothing,
    Untold,
}

/// What the newest inspection of its host says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inspected {
    Never,
    Fine,
    /// Its file is a link.
    Odd,
    /// Our command for the generation of the parameter was taken back.
    TakenBack,
}

/// The newest command that may have restarted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Touched {
    Never,
    /// For an older generation.
    Before,
    UnderWay,
    LongAgo,
    JustNow,
}

/// One broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Broker {
    shows: Shows,
    inspected: Inspected,
    touched: Touched,
}

/// What the gate answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    Unasked,
    Open,
    Shut,
    Unavailable,
    OfAnother,
}

const SHOWS: [Shows; 4] = [Shows::Right, Shows::Differs, Shows::Nothing, Shows::Untold];
const INSPECTED: [Inspected; 4] = [
    Inspected::Never,
    Inspected::Fine,
    Inspected::Odd,
    Inspected::TakenBack,
];
const TOUCHED: [Touched; 5] = [
    Touched::Never,
    Touched::Before,
    Touched::UnderWay,
    Touched::LongAgo,
    Touched::JustNow,
];
const GATES: [Gate; 5] = [
    Gate::Unasked,
    Gate::Open,
    Gate::Shut,
    Gate::Unavailable,
    Gate::OfAnother,
];
/// How many states a broker has.
const OF_ONE: usize = SHOWS.len() * INSPECTED.len() * TOUCHED.len();
/// How many states there are but for the gate: three brokers, who is the controller, consent, generation.
const ALL: usize = OF_ONE * OF_ONE * OF_ONE * 4 * 2 * 2;

/// Everything but the gate.
#[derive(Clone, Copy, Debug)]
struct State {
    /// Each broker's, as a number below [`OF_ONE`].
    numbers: [usize; 3],
    /// The active controller, if brokers know one.
    controller: Option<u32>,
    /// Somebody wrote that brokers may restart.
    has_consent: bool,
    /// The parameter was written after the commands and inspections.
    is_newer: bool,
}

impl Broker {
    fn of(number: usize) -> Self {
        let (rest, touched) = (number / TOUCHED.len(), number % TOUCHED.len());
        let (shows, inspected) = (rest / INSPECTED.len(), rest % INSPECTED.len());
        Self {
            shows: SHOWS[shows],
            inspected: INSPECTED[inspected],
            touched: TOUCHED[touched],
        }
    }
}

impl State {
    /// The state of this number, below [`ALL`].
    fn of(mut number: usize) -> Self {
        let mut next = |count: usize| {
            let digit = number % count;
            number /= count;
            digit
        };
        let controller = next(4);
        let (has_consent, is_newer) = (next(2) == 1, next(2) == 1);
        Self {
            numbers: [next(OF_ONE), next(OF_ONE), next(OF_ONE)],
            controller: (1..=3).nth(controller),
            has_consent,
            is_newer,
        }
    }

    fn brokers(&self) -> [Broker; 3] {
        self.numbers.map(Broker::of)
    }
}

/// A plan is as it should be.
fn holds(plan: &Plan, state: &State, gate: Gate) {
    let steps: Vec<Step> = plan.steps.iter().map(Step::of).collect();
    let should: Vec<Step> = expected(state, gate).into_iter().collect();
    let told = || format!("{gate:?} {state:?} {:?} {:?}", state.brokers(), plan.held);
    assert_eq!(steps, should, "{}", told());
    assert!(is_explained(plan, state, &steps), "{}", told());
}

/// The plans for each answer of the gate, where what each broker wants alone is known already.
fn plans(scenes: &Scenes, state: &State) -> Vec<Plan> {
    let observed = scenes.observed(state);
    let nothing = Default::default();
    let view = View::of(&observed, &nothing).expect("no gap");
    let subjects = view.subjects();
    let plan = |gate: &Gate| {
        let planned = subjects.iter().zip(1..).map(|(subject, number)| {
            let (own, row) = scenes.alone(state, number).clone();
            let exit = None;
            Planned {
                subject,
                exit,
                own,
                row,
            }
        });
        let mut draft = Draft::default();
        let answer = scenes.answer(state, *gate);
        let all = (planned.collect(), Vec::new());
        decide(&view, all, &answer, &mut draft);
        draft.plan
    };
    GATES.iter().map(plan).collect()
}

#[test]
fn three_brokers_are_rolled_as_they_should_be_in_states_taken_at_random() {
    let scenes = Scenes::new();
    let mut random: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut restarts = 0;
    for round in 0..200 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let number = usize::try_from(random % u64::try_from(ALL).expect("a number"));
        let mut state = State::of(number.expect("a number"));
        if round % 2 == 0 {
            // All are up, and may be restarted.
            state.numbers = state.numbers.map(|it| it % (OF_ONE / 2));
            state.has_consent = true;
        }
        for (gate, quick) in GATES.into_iter().zip(plans(&scenes, &state)) {
            let mut observed = scenes.observed(&state);
            observed.gate = scenes.answer(&state, gate);
            let whole = plan(&observed, &Default::default());
            holds(&whole, &state, gate);
            assert_eq!((&quick.steps, &quick.held), (&whole.steps, &whole.held));
            let is_restart = |it: &plan::Step| matches!(Step::of(it), Step::Restarts(_));
            restarts += whole.steps.iter().filter(|it| is_restart(it)).count();
        }
    }
    assert!(restarts > 0);
}

#[test]
fn three_brokers_are_rolled_as_they_should_be_in_every_state() {
    if std::env::var("STATES").is_ok_and(|it| it == "all") {
        let scenes = &Scenes::new();
        let threads = available_parallelism().map_or(1, |it| it.get());
        scope(|scope| {
            for first in 0..threads {
                scope.spawn(move || {
                    for number in (first..ALL).step_by(threads) {
                        let state = State::of(number);
                        let plans = plans(scenes, &state);
                        for (gate, plan) in GATES.into_iter().zip(plans) {
                            holds(&plan, &state, gate);
                        }
                    }
                });
            }
        });
        println!("{} states", ALL * GATES.len());
    }
}
