//! When brokers were down, by their own logs: nothing is sampled, so nothing is missed.

use super::LocalAws;
use jiff::civil::DateTime;
use std::collections::BTreeMap;
use std::time::Duration;

/// What brokers' logs tell of their processes, by `node.id`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Downtime(pub BTreeMap<String, Life>);

/// One broker's processes, one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// How often a process began, those that exited before they served among them.
    pub starts: usize,
    /// How many of them were followed by another one before they served.
    pub unserved: usize,
    /// When it was down after it had served once, oldest first.
    pub down: Vec<Down>,
    /// When it became the active controller, oldest first.
    pub led_from: Vec<DateTime>,
}

/// From the moment at which a process was told to end (or from its last word, if nobody told it) until one serves: it is
/// unfenced, and its listeners are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Down {
    /// The first moment.
    pub from: DateTime,
    /// The first one at which it serves again; none if it still does not.
    pub to: Option<DateTime>,
}

impl LocalAws {
    /// What the logs of these brokers tell. An instance that replaced another one has a log of its own.
    pub async fn downtime(&self, nodes: &[&str]) -> Result<Downtime, String> {
        let mut lives = BTreeMap::new();
        for node in nodes {
            let log = self.kafka(node).await?.home().log();
            let text = std::fs::read_to_string(&log);
            let text = text.map_err(|error| format!("read {}: {error}", log.display()))?;
            lives.insert((*node).to_owned(), Life::told_by(&text));
        }
        Ok(Downtime(lives))
    }
}

impl Downtime {
    /// The active controller at a moment, by the brokers' logs; none if nobody had become it. On a busy machine it moves by
    /// itself now and then.
    pub fn controller_at(&self, moment: DateTime) -> Option<&str> {
        let all = self.0.iter().flat_map(|(node, life)| {
            let before = life.led_from.iter().filter(move |at| **at < moment);
            before.map(move |at| (*at, node.as_str()))
        });
        all.max().map(|(_, node)| node)
    }

    /// Two brokers that were down at once, if there was such a moment.
    pub fn two_at_once(&self) -> Option<[(&str, Down); 2]> {
        let mut all: Vec<(&str, Down)> = Vec::new();
        for (node, life) in &self.0 {
            for down in &life.down {
                let other = all.iter().find(|(of, it)| of != node && it.meets(down));
                if let Some(other) = other {
                    return Some([*other, (node, *down)]);
                }
                all.push((node, *down));
            }
        }
        None
    }

    /// How long each broker was down, and how often a process of it began.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|(node, life)| {
            let took: Vec<String> = life.down.iter().map(Down::took).collect();
            let took = match took.is_empty() {
                true => "never down".to_owned(),
                false => format!("down for {}", took.join(", ")),
            };
            let starts = match life.starts {
                0 => "never started".to_owned(),
                1 => "1 first start".to_owned(),
                2 => "1 first start + 1 restart".to_owned(),
                starts => format!("1 first start + {} restarts", starts - 1),
            };
            let unserved = match life.unserved {
                0 => String::new(),
                exited => format!(" ({exited} of them exited before it served)"),
            };
            format!("broker {node}: {starts}{unserved}, {took}")
        })
    }
}

impl Life {
    /// Reads a log of Kafka 3 or 4, which several processes have written one after the other.
    pub fn told_by(log: &str) -> Self {
        let mut life = Self::default();
        // When it served last, while it is not known to be down.
        let mut serves = false;
        // Whether the newest process has served.
        let mut served = true;
        let mut last: Option<DateTime> = None;
        for line in log.lines() {
            let Some(at) = moment(line) else { continue };
            let ends = line.contains(TOLD_TO_END);
            let begins = line.contains(BEGINS);
            if serves && (ends || begins) {
                serves = false;
                let from = if begins { last.unwrap_or(at) } else { at };
                life.down.push(Down { from, to: None });
            }
            if line.contains(LEADS) {
                life.led_from.push(at);
            }
            if begins {
                life.starts += 1;
                life.unserved += usize::from(!served);
                served = false;
            }
            if SERVES.iter().any(|serves| line.contains(serves)) {
                (serves, served) = (true, true);
                if let Some(down) = life.down.last_mut() {
                    down.to.get_or_insert(at);
                }
            }
            last = Some(at);
        }
        life
    }

    /// The longest time that it was down; none if it is down still.
    pub fn longest(&self) -> Option<Duration> {
        let mut took = self.down.iter().map(Down::duration);
        took.try_fold(Duration::ZERO, |longest, took| Some(longest.max(took?)))
    }
}

impl Down {
    fn meets(&self, other: &Self) -> bool {
        let before = |one: &Self, other: &Self| one.to.is_some_and(|to| to <= other.from);
        !before(self, other) && !before(other, self)
    }

    fn duration(&self) -> Option<Duration> {
        let took = self.to?.duration_since(self.from);
        Duration::try_from(took).ok()
    }

    fn took(&self) -> String {
        match self.duration() {
            Some(took) => format!("{:.1} s", took.as_secs_f64()),
            None => format!("all the time since {}", self.from.time()),
        }
    }
}

/// The first word of a process.
const BEGINS: &str = "(kafka.utils.Log4jControllerRegistration$)";
const TOLD_TO_END: &str = "Terminating process due to signal";
/// What a controller says when it becomes the active one.
const LEADS: &str = "Becoming the active controller";
/// Unfenced, and all its listeners are open: with KRaft, and with ZooKeeper.
const SERVES: [&str; 2] = [
    "Kafka Server started",
    " started (kafka.server.KafkaServer)",
];

/// The moment at the beginning of a line, in the machine's own time zone.
fn moment(line: &str) -> Option<DateTime> {
    let (moment, _) = line.strip_prefix('[')?.split_once(']')?;
    DateTime::strptime("%Y-%m-%d %H:%M:%S,%f", moment).ok()
}

#[cfg(test)]
#[path = "downtime_tests.rs"]
mod tests;
