//! Worlds that push-listeners looks at: one broker whose file has no EXTERNAL yet.

use super::MINUTE;
use std::net::Ipv4Addr;
use tests::listeners::first_file;
use tests::{Stage, ZONES};
use world::model::Settings;

/// Its port is given, and no agent runs on its host. (What an order or an answer of a host says, no mask leaves
/// as it is: an order's number is a hash of names, and an answer has a checksum.)
pub(in super::super) async fn listener_missing() -> Stage {
    let mut settings = Settings::default();
    for (zone, place) in settings.zones.iter_mut().zip([37, 38, 140]) {
        zone.network = Ipv4Addr::new(10, 171, place, 64);
    }
    let stage = Stage::with(settings);
    let broker = stage.hosted(1, ZONES[0], &first_file(1));
    stage
        .edit(|model, now| model.edit_agent(now, &broker, |agent| agent.is_registered = false))
        .expect("an agent");
    for _ in 0..4 {
        stage.pass(MINUTE).await;
        stage.activate().await;
    }
    stage
}
