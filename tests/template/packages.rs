//! What the functions are made of, as `Cargo.lock` has it.

use std::collections::{BTreeMap, BTreeSet};

const LOCK: &str = include_str!("../../Cargo.lock");

/// Every package of a lock file, with the names of those that it needs.
fn packages(lock: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut packages: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in lock.split("[[package]]").skip(1) {
        let mut name = None;
        let mut needed = BTreeSet::new();
        for line in package.lines() {
            if let Some(quoted) = line.strip_prefix("name = ") {
                name = Some(quoted.trim_matches('"'));
            } else if let Some(quoted) = line.strip_prefix(" \"") {
                // A version follows where there are several.
                let until = quoted.find([' ', '"']).expect("the end of a name");
                needed.insert(&quoted[..until]);
            }
        }
        // Two versions of a package count as one that needs what either does.
        packages
            .entry(name.expect("a name"))
            .or_default()
            .extend(needed);
    }
    packages
}

/// Everything that a package needs, itself included.
fn all_of(package: &str) -> BTreeSet<&'static str> {
    let packages = packages(LOCK);
    let mut found = BTreeSet::new();
    let mut next = vec![package];
    while let Some(name) = next.pop() {
        let (name, needed) = packages.get_key_value(name).expect("a package");
        if found.insert(*name) {
            next.extend(needed);
        }
    }
    found
}

/// The clients of AWS, and what finds credentials for them.
fn sdk_in(package: &str) -> Vec<&'static str> {
    let all = all_of(package).into_iter();
    all.filter(|name| name.starts_with("aws-sdk-") || *name == "aws-config")
        .collect()
}

#[test]
fn the_probe_has_no_sdk_of_aws() {
    assert_eq!(sdk_in("probe-brokers"), [""; 0]);
    assert!(all_of("probe-brokers").contains("rustls"));
}

#[test]
fn register_brokers_has_it() {
    let sdk = sdk_in("register-brokers");
    for name in ["aws-config", "aws-sdk-elasticloadbalancingv2"] {
        assert!(sdk.contains(&name), "{sdk:?}");
    }
}
