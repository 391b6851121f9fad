//! A producer and a consumer that run through everything, and what became of every message.

use super::BROKERS;
use super::pushed::serving;
use crate::demo::stage::Stage;
use anstream::println;

/// Of the messages.
const TOPIC: &str = "orders";

/// The brokers serve, and both begin.
pub(super) async fn begin(stage: &Stage<'_>) -> Result<(), String> {
    for (node, az) in BROKERS {
        let broker = serving(stage.world, node).await?;
        println!("  broker {node} serves on {} in {az}", broker.internal());
        stage.starts(node);
    }
    let traffic = stage.world.traffic(TOPIC).await?;
    let flow = traffic.now()?;
    println!(
        "  topic {TOPIC} has 6 partitions with 3 replicas, min.insync.replicas=2; the producer waits for acks=all"
    );
    println!(
        "  {} messages are acknowledged, and {} came back",
        flow.acknowledged, flow.read
    );
    *stage.traffic.lock().await = Some(traffic);
    Ok(())
}

/// Every acknowledged message was read where it belongs, no two brokers were down at once, and none was restarted
/// more often than it had to be.
pub(super) async fn end(stage: &Stage<'_>) -> Result<(), String> {
    let traffic = stage.traffic.lock().await.take();
    let carried = traffic.ok_or("there is no producer")?.finish().await?;
    println!("  {carried}");
    println!(
        "  the longest wait was in step {}; a message is written twice when its acknowledgement is lost and the \
         producer, which is not idempotent, sends it again; a refused one is one of which it has given up",
        stage.step_of_wait(carried.flow.longest_ms)
    );
    for (number, partition) in carried.partitions.iter().enumerate() {
        let [acknowledged, read] = [partition.acknowledged, partition.read];
        println!(
            "    partition {number}: {} acknowledged with checksum {:x}, {} of them read with {:x}",
            acknowledged[0], acknowledged[1], read[0], read[1]
        );
    }
    if !carried.is_whole() {
        return Err("not every acknowledged message was read where it belongs".to_owned());
    }
    println!("  every acknowledged message was read where it belongs");
    let downtime = stage.world.downtime(&BROKERS.map(|(node, _)| node)).await?;
    for line in downtime.lines() {
        println!("    {line}");
    }
    if let Some([(one, at), (other, _)]) = downtime.two_at_once() {
        let at = at.from.time();
        return Err(format!(
            "brokers {one} and {other} were down at once, at {at}"
        ));
    }
    println!("  at no moment were two brokers down, of 1, 2 and 3 and by their logs");
    if stage.world.instance("4").is_ok() {
        println!(
            "  (not counted: the hang of broker 3, of which its log says nothing, and brokers 4 and 5, since the log of an \
             instance goes with it)"
        );
    }
    for (node, needed) in stage.needed() {
        let starts = downtime.0.get(&node).map_or(0, |life| life.starts);
        if starts != needed {
            return Err(format!(
                "broker {node} was started {starts} times instead of {needed}"
            ));
        }
    }
    println!(
        "  and no broker was started more often than it had to be: at first, and again as often as the steps needed it"
    );
    Ok(())
}
