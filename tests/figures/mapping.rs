//! From the event that a broker runs to its right mapping, in AWS time, and whose share each part is.

use crate::build::Built;
use crate::mapped::Fleet;
use crate::table::Table;
use crate::wakes::{Run, Wakes};
use fleet::observed::TargetState;
use fleet::words::InstanceId;
use jiff::{SignedDuration, Timestamp};

/// The broker that is added to three, and the ports that it must stand behind.
const NODE: u32 = 4;
const BOOTSTRAP: u16 = 9092;
const OWN: u16 = 9096;
/// Longer than anything here takes, in AWS time.
const CEILING: SignedDuration = SignedDuration::from_mins(20);

pub async fn measure(built: &Built, table: &mut Table) -> Result<(), String> {
    println!("from an event to the right mapping");
    let fleet = Fleet::of(built, NODE - 1).await?;
    let wakes = Wakes::of(&fleet)?;
    // A quiet sweep first: the process is warm, as it is in a deployed stack.
    until(&fleet, &wakes, |_, runs| !runs.is_empty()).await?;
    let instance = fleet
        .aws
        .model()
        .run_instance(
            fleet.aws.clock.now(),
            tests::tagged(tests::ZONES[0], &NODE.to_string()),
        )
        .map_err(|error| error.message)?;
    let runs_now = until(&fleet, &wakes, |fleet, _| is_running(fleet, &instance))
        .await?
        .at;
    let own = until(&fleet, &wakes, |fleet, _| stands(fleet, OWN, &instance)).await?;
    let own_healthy = until(&fleet, &wakes, |fleet, _| serves(fleet, OWN, &instance))
        .await?
        .at;
    let all = until(&fleet, &wakes, |fleet, _| {
        stands(fleet, BOOTSTRAP, &instance)
    })
    .await?;
    let all_healthy = until(&fleet, &wakes, |fleet, _| {
        serves(fleet, BOOTSTRAP, &instance)
    })
    .await?
    .at;
    fleet.sound()?;

    let (first, second) = (last(&own.runs)?, last(&all.runs)?);
    let parts = [
        (
            runs_now,
            first.began,
            "AWS",
            "the event reaches the function (queue delay 5 s)",
        ),
        (first.began, first.ended, "ours", "its target is registered"),
        (
            first.ended,
            own_healthy,
            "AWS",
            "registration and health checks: its own port serves",
        ),
        (
            own_healthy,
            second.began,
            "ours",
            "until a sweep sees that (0 to 60 s)",
        ),
        (
            second.began,
            second.ended,
            "ours",
            "it is registered in bootstrap",
        ),
        (
            second.ended,
            all_healthy,
            "AWS",
            "registration and health checks: bootstrap serves",
        ),
    ];
    for (from, to, whose, what) in parts {
        table.figure(&format!("{whose}: {what}"), seconds(from, to));
    }
    for (until, what) in [
        (own_healthy, "its own port serves"),
        (all_healthy, "bootstrap serves"),
    ] {
        let ours = parts
            .iter()
            .filter(|part| part.2 == "ours" && part.1 <= until);
        let ours: f64 = ours
            .map(|(from, to, ..)| to.duration_since(*from).as_secs_f64())
            .sum();
        table.figure(
            &format!("event to right mapping: {what}"),
            format!("{}, ours {ours:.1} s", seconds(runs_now, until)),
        );
    }
    Ok(())
}

/// When something had become so, and the runs until then.
struct Became {
    at: Timestamp,
    runs: Vec<Run>,
}

async fn until(
    fleet: &Fleet,
    wakes: &Wakes<'_>,
    so: impl Fn(&Fleet, &[Run]) -> bool,
) -> Result<Became, String> {
    let mut runs = Vec::new();
    let began = fleet.aws.clock.now();
    while !so(fleet, &runs) {
        runs.extend(wakes.step().await?);
        if fleet.aws.clock.now().duration_since(began) > CEILING {
            let last = runs.last().map(|run: &Run| run.report.to_string());
            return Err(format!(
                "the broker was not mapped in 20 minutes of AWS time; the last run: {}",
                last.unwrap_or_default()
            ));
        }
    }
    Ok(Became {
        at: fleet.aws.clock.now(),
        runs,
    })
}

fn is_running(fleet: &Fleet, instance: &InstanceId) -> bool {
    let model = fleet.aws.model();
    model
        .instance(instance)
        .is_some_and(|instance| instance.boots > 0)
}

fn state(fleet: &Fleet, port: u16, instance: &InstanceId) -> Option<TargetState> {
    let forwards = fleet.aws.model().forwarding(fleet.aws.clock.now());
    let forward = forwards
        .into_iter()
        .find(|forward| forward.port.get() == port)?;
    let mut targets = forward.targets.into_iter();
    targets
        .find(|target| target.instance == *instance)
        .map(|target| target.state)
}

fn stands(fleet: &Fleet, port: u16, instance: &InstanceId) -> bool {
    state(fleet, port, instance).is_some()
}

fn serves(fleet: &Fleet, port: u16, instance: &InstanceId) -> bool {
    state(fleet, port, instance) == Some(TargetState::Healthy)
}

fn last(runs: &[Run]) -> Result<&Run, String> {
    runs.last()
        .ok_or_else(|| "the mapping changed without a run".to_owned())
}

fn seconds(from: Timestamp, to: Timestamp) -> String {
    format!("{:.1} s", to.duration_since(from).as_secs_f64())
}
