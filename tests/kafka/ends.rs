//! When the test runner is killed, nothing is left.

use crate::stage::{CEILING, three, with_kafka};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// In the environment of every process of that world.
const MARKER: &str = "KAFKA_PRIVATELINK_TEST_MARKER";
/// The file that says that its brokers serve.
const SERVES: &str = "KAFKA_PRIVATELINK_TEST_SERVES";
/// What the issue asks for.
const GONE_WITHIN: Duration = Duration::from_secs(2);

#[test]
#[ignore = "started by the test below, which kills it"]
fn a_runner_that_is_killed() {
    with_kafka!(a_runner_that_is_killed, async {
        let _world = three().await;
        fs::write(std::env::var_os(SERVES).unwrap(), "").unwrap();
        std::future::pending().await
    });
}

#[test]
fn kill_9_of_the_test_runner_leaves_nothing_two_seconds_later() {
    let folder = tempfile::tempdir().unwrap();
    let serves = folder.path().join("serves");
    let marker = format!("kafka.{}", std::process::id());
    let mut runner = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "ends::a_runner_that_is_killed",
            "--ignored",
            "--nocapture",
        ])
        .env(MARKER, &marker)
        .env(SERVES, &serves)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    // It waits for the other tests' clusters, too.
    let began = Instant::now();
    while !serves.exists() {
        assert_eq!(runner.try_wait().unwrap(), None, "the runner has ended");
        assert!(began.elapsed() < 4 * CEILING, "the brokers do not serve");
        std::thread::sleep(Duration::from_millis(20));
    }
    let ours = processes_with(&marker);
    let brokers = ours
        .iter()
        .filter(|arguments| arguments.contains("kafka.Kafka"))
        .count();
    assert_eq!(brokers, 3, "{ours:?}");
    runner.kill().unwrap();
    let killed = Instant::now();
    runner.wait().unwrap();
    loop {
        let left = processes_with(&marker);
        let after = killed.elapsed();
        if left.is_empty() {
            println!("{} processes; nothing was left after {after:?}", ours.len());
            return;
        }
        assert!(
            after < GONE_WITHIN,
            "after {after:?} there is still {left:?}"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The arguments of every process that has this marker in its environment.
fn processes_with(marker: &str) -> Vec<String> {
    let needle = format!("{MARKER}={marker}\0");
    let mut found = Vec::new();
    for process in fs::read_dir("/proc").unwrap().flatten() {
        // Unreadable ones are other users' or have just ended.
        let read = |name: &str| fs::read(Path::new(&process.path()).join(name)).unwrap_or_default();
        let environment = read("environ");
        if environment
            .windows(needle.len())
            .any(|part| part == needle.as_bytes())
        {
            found.push(String::from_utf8_lossy(&read("cmdline")).replace('\0', " "));
        }
    }
    found
}
