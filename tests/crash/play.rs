//! Plays a scenario on from where it was set up, undisturbed or with one fault.

use crate::end::end;
use crate::fault::Fault;
use crate::wakes::Wakes;
use fleet::words::InstanceId;
use jiff::{SignedDuration, Timestamp};
use register_brokers::mapping::RowState;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tests::Activated;
use tests::Stage;
use world::doors::memory::Called;

/// So long nothing was done: each run looks at a part of the listeners only.
const QUIET: SignedDuration = SignedDuration::from_mins(4);
/// After so long it will never end.
const LONGEST: SignedDuration = SignedDuration::from_mins(40);
/// After so long a reservation is over.
const DAY: Duration = Duration::from_secs(25 * 3600);

/// Ports and the instances behind them.
type Mapping = BTreeMap<u16, BTreeSet<InstanceId>>;

/// How a scenario went.
pub struct Played {
    stage: Stage,
    /// The calls until the first of the quiet runs was over.
    pub calls: Vec<Called>,
    /// The wakes until then.
    pub wakes: Vec<String>,
    /// What stood behind each port after every run.
    pub always: Mapping,
    /// What there is in the end.
    pub end: Vec<String>,
    /// What is wrong after the end, if anything.
    pub wrong: Option<String>,
}

/// Goes on from a copy of what was set up, at the moment when that was done. Once a run has nothing
/// to do where the `calm` one had ended, too, it is over: the same state has the same future, and
/// the calm one was watched for that long.
pub async fn play(
    (set_up, at): (&Stage, Timestamp),
    disturbed: Option<(Fault, &Played)>,
) -> Played {
    let mut stage = set_up.copy(at);
    let fault = disturbed.map(|(fault, _)| fault);
    let mut wakes = Wakes::new(at, fault.and_then(Fault::of_a_wake));
    if let Some((nth, strike)) = fault.and_then(Fault::of_a_call) {
        stage.door().strike(nth, strike);
    }
    let mut always = stage.mapping();
    let (mut calls, mut came) = (Vec::new(), 0);
    let (mut quiet_since, mut ended) = (None, 0);
    let (end, is_over) = loop {
        let batch = wakes.next(&stage).await;
        let was_quiet = quiet_since.is_some();
        match run(&stage).await {
            Some(activated) => {
                wakes.done(stage.now(), &batch);
                let since = quiet_since.unwrap_or(stage.now());
                quiet_since = is_quiet(&activated).then_some(since);
            }
            None => {
                stage.restart();
                (quiet_since, ended) = (None, ended + 1);
            }
        }
        let mapping = stage.mapping();
        for (port, instances) in &mut always {
            let standing = mapping.get(port);
            instances.retain(|id| standing.is_some_and(|standing| standing.contains(id)));
        }
        if !was_quiet || quiet_since.is_none() {
            calls = stage.door().calls();
            came = wakes.came.len();
        }
        if let Some(since) = quiet_since
            && !wakes.is_one_late()
        {
            let end = end(&stage);
            let is_over = disturbed.is_some_and(|(fault, calm)| {
                calm.end == end && (ended > 0 || came_to(fault, &stage, &wakes))
            });
            if is_over || stage.now().duration_since(since) >= QUIET {
                break (end, is_over);
            }
        }
        if stage.now().duration_since(at) >= LONGEST {
            break (end(&stage), false);
        }
    };
    let mut wrong = None;
    if quiet_since.is_none() {
        wrong = Some(format!("not settled after {LONGEST:#}"));
    }
    let wanted = usize::from(fault.is_some_and(Fault::ends_the_process));
    if ended != wanted {
        wrong = Some(format!("the process ended {ended} times, not {wanted}"));
    }
    if fault.is_some_and(|fault| ended == 0 && !came_to(fault, &stage, &wakes)) {
        wrong = Some("the fault was never met".to_owned());
    }
    if !is_over && wrong.is_none() {
        wrong = stays(&mut stage).await;
    }
    wakes.came.truncate(came);
    Played {
        stage,
        calls,
        wakes: wakes.came,
        always,
        end,
        wrong,
    }
}

impl Played {
    /// What there is a day after the end, when every reservation and every grace is over.
    pub async fn a_day_later(&self) -> Vec<String> {
        let stage = self.stage.copy(self.stage.now());
        stage.pass(DAY).await;
        stage.settle().await;
        end(&stage)
    }
}

/// Whether nothing more is written, by a new process for each run; if not, what is.
async fn stays(stage: &mut Stage) -> Option<String> {
    stage.forget_calls();
    for _ in 0..3 {
        stage.restart();
        stage.pass(Duration::from_secs(60)).await;
        stage.activate().await;
    }
    let writes = stage.writes();
    (!writes.is_empty()).then(|| format!("still writes in the end: {writes:?}"))
}

/// Whether a process that did not end has made the call, or got the wake, that a fault is about.
fn came_to(fault: Fault, stage: &Stage, wakes: &Wakes) -> bool {
    match fault {
        Fault::Call(nth, _) => stage.door().calls().len() >= nth,
        Fault::Wake(nth, _) => wakes.came.len() >= nth,
    }
}

/// One activation; nothing if its process ended on the way.
async fn run(stage: &Stage) -> Option<Activated> {
    tokio::select! {
        biased;
        () = stage.door().ended() => None,
        activated = stage.activate() => Some(activated),
    }
}

/// Nothing was done, no instance is on its way and nothing was unseen.
fn is_quiet(activated: &Activated) -> bool {
    let report = &activated.report;
    // Without any broker, bootstrap waits for ever.
    let waiting = |row: &register_brokers::mapping::Row| {
        row.state == RowState::Waiting && !row.instances.is_empty()
    };
    report.actions.is_empty()
        && report.gaps.is_empty()
        && !report.picture.mapping.iter().any(waiting)
}
