//! Plays a scenario undisturbed and then with a strike at every call, and compares the ends.

use crate::end::end;
use activation::activate::Activated;
use cloud::call::Call;
use fleet::plan::RowState;
use fleet::words::InstanceId;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tests::{Stage, ZONES};
use world::doors::memory::Strike;

/// Quiet sweeps in a row that make an end: each one looks at a part of the listeners only.
const QUIET: usize = 4;
/// Sweeps after which it will never end.
const MOST_SWEEPS: usize = 40;

/// Scenarios and points of this whole run so far.
static SCENARIOS: AtomicUsize = AtomicUsize::new(0);
static POINTS: AtomicUsize = AtomicUsize::new(0);

/// Strikes the function at every call that it makes from the end of `setup` until nothing is left
/// to do. Whatever is struck, the end must be the one of the undisturbed run, and stay; and what
/// stood behind a port all along in that run must have done so here, too.
pub fn everywhere(scenario: &str, setup: impl AsyncFn(&Stage)) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let (calls, points, divergences) = runtime.block_on(async {
        let stage = Stage::new();
        setup(&stage).await;
        let start = (&stage, stage.now());
        let calm = play(start, None).await;
        let wrong = calm.after.as_deref();
        assert_eq!(wrong, None, "{scenario}, undisturbed");
        let (mut points, mut divergences) = (0, Vec::new());
        for (before, call) in calm.calls.iter().enumerate() {
            for strike in strikes(&calm.calls[..before], *call) {
                points += 1;
                let nth = before + 1;
                let struck = play(start, Some((nth, strike))).await;
                if let Some(how) = differ(&calm, &struck) {
                    divergences.push(format!("{strike:?} at call {nth}, {call}: {how}"));
                }
            }
        }
        (calm.calls.len(), points, divergences)
    });
    let scenarios = SCENARIOS.fetch_add(1, Ordering::Relaxed) + 1;
    let sum = POINTS.fetch_add(points, Ordering::Relaxed) + points;
    println!(
        "{scenario:<62} | calls {calls:>4} | points {points:>5} | divergences {:>3} | until now {scenarios:>2} scenarios, {sum:>6} points",
        divergences.len()
    );
    assert!(
        divergences.is_empty(),
        "{scenario}: {} of {points} points end in another way, the first being:\n{}",
        divergences.len(),
        divergences[..divergences.len().min(3)].join("\n")
    );
}

/// What can happen at a call: an old answer only to a read after a write.
fn strikes(before: &[Call], call: Call) -> Vec<Strike> {
    let mut strikes = vec![Strike::EndBefore, Strike::EndAfter, Strike::LoseAnswer];
    if !call.is_write() && before.iter().any(|call| call.is_write()) {
        strikes.push(Strike::OldAnswer);
    }
    strikes
}

/// Ports and the instances behind them.
type Mapping = BTreeMap<u16, BTreeSet<InstanceId>>;

/// How a scenario went.
struct Played {
    /// The calls until the first of the quiet sweeps was over.
    calls: Vec<Call>,
    /// What stood behind each port after every sweep.
    always: Mapping,
    /// What there is in the end.
    end: BTreeSet<String>,
    /// What is wrong after the end, if anything.
    after: Option<String>,
}

fn differ(calm: &Played, struck: &Played) -> Option<String> {
    if let Some(wrong) = &struck.after {
        return Some(wrong.clone());
    }
    for (port, instances) in &calm.always {
        let lost: Vec<_> = instances.difference(&struck.always[port]).collect();
        if !lost.is_empty() {
            return Some(format!("{lost:?} did not stand behind {port} all the time"));
        }
    }
    let only = |one: &Played, other: &Played| -> Vec<String> {
        one.end.difference(&other.end).cloned().collect()
    };
    let (missing, unwanted) = (only(calm, struck), only(struck, calm));
    let same = missing.is_empty() && unwanted.is_empty();
    (!same).then(|| format!("missing {missing:#?}, there instead {unwanted:#?}"))
}

/// Goes on from a copy of what was set up, at the moment when that was done.
async fn play((set_up, at): (&Stage, Timestamp), strike: Option<(usize, Strike)>) -> Played {
    let mut stage = set_up.copy(at);
    if let Some((nth, strike)) = strike {
        stage.door().strike(nth, strike);
    }
    let mut always = stage.mapping();
    let (mut calls, mut quiet, mut ended) = (Vec::new(), 0, 0);
    for _ in 0..MOST_SWEEPS {
        stage.pass(Duration::from_secs(60)).await;
        match sweep(&stage).await {
            Some(activated) if is_quiet(&activated) => quiet += 1,
            Some(_) => quiet = 0,
            None => {
                stage.restart();
                (quiet, ended) = (0, ended + 1);
            }
        }
        let mapping = stage.mapping();
        for (port, instances) in &mut always {
            let standing = mapping.get(port);
            instances.retain(|id| standing.is_some_and(|standing| standing.contains(id)));
        }
        if quiet <= 1 {
            calls = stage.door().calls();
        }
        if quiet == QUIET {
            break;
        }
    }
    let end = end(&stage);
    let mut after = (quiet < QUIET).then(|| format!("not settled after {MOST_SWEEPS} sweeps"));
    let ends = |(_, strike)| matches!(strike, Strike::EndBefore | Strike::EndAfter);
    let wanted = usize::from(strike.is_some_and(ends));
    if ended != wanted {
        after = Some(format!("the process ended {ended} times, not {wanted}"));
    }
    stage.forget_calls();
    for _ in 0..3 {
        stage.restart();
        stage.pass(Duration::from_secs(60)).await;
        stage.activate().await;
    }
    if !stage.writes().is_empty() {
        after = Some(format!("still writes in the end: {:?}", stage.writes()));
    }
    Played {
        calls,
        always,
        end,
        after,
    }
}

/// One activation; nothing if its process ended on the way.
async fn sweep(stage: &Stage) -> Option<Activated> {
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
    let waiting =
        |row: &fleet::plan::Row| row.state == RowState::Waiting && !row.instances.is_empty();
    report.actions.is_empty() && report.gaps.is_empty() && !report.mapping.iter().any(waiting)
}

#[tokio::test(start_paused = true)]
async fn another_end_is_told_apart_and_so_is_one_that_does_not_last() {
    let one = Stage::new();
    one.broker(1, ZONES[0]);
    let at = one.now();
    let calm = play((&one, at), None).await;
    assert_eq!(differ(&calm, &play((&one, at), None).await), None);
    let two = one.copy(at);
    two.broker(2, ZONES[1]);
    let other = differ(&calm, &play((&two, at), None).await);
    assert!(other.is_some_and(|how| how.contains("there instead")));
    // Gone in between is told apart though the end is the same.
    let mut flapping = play((&one, at), None).await;
    flapping.always = Mapping::from([(9093, BTreeSet::new())]);
    let mut steady = play((&one, at), None).await;
    steady.always = Mapping::from([(9093, BTreeSet::from(["i-1".into()]))]);
    let how = differ(&steady, &flapping);
    assert!(how.is_some_and(|how| how.contains("did not stand behind 9093")));
    // A call that fails every time never settles.
    let denied = one.copy(at);
    denied.model().deny(Call::CreateListener);
    let how = differ(&calm, &play((&denied, at), None).await);
    assert!(how.is_some_and(|how| how.contains("not settled")));
    // A strike that never came would prove nothing.
    let how = differ(
        &calm,
        &play((&one, at), Some((10_000, Strike::EndBefore))).await,
    );
    assert!(how.is_some_and(|how| how.contains("ended 0 times")));
}
