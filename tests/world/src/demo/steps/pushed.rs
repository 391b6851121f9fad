//! What push-listeners said, sent and did.

use crate::demo::checks::reported_by;
use crate::demo::steps::{actions, held, step_of};
use crate::demo::waiting::until;
use crate::kafka::{Broker, api_versions};
use crate::local::LocalAws;
use anstream::println;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub(super) const PUSH_LISTENERS: &str = "push-listeners";

/// How many reports of push-listeners there are.
pub(super) fn reports(world: &LocalAws) -> usize {
    world.journal().runs(PUSH_LISTENERS).reports.len()
}

/// Waits until push-listeners holds something that says this.
pub(super) async fn said(world: &LocalAws, since: usize, part: &str) -> Result<String, String> {
    reported_by(world, PUSH_LISTENERS, since, held, part).await
}

/// Waits until push-listeners has sent this; answers it in words.
pub(super) async fn did(world: &LocalAws, since: usize, part: &str) -> Result<String, String> {
    let step = format!("\"step\":\"{part}");
    let action = reported_by(world, PUSH_LISTENERS, since, actions, &step).await?;
    Ok(step_of(&action))
}

/// Waits until a run finds that there are so many brokers, and that the process of each shows what it should.
pub(super) async fn right(world: &LocalAws, brokers: usize) -> Result<(), String> {
    let since = reports(world);
    until(world, async || {
        let journal = world.journal();
        let reports = journal.runs(PUSH_LISTENERS).reports.iter().skip(since);
        let newest = reports.last().ok_or("no run since")?;
        match [&newest["brokers"], &newest["right"]] == [&json!(brokers); 2] {
            true => Ok(()),
            false => Err(format!("the newest report says {newest}")),
        }
    })
    .await
}

/// Waits until so many more runs are over.
pub(super) async fn more_runs(world: &LocalAws, runs: usize) -> Result<(), String> {
    let before = reports(world);
    until(world, async || match reports(world) {
        now if now >= before + runs => Ok(()),
        now => Err(format!("{now} runs, waiting for {}", before + runs)),
    })
    .await
}

/// The plan as a person reads it.
pub(super) async fn plan(world: &LocalAws) -> Result<String, String> {
    let function = world
        .function(PUSH_LISTENERS)
        .ok_or("push-listeners is not built yet")?;
    let answer = function.invoke(json!({"action": "plan"})).await;
    let answer: Value = answer.map_err(|error| error.to_string())?;
    let text = answer["text"].as_str();
    text.map(str::to_owned)
        .ok_or_else(|| format!("push-listeners answered {answer}"))
}

/// How many orders there were that ran this document. One may be sent twice while AWS's list does not show
/// the first command yet; the host carries it out once.
pub(super) fn sent(world: &LocalAws, document: &str) -> usize {
    let model = world.model();
    let commands = model.commands();
    let of = commands.filter(|it| it.document.name.as_str().ends_with(document));
    let orders: BTreeSet<&String> = of.map(|it| &it.comment).collect();
    orders.len()
}

/// The broker, once it answers.
pub(super) async fn serving(world: &LocalAws, node: &str) -> Result<Arc<Broker>, String> {
    until(world, async || {
        let broker = world.kafka(node).await?;
        let answers = api_versions(&broker.internal()).await;
        answers.map_err(|error| error.to_string())?;
        Ok(broker)
    })
    .await
}

/// The id of its process, as the world sees it.
pub(super) fn process(broker: &Broker) -> Result<u32, String> {
    let process = broker.process().map_err(|error| error.to_string())?;
    process
        .map(|process| process.id())
        .ok_or_else(|| format!("broker {} does not run", broker.node()))
}

/// How long clients inside the VPC had no broker while something was done.
pub(super) async fn down_while<T>(
    broker: &Broker,
    done: impl Future<Output = Result<T, String>>,
) -> Result<(T, Duration), String> {
    let internal = broker.internal();
    let mut done = pin!(done);
    let (mut answered, mut longest) = (Instant::now(), Duration::ZERO);
    loop {
        tokio::select! {
            done = &mut done => return done.map(|done| (done, longest)),
            () = tokio::time::sleep(Duration::from_millis(50)) => {
                if api_versions(&internal).await.is_ok() {
                    longest = longest.max(answered.elapsed());
                    answered = Instant::now();
                }
            }
        }
    }
}

/// What was sent, run and started in all, exactly.
pub(super) async fn counted(world: &LocalAws) -> Result<(), String> {
    let broker = serving(world, "1").await?;
    let log = std::fs::read_to_string(broker.home().log());
    let log = log.map_err(|error| format!("read its log: {error}"))?;
    let lines = |part: &str| log.lines().filter(|line| line.contains(part)).count();
    let (begun, served) = (lines(BEGINS), lines(SERVES));
    println!(
        "  Kafka was started {begun} times: by its owner, for the edit, for the removal, and twice for the port that was taken"
    );
    println!("  {served} of them served; the other one exited");
    let (inspect, apply) = (sent(world, "-inspect"), sent(world, "-apply"));
    println!("  push-listeners gave {inspect} orders to look and {apply} to edit and restart:");
    for told in told(world) {
        println!("    {told}");
    }
    match (begun, served, apply) {
        (5, 4, 3) if inspect >= 5 => Ok(()),
        counted => Err(format!(
            "{counted:?} instead of (5, 4, 3), and {inspect} looks"
        )),
    }
}

/// What each command came to, in the words of its script, and how long that took.
fn told(world: &LocalAws) -> Vec<String> {
    let scripts = world.journal().scripts.clone();
    let model = world.model();
    let mut commands: Vec<_> = model.commands().collect();
    commands.sort_by_key(|it| it.requested_at);
    let told = commands.into_iter().map(|command| {
        let told = command.told.as_ref();
        let line = told.and_then(|ran| ran.stdout.lines().next());
        let answer: Value = serde_json::from_str(line.unwrap_or_default()).unwrap_or_default();
        let took = scripts.iter().find(|(id, _)| *id == command.id);
        let took = took.map_or(0.0, |(_, took)| took.as_secs_f64());
        let why = match answer["why"].as_str() {
            Some("busy") => " (the same order came twice)".to_owned(),
            Some(why) => format!(" ({why})"),
            None => String::new(),
        };
        let outcome = answer["outcome"].as_str().unwrap_or("nothing");
        format!(
            "{}: {outcome}{why} in {took:.1} s (real)",
            command.document.name
        )
    });
    told.collect()
}

/// What Kafka says once when it begins, and once when it serves.
const BEGINS: &str = "Starting controller";
const SERVES: &str = "Kafka Server started";
