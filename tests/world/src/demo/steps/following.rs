//! Brokers come and go, and the mapping follows.

use super::{held, pushed, put, put_pattern, step_of, text};
use crate::demo::checks::{
    another, entered_after_proof, examined, meanwhile, proven, reported, two_more_reports,
};
use crate::deployment::REGISTER_BROKERS;
use crate::local::LocalAws;
use anstream::println;
use cloud::call::Call;
use std::collections::BTreeSet;

/// Those that come later.
const FOURTH: (&str, &str) = ("4", "usw2-az1");
const FOUR: [(&str, u16); 4] = [("1", 9093), ("2", 9094), ("3", 9095), ("4", 9096)];
const FIFTH: (&str, &str) = ("5", "usw2-az2");
const FIVE: [(&str, u16); 5] = [
    ("1", 9093),
    ("2", 9094),
    ("3", 9095),
    ("4", 9096),
    ("5", 9097),
];

/// The topic of the check of TiDB Cloud's document.
const TOPIC: &str = "test-topic";

pub(super) async fn fourth(world: &LocalAws) -> Result<(), String> {
    let (node, az) = FOURTH;
    let since = world.journal().runs(REGISTER_BROKERS).reports.len();
    world.launch_by_auto_scaling(node, az).map_err(text)?;
    proven(world, &FOUR).await?;
    let entered = entered_after_proof(world, since, FOUR.len()).await?;
    println!(
        "  a broker that comes later, as 4 and 5 do, has EXTERNAL in its file from its first start on, as its user data would write it"
    );
    println!("  {}", step_of(&entered));
    let tools = world.tools_at_consumer()?;
    let start = world.consumer.bootstrap(9092);
    let mut producer = tools
        .producer(&start, TOPIC)
        .map_err(|error| error.to_string())?;
    let old = world.instance(node).map_err(text)?;
    world.terminate(node).map_err(text)?;
    println!("  {old} is terminated; its group launches another one with the same node.id");
    let sent = meanwhile(&mut producer, async {
        another(world, node, old.as_str()).await?;
        proven(world, &FOUR).await
    })
    .await?;
    producer.finish().await.map_err(|error| error.to_string())?;
    println!("  {sent} messages went through the endpoint meanwhile, all acknowledged");
    let new = world.instance(node).map_err(text)?;
    println!("  9096 → broker 4 ({new}), proven");
    Ok(())
}

pub(super) async fn without_events(world: &LocalAws) -> Result<(), String> {
    let (node, _) = FOURTH;
    world.bus().lose("aws.ec2");
    world.bus().lose("aws.autoscaling");
    two_more_reports(world).await?;
    let seen = world.journal().runs(REGISTER_BROKERS).reports.len();
    let old = world.terminate(node).map_err(text)?;
    println!("  {old} is terminated, and no event says so");
    another(world, node, old.as_str()).await?;
    proven(world, &FOUR).await?;
    let new = world.instance(node).map_err(text)?;
    println!("  9096 → broker 4 ({new}), proven");
    let journal = world.journal();
    let wakes: BTreeSet<&String> = journal.runs(REGISTER_BROKERS).reports[seen..]
        .iter()
        .filter_map(|report| report["wakes"].as_object())
        .flat_map(|wakes| wakes.keys())
        .collect();
    if wakes.iter().any(|wake| !wake.starts_with("aws.scheduler")) {
        return Err(format!("an event came through: {wakes:?}"));
    }
    let lost = world
        .bus()
        .delivered()
        .get("aws.ec2")
        .map_or(0, |of| of.dropped);
    if lost == 0 {
        return Err("no EC2 event was lost".to_owned());
    }
    println!("  {lost} EC2 events were lost; what woke the function: {wakes:?}");
    Ok(())
}

pub(super) async fn bad_parameter(world: &LocalAws) -> Result<(), String> {
    world.bus().lose_no_more("aws.ec2");
    world.bus().lose_no_more("aws.autoscaling");
    let domain = world.domain()?;
    let line = |az, name| format!("{az} => <broker_id>.{name}.{domain}:<port>");
    let lines = [line("usw2-az1", "usw2-az1"), line("usw2-az2", "usw2-az3")];
    let since = world.journal().runs(REGISTER_BROKERS).reports.len();
    let pushed_before = pushed::reports(world);
    put(world, "listeners/EXTERNAL", &lines.join("\n    "))?;
    let said = reported(world, since, held, "line 2").await?;
    println!("  the report says: {said}");
    let said = pushed::said(world, pushed_before, "is refused, and brokers keep what").await?;
    println!("  that of push-listeners: {said}");
    let refused = "✗ listener parameter: /kafka-privatelink/orders/listeners/EXTERNAL is refused";
    examined(
        world,
        &[refused, "next: line 2", "… proof: waits for: targets"],
    )
    .await?;
    let (node, az) = FIFTH;
    let before = writes(world);
    world.launch(node, az).map_err(text)?;
    two_more_reports(world).await?;
    if writes(world) != before {
        return Err("something was written while the parameter was wrong".to_owned());
    }
    println!("  broker 5 is launched meanwhile: nothing is written");
    put_pattern(world)?;
    proven(world, &FIVE).await
}

/// How many writes there were; to look at the host of a broker that does not answer yet changes nothing.
fn writes(world: &LocalAws) -> usize {
    let model = world.model();
    let writes = model.writes().iter();
    let changes =
        writes.filter(|it| it.call != Call::SendCommand || !it.what.contains("-inspect "));
    changes.count()
}
