//! What push-listeners says of a roll, what it orders, and who the active controller is.

use crate::stage::{broker, until};
use serde_json::json;
use std::collections::BTreeSet;
use world::local::LocalAws;

/// Waits until the newest report of push-listeners holds something that says this; answers the whole sentence.
pub async fn said(world: &LocalAws, part: &str) -> String {
    until(world, async || {
        let journal = world.journal();
        let report = journal.runs("push-listeners").reports.last();
        let held = report.and_then(|it| it["held"].as_array());
        let mut held = held.into_iter().flatten().filter_map(|it| it.as_str());
        let found = held.find(|it| it.contains(part)).map(str::to_owned);
        found.ok_or_else(|| format!("nothing says {part:?}: {report:?}"))
    })
    .await
}

/// How many reports of push-listeners there are.
pub fn reports(world: &LocalAws) -> usize {
    world.journal().runs("push-listeners").reports.len()
}

/// Waits until a run finds so many brokers, and that the process of each shows what it should.
pub async fn right(world: &LocalAws, brokers: usize) {
    let since = reports(world);
    until(world, async || {
        let journal = world.journal();
        let mut reports = journal.runs("push-listeners").reports.iter().skip(since);
        let brokers = json!(brokers);
        match reports.next_back() {
            Some(it) if [&it["brokers"], &it["right"]] == [&brokers; 2] => Ok(()),
            newest => Err(format!("not all are right: {newest:?}")),
        }
    })
    .await;
}

/// A restart that was ordered.
#[derive(Debug)]
pub struct Restart {
    pub node: String,
    pub generation: String,
    /// Whether its script has come to its end.
    has_ended: bool,
}

/// Every restart that was ordered, and that its host has not refused, as it does if the order is late; oldest first.
/// An order that was sent twice is one.
pub fn restarts(world: &LocalAws) -> Vec<Restart> {
    let model = world.model();
    let commands = model.commands();
    let mut edits: Vec<_> = commands
        .filter(|it| it.document.name.as_str().ends_with("-apply"))
        .map(|it| {
            let told = it.told.as_ref().map(|ran| ran.stdout.as_str());
            (it.requested_at, it.comment.as_str(), told)
        })
        .collect();
    edits.retain(|(_, _, told)| !told.is_some_and(|it| it.contains(r#""outcome":"refused""#)));
    edits.sort();
    let mut known = BTreeSet::new();
    edits.retain(|(_, order, _)| known.insert(*order));
    let restart = |(_, order, told): (_, &str, Option<&str>)| {
        let word = |after: &str| {
            let (_, rest) = order.split_once(after)?;
            rest.split(',').next().map(str::to_owned)
        };
        Some(Restart {
            node: word("broker ")?,
            generation: word("generation ")?,
            has_ended: told.is_some(),
        })
    };
    let restarts = edits.into_iter().map(restart);
    restarts.map(|it| it.expect("an order")).collect()
}

/// Waits until so many restarts have come to their end; answers whose they were.
pub async fn restarted(world: &LocalAws, wanted: usize) -> Vec<String> {
    until(world, async || {
        let restarts = restarts(world);
        let ended = restarts.iter().filter(|it| it.has_ended);
        let nodes: Vec<String> = ended.map(|it| it.node.clone()).collect();
        match nodes.len() {
            now if now >= wanted => Ok(nodes),
            _ => {
                let journal = world.journal();
                let newest = journal.runs("push-listeners").reports.last();
                let held = newest.map(|it| &it["held"]);
                Err(format!(
                    "waiting for {wanted} of {restarts:?}, held: {held:?}"
                ))
            }
        }
    })
    .await
}

/// The active controller, by Kafka's own tool.
pub async fn controller(world: &LocalAws) -> String {
    let tools = world.tools_in_vpc().unwrap();
    let first = broker(world, "1").await.internal();
    let question = ["--bootstrap-server", &first, "describe", "--status"];
    let told = tools.run("kafka-metadata-quorum.sh", &question).await;
    let told = told.unwrap();
    let leader = told.lines().find_map(|line| line.strip_prefix("LeaderId:"));
    leader.expect("a leader").trim().to_owned()
}

/// Makes a topic of one partition on these brokers, written `1:2:3`, the leader first.
pub async fn topic(world: &LocalAws, name: &str, brokers: &str, configs: &[&str]) {
    let tools = world.tools_in_vpc().unwrap();
    let first = broker(world, "1").await.internal();
    let mut all = vec!["--bootstrap-server", &first, "--create", "--topic", name];
    all.extend(["--replica-assignment", brokers]);
    all.extend(configs.iter().flat_map(|it| ["--config", it]));
    tools.run("kafka-topics.sh", &all).await.unwrap();
}
