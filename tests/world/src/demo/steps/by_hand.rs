//! What a roll costs a producer, beside restarts by hand.

use super::BROKERS;
use super::pushed::serving;
use crate::demo::stage::Stage;
use anstream::println;

/// A person restarts one broker after the other, each as soon as the one before it answers.
pub(super) async fn compared(stage: &Stage<'_>) -> Result<(), String> {
    let world = stage.world;
    let traffic = stage.traffic.lock().await.take();
    let rolled = traffic.ok_or("there is no producer")?.finish().await?;
    let traffic = world.traffic("orders-by-hand").await?;
    for (node, _) in BROKERS {
        let broker = world.kafka(node).await?;
        broker.stop().await.map_err(|error| error.to_string())?;
        broker.start().await.map_err(|error| error.to_string())?;
        serving(world, node).await?;
    }
    let by_hand = traffic.finish().await?;
    println!("  rolled:  {rolled}");
    println!("  by hand: {by_hand}");
    match rolled.is_whole() && by_hand.is_whole() {
        true => Ok(()),
        false => Err("not every acknowledged message was read where it belongs".to_owned()),
    }
}
