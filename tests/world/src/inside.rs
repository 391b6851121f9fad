//! A test's scenario inside a world: the test starts itself again there.

use crate::hosts::world_command;
use std::env;
use std::future::Future;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const INSIDE: &str = "KAFKA_PRIVATELINK_TEST_INSIDE";

/// Whether this process is a test that was started again inside.
pub fn is_inside() -> bool {
    env::var_os(INSIDE).is_some()
}

/// Runs a scenario inside a world of its own, and fails if it takes longer than that. `roles` is the
/// binary whose `main` calls [`crate::hosts::run_role`]. `test` is the calling test with the name of
/// its binary in front, as `concat!(module_path!(), "::name")` gives it.
///
/// # Panics
/// When the scenario does.
pub fn run(roles: &Path, test: &str, within: Duration, scenario: impl Future<Output = ()>) {
    if is_inside() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        return runtime.block_on(async {
            let done = tokio::time::timeout(within, scenario).await;
            done.expect("the scenario takes too long");
        });
    }
    let (_, test) = test.split_once("::").expect("the name of the binary");
    let output = again(roles, test).output().expect("the test again");
    let said = String::from_utf8_lossy(&output.stdout);
    print!("{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}", output.status);
    assert!(said.contains("1 passed"), "there is no test {test}");
}

/// A command that runs a test of this binary inside a new world.
fn again(roles: &Path, test: &str) -> Command {
    let mut command = world_command(roles);
    command
        .arg(env::current_exe().expect("the path of this test"))
        .args(["--exact", test, "--include-ignored"])
        .args(["--nocapture", "--test-threads=1"])
        .env(INSIDE, "1");
    command
}
