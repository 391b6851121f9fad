//! Brokers fall ill; alarms wake heal-brokers, and what it sees decides.

use super::pushed::{PUSH_LISTENERS, did, reports, right, serving};
use super::second::{QUICK, at_scale, gone};
use super::taken_port::first;
use super::{BROKERS, THREE, actions, ago, held, put, put_second, retire_second, step_of, text};
use crate::demo::checks::{proven, reported_by};
use crate::demo::stage::Stage;
use crate::demo::waiting::until;
use crate::deployment::UNHEALTHY_TARGETS;
use crate::kafka::{Broker, KafkaError};
use crate::local::LocalAws;
use anstream::println;
use fleet::tags;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::time::Instant;

const HEAL_BROKERS: &str = "heal-brokers";
/// How fast AWS time runs while somebody hangs.
const SLOW: u32 = 6;
/// AWS time runs as real time while an inspection must stay younger than a minute.
const REAL: u32 = 1;
/// An alarm of the operator's own.
const OWN_ALARM: &str = "disks-of-orders-are-full";

/// Nobody has said yet what heal-brokers may do: it says what it would do.
pub(super) async fn off(stage: &Stage<'_>) -> Result<(), String> {
    let world = stage.world;
    idle(world).await?;
    an_hour_passes(world).await?;
    let since = looks(world);
    let broker = serving(world, "1").await?;
    broker.kill().await.map_err(failed)?;
    println!("  the process of broker 1 is killed (SIGKILL); there is no parameter healing");
    alarm(world, true).await?;
    println!("  alarm {UNHEALTHY_TARGETS} is on");
    says(world, since, "broker 1 needs a start").await?;
    println!("  the operator starts it");
    by_hand(stage, &broker).await?;
    well(world).await?;
    nothing_done(world, since)
}

/// A process is gone, and is started.
pub(super) async fn killed(stage: &Stage<'_>) -> Result<(), String> {
    let world = stage.world;
    put(world, "healing", "replace")?;
    right(world, BROKERS.len()).await?;
    idle(world).await?;
    let (since, pushed) = (looks(world), reports(world));
    let broker = serving(world, "2").await?;
    broker.kill().await.map_err(failed)?;
    let began = (Instant::now(), world.clock.now());
    println!("  the process of broker 2 is killed (SIGKILL)");
    alarm(world, true).await?;
    println!(
        "  alarm {UNHEALTHY_TARGETS} is on, {} later",
        ago(world, began)
    );
    does(world, since, "ask push-listeners to start broker 2").await?;
    println!("  {} after the kill", ago(world, began));
    let started = did(world, pushed, "start broker 2 on").await?;
    println!("  push-listeners does: {started}");
    serving(world, "2").await?;
    stage.starts("2");
    println!(
        "  broker 2 serves again {} after the kill",
        ago(world, began)
    );
    well(world).await?;
    println!(
        "  every port is proven, and the alarm has ended, {} after the kill",
        ago(world, began)
    );
    no_tag(world, "2").await
}

/// A process hangs, and another one is killed meanwhile: hands off, until the first one is ill alone, and is restarted.
pub(super) async fn hangs(stage: &Stage<'_>) -> Result<(), String> {
    let world = stage.world;
    let (since, pushed, pace) = (looks(world), reports(world), world.times_faster());
    slowly(world).await?;
    let (killed, hung) = (serving(world, "1").await?, serving(world, "3").await?);
    let old = hung.process().map_err(failed)?;
    let old = old.ok_or("broker 3 does not run")?;
    hung.freeze().await.map_err(failed)?;
    let began = (Instant::now(), world.clock.now());
    println!(
        "  the process of broker 3 is stopped (SIGSTOP): its ports accept until their queues are full, and it answers nobody"
    );
    does(world, since, "note since when broker 3").await?;
    println!(
        "  {} after it happened; five minutes are to pass",
        ago(world, began)
    );
    killed.kill().await.map_err(failed)?;
    println!("  meanwhile the process of broker 1 is killed");
    says(world, since, "brokers 1, 3 are ill or may be").await?;
    nothing_done(world, since)?;
    println!("  the operator starts broker 1");
    by_hand(stage, &killed).await?;
    does(world, since, "ask push-listeners to restart broker 3").await?;
    println!("  {} after it happened", ago(world, began));
    set_scale(world, REAL).await?;
    let revived = did(world, pushed, "restart broker 3 on").await?;
    println!("  push-listeners does: {revived}");
    old.ended().await.map_err(|error| error.to_string())?;
    serving(world, "3").await?;
    stage.starts("3");
    println!(
        "  broker 3 serves again {} after it happened",
        ago(world, began)
    );
    set_scale(world, pace).await?;
    well(world).await?;
    no_tag(world, "3").await
}

/// An alarm of the operator's own does not end, and everybody is well.
pub(super) async fn for_nothing(stage: &Stage<'_>) -> Result<(), String> {
    let world = stage.world;
    let since = looks(world);
    world.own_alarm(OWN_ALARM, true);
    println!("  alarm {OWN_ALARM}, which has the tag of the cluster, turns on and does not end");
    says(
        world,
        since,
        "every broker is up, so there is nobody to heal",
    )
    .await?;
    nothing_done(world, since)
}

/// push-listeners has a broker in hand: what exits within the hour after its edit is brought back by push-listeners.
pub(super) async fn in_hand(stage: &Stage<'_>) -> Result<(), String> {
    let world = stage.world;
    let node = first(world).await?;
    let (since, pushed, pace) = (looks(world), reports(world), world.times_faster());
    put_second(world)?;
    let edits = did(world, pushed, &format!("edit the file of broker {node}")).await?;
    println!("  push-listeners does: {edits}");
    println!(
        "  AWS time runs as fast as real time until it has settled, so that a person can ask meanwhile"
    );
    set_scale(world, REAL).await?;
    let settles = "the cluster settles after a command of ours";
    reported_by(world, PUSH_LISTENERS, pushed, held, settles).await?;
    stage.starts(node);
    let broker = serving(world, node).await?;
    broker.kill().await.map_err(failed)?;
    println!(
        "  before it has settled, its new process is killed; the operator's alarm is on still"
    );
    asked(world, "push-listeners has a broker in hand").await?;
    set_scale(world, SLOW).await?;
    let back = "its new process exited, and its old file and process are back";
    let back = reported_by(world, PUSH_LISTENERS, pushed, held, back).await?;
    println!("  push-listeners says: {back}");
    set_scale(world, pace).await?;
    serving(world, node).await?;
    stage.starts(node);
    println!("  the operator takes EXTERNAL2 back, and deletes the alarm");
    retire_second(world)?;
    world.own_alarm(OWN_ALARM, false);
    right(world, BROKERS.len()).await?;
    gone(world).await?;
    well(world).await?;
    nothing_done(world, since)?;
    for node in ["2", "3"] {
        world.untag(node, tags::HEALED_AT).map_err(text)?;
    }
    println!(
        "  the operator takes the tag {} away from brokers 2 and 3, since it is known what ailed them: what was done for \
         them counts no more",
        tags::HEALED_AT
    );
    Ok(())
}

/// Lets an hour pass: until then push-listeners itself brings back a process that exits after its edit.
async fn an_hour_passes(world: &LocalAws) -> Result<(), String> {
    let until = world.clock.now() + SignedDuration::from_mins(61);
    let passed = at_scale(world, QUICK, async || match world.clock.now() >= until {
        true => Ok(()),
        false => Err("an hour has not passed".to_owned()),
    });
    passed.await?;
    println!(
        "  more than an hour passes, in which push-listeners would bring back by itself what exits after its edit"
    );
    Ok(())
}

/// How many reports of heal-brokers there are.
pub(super) fn looks(world: &LocalAws) -> usize {
    world.journal().runs(HEAL_BROKERS).reports.len()
}

/// Waits until heal-brokers holds something that says this, and shows it.
pub(super) async fn says(world: &LocalAws, since: usize, part: &str) -> Result<(), String> {
    let said = reported_by(world, HEAL_BROKERS, since, held, part).await?;
    println!("  heal-brokers says: {said}");
    Ok(())
}

/// Asks heal-brokers for its plan until it holds something that says this, and shows it. A sweep of its own may come when
/// push-listeners is done already.
async fn asked(world: &LocalAws, part: &str) -> Result<(), String> {
    let function = world.function(HEAL_BROKERS);
    let function = function.ok_or("the function is not built yet")?;
    let said = until(world, async || {
        let answer = function.invoke(json!({"action": "plan"})).await;
        let answer = answer.map_err(|error| error.to_string())?;
        let held = held(&answer["plan"]).as_array();
        let mut held = held.into_iter().flatten().filter_map(Value::as_str);
        let said = held.find(|said| said.contains(part));
        said.map(str::to_owned)
            .ok_or_else(|| format!("its plan does not say {part:?}: {}", answer["text"]))
    });
    println!("  heal-brokers says, asked for its plan: {}", said.await?);
    Ok(())
}

/// Waits until heal-brokers does this, and shows it.
pub(super) async fn does(world: &LocalAws, since: usize, part: &str) -> Result<(), String> {
    let step = format!("\"step\":\"{part}");
    let done = reported_by(world, HEAL_BROKERS, since, actions, &step).await?;
    println!("  heal-brokers does: {}", step_of(&done));
    Ok(())
}

/// heal-brokers has asked nobody for anything since, and has neither rebooted nor replaced.
fn nothing_done(world: &LocalAws, since: usize) -> Result<(), String> {
    let journal = world.journal();
    let reports = journal.runs(HEAL_BROKERS).reports.iter().skip(since);
    let done = reports.filter_map(|report| actions(report).as_array());
    let done = done.flatten().map(|it| it["step"].to_string());
    let is_word = |step: &String| step.starts_with("\"note since") || step.starts_with("\"take ");
    match done.into_iter().find(|step| !is_word(step)) {
        None => Ok(()),
        Some(step) => Err(format!("heal-brokers did {step}")),
    }
}

/// A function waits in real time for who does not answer, so AWS time must not run far ahead.
pub(super) async fn slowly(world: &LocalAws) -> Result<(), String> {
    println!(
        "  functions wait in real time for who does not answer, so a minute of AWS time takes {} s now",
        60 / SLOW
    );
    set_scale(world, SLOW).await
}

/// From now on AWS time runs so many times as fast as real time.
pub(super) async fn set_scale(world: &LocalAws, scale: u32) -> Result<(), String> {
    let set = world.set_scale(scale).await;
    set.map_err(|error| error.to_string())
}

/// Waits until the alarm of the stack is on, or off.
async fn alarm(world: &LocalAws, on: bool) -> Result<(), String> {
    until(world, async || {
        let all = world.alarms_on();
        match all.iter().any(|it| it == UNHEALTHY_TARGETS) == on {
            true => Ok(()),
            false => Err(format!("the alarms that are on: {all:?}")),
        }
    })
    .await
}

/// Every port of the three brokers is proven, the alarm has ended, and push-listeners has nothing more to do.
async fn well(world: &LocalAws) -> Result<(), String> {
    proven(world, &THREE).await?;
    alarm(world, false).await?;
    idle(world).await
}

/// Waits until push-listeners does nothing, and waits for nothing: a script watches the process that it has started for
/// a while, and takes an end of it for its own failure.
async fn idle(world: &LocalAws) -> Result<(), String> {
    until(world, async || {
        let model = world.model();
        let mut commands = model.commands();
        match commands.find(|it| !it.status.has_ended()) {
            None => Ok(()),
            Some(command) => Err(format!("a script runs still: {}", command.comment)),
        }
    })
    .await?;
    let since = reports(world);
    until(world, async || {
        let journal = world.journal();
        let reports = journal.runs(PUSH_LISTENERS).reports.iter().skip(since);
        let newest = reports.last().ok_or("no run since")?;
        let is_empty = |list: &Value| list.as_array().is_some_and(Vec::is_empty);
        match is_empty(held(newest)) && is_empty(actions(newest)) {
            true => Ok(()),
            false => Err(format!("push-listeners is not done: {newest}")),
        }
    })
    .await
}

/// The operator starts a broker.
async fn by_hand(stage: &Stage<'_>, broker: &Broker) -> Result<(), String> {
    broker.start().await.map_err(failed)?;
    let node = broker.node().to_string();
    serving(stage.world, &node).await?;
    stage.starts(&node);
    Ok(())
}

/// Waits until what was asked for a broker is asked for no more.
async fn no_tag(world: &LocalAws, node: &str) -> Result<(), String> {
    let began: Timestamp = world.clock.now();
    until(world, async || {
        let all = world.tags(node).map_err(text)?;
        match all.get(tags::RESTART) {
            None => Ok(()),
            Some(tag) => Err(format!("since {began} its tag still says {tag}")),
        }
    })
    .await
}

fn failed(error: KafkaError) -> String {
    error.to_string()
}
