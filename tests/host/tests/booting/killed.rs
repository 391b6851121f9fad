//! A boot that is killed before any of its commands leaves what the next boot ends.
//!
//! bash tells each command of the script before it runs (`trap … DEBUG`); at the chosen one it kills itself. Only the
//! points before a command that changes something are played; `EVERY=1` plays all of them.

use crate::booting::stage::{FOLDER, PROPERTIES, Stage, VOLUME, on_a_broker};
use host::{run, write};
use std::fs;

const BOOT: &str = "/usr/local/sbin/kafka-boot";
const DOOMED: &str = "/run/doomed";
const TRACE: &str = "/run/trace";
/// What changes something that the next boot, or AWS, sees.
const CHANGES: [&str; 15] = [
    "mkdir",
    "mv",
    "rm",
    "tar",
    "ln",
    "fetch",
    "aws",
    "mkfs.xfs",
    "mount",
    "xfs_growfs",
    "cat",
    "install",
    "chroot",
    "sync",
    "systemctl",
];

/// Boots with a script that kills itself before its n-th command; 0 is never.
fn boot_until(stage: &Stage, at: usize) -> Option<i32> {
    let count = format!(
        "set -T\nn_=0\ntrap 'if [ \"$BASHPID\" = \"$$\" ]; then n_=$((n_ + 1)); \
         printf \"%s %s\\n\" \"$n_\" \"${{BASH_COMMAND%%$newline*}}\" >>{TRACE}; \
         if [ \"$n_\" = {at} ]; then kill -9 $$; fi; fi' DEBUG\nnewline='\n'\n"
    );
    let text = fs::read_to_string(BOOT).expect("the script");
    write(DOOMED, &format!("{count}{text}"));
    run(&format!("rm -f {TRACE}"));
    stage.run(&["bash", DOOMED, "boot"]).code
}

/// The points at which a boot is killed: all that the trace of an undisturbed one has.
fn points() -> Vec<usize> {
    let every = std::env::var_os("EVERY").is_some();
    let trace = fs::read_to_string(TRACE).expect("a trace");
    let commands = trace.lines().filter_map(|line| line.split_once(' '));
    let points = commands.filter(|(number, command)| {
        let first = command.split(' ').next().unwrap_or_default();
        number.parse::<usize>().is_ok() && (every || CHANGES.contains(&first))
    });
    points
        .map(|(number, _)| number.parse().expect("a number"))
        .collect()
}

/// A slot that nobody has had.
fn start_over(stage: &mut Stage) {
    stage.replace();
    run(&format!(
        "rm -rf /run/aws/volumes/{VOLUME} /run/aws/made /run/aws/versions"
    ));
    stage.add_volume(VOLUME, "1");
    stage.set_record("new");
    let installed = stage.run_user_data("BrokerTemplate1");
    assert_eq!(installed.code, Some(0), "{}", installed.said);
}

fn is_whole(stage: &Stage, what: &str) {
    assert_eq!(stage.record(), format!("formatted {VOLUME}"), "{what}");
    for file in [
        PROPERTIES,
        &format!("{FOLDER}/data/meta.properties"),
        "/opt/kafka/bin/kafka-storage.sh",
        "/opt/jdk/bin/java",
    ] {
        assert!(
            fs::metadata(file).is_ok_and(|file| file.len() > 0),
            "{what}: {file}"
        );
    }
    let beside = fs::read_dir(format!("{FOLDER}/config"))
        .expect("its folder")
        .count();
    assert_eq!(beside, 1, "{what}");
}

#[test]
fn a_first_boot_that_is_killed_anywhere_is_ended_by_the_next() {
    let (_machine, mut stage) =
        on_a_broker!("booting::killed::a_first_boot_that_is_killed_anywhere_is_ended_by_the_next");
    start_over(&mut stage);
    assert_eq!(boot_until(&stage, 0), Some(0));
    is_whole(&stage, "an undisturbed boot");
    let points = points();
    println!("{} points", points.len());
    assert!(points.len() > 20, "{points:?}");
    for at in points {
        start_over(&mut stage);
        assert_eq!(boot_until(&stage, at), None, "killed at {at}");
        let trace = fs::read_to_string(TRACE).expect("a trace");
        let what = format!("killed before {:?}", trace.lines().last());
        stage.reboot();
        let ended = stage.boot();
        assert_eq!(ended.code, Some(0), "{what}: {}", ended.said);
        is_whole(&stage, &what);
    }
}

#[test]
fn the_next_instance_loses_nothing_wherever_its_boots_are_killed() {
    let (_machine, mut stage) = on_a_broker!(
        "booting::killed::the_next_instance_loses_nothing_wherever_its_boots_are_killed"
    );
    start_over(&mut stage);
    stage.boot().is(0, "READY");
    let message = format!("{FOLDER}/data/orders-0/x.log");
    write(&message, "a message");
    let next = |stage: &mut Stage| {
        stage.replace();
        let installed = stage.run_user_data("BrokerTemplate1");
        assert_eq!(installed.code, Some(0), "{}", installed.said);
    };
    next(&mut stage);
    assert_eq!(boot_until(&stage, 0), Some(0));
    let points = points();
    println!("{} points", points.len());
    for at in points {
        next(&mut stage);
        assert_eq!(boot_until(&stage, at), None, "killed at {at}");
        let trace = fs::read_to_string(TRACE).expect("a trace");
        let what = format!("killed before {:?}", trace.lines().last());
        // The group may give up this instance, too.
        next(&mut stage);
        let ended = stage.boot();
        assert_eq!(ended.code, Some(0), "{what}: {}", ended.said);
        is_whole(&stage, &what);
        assert_eq!(
            fs::read_to_string(&message).expect("its data"),
            "a message",
            "{what}"
        );
        assert_eq!(stage.times_formatted(), 1, "{what}");
    }
}
