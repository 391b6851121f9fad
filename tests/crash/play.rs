//! Plays a scenario on from where it was set up, undisturbed or with one fault.

use crate::fault::Fault;
use crate::subject::{Standing, Subject};
use crate::wakes::Wakes;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use tests::Stage;
use world::doors::memory::Called;

/// After so long it will never end.
const LONGEST: SignedDuration = SignedDuration::from_mins(40);
/// After so long a reservation is over.
const DAY: Duration = Duration::from_secs(25 * 3600);
const MINUTE: Duration = Duration::from_secs(60);

/// How a scenario went.
pub struct Played {
    stage: Stage,
    /// The calls until the first of the quiet runs was over.
    pub calls: Vec<Called>,
    /// The wakes until then.
    pub wakes: Vec<String>,
    /// What served after every run.
    pub always: Standing,
    /// What there is in the end.
    pub end: Vec<String>,
    /// What is wrong after the end, if anything.
    pub wrong: Option<String>,
}

/// Goes on from a copy of what was set up, at the moment when that was done. Once a run has nothing
/// to do where the `calm` one had ended, too, it is over: the same state has the same future, and
/// the calm one was watched for that long.
pub async fn play<S: Subject>(
    (set_up, at): (&Stage, Timestamp),
    disturbed: Option<(Fault, &Played)>,
) -> Played {
    let mut stage = set_up.copy(at);
    let fault = disturbed.map(|(fault, _)| fault);
    let mut function = S::begin(&mut stage);
    let mut wakes = Wakes::new(S::NAME, at, fault.and_then(Fault::of_a_wake));
    if let Some((nth, strike)) = fault.and_then(Fault::of_a_call) {
        function.door(&stage).strike(nth, strike);
    }
    let mut always = S::standing(&stage);
    let (mut calls, mut came) = (Vec::new(), 0);
    let (mut quiet_since, mut ended) = (None, 0);
    let (end, is_over) = loop {
        let batch = wakes.next(&stage).await;
        let was_quiet = quiet_since.is_some();
        match run(&function, &stage).await {
            Some(is_quiet) => {
                wakes.done(stage.now(), &batch);
                let since = quiet_since.unwrap_or(stage.now());
                quiet_since = is_quiet.then_some(since);
            }
            None => {
                function = S::begin(&mut stage);
                (quiet_since, ended) = (None, ended + 1);
            }
        }
        let standing = S::standing(&stage);
        for (place, those) in &mut always {
            let there = standing.get(place);
            those.retain(|one| there.is_some_and(|there| there.contains(one)));
        }
        if !was_quiet || quiet_since.is_none() {
            calls = function.door(&stage).calls();
            came = wakes.came.len();
        }
        if let Some(since) = quiet_since
            && !wakes.is_one_late()
        {
            let end = S::end(&stage);
            let is_over = disturbed.is_some_and(|(fault, calm)| {
                let calls = function.door(&stage).calls();
                calm.end == end && (ended > 0 || came_to(fault, &calls, &wakes))
            });
            if is_over || stage.now().duration_since(since) >= S::QUIET {
                break (end, is_over);
            }
        }
        if stage.now().duration_since(at) >= LONGEST {
            break (S::end(&stage), false);
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
    let made = function.door(&stage).calls();
    if fault.is_some_and(|fault| ended == 0 && !came_to(fault, &made, &wakes)) {
        wrong = Some("the fault was never met".to_owned());
    }
    if !is_over && wrong.is_none() {
        wrong = stays::<S>(&mut stage).await;
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
    pub async fn a_day_later<S: Subject>(&self) -> Vec<String> {
        let mut stage = self.stage.copy(self.stage.now());
        let function = S::begin(&mut stage);
        stage.pass(DAY).await;
        for _ in 0..30 {
            stage.pass(MINUTE).await;
            if function.run(&stage).await {
                break;
            }
        }
        S::end(&stage)
    }
}

/// Whether nothing more is written, by a new process for each run; if not, what is.
async fn stays<S: Subject>(stage: &mut Stage) -> Option<String> {
    stage.forget_calls();
    for _ in 0..3 {
        let function = S::begin(stage);
        stage.pass(MINUTE).await;
        function.run(stage).await;
    }
    let writes = stage.writes();
    (!writes.is_empty()).then(|| format!("still writes in the end: {writes:?}"))
}

/// Whether a process that did not end has made the call, or got the wake, that a fault is about.
fn came_to(fault: Fault, calls: &[Called], wakes: &Wakes) -> bool {
    match fault {
        Fault::Call(nth, _) => calls.len() >= nth,
        Fault::Wake(nth, _) => wakes.came.len() >= nth,
    }
}

/// One run; nothing if its process ended on the way.
async fn run<S: Subject>(function: &S, stage: &Stage) -> Option<bool> {
    tokio::select! {
        biased;
        () = function.door(stage).ended() => None,
        is_quiet = function.run(stage) => Some(is_quiet),
    }
}
