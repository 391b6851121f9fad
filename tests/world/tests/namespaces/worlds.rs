//! How worlds begin and end on the real kernel.

use crate::inside::{CEILING, WORLD, inside};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use world::hosts::{ROLE_FAILED, World, world_command};

const MARKER: &str = "KAFKA_PRIVATELINK_TEST_MARKER";

#[test]
fn a_world_passes_on_how_its_program_ended() {
    let ended = |script: &str| {
        let mut command = world_command(WORLD);
        command.args(["sh", "-c", script]);
        World::start(&mut command).unwrap().wait().unwrap().code()
    };
    assert_eq!(ended("exit 0"), Some(0));
    assert_eq!(ended("exit 41"), Some(41));
    assert_eq!(ended("kill -TERM $$"), Some(128 + 15));
}

#[test]
fn a_program_that_cannot_be_started_is_named() {
    let output = world_command(WORLD)
        .arg("/no/such/program")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(i32::from(ROLE_FAILED)));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("start /no/such/program"), "{said}");
}

#[test]
fn a_world_has_its_own_processes_root_and_loopback() {
    let output = world_command(WORLD)
        .args([
            "sh",
            "-c",
            "id -u; ls /proc | grep -c '^[0-9]'; hostname; cat /proc/net/dev",
        ])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "0");
    // The init, the shell, ls, grep.
    assert!(lines[1].parse::<u32>().unwrap() <= 4, "{said}");
    assert_eq!(lines[2], "kafka-privatelink-world");
    assert!(said.contains("lo:") && !said.contains("eth"), "{said}");
}

#[test]
fn a_kernel_that_forbids_it_is_blamed_by_its_setting() {
    inside!(a_kernel_that_forbids_it_is_blamed_by_its_setting, async {
        // Holds for this world and what is in it.
        let setting = "/proc/sys/user/max_user_namespaces";
        std::fs::write(setting, "0").unwrap();
        let output = world_command(WORLD).arg("true").output().unwrap();
        assert_eq!(output.status.code(), Some(i32::from(ROLE_FAILED)));
        let said = String::from_utf8_lossy(&output.stderr);
        let cure = "`sudo sysctl -w user.max_user_namespaces=15000`";
        assert!(said.contains(cure), "{said}");
    });
}

#[test]
fn orphans_are_reaped_and_the_programs_own_children_are_not() {
    inside!(
        orphans_are_reaped_and_the_programs_own_children_are_not,
        async {
            // The grandchild is orphaned at once, and ends.
            let mut child = tokio::process::Command::new("sh")
                .args(["-c", "(sleep 0.05 &) ; exit 3"])
                .spawn()
                .unwrap();
            assert_eq!(child.wait().await.unwrap().code(), Some(3));
            let zombies = "grep -l '^State:.Z' /proc/[0-9]*/status | wc -l";
            let sleepers = "grep -l '^Name:.sleep' /proc/[0-9]*/status | wc -l";
            let script = format!("echo $({zombies}) $({sleepers})");
            loop {
                let output = Command::new("sh").args(["-c", &script]).output().unwrap();
                if output.stdout == b"0 0\n" {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    );
}

#[test]
fn kill_9_of_the_process_outside_leaves_nothing() {
    // Every process of that world has it in its environment.
    let marker = format!("600.{}", std::process::id());
    let mut outside = Command::new(WORLD)
        .args(["demo", "--skip-steps", "--stay", "--function", "/bin/true"])
        .env(MARKER, &marker)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let with_marker = || {
        let needle = format!("{MARKER}={marker}\0");
        let mut count = 0;
        for process in std::fs::read_dir("/proc").unwrap().flatten() {
            // Unreadable ones are other users' or have just ended.
            let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
            count += usize::from(
                environment
                    .windows(needle.len())
                    .any(|part| part == needle.as_bytes()),
            );
        }
        count
    };
    // Outside, world, its init, the program; each of four hosts and its init; each broker and the
    // process that walked into its host for it.
    await_that("the world is complete", || {
        with_marker() >= 4 + 4 * 2 + 3 * 2
    });
    outside.kill().unwrap();
    outside.wait().unwrap();
    let killed = Instant::now();
    await_that("nothing is left", || with_marker() == 0);
    println!("nothing was left after {:?}", killed.elapsed());
}

fn await_that(what: &str, condition: impl Fn() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < CEILING, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
