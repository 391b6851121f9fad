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

/// Every restart that was ordered, oldest first: of which broker, and for which generation. An order that was
/// sent twice is one.
pub fn restarts(world: &LocalAws) -> Vec<(String, String)> {
    let model = world.model();
    let of_edits = model.commands();
    let of_edits = of_edits.filter(|it| it.document.name.as_str().ends_with("-apply"));
    let orders: BTreeSet<_> = of_edits.map(|it| (it.requested_at, &it.comment)).collect();
    let mut known = BTreeSet::new();
    let once = orders.into_iter().filter(|(_, order)| known.insert(*order));
    let words = once.map(|(_, order)| {
        let word = |after: &str| {
            let (_, rest) = order.split_once(after)?;
            rest.split(',').next().map(str::to_owned)
        };
        word("broker ").zip(word("generation "))
    });
    words
        .map(|it| it.expect("a broker and a generation"))
        .collect()
}

/// Waits until so many restarts were ordered; answers them.
pub async fn restarted(world: &LocalAws, wanted: usize) -> Vec<String> {
    until(world, async || {
        let nodes: Vec<String> = restarts(world).into_iter().map(|(node, _)| node).collect();
        match nodes.len() {
            now if now >= wanted => Ok(nodes),
            _ => Err(format!("{nodes:?} were restarted, waiting for {wanted}")),
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
