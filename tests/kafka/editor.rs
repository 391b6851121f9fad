//! The editor of push-listeners before Kafka's own reading of a file: `StorageTool info`, which makes of it
//! what a broker makes of it at its start, and changes nothing.

use fleet::listener::{Endpoint, Protocol};
use fleet::words::Port;
use push_listeners::server_properties::config::Config;
use push_listeners::server_properties::{Refusal, Version, Wanted, apply, cases, edit, remove};
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use world::kafka::{self, Kafka};

/// JVMs at once.
const AT_ONCE: usize = 2;

/// What Kafka says of a file: nothing if a broker would start with it.
fn complaint(kafka: &Kafka, file: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("server.properties");
    fs::write(&path, file).expect("a file");
    let jvm = ["-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
    let output = Command::new("java")
        .args(jvm)
        .arg("-cp")
        .arg(kafka.libs().join("*"))
        .args(["kafka.tools.StorageTool", "info", "-c"])
        .arg(&path)
        .current_dir(folder.path())
        .output()
        .expect("java");
    let out = String::from_utf8_lossy(&output.stdout);
    // A folder that is not formatted is a problem of the folder. Of a file that it refuses it finds nothing.
    let is_read = out.contains("Found problem") || out.contains("Found metadata");
    let said = String::from_utf8_lossy(&output.stderr);
    (!is_read).then(|| format!("{said}{out}"))
}

/// Does something with each of these, some side by side.
fn each<T: Sync>(all: &[T], work: impl Fn(&T) -> Option<String> + Sync) -> Vec<String> {
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    wrong.lock().expect("no panic").extend(work(one));
                }
            });
        }
    });
    wrong.into_inner().expect("no panic")
}

fn wanted() -> Vec<Wanted> {
    let of = |name: &str, bind: u16, port: u16| Wanted {
        name: name.into(),
        bind_port: Port::new(bind).expect("a port"),
        protocol: Protocol::Plaintext,
        adopts: false,
        advertised: Endpoint {
            host: "b1.usw2-az1.abc.us-west-2.aws.3199015.tidbcloud.com".to_owned(),
            port: Port::new(port).expect("a port"),
        },
    };
    vec![of("EXTERNAL", 39092, 9093), of("EXTERNAL2", 39093, 9193)]
}

#[test]
fn kafka_says_of_each_case_what_the_case_says_and_starts_with_what_the_editor_makes_of_it() {
    let kafka = Kafka::ready().expect("Kafka");
    let version = Version::parse(kafka.version().as_str()).expect("a version");
    let which = cases::VERSIONS.iter().position(|it| *it == version);
    let which = which.expect("cases of this version");
    let cases = cases::all();
    let wrong = each(&cases, |case| {
        let said = complaint(&kafka, case.file.as_bytes());
        if said.is_none() != case.starts[which] {
            return Some(format!("{}: {said:?}\n{}", case.name, case.file));
        }
        let edited = match edit(case.file.as_bytes(), &wanted(), Some(version)) {
            Ok(edited) if said.is_none() => edited,
            Ok(_) => return Some(format!("{}: edited, and Kafka refuses it", case.name)),
            Err(_) => return None,
        };
        let after = apply(case.file.as_bytes(), &edited.spans).expect("spans of this file");
        if let Some(said) = complaint(&kafka, &after) {
            let after = String::from_utf8_lossy(&after);
            return Some(format!("{}, edited: {said}\n{after}", case.name));
        }
        let names: Vec<_> = wanted().into_iter().map(|it| it.name).collect();
        let kept: BTreeSet<_> = edited.kept;
        let removed = remove(&after, &names, &kept, Some(version)).expect("a removal");
        let first = apply(&after, &removed.spans).expect("spans of that file");
        (first != case.file.as_bytes()).then(|| format!("{}: not the first file", case.name))
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The only value that is read otherwise with ZooKeeper: without a map, KRaft's controllers speak PLAINTEXT.
const OF_KRAFT_ONLY: &str = "no value but the roles";

#[test]
fn the_last_kafka_with_zookeeper_says_of_each_case_of_it_what_the_case_says() {
    let kafka = Kafka::ready_with(kafka::Version::V3_9_2).expect("Kafka");
    let version = Version::parse("3.9.2");
    let wrong = each(&cases::of_zookeeper(), |case| {
        let said = complaint(&kafka, case.file.as_bytes());
        if said.is_none() != case.starts[0] {
            return Some(format!("{}: {said:?}\n{}", case.name, case.file));
        }
        let refused = |it: Refusal| (Some(it.rule) != case.refused[0]).then(|| it.to_string());
        let edited = match edit(case.file.as_bytes(), &wanted(), version) {
            Ok(edited) => edited,
            Err(refusal) => return refused(refusal),
        };
        let after = apply(case.file.as_bytes(), &edited.spans).expect("spans of this file");
        let said = complaint(&kafka, &after)?;
        Some(format!("{}, edited: {said}", case.name))
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn the_last_kafka_with_zookeeper_reads_each_case_as_we_do() {
    let kafka = Kafka::ready_with(kafka::Version::V3_9_2).expect("Kafka");
    let cases = cases::in_zookeeper_mode();
    let wrong = each(&cases, |(case, file)| {
        let said = complaint(&kafka, file.as_bytes());
        let read = Config::read(case.file.as_bytes(), Version::parse("3.9.2"));
        let is_ours = case.starts == [true; 2];
        let expected = read.is_err() && !is_ours || case.name == OF_KRAFT_ONLY;
        (said.is_some() != expected).then(|| format!("{}: {read:?}, and {said:?}", case.name))
    });
    assert!(cases.len() > 30, "{}", cases.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
