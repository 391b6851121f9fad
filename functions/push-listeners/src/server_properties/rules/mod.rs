//! What Kafka refuses at its start (K-18). A file is checked as it is and again as it would be.

mod broker;
mod lists;
pub(super) mod role;
mod zookeeper;

use super::config::Config;
use super::refusal::Refusal;
use super::versions::Version;

/// Checks every rule; the first one that is broken is told.
pub(super) fn check(config: &Config, version: Option<Version>) -> Result<(), Refusal> {
    role::check(config, version)?;
    lists::check(config, version)?;
    broker::check(config, version)
}
