//! What Kafka takes for a key that is not there (K-18).

use super::protocols::{Mapping, PROTOCOLS, protocol_of};
use super::versions::{Freedom, Version};
use fleet::listener::Listener;
use fleet::listener::Protocol;

/// What Kafka advertises without `advertised.listeners`: every listener that is not for controllers.
pub(super) fn implicit_advertised(listeners: &[Listener], controllers: &[String]) -> Vec<Listener> {
    let is_for_clients = |it: &&Listener| !controllers.contains(&it.name);
    listeners.iter().filter(is_for_clients).cloned().collect()
}

/// The map that Kafka takes without one: each protocol under its own name, and controllers speak
/// PLAINTEXT unless a listener is named like another protocol.
pub(super) fn implicit_protocols(
    listeners: &[Listener],
    controllers: &[String],
    version: Option<Version>,
) -> Vec<Mapping> {
    let own = PROTOCOLS.map(|it| Mapping::new(it.as_str(), it));
    let is_secure = |name: &str| protocol_of(name).is_some_and(|it| it != Protocol::Plaintext);
    let names = listeners.iter().map(|it| &it.name).chain(controllers);
    let is_plain =
        Freedom::PlainControllers.is_in(version) && !names.into_iter().any(|it| is_secure(it));
    let others = controllers
        .iter()
        .filter(|it| is_plain && *it != "PLAINTEXT");
    let others = others.map(|it| Mapping::new(it, Protocol::Plaintext));
    own.into_iter().chain(others).collect()
}
