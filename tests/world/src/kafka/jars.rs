//! Kafka's jars: fetched by Maven once for each version, kept in a cache folder outside the
//! repository, and checked before each use.

use super::error::{Doing, KafkaError};
use super::version::Version;
use super::{maven, needed};
use crate::hosts::is_inside_world;
use anstream::eprintln;
use sha2::{Digest, Sha256};
use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

const POM: &str = include_str!("../../kafka/pom.xml");
/// Written last: the name and size of every jar.
const COMPLETE: &str = "complete";
const LIBS: &str = "libs";

/// Apache Kafka, ready to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kafka {
    version: Version,
    libs: PathBuf,
}

impl Kafka {
    /// The version that the environment names. Fetches its jars if they are not here yet: call it
    /// outside of a world first, since there is no registry inside. Others who do so at the same
    /// time wait.
    pub fn ready() -> Result<Self, KafkaError> {
        Self::ready_with(Version::chosen()?)
    }

    /// This version.
    pub fn ready_with(version: Version) -> Result<Self, KafkaError> {
        needed::java()?;
        let (cache, name) = (cache()?, format!("kafka-{version}-{}", key()));
        let folder = cache.join(&name);
        fs::create_dir_all(&folder).doing(format!("make {}", folder.display()))?;
        let libs = folder.join(LIBS);
        if !is_complete(&folder) {
            let lock = cache.join(format!("{name}.lock"));
            let lock = File::create(&lock).doing(format!("open {}", lock.display()))?;
            lock.lock()
                .doing("wait for another one who fetches Kafka")?;
            if !is_complete(&folder) {
                fetch(&folder, version)?;
            }
        }
        Ok(Self { version, libs })
    }

    /// Its version.
    pub fn version(&self) -> Version {
        self.version
    }

    /// The folder with all its jars.
    pub fn libs(&self) -> &Path {
        &self.libs
    }
}

/// Another pom gets folders of its own.
fn key() -> String {
    let hash = Sha256::digest(POM);
    hash[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The folder that `.ci/tools` uses, too.
pub(super) fn cache() -> Result<PathBuf, KafkaError> {
    let folder = |name| {
        env::var_os(name)
            .filter(|text| !text.is_empty())
            .map(PathBuf::from)
    };
    let base = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")));
    let base = base.ok_or_else(|| {
        KafkaError::says("there is no place to keep Kafka's jars: set HOME or XDG_CACHE_HOME")
    })?;
    Ok(base.join("kafka-privatelink"))
}

fn fetch(folder: &Path, version: Version) -> Result<(), KafkaError> {
    if is_inside_world() {
        return Err(KafkaError::says(format!(
            "Kafka {version} was not fetched, and a world has no registry: run \
             `{}={version} cargo run --bin world -- kafka` outside",
            super::VARIABLE
        )));
    }
    needed::maven()?;
    eprintln!(
        "fetching Apache Kafka {version} by Maven (about 100 jars, 55 MB), once, into {}: the \
         world's brokers are real",
        folder.display()
    );
    let libs = folder.join(LIBS);
    let (marker, pom) = (folder.join(COMPLETE), folder.join("pom.xml"));
    for old in [&marker, &libs] {
        remove(old)?;
    }
    fs::write(&pom, POM).doing(format!("write {}", pom.display()))?;
    maven::copy_dependencies(folder, version.as_str())?;
    let jars = jars(&libs)?;
    let broker = format!("kafka_2.13-{version}.jar");
    if !jars.iter().any(|(name, _)| *name == broker) {
        return Err(KafkaError::new(
            format!("fetch Kafka {version}"),
            format!(
                "Maven ended well, but {broker} is not in {}",
                libs.display()
            ),
        ));
    }
    let list: String = jars
        .iter()
        .map(|(name, size)| format!("{size} {name}\n"))
        .collect();
    fs::write(&marker, list).doing(format!("write {}", marker.display()))
}

fn remove(path: &Path) -> Result<(), KafkaError> {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else if path.exists() {
        fs::remove_file(path)
    } else {
        Ok(())
    };
    removed.doing(format!("remove {}", path.display()))
}

fn jars(libs: &Path) -> Result<Vec<(String, u64)>, KafkaError> {
    let what = format!("list {}", libs.display());
    let mut jars = Vec::new();
    for entry in fs::read_dir(libs).doing(&what)? {
        let entry = entry.doing(&what)?;
        let size = entry.metadata().doing(&what)?.len();
        jars.push((entry.file_name().to_string_lossy().into_owned(), size));
    }
    jars.sort();
    Ok(jars)
}

/// Whether everything that was fetched is still there. What cannot be read is not.
fn is_complete(folder: &Path) -> bool {
    let Ok(list) = fs::read_to_string(folder.join(COMPLETE)) else {
        return false;
    };
    let is_there = |line: &str| {
        let (size, name) = line.split_once(' ')?;
        let found = fs::metadata(folder.join(LIBS).join(name)).ok()?;
        (size.parse() == Ok(found.len())).then_some(())
    };
    !list.is_empty() && list.lines().all(|line| is_there(line).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fetched() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(LIBS)).unwrap();
        for (name, text) in [("a.jar", "aaaa"), ("b.jar", "bb")] {
            fs::write(folder.path().join(LIBS).join(name), text).unwrap();
        }
        fs::write(folder.path().join(COMPLETE), "4 a.jar\n2 b.jar\n").unwrap();
        folder
    }

    #[test]
    fn what_was_fetched_completely_is_not_fetched_again() {
        assert!(is_complete(fetched().path()));
    }

    #[test]
    fn a_jar_that_is_missing_or_cut_or_a_marker_that_is_not_there_leads_to_another_fetch() {
        let folder = fetched();
        fs::remove_file(folder.path().join(LIBS).join("b.jar")).unwrap();
        assert!(!is_complete(folder.path()));
        let folder = fetched();
        fs::write(folder.path().join(LIBS).join("a.jar"), "aaa").unwrap();
        assert!(!is_complete(folder.path()));
        let folder = fetched();
        fs::write(folder.path().join(COMPLETE), "").unwrap();
        assert!(!is_complete(folder.path()));
        fs::remove_file(folder.path().join(COMPLETE)).unwrap();
        assert!(!is_complete(folder.path()));
    }
}
