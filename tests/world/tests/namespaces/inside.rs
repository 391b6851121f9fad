//! Runs a test's scenario inside a world: the test starts itself again there.

use std::env;
use std::future::Future;
use std::net::Ipv4Addr;
use std::process::Command;
use std::time::Duration;
use world::hosts::{Bridge, Host, Network, world_command};

/// The binary with the roles and the stand-in broker.
pub const WORLD: &str = env!("CARGO_BIN_EXE_world");

/// Longer than anything here takes, on any machine.
pub const CEILING: Duration = Duration::from_secs(60);

const INSIDE: &str = "KAFKA_PRIVATELINK_TEST_INSIDE";

/// Whether this process is the one inside.
fn is_inside() -> bool {
    env::var_os(INSIDE).is_some()
}

/// Runs a scenario inside a world of its own, by starting the calling test again there.
macro_rules! inside {
    ($test:ident, $scenario:expr) => {{
        let _: fn() = $test;
        $crate::inside::run(concat!(module_path!(), "::", stringify!($test)), $scenario)
    }};
}
pub(crate) use inside;

/// See [`inside!`]; `test` has the name of this binary in front, which its filter does without.
pub fn run(test: &str, scenario: impl Future<Output = ()>) {
    if is_inside() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        return runtime.block_on(async {
            tokio::time::timeout(CEILING, scenario)
                .await
                .expect("the scenario takes too long");
        });
    }
    let (_, test) = test.split_once("::").unwrap();
    let output = test_command(test).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    print!("{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}", output.status);
    assert!(said.contains("1 passed"), "there is no test {test}");
}

/// A command that runs a test of this binary inside a new world.
fn test_command(test: &str) -> Command {
    let mut command = world_command(WORLD);
    command
        .arg(env::current_exe().unwrap())
        .args(["--exact", test, "--include-ignored"])
        .args(["--nocapture", "--test-threads=1"])
        .env(INSIDE, "1");
    command
}

/// A host of the VPC or of the consumer with this address.
pub async fn host(network: &Network, name: &str, address: [u8; 4], etc_hosts: &str) -> Host {
    let bridge = match address {
        [10, ..] => Bridge::Vpc,
        _ => Bridge::Consumer,
    };
    network
        .add_host(name, bridge, Ipv4Addr::from(address), etc_hosts)
        .await
        .unwrap()
}

/// What a shell script prints on a host.
pub async fn sh(host: &Host, script: &str) -> String {
    let output = host
        .command("sh")
        .args(["-c", script])
        .output()
        .await
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{script}: {output:?}",
        output = output.status
    );
    text.trim_end().to_owned()
}

/// What `world ask` prints on a host, or complains of.
pub async fn ask(host: &Host, target: &str) -> Result<String, String> {
    let output = host
        .own_command()
        .args(["ask", target])
        .output()
        .await
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap().trim_end().to_owned();
    if output.status.success() {
        Ok(text(output.stdout))
    } else {
        Err(text(output.stderr))
    }
}

/// Asks until there is an answer that satisfies.
pub async fn ask_until(host: &Host, target: &str, wanted: &str) {
    loop {
        if ask(host, target).await.as_deref() == Ok(wanted) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
