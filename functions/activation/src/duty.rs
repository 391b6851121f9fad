//! What a function is: what it observes, how it plans and what changes it can make. The loop of
//! [`activate`](crate::activate) is the same for each.

use cloud::calls::Reads;
use cloud::pacing::Paced;
use cloud::steps::Hands;
use fleet::plan::{Change, Plan};
use fleet::words::{ClusterName, GroupName};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::fmt;
use std::future::{Future, Ready};
use tokio::time::Instant;

/// What one function keeps true, run after run.
pub trait Duty {
    /// The function's name.
    const NAME: &'static str;
    /// The AWS that it uses.
    type Aws: Reads;
    /// What it sees; it can be saved, and planned again elsewhere.
    type Observed: Serialize + DeserializeOwned;
    /// A change that it can make.
    type Change: Change;
    /// What one look leaves in doubt.
    type Doubt: Ord + Serialize + DeserializeOwned;
    /// What it keeps true, to be shown.
    type Picture: Picture;

    /// AWS, at the function's pace.
    fn aws(&self) -> Paced<'_, Self::Aws>;

    /// The cluster that its stack serves.
    fn cluster(&self) -> &ClusterName;

    /// Looks at everything that a plan needs, in a run whose last step may begin until then. It reads
    /// only; what could not be read is a gap in what was observed.
    fn observe(&self, until: Instant) -> impl Future<Output = Self::Observed>;

    /// Decides what to do. Of what one look leaves in doubt only what an earlier look `agreed` upon is
    /// so. There is no `self`: a plan cannot reach AWS.
    fn plan(observed: &Self::Observed, agreed: &BTreeSet<Self::Doubt>) -> PlanOf<Self>;

    /// What makes the changes of a plan that was made from `observed`.
    fn hands(&self, observed: &Self::Observed, until: Instant) -> impl Hands<Self::Change>;

    /// Says what stands between a consumer and a working connection: the answer to `{"action":"doctor"}`. It
    /// reads only. None if the function does not see that path; then nothing is read.
    fn doctor(
        &self,
        _until: Instant,
    ) -> Option<impl Future<Output = impl fmt::Display + Serialize>> {
        None::<Ready<String>>
    }

    /// The metrics of a run; of a batch that needed no run, if `ran` is none.
    fn metrics(&self, counts: &Counts, ran: Option<Ran<'_, PlanOf<Self>>>) -> Vec<Metric>;
}

/// The plan of a function.
pub type PlanOf<D> = Plan<<D as Duty>::Change, <D as Duty>::Doubt, <D as Duty>::Picture>;

/// What a function tells of its picture in each report.
pub type ToldOf<D> = <<D as Duty>::Picture as Picture>::Told;

/// What a function keeps true: whole in a plan, as lines of text or as JSON.
pub trait Picture: fmt::Display + Serialize {
    /// What of it stands in the report of each run.
    type Told: Serialize;

    /// What of it stands in the report of each run.
    fn told(&self) -> Self::Told;
}

/// A run: when it was, by AWS's time, and what it planned.
pub struct Ran<'a, P> {
    /// When it began.
    pub now: Timestamp,
    /// Its plan.
    pub plan: &'a P,
}

/// What every run counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages that woke it.
    pub wakes: u64,
    /// AWS calls that change something.
    pub writes: u64,
    /// Steps that failed, in whole or in part.
    pub failed: u64,
    /// What was held.
    pub held: u64,
    /// What could not be seen.
    pub gaps: u64,
}

/// One metric of a cluster, or of one of its listener groups. No other dimension exists (F47).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: u64,
    /// Its listener group; none if it is the whole cluster's.
    pub group: Option<GroupName>,
}

impl Metric {
    /// A metric of the whole cluster.
    pub fn new(name: &'static str, value: u64) -> Self {
        Self {
            name,
            value,
            group: None,
        }
    }

    /// The same, of one listener group.
    pub fn of(self, group: &GroupName) -> Self {
        Self {
            group: Some(group.clone()),
            ..self
        }
    }
}
