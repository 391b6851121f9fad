//! Who is asked for the whole cluster.

use super::hearing::{Heard, Mode, told};
use crate::words::NodeId;
use std::collections::BTreeMap;

/// One that told its own part, if possible another one than `next`. With ZooKeeper only the active controller
/// knows what is being reassigned (K-24).
pub fn spokesman(next: NodeId, brokers: &BTreeMap<NodeId, Heard>) -> NodeId {
    let with_zookeeper = told(brokers).filter(|(_, told)| {
        let session = told.session.as_ref();
        session.is_ok_and(|session| session.mode == Mode::ZooKeeper)
    });
    let mut controllers = with_zookeeper.filter_map(|(_, told)| told.controller);
    let controller = controllers.find(|node| brokers.contains_key(node));
    let mut others = told(brokers).map(|(node, _)| node);
    controller
        .or_else(|| others.find(|node| *node != next))
        .unwrap_or(next)
}
