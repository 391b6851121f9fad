//! What push-listeners said, sent and did.

use crate::demo::checks::reported_by;
use crate::demo::steps::{actions, held, step_of};
use crate::demo::waiting::until;
use crate::kafka::{Broker, api_versions};
use crate::local::LocalAws;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

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
