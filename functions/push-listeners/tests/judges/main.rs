//! Judges from outside: `java.util.Properties` reads the same files as the editor, before and after.

#[path = "../../src/server_properties/tests/files.rs"]
#[allow(dead_code, reason = "the laws use the rest of it")]
mod files;
mod java;

use files::{any_file, broker_file};
use fleet::listener::{Endpoint, Protocol};
use fleet::words::Port;
use java::{Entries, judge};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use push_listeners::server_properties::logical::entries;
use push_listeners::server_properties::{Key, Version, Wanted, apply, edit, remove};
use std::collections::BTreeMap;

/// So many files of each kind; the same ones in each run.
const FILES: usize = 10_000;

const VERSION: Option<Version> = Some(Version { major: 3, minor: 7 });

fn generated<T: std::fmt::Debug>(strategy: impl Strategy<Value = T>) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    let mut one = || strategy.new_tree(&mut runner).expect("a file").current();
    (0..FILES).map(|_| one()).collect()
}

fn ours(file: &[u8]) -> Option<Entries> {
    let all = entries(file).ok()?.into_iter();
    Some(all.map(|it| (it.key, it.value)).collect())
}

/// What counts of each key: its last value.
fn last(entries: &Entries) -> BTreeMap<String, Vec<u16>> {
    let text = |codes: &[u16]| String::from_utf16_lossy(codes);
    let all = entries.iter();
    all.map(|(key, value)| (text(key), value.clone())).collect()
}

fn external() -> Wanted {
    let port = |port| Port::new(port).expect("a port");
    Wanted {
        name: "EXTERNAL".into(),
        bind_port: port(39092),
        protocol: Protocol::Plaintext,
        adopts: false,
        advertised: Endpoint {
            host: "b1.example.com".to_owned(),
            port: port(9093),
        },
    }
}

#[test]
fn java_reads_the_same_entries_in_any_file() {
    let files = generated(any_file());
    let told = judge(&files);
    for (file, told) in files.iter().zip(&told) {
        assert_eq!(ours(file), *told, "{:?}", String::from_utf8_lossy(file));
    }
    let refused = told.iter().filter(|it| it.is_none()).count();
    assert!(
        (FILES / 100..FILES / 2).contains(&refused),
        "{refused} refused"
    );
}

#[test]
fn java_sees_nothing_change_but_the_three_keys() {
    let files: Vec<Vec<u8>> = generated(broker_file())
        .into_iter()
        .map(|it| it.bytes)
        .collect();
    let edits: Vec<Vec<u8>> = files
        .iter()
        .map(|file| {
            let edit = edit(file, &[external()], VERSION).expect("an edit");
            apply(file, &edit.spans).expect("spans")
        })
        .collect();
    let removals: Vec<Vec<u8>> = edits
        .iter()
        .map(|file| {
            let groups = ["EXTERNAL".into()];
            let removal = remove(file, &groups, &Default::default(), VERSION).expect("a removal");
            apply(file, &removal.spans).expect("spans")
        })
        .collect();
    let told = [&files, &edits, &removals].map(|files| judge(files));
    let [before, after, removed] = told;
    for (i, file) in files.iter().enumerate() {
        let shown = String::from_utf8_lossy(file);
        let [before, after, removed] = [&before, &after, &removed].map(|told| {
            let told = told[i].as_ref().expect("Java takes it");
            (told, last(told))
        });
        assert_eq!(ours(file).as_ref(), Some(before.0), "{shown:?}");
        assert_eq!(ours(&edits[i]).as_ref(), Some(after.0), "{shown:?}");
        assert_eq!(ours(&removals[i]).as_ref(), Some(removed.0), "{shown:?}");
        let others = |all: &BTreeMap<String, Vec<u16>>| {
            let others = all.iter().filter(|(key, _)| Key::parse(key).is_none());
            others
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(others(&before.1), others(&after.1), "{shown:?}");
        assert_eq!(others(&before.1), others(&removed.1), "{shown:?}");
        for key in Key::ALL {
            let value = String::from_utf16_lossy(&after.1[key.as_str()]);
            assert!(value.to_uppercase().contains("EXTERNAL"), "{key}={value}");
        }
        assert!(!last(removed.0).iter().any(|(key, value)| {
            Key::parse(key).is_some() && String::from_utf16_lossy(value).contains("EXTERNAL")
        }));
    }
}
