//! What a seed makes: the world's waits, its brokers with their files and topics, and what AWS does wrong.

use super::scaling;
use super::taken_back::Spot;
use fastrand::Rng;
use fleet::words::NodeId;
use jiff::SignedDuration;
use std::time::Duration;
use tests::listeners::{alone, file_of_many};
use tests::{Stage, ZONES};
use world::faults::{COMMAND_LAG, Fault, Faults, LAG, Level};
use world::model::{KafkaTopic, Settings};

/// How many vote where brokers come and go.
pub const VOTERS: u32 = 3;

/// What happens most in a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Everything.
    Any,
    /// Brokers are rolled, and what happens comes just then: the operator's word changes, reads fail, ports are
    /// taken, agents are late.
    Rolls,
    /// Brokers fall ill, and are healed.
    Ill,
    /// Brokers come and go by their Auto Scaling groups.
    Scales,
}

/// Everything that is decided before a history begins.
pub struct Setup {
    /// What it is of.
    pub seed: u64,
    /// Decides what comes next.
    pub dice: Rng,
    /// What happens most.
    pub mood: Mood,
    /// How many brokers there are.
    pub brokers: u32,
    /// What happens to calls, scripts and agents.
    pub faults: Faults,
    /// Which of them, and how often.
    pub levels: Vec<(Fault, Level)>,
    /// Whether an old version of each function may run beside the new one (P-81).
    pub two_versions: bool,
    /// Whether AWS takes instances back.
    pub spot: Spot,
    /// The broker whose agent goes in the end, and returns only when people see to it.
    pub lost_agent: Option<usize>,
}

impl Setup {
    /// The setup of a seed: always the same one.
    pub fn of(seed: u64) -> Self {
        let mut dice = Rng::with_seed(seed);
        let (mood, fewest) = match dice.u32(..5) {
            0..2 => (Mood::Any, 1),
            _ => (Mood::Rolls, 2),
        };
        let (faults, levels) = faults(&mut dice, mood);
        let brokers = dice.u32(fewest..=3);
        let lost = dice.usize(..brokers as usize);
        Self {
            seed,
            mood,
            brokers,
            faults,
            levels,
            two_versions: dice.u32(..6) == 0,
            spot: Spot::of(seed),
            lost_agent: (dice.u32(..8) == 0).then_some(lost),
            dice,
        }
    }

    /// That of a seed in which brokers fall ill: always the same one.
    pub fn ill(seed: u64) -> Self {
        let brokers = |dice: &mut Rng| if dice.u32(..6) == 0 { 2 } else { 3 };
        Self::for_hours(seed, 0x0049_6c6c, Mood::Ill, brokers)
    }

    /// That of a seed in which brokers come and go: always the same one.
    pub fn scales(seed: u64) -> Self {
        Self::for_hours(seed, 0x0053_6361_6c65, Mood::Scales, |_| VOTERS + 3)
    }

    /// That of a seed whose history takes hours; `of_mood` tells its dice from those of other moods.
    fn for_hours(seed: u64, of_mood: u64, mood: Mood, brokers: fn(&mut Rng) -> u32) -> Self {
        let mut dice = Rng::with_seed(seed.rotate_left(32) ^ of_mood);
        let (faults, levels) = faults(&mut dice, mood);
        Self {
            seed,
            mood,
            brokers: brokers(&mut dice),
            faults,
            levels,
            two_versions: dice.u32(..6) == 0,
            lost_agent: None,
            spot: Spot::never(),
            dice,
        }
    }

    /// Three brokers, and nothing goes wrong.
    pub fn plain() -> Self {
        Self {
            seed: 0,
            dice: Rng::with_seed(0),
            mood: Mood::Rolls,
            brokers: 3,
            faults: Faults::new(0),
            levels: Vec::new(),
            two_versions: false,
            spot: Spot::never(),
            lost_agent: None,
        }
    }

    /// The world's waits.
    pub fn settings(&mut self) -> Settings {
        let dice = &mut self.dice;
        Settings {
            page_size: (dice.u32(..4) == 0).then(|| match self.mood {
                Mood::Any | Mood::Rolls => dice.usize(1..=3),
                // Who is ill for hours is inspected very often, and the budget of calls is AWS's.
                Mood::Ill | Mood::Scales => dice.usize(20..=40),
            }),
            command_delivery_time: Duration::from_millis(dice.u64(100..4000)),
            ..Settings::default()
        }
    }

    /// Launches the brokers; each votes. Answers their first files.
    pub fn launch(&mut self, stage: &Stage) -> Vec<(fleet::words::InstanceId, String)> {
        let count = self.brokers;
        let zones = ZONES.iter().cycle();
        let voters = self.voters();
        let launch = (1..=count).zip(zones).map(|(id, az)| {
            let first = match id > voters {
                true => file_of_follower(id, voters),
                false => file_of_many(id, voters),
            };
            let file = bent(&mut self.dice, first);
            let instance = match self.mood {
                Mood::Any | Mood::Rolls => stage.hosted(id, az, &file),
                Mood::Ill => {
                    let instance = stage.member(id, az);
                    stage.machine(&instance, id, &file);
                    stage.keeps_disk(&instance);
                    instance
                }
                Mood::Scales => {
                    let is_in = id <= voters || self.dice.bool();
                    scaling::begin(stage, (id, az), &file, (id <= voters, is_in))
                }
            };
            (instance, file)
        });
        let launched = launch.collect();
        let nodes: Vec<NodeId> = (1..=voters).filter_map(NodeId::new).collect();
        let dice = &mut self.dice;
        let catch_up = Duration::from_secs(dice.u64(1..200));
        let mut topics = Vec::new();
        for at in 0..nodes.len() {
            let ring = nodes.iter().copied().cycle().skip(at);
            let replicas = |count: usize| ring.clone().take(count.min(nodes.len())).collect();
            let of = |count, min| {
                let replicas: Vec<NodeId> = replicas(count);
                KafkaTopic::spread(3, min, &replicas)
            };
            topics.push((format!("orders{at}"), of(3, 2)));
            match dice.u32(..12) {
                0 => topics.push((format!("single{at}"), of(1, 1))),
                1 => topics.push((format!("pair{at}"), of(2, 1))),
                2 => topics.push((format!("tight{at}"), of(2, 2))),
                _ => {}
            }
        }
        stage.edit_cluster(|cluster| {
            cluster.catch_up = catch_up;
            cluster.topics.extend(topics);
        });
        if self.mood != Mood::Any || dice.u32(..3) > 0 {
            stage.put("restarts", &alone("any-time"));
        }
        launched
    }

    /// How many brokers elect the active controller: the first ones.
    fn voters(&self) -> u32 {
        match self.mood {
            Mood::Scales => VOTERS,
            Mood::Any | Mood::Rolls | Mood::Ill => self.brokers,
        }
    }

    /// How old an answer may be.
    pub fn lag(&self) -> SignedDuration {
        long(self.faults.longest_lag() + LAG)
    }

    /// How much later than usual a command may be shown that was sent.
    pub fn shown_after(&self) -> SignedDuration {
        match self.strikes(Fault::LateCommands) {
            true => long(COMMAND_LAG),
            false => SignedDuration::ZERO,
        }
    }

    /// Whether this fault may strike.
    pub fn strikes(&self, fault: Fault) -> bool {
        self.levels.iter().any(|(it, _)| *it == fault)
    }
}

/// The file of a broker that does not vote.
fn file_of_follower(id: u32, voters: u32) -> String {
    let file = file_of_many(id, voters).replace("broker,controller", "broker");
    file.replace(",CONTROLLER://0.0.0.0:29092", "")
}

/// The same duration as AWS's times are told apart by.
pub fn long(time: Duration) -> SignedDuration {
    SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX)
}

/// A first file, in one of many forms.
fn bent(dice: &mut Rng, mut file: String) -> String {
    if dice.bool() {
        file.push('\n');
    }
    if dice.u32(..3) == 0 {
        let mut lines: Vec<&str> = file.split('\n').collect();
        lines.retain(|line| !line.starts_with("advertised.listeners="));
        file = lines
            .join("\n")
            .replace("INTERNAL://0.0.0.0", "INTERNAL://10.0.0.11");
    }
    if dice.u32(..3) == 0 {
        file = file.replace("listeners=INTERNAL", "listeners = \\\n  INTERNAL");
    }
    if dice.u32(..3) == 0 {
        file = file.replace('\n', "\r\n");
    }
    if dice.u32(..3) == 0 {
        file = format!("listeners=PLAINTEXT://:9092\n{file}");
    }
    file
}

/// Faults, and which may strike; none at all in some histories.
fn faults(dice: &mut Rng, mood: Mood) -> (Faults, Vec<(Fault, Level)>) {
    let mut faults = Faults::new(dice.u64(..));
    let mut all = Vec::new();
    let without = match mood {
        Mood::Any => 1,
        Mood::Rolls | Mood::Ill | Mood::Scales => 3,
    };
    if dice.u32(..5) < without {
        return (faults, all);
    }
    for fault in Fault::ALL {
        let level = match (fault, dice.u32(..20)) {
            // Minutes of lag are beyond what a second look can see through: what is asked is less then.
            (Fault::VeryOldReads, 1..) => continue,
            (_, 0) => Level::Often,
            (_, 1..5) => Level::Rare,
            (_, _) => continue,
        };
        faults = faults.with(fault, level);
        all.push((fault, level));
    }
    (faults, all)
}
