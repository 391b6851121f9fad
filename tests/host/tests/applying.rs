//! *apply* on a plain process: an edit, a restart, a start, and the way back.

mod editing;
mod refusing;
mod starting;
mod taken_back;

use host::{Answer, Broker, run, write};
use std::fs;

const PROPERTIES: &str = "# ours\r\nnode.id=1\nprocess.roles=broker\nlisteners=INTERNAL://:9092\npassword=hunter2\nstop-ms=300\n\u{e9}";

const OWN: &str = "/var/lib/kafka-privatelink/1";

/// Everything of `/proc` that a start has to give again.
fn as_started(process: &str) -> Vec<String> {
    let pid = process.split(' ').next().expect("a pid");
    let read = |name: &str| {
        let bytes = fs::read(format!("/proc/{pid}/{name}")).expect(name);
        format!("{name} {}", bytes.escape_ascii())
    };
    let link = |name: &str| format!("{name} {:?}", fs::read_link(format!("/proc/{pid}/{name}")));
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("status");
    let words = ["Umask", "Uid", "Gid", "Groups"];
    let of_status = |line: &&str| words.iter().any(|word| line.starts_with(word));
    let mut all = vec![read("cmdline"), read("environ"), read("limits")];
    all.extend(["cwd", "exe", "fd/0", "fd/1", "fd/2"].map(link));
    all.extend(status.lines().filter(of_status).map(str::to_owned));
    all
}

fn assert_ended(answer: &Answer, code: i32, outcome: &str) {
    assert_eq!(
        (answer.code, answer.outcome()),
        (Some(code), outcome),
        "{answer:?}"
    );
}

fn state(word: &str) -> String {
    let text = fs::read_to_string(format!("{OWN}/state")).unwrap_or_default();
    let of_word = |line: &str| Some(line.strip_prefix(word)?.strip_prefix(' ')?.to_owned());
    text.lines().find_map(of_word).unwrap_or_default()
}

fn end(broker: &Broker) {
    let pid = broker.process.split(' ').next().expect("a pid");
    run(&format!(
        "kill -9 {pid}; while kill -0 {pid} 2>/dev/null && ! grep -q '^State:.*Z' /proc/{pid}/status; do sleep 0.05; done"
    ));
}

fn hook(line: &str) {
    write(
        "/etc/kafka-privatelink/restart",
        &format!("#!/bin/sh\n{line}\n"),
    );
    run("chmod 755 /etc/kafka-privatelink /etc/kafka-privatelink/restart");
}
