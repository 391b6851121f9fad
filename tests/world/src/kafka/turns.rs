//! Turns of clusters of real brokers: three at a time are what two cores carry, since a cluster waits most of its time
//! (a demo of ten minutes took three minutes of a core), and a cluster that keeps to the clock of a demonstration has
//! the machine to itself.

use super::error::{Doing, KafkaError};
use super::jars::cache;
use crate::hosts::is_inside_world;
use std::fs::{self, File};
use std::path::Path;
use std::thread;
use std::time::Duration;

/// A lock file for each cluster that may run.
const PLACES: [&str; 3] = ["cluster-1.lock", "cluster-2.lock", "cluster-3.lock"];

/// How long whoever finds no place waits before the next look.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// The right to have a cluster: hold it until yours is gone.
#[must_use]
#[derive(Debug)]
pub struct Turn {
    _places: Vec<File>,
}

/// Waits until no other process of this user has a cluster, and keeps all others out. Whoever is inside of
/// a world was let in outside, so that one more wait would never end.
pub fn alone() -> Result<Turn, KafkaError> {
    outside()?;
    all(&cache()?)
}

/// The same for a cluster that another one may run beside.
pub fn beside() -> Result<Turn, KafkaError> {
    outside()?;
    let folder = cache()?;
    loop {
        if let Some(turn) = one(&folder)? {
            return Ok(turn);
        }
        thread::sleep(LOOK_AGAIN);
    }
}

fn outside() -> Result<(), KafkaError> {
    if is_inside_world() {
        return Err(KafkaError::says(
            "a world has its turn already: wait for it outside",
        ));
    }
    Ok(())
}

/// Takes the places in their order, so that two who want all of them cannot wait for each other.
fn all(folder: &Path) -> Result<Turn, KafkaError> {
    let mut places = Vec::new();
    for name in PLACES {
        let place = place(folder, name)?;
        place.lock().doing("wait for the end of another cluster")?;
        places.push(place);
    }
    Ok(Turn { _places: places })
}

fn one(folder: &Path) -> Result<Option<Turn>, KafkaError> {
    for name in PLACES {
        let place = place(folder, name)?;
        match place.try_lock() {
            Ok(()) => {
                return Ok(Some(Turn {
                    _places: vec![place],
                }));
            }
            Err(fs::TryLockError::WouldBlock) => {}
            Err(fs::TryLockError::Error(error)) => {
                return Err(error).doing("ask for the place of a cluster");
            }
        }
    }
    Ok(None)
}

fn place(folder: &Path, name: &str) -> Result<File, KafkaError> {
    fs::create_dir_all(folder).doing(format!("make {}", folder.display()))?;
    let path = folder.join(name);
    File::create(&path).doing(format!("open {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_clusters_run_as_there_are_places() {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().join("not/yet/there");
        let mut turns = PLACES.map(|_| one(&cache).unwrap().unwrap()).into_iter();
        assert!(one(&cache).unwrap().is_none());
        drop(turns.next());
        assert!(one(&cache).unwrap().is_some());
    }

    #[test]
    fn whoever_is_alone_keeps_all_others_out_until_the_turn_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let alone = all(folder.path()).unwrap();
        assert!(one(folder.path()).unwrap().is_none());
        drop(alone);
        assert!(one(folder.path()).unwrap().is_some());
    }
}
