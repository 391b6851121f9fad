//! What the functions are made of, as cargo resolves it.

use std::process::Command;

/// The names of all packages that end up in a function, its own included.
fn packages(function: &str) -> Vec<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let tree = Command::new(cargo)
        .args(["tree", "--locked", "--package", function])
        .args(["--edges", "normal", "--prefix", "none"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .expect("cargo runs");
    assert!(tree.status.success(), "cargo tree: {tree:?}");
    let tree = String::from_utf8(tree.stdout).expect("text");
    let names = tree.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

/// Whether it is a client of AWS, or finds credentials for one.
fn is_sdk(package: &str) -> bool {
    package.starts_with("aws-sdk-") || package == "aws-config"
}

#[test]
fn the_probe_has_no_sdk_of_aws() {
    let packages = packages("probe-brokers");
    assert!(!packages.iter().any(|name| is_sdk(name)), "{packages:?}");
    assert!(packages.iter().any(|name| name == "rustls"), "{packages:?}");
}

#[test]
fn the_sdk_meets_the_functions_in_the_mains_and_nowhere_else() {
    let sdk_of = |package: &str| {
        let mut packages = packages(package);
        packages.retain(|name| is_sdk(name));
        packages
    };
    let sdk = sdk_of("lambdas");
    for name in ["aws-config", "aws-sdk-elasticloadbalancingv2"] {
        assert!(sdk.iter().any(|package| package == name), "{sdk:?}");
    }
    assert_eq!(sdk_of("register-brokers"), [""; 0]);
}
