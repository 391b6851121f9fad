//! The checks of the demo: real clients' messages, what the probe read on sockets, and what AWS has.

use super::proof_table::ProofTable;
use super::waiting::until;
use crate::deployment::REGISTER_BROKERS;
use crate::kafka::{Checked, Producer};
use crate::local::LocalAws;
use anstream::println;
use serde_json::{Value, json};
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

/// Waits until AWS has exactly these ports, each broker healthy behind its own one and in bootstrap,
/// and a run that began since has proven all of them.
pub(super) async fn proven(world: &LocalAws, ports: &[(&str, u16)]) -> Result<(), String> {
    until(world, async || world.mapped(ports)).await?;
    let before = world.journal().runs(REGISTER_BROKERS).reports.len();
    until(world, async || {
        let journal = world.journal();
        let reports = journal
            .runs(REGISTER_BROKERS)
            .reports
            .get(before..)
            .unwrap_or_default();
        let report = reports.last().ok_or("no run since")?;
        let proof = &report["proof"];
        let all = proof["ports_proven"] == json!(ports.len());
        match proof["rows"].as_array().map(Vec::as_slice) {
            Some([]) if all => Ok(()),
            _ => Err(format!("the newest report proves {proof}")),
        }
    })
    .await
}

/// The whole proof table, as a person asks for it: by a plan that changes nothing.
pub(crate) async fn table(world: &LocalAws) -> Result<ProofTable, String> {
    let function = world
        .function(REGISTER_BROKERS)
        .ok_or("the function is not built yet")?;
    let answer = function.invoke(json!({"action": "plan"})).await;
    let answer = answer.map_err(|error| error.to_string())?;
    let rows = serde_json::from_value(answer["plan"]["proof"].clone());
    rows.map(ProofTable)
        .map_err(|error| format!("the plan's proof table: {error}"))
}

/// What the doctor says, as a person asks for it: what stands between a consumer and a working connection.
pub(crate) async fn doctor(world: &LocalAws) -> Result<String, String> {
    let function = world
        .function(REGISTER_BROKERS)
        .ok_or("the function is not built yet")?;
    let answer = function.invoke(json!({"action": "doctor"})).await;
    let answer = answer.map_err(|error| error.to_string())?;
    let text = answer["text"].as_str();
    text.map(str::to_owned)
        .ok_or_else(|| format!("the doctor answered {answer}"))
}

/// Asks the doctor, shows what it says, and requires each of these sentences in it.
pub(super) async fn examined(world: &LocalAws, sentences: &[&str]) -> Result<(), String> {
    let text = doctor(world).await?;
    println!("  the doctor says, asked for by hand:");
    for line in text.lines() {
        println!("    {line}");
    }
    let mut missing = sentences.iter().filter(|it| !text.contains(**it));
    match missing.next() {
        None => Ok(()),
        Some(missing) => Err(format!("the doctor does not say {missing:?}")),
    }
}

/// Waits until the list of a report of register-brokers, of those from `since` on, has something that says
/// this.
pub(super) async fn reported(
    world: &LocalAws,
    since: usize,
    list: fn(&Value) -> &Value,
    part: &str,
) -> Result<String, String> {
    reported_by(world, REGISTER_BROKERS, since, list, part).await
}

/// The same of another function.
pub(super) async fn reported_by(
    world: &LocalAws,
    function: &str,
    since: usize,
    list: fn(&Value) -> &Value,
    part: &str,
) -> Result<String, String> {
    until(world, async || {
        let journal = world.journal();
        let reports = journal.runs(function).reports.iter().skip(since);
        let said = reports
            .filter_map(|report| list(report).as_array())
            .flatten();
        let mut said = said.map(|said| said.as_str().map_or(said.to_string(), str::to_owned));
        said.find(|said| said.contains(part))
            .ok_or_else(|| format!("no report says {part:?}"))
    })
    .await
}

/// Waits until a run puts brokers into bootstrap, and requires that this very run had first proven so
/// many ports: a run proves before it plans. Answers what it did.
pub(super) async fn entered_after_proof(
    world: &LocalAws,
    since: usize,
    ports: usize,
) -> Result<String, String> {
    let (entered, proof) = until(world, async || {
        let journal = world.journal();
        let mut reports = journal.runs(REGISTER_BROKERS).reports.iter().skip(since);
        reports
            .find_map(|report| Some((entry(report)?.to_string(), report["proof"].clone())))
            .ok_or_else(|| "no run has put a broker into bootstrap".to_owned())
    })
    .await?;
    if proof["ports_proven"] == json!(ports) {
        Ok(entered)
    } else {
        Err(format!(
            "a run did {entered}, and had proven {proof} instead of {ports} ports"
        ))
    }
}

/// The action of a report that puts brokers into bootstrap.
fn entry(report: &Value) -> Option<&Value> {
    let mut actions = report["actions"].as_array()?.iter();
    actions.find(|action| {
        let step = action["step"].as_str().unwrap_or_default();
        step.starts_with("register ") && step.ends_with(" with EXTERNAL bootstrap")
    })
}

/// Waits until no run finds this any more.
pub(super) async fn no_longer(
    world: &LocalAws,
    list: fn(&Value) -> &Value,
    part: &str,
) -> Result<(), String> {
    until(world, async || {
        let journal = world.journal();
        let report = journal
            .runs(REGISTER_BROKERS)
            .reports
            .last()
            .ok_or("no report yet")?;
        let said = list(report).to_string();
        if said.contains(part) {
            Err(format!("the newest report still says {part:?}"))
        } else {
            Ok(())
        }
    })
    .await
}

/// Says what the check of TiDB Cloud's document did, if all came back.
pub(super) fn complete(from: &str, checked: &Checked) -> Result<(), String> {
    if !checked.is_complete() {
        return Err(format!(
            "{from}: produced {:?}, read {:?} from partitions {:?}",
            checked.produced, checked.consumed, checked.partitions
        ));
    }
    println!("  {from}: {checked}");
    Ok(())
}

/// Waits until two more activations are over, so that one of them has begun since.
pub(super) async fn two_more_reports(world: &LocalAws) -> Result<(), String> {
    let before = world.journal().runs(REGISTER_BROKERS).reports.len();
    until(world, async || {
        match world.journal().runs(REGISTER_BROKERS).reports.len() {
            now if now >= before + 2 => Ok(()),
            now => Err(format!("{now} activations, waiting for {}", before + 2)),
        }
    })
    .await
}

/// Waits until a broker has another instance.
pub(super) async fn another(world: &LocalAws, node: &str, old: &str) -> Result<(), String> {
    until(world, async || match world.instance(node) {
        Ok(new) if new.as_str() != old => Ok(()),
        Ok(_) | Err(_) => Err(format!("broker {node} has no other instance yet")),
    })
    .await
}

/// Sends a message five times a second while something is done; answers how many.
pub(super) async fn meanwhile(
    producer: &mut Producer,
    done: impl Future<Output = Result<(), String>>,
) -> Result<usize, String> {
    let mut done = pin!(done);
    let mut sent = 0;
    loop {
        tokio::select! {
            done = &mut done => return done.map(|()| sent),
            () = tokio::time::sleep(Duration::from_millis(200)) => {
                sent += 1;
                let message = format!("steady message {sent}");
                let given = producer.send(&message).await;
                given.map_err(|error| error.to_string())?;
            }
        }
    }
}
