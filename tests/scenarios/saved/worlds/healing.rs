//! Worlds that heal-brokers looks at. (What an inspection says, no mask leaves as it is, so that these are about
//! instances.)

use super::MINUTE;
use std::net::Ipv4Addr;
use tests::listeners::file_of_many;
use tests::{Stage, ZONES};
use world::model::Settings;

/// Three brokers in groups of their own, one of which is healed by a reboot: its instance fails its check since ten
/// minutes ago.
pub(in super::super) async fn instance_ill() -> Stage {
    let mut settings = Settings::default();
    for (zone, place) in settings.zones.iter_mut().zip([37, 38, 140]) {
        zone.network = Ipv4Addr::new(10, 171, place, 64);
    }
    let stage = Stage::with(settings);
    let members = (1..).zip(ZONES).map(|(node, az)| stage.member(node, az));
    let members: Vec<_> = members.collect();
    for (node, id) in (1..).zip(&members) {
        stage.machine(id, node, &file_of_many(node, 3));
    }
    for _ in 0..4 {
        stage.pass(MINUTE).await;
        stage.activate().await;
    }
    stage.put("healing", "restart");
    stage.ails(&members[1], Some(true));
    stage.alarm(true);
    stage.pass(10 * MINUTE).await;
    stage
}
