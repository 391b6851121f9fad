//! The names of faults and levels.

use std::fmt;
use std::str::FromStr;

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// An event never comes (P-1).
    EventsLost,
    /// An event comes twice (P-2).
    EventsDoubled,
    /// An event comes late, up to a day, and out of order (P-3).
    EventsDelayed,
    /// An event of an instance that nobody here knows comes with a real one.
    EventsForeign,
    /// An event comes with thirty more.
    EventStorms,
    /// A read is answered from some seconds ago, each by itself, so time may run backwards from
    /// one read to the next (P-15, P-44).
    StaleReads,
    /// A read is answered from some minutes ago ("up to minutes", P-15).
    VeryOldReads,
    /// A list comes in pages of one or two.
    ShortPages,
    /// What exists is said not to (P-15).
    NotFound,
    /// The API budget of the account is used up (P-38).
    Throttling,
    /// A server error, without effect.
    ServerErrors,
    /// IAM denies a call that it allowed before (P-77).
    Denials,
    /// `RegisterTargets` refuses a good target, and the whole call with it (P-30); accepting and
    /// rejecting connections leaves one of them out, and says so.
    PartialRejections,
    /// A write takes effect, and its answer is lost (P-80).
    LostAnswers,
    /// A write takes effect, and for some seconds no read shows it (P-44).
    LateEffects,
    /// For some seconds IAM does not see the tags of what was just made, so that a call which they
    /// allow is denied.
    LateTags,
    /// Rows of a proof table say something else than what the probe found.
    ProbeLies,
    /// A probe finds what was so some seconds ago: nodes of the NLB learn late of a change.
    ProbeLags,
    /// For up to a minute nobody shows a command that was sent (P-51).
    LateCommands,
    /// An agent runs a command twice, side by side.
    CommandsDoubled,
    /// An agent is gone as soon as it has started a script, for up to ten minutes: its command stays in
    /// progress, or is given up though the script has done its work (P-53).
    AgentsGone,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 21] = [
        Self::EventsLost,
        Self::EventsDoubled,
        Self::EventsDelayed,
        Self::EventsForeign,
        Self::EventStorms,
        Self::StaleReads,
        Self::VeryOldReads,
        Self::ShortPages,
        Self::NotFound,
        Self::Throttling,
        Self::ServerErrors,
        Self::Denials,
        Self::PartialRejections,
        Self::LostAnswers,
        Self::LateEffects,
        Self::LateTags,
        Self::ProbeLies,
        Self::ProbeLags,
        Self::LateCommands,
        Self::CommandsDoubled,
        Self::AgentsGone,
    ];

    /// Its name as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::EventsLost => "events-lost",
            Self::EventsDoubled => "events-doubled",
            Self::EventsDelayed => "events-delayed",
            Self::EventsForeign => "events-foreign",
            Self::EventStorms => "event-storms",
            Self::StaleReads => "stale-reads",
            Self::VeryOldReads => "very-old-reads",
            Self::ShortPages => "short-pages",
            Self::NotFound => "not-found",
            Self::Throttling => "throttling",
            Self::ServerErrors => "server-errors",
            Self::Denials => "denials",
            Self::PartialRejections => "partial-rejections",
            Self::LostAnswers => "lost-answers",
            Self::LateEffects => "late-effects",
            Self::LateTags => "late-tags",
            Self::ProbeLies => "probe-lies",
            Self::ProbeLags => "probe-lags",
            Self::LateCommands => "late-commands",
            Self::CommandsDoubled => "commands-doubled",
            Self::AgentsGone => "agents-gone",
        }
    }
}

/// How often a fault strikes where it can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Not at all.
    Never,
    /// Once in fifty times.
    Rare,
    /// Once in ten times.
    Often,
    /// Once in three times.
    Storm,
}

impl Level {
    /// Every level.
    pub const ALL: [Self; 4] = [Self::Never, Self::Rare, Self::Often, Self::Storm];

    pub(super) fn per_thousand(self) -> u32 {
        match self {
            Self::Never => 0,
            Self::Rare => 20,
            Self::Often => 100,
            Self::Storm => 333,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Rare => "rare",
            Self::Often => "often",
            Self::Storm => "storm",
        }
    }
}

/// A fault or level that there is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFault(pub String);

impl fmt::Display for UnknownFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults = Fault::ALL.map(Fault::name).join(", ");
        let levels = Level::ALL.map(Level::name).join(", ");
        write!(
            f,
            "\"{}\": write name=level, with a name of {faults} and a level of {levels}",
            self.0
        )
    }
}

impl std::error::Error for UnknownFault {}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let mut all = Self::ALL.into_iter();
        all.find(|fault| fault.name() == text)
            .ok_or_else(|| UnknownFault(text.to_owned()))
    }
}

impl FromStr for Level {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let mut all = Self::ALL.into_iter();
        all.find(|level| level.name() == text)
            .ok_or_else(|| UnknownFault(text.to_owned()))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
