//! One cluster of real brokers at a time: two are more than a small machine carries.

use super::error::{Doing, KafkaError};
use super::jars::cache;
use crate::hosts::is_inside_world;
use std::fs::{self, File};
use std::path::Path;

const LOCK: &str = "one-cluster.lock";

/// Waits until no other test of this user has a cluster; hold the file until yours is gone. Whoever is
/// inside of a world was let in outside, so that one more wait would never end.
pub fn alone() -> Result<File, KafkaError> {
    if is_inside_world() {
        return Err(KafkaError::says(
            "a world has its turn already: wait for it outside",
        ));
    }
    turn(&cache()?)
}

fn turn(folder: &Path) -> Result<File, KafkaError> {
    fs::create_dir_all(folder).doing(format!("make {}", folder.display()))?;
    let lock = folder.join(LOCK);
    let lock = File::create(&lock).doing(format!("open {}", lock.display()))?;
    lock.lock().doing("wait for the end of another cluster")?;
    Ok(lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_the_turn_keeps_all_others_out_until_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().join("not/yet/there");
        let first = turn(&cache).unwrap();
        let other = File::open(cache.join(LOCK)).unwrap();
        assert!(other.try_lock().is_err());
        drop(first);
        other.try_lock().unwrap();
    }
}
