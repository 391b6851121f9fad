//! What is needed on this machine, said at once; and the jars, fetched once. No cluster.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tests::built::binary;

/// A machine with these programs only, and an empty cache.
struct Machine(tempfile::TempDir);

impl Machine {
    fn new() -> Self {
        let machine = Self(tempfile::tempdir().unwrap());
        fs::create_dir(machine.bin()).unwrap();
        machine
    }

    fn bin(&self) -> PathBuf {
        self.0.path().join("bin")
    }

    fn script(&self, name: &str, text: &str) {
        let path = self.bin().join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A Java that says that it is this.
    fn java(self, version: &str) -> Self {
        self.script("java", &format!("echo 'openjdk version \"{version}\"' >&2"));
        self
    }

    /// A Maven that writes the jar, and counts how often it was asked to.
    fn maven(&self, and: &str) {
        for tool in ["mkdir", "sleep"] {
            let found = Path::new("/bin").join(tool);
            let _ = symlink(found, self.bin().join(tool));
        }
        let count = self.0.path().join("count");
        self.script(
            "mvn",
            &format!(
                "[ \"$1\" = --version ] && exit\necho once >> {}\n{and}\n\
                 mkdir -p libs\nsleep 0.2\necho jar > libs/kafka_2.13-3.7.1.jar",
                count.display()
            ),
        );
    }

    fn fetched(&self) -> usize {
        let count = fs::read_to_string(self.0.path().join("count")).unwrap_or_default();
        count.lines().count()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(binary("world"));
        command
            .arg("kafka")
            .env("PATH", self.bin())
            .env("XDG_CACHE_HOME", self.0.path().join("cache"))
            .env_remove("JAVA_HOME")
            .env_remove("KAFKA_VERSION");
        command
    }

    /// What is said when it cannot be.
    fn refused(&self) -> String {
        let output = self.command().output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        said(&output)
    }

    fn jar(&self) -> PathBuf {
        let cache = self.0.path().join("cache/kafka-privatelink");
        let folders = fs::read_dir(cache).unwrap().flatten();
        let mut folders = folders.filter(|entry| entry.path().is_dir());
        folders
            .next()
            .unwrap()
            .path()
            .join("libs/kafka_2.13-3.7.1.jar")
    }
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

#[test]
fn a_machine_without_java_or_maven_is_told_the_line_that_installs_it() {
    let java = Machine::new().refused();
    assert!(java.starts_with("world: Java is missing, "), "{java}");
    for way in [
        "sudo apt-get install openjdk-21-jdk-headless",
        "sudo dnf install java-21-openjdk-devel",
    ] {
        assert!(java.contains(way), "{java}");
    }
    assert_eq!(java.lines().count(), 1, "{java}");

    let old = Machine::new().java("11.0.25").refused();
    assert!(
        old.contains("java is Java 11, and the world's brokers need 17 or newer: install"),
        "{old}"
    );

    let maven = Machine::new().java("17.0.15").refused();
    assert!(maven.starts_with("world: Maven is missing, "), "{maven}");
    for way in ["sudo apt-get install maven", "sudo dnf install maven"] {
        assert!(maven.contains(way), "{maven}");
    }
}

#[test]
fn another_version_is_refused_with_the_list() {
    let machine = Machine::new().java("17.0.15");
    let output = machine
        .command()
        .env("KAFKA_VERSION", "3.9.2")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = said(&output);
    assert!(
        said.contains("KAFKA_VERSION=3.9.2: this world runs Kafka 3.7.1 or 4.2.1"),
        "{said}"
    );
}

#[test]
fn the_jars_are_fetched_once_whoever_asks_at_the_same_time_and_again_when_one_is_lost() {
    let machine = Machine::new().java("21");
    machine.maven("");
    let all: Vec<_> = (0..4).map(|_| machine.command().spawn().unwrap()).collect();
    for mut one in all {
        assert!(one.wait().unwrap().success());
    }
    assert_eq!(machine.fetched(), 1);

    fs::remove_file(machine.jar()).unwrap();
    let again = machine.command().output().unwrap();
    let text = said(&again);
    assert!(
        text.contains("fetching Apache Kafka 3.7.1 by Maven"),
        "{text}"
    );
    assert!(text.contains("Kafka 3.7.1 is ready"), "{text}");
    assert_eq!(machine.fetched(), 2);
    // Maven is not needed for what is there.
    fs::remove_file(machine.bin().join("mvn")).unwrap();
    assert_eq!(
        said(&machine.command().output().unwrap()),
        "Kafka 3.7.1 is ready\n"
    );
}

#[test]
fn a_maven_that_fails_is_told_in_its_words_and_leaves_nothing_that_counts() {
    let machine = Machine::new().java("21");
    machine.maven("mkdir -p libs; echo half > libs/kafka_2.13-3.7.1.jar; echo '[ERROR] no route to the registry'; exit 1");
    let failed = machine.refused();
    assert!(
        failed.contains("Maven could not fetch Kafka 3.7.1 (exit status: 1)"),
        "{failed}"
    );
    assert!(
        failed.contains("[ERROR] no route to the registry"),
        "{failed}"
    );
    machine.maven("exit 0");
    let empty = machine.refused();
    assert!(
        empty.contains("kafka_2.13-3.7.1.jar is not in") || empty.contains("list "),
        "{empty}"
    );
    machine.maven("");
    assert!(machine.command().status().unwrap().success());
    assert_eq!(machine.fetched(), 3);
}
