//! Runs a test's scenario inside a world: the test starts itself again there.

use std::net::Ipv4Addr;
use std::time::Duration;
use world::hosts::{Bridge, Host, Network};

/// The binary with the roles and the stand-in broker.
pub const WORLD: &str = env!("CARGO_BIN_EXE_world");

/// Longer than anything here takes, on any machine.
pub const CEILING: Duration = Duration::from_secs(60);

/// Runs a scenario inside a world of its own, by starting the calling test again there.
macro_rules! inside {
    ($test:ident, $scenario:expr) => {{
        let _: fn() = $test;
        let test = concat!(module_path!(), "::", stringify!($test));
        let roles = ::std::path::Path::new($crate::inside::WORLD);
        ::world::inside::run(roles, test, $crate::inside::CEILING, $scenario)
    }};
}
pub(crate) use inside;

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
