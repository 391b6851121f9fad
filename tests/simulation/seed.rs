//! What a seed makes: the world's waits, its faults, what happens in it and how often.

use fastrand::Rng;
use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::time::Duration;
use tests::history::event::{Event, Mix, Value, outside};
use world::faults::{Courier, Fault, Faults, Level};
use world::model::Settings;

/// Everything that is decided before a history begins.
pub struct Setup {
    /// Decides what comes next.
    pub dice: Rng,
    /// The world's waits.
    pub settings: Settings,
    /// What `EXTERNAL` says first.
    pub first: Value,
    /// Brokers that are mapped and serve before anything goes wrong; often none.
    pub brokers: u32,
    /// What happens to calls.
    pub faults: Faults,
    /// What happens to events.
    pub courier: Courier,
    /// What happens to instances, ports and listener groups.
    pub outside: Outside,
    /// Whether people edit by hand: only then may something stay held in the end.
    pub people: bool,
    /// Whether an old version of each function may run beside the new one (P-81).
    pub two_versions: bool,
    /// Whether nothing may run for up to a day.
    pub pauses: bool,
    /// Whether people put everything in order in the end.
    pub mends: bool,
}

impl Setup {
    /// The setup of a seed: always the same one.
    pub fn of(seed: u64) -> Self {
        let mut dice = Rng::with_seed(seed);
        let people = dice.u32(..3) == 0;
        let mix = Mix {
            people: if people { dice.u32(5..30) } else { 0 },
            parameters: if dice.bool() { dice.u32(3..20) } else { 0 },
            faults: 0,
            days: 0,
        };
        let mut faults = Faults::new(dice.u64(..));
        for fault in Fault::ALL {
            faults = faults.with(fault, level(&mut dice, chance(fault)));
        }
        let mut of_events = Faults::new(dice.u64(..));
        for fault in Fault::ALL {
            of_events = of_events.with(fault, level(&mut dice, chance(fault)));
        }
        Self {
            settings: settings(&mut dice),
            first: if dice.u32(..4) == 0 {
                Value::Narrow
            } else {
                Value::Plain
            },
            brokers: if dice.bool() { dice.u32(1..=6) } else { 0 },
            faults,
            courier: Courier::new(of_events),
            outside: Outside::new(seed, outside(mix)),
            people,
            two_versions: dice.u32(..4) == 0,
            pauses: dice.u32(..20) == 0,
            mends: dice.u32(..4) > 0,
            dice,
        }
    }
}

/// What happens outside, one after the other.
pub struct Outside {
    strategy: BoxedStrategy<Event>,
    runner: TestRunner,
}

impl Outside {
    /// By a seed, of these events.
    pub fn new(seed: u64, events: impl Strategy<Value = Event> + 'static) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        Self {
            strategy: events.boxed(),
            runner: TestRunner::new_with_rng(Config::default(), rng),
        }
    }

    /// The next event.
    pub fn next(&mut self) -> Event {
        let tree = self.strategy.new_tree(&mut self.runner);
        tree.expect("events are never rejected").current()
    }
}

/// In how many of a hundred histories a fault strikes at all.
fn chance(fault: Fault) -> u32 {
    match fault {
        // Minutes of lag are beyond what a second read 5 s later can see through: what is asked
        // of the function is less then.
        Fault::VeryOldReads => 6,
        // With a dozen failing reads in each, no activation would ever do anything.
        Fault::NotFound | Fault::Throttling | Fault::ServerErrors | Fault::Denials => 25,
        Fault::EventsLost
        | Fault::EventsDoubled
        | Fault::EventsDelayed
        | Fault::EventsForeign
        | Fault::EventStorms => 40,
        Fault::StaleReads
        | Fault::ShortPages
        | Fault::PartialRejections
        | Fault::LostAnswers
        | Fault::LateEffects
        | Fault::LateTags => 60,
        Fault::ProbeLies | Fault::ProbeLags => 40,
        // No function sends a command in these histories; `roll` has some that do.
        Fault::LateCommands | Fault::CommandsDoubled | Fault::AgentsGone => 0,
    }
}

/// A level other than never in so many of a hundred cases; a low one more often.
fn level(dice: &mut Rng, chance: u32) -> Level {
    // Without a throw of the dice, so that every other history stays as it is.
    if chance == 0 || dice.u32(..100) >= chance {
        return Level::Never;
    }
    match dice.u32(..10) {
        0..=1 => Level::Storm,
        2..=5 => Level::Often,
        _ => Level::Rare,
    }
}

fn settings(dice: &mut Rng) -> Settings {
    let plain = Settings::default();
    let mut seconds = |usual: Duration, odd: std::ops::RangeInclusive<u64>| match dice.bool() {
        true => usual,
        false => Duration::from_secs(dice.u64(odd)),
    };
    Settings {
        registration_time: seconds(plain.registration_time, 30..=600),
        boot_time: seconds(plain.boot_time, 5..=300),
        terminated_shown: seconds(plain.terminated_shown, 60..=7200),
        terminated_target_kept: seconds(plain.terminated_target_kept, 60..=900),
        page_size: (dice.u32(..4) == 0).then(|| dice.usize(1..=3)),
        ..plain
    }
}
