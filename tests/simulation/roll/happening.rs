//! What happens between two calls by the hands of operators: parameters.

use super::history::History;
use super::setup::Mood;
use tests::listeners::alone;
use tests::{CLUSTER, PATTERN};

/// A second listener group.
pub const SECOND: &str = r#"{"pattern": "<b>.<az>.xyz.us-west-2.aws.777.tidbcloud.com:<p>",
    "bootstrap_port": 9192, "broker_ports": "9193-9200", "bind_port": 39093}"#;
/// What takes a group out of service.
pub const RETIRED: &str = r#"{"retired": true}"#;

impl History<'_> {
    /// Something happens.
    pub(super) fn happen(&mut self) {
        self.figures.happened += 1;
        let what = match self.setup.dice.u32(..40) {
            dice if self.setup.mood == Mood::Rolls => self.in_a_roll(dice),
            0..20 => self.parameter(),
            20..24 => self.cluster(),
            24..28 => self.process(),
            28..31 => self.agent(),
            31..33 => self.people_edit(),
            _ => self.host(),
        };
        self.tell("happens", &what);
        self.look();
    }

    /// What comes in the middle of a roll.
    fn in_a_roll(&mut self, dice: u32) -> String {
        let is_done = self.last[0].is_quiet && self.last[0].held.is_empty();
        match dice {
            0..30 if is_done => self.next_wish(),
            0..14 => self.word(),
            14..20 => self.next_wish(),
            20..24 => self.parameter(),
            24..27 => self.cluster(),
            27 | 28 => self.process(),
            29 => self.agent(),
            30..37 => self.all_in_order(),
            _ => self.host(),
        }
    }

    /// Brokers are to be rolled once more.
    pub(super) fn next_wish(&mut self) -> String {
        match self.setup.dice.u32(..6) {
            0 => self.put("listeners/EXTERNAL2", SECOND),
            1..4 => self.put("listeners/EXTERNAL", PATTERN),
            _ => self.put("listeners/EXTERNAL", &other()),
        }
    }

    /// The operator allows restarts again, or takes that back.
    fn word(&mut self) -> String {
        let consents = self
            .facts
            .back()
            .is_some_and(|it| it.consents && !it.is_paused);
        match (consents, self.setup.dice.u32(..8)) {
            (false, 0..5) => {
                let told = [
                    self.take_away("paused"),
                    self.put("restarts", &alone("any-time")),
                ];
                told.join("; ")
            }
            (_, 5 | 6) => self.window(),
            (false, _) => "the operator keeps to the word".to_owned(),
            (true, 0..3) => self.put("restarts", "never"),
            (true, 3) => self.take_away("restarts"),
            (true, 4) => self.put("paused", "true"),
            (true, _) => self.put("restarts", &alone("any-time")),
        }
    }

    fn parameter(&mut self) -> String {
        match self.setup.dice.u32(..30) {
            0..3 => self.put("listeners/EXTERNAL", PATTERN),
            3..6 => self.put("listeners/EXTERNAL", &other()),
            6 => self.put("listeners/EXTERNAL", RETIRED),
            7 => self.put("listeners/EXTERNAL", "what?"),
            8 => self.take_away("listeners/EXTERNAL"),
            9..11 => {
                self.flips = self.setup.dice.u32(3..9);
                "somebody begins to flip EXTERNAL every 10 s".to_owned()
            }
            11 | 12 => self.put("listeners/EXTERNAL2", SECOND),
            13 => self.put("listeners/EXTERNAL2", RETIRED),
            14 => self.take_away("listeners/EXTERNAL2"),
            15..20 => self.put("restarts", &alone("any-time")),
            20 => self.put("restarts", "any-time"),
            21 => self.put("restarts", "never"),
            22..24 => self.window(),
            24 => self.put("restarts", "soon"),
            25 => self.take_away("restarts"),
            26 => self.put("paused", "true"),
            _ => self.take_away("paused"),
        }
    }

    /// Somebody writes the parameter once more, back and forth.
    pub(super) fn flip(&mut self) {
        self.flips -= 1;
        let text = match self.flips % 2 {
            0 => PATTERN.to_owned(),
            _ => other(),
        };
        let what = self.put("listeners/EXTERNAL", &text);
        self.tell("flips", &what);
    }

    /// A window that is open now, and closes soon; or one that opens soon.
    fn window(&mut self) -> String {
        let (from, long) = (self.setup.dice.i64(-5..4), self.setup.dice.i64(6..25));
        let now = self.stage.now();
        let minute = |minutes: i64| {
            let at = now + jiff::SignedDuration::from_mins(minutes);
            at.strftime("%H:%M").to_string()
        };
        let window = format!("daily {}-{} UTC", minute(from), minute(from + long));
        self.put("restarts", &alone(&window))
    }

    /// A parameter is written.
    pub(super) fn put(&mut self, name: &str, text: &str) -> String {
        self.stage.put(name, text);
        if text == RETIRED {
            let group = name.trim_start_matches("listeners/");
            self.was_retired.insert(group.to_owned());
        }
        format!("{name} says {text}")
    }

    /// A parameter is deleted.
    pub(super) fn take_away(&mut self, name: &str) -> String {
        match self.has(name) {
            false => format!("{name} stays away"),
            true => {
                self.stage.delete(name);
                format!("{name} is deleted")
            }
        }
    }

    /// Whether there is such a parameter.
    pub(super) fn has(&self, name: &str) -> bool {
        let path = format!("/kafka-privatelink/{CLUSTER}/{name}");
        self.stage.model().parameter(&path).is_some()
    }

    /// The same text again.
    pub(super) fn again(&mut self, name: &str) {
        let path = format!("/kafka-privatelink/{CLUSTER}/{name}");
        let found = self.stage.model().parameter(&path).cloned();
        if let Some(text) = found.and_then(|it| it.text().map(str::to_owned)) {
            self.put(name, &text);
        }
    }
}

/// Other names than those of the first pattern.
fn other() -> String {
    PATTERN.replace(".abc.", ".def.")
}
