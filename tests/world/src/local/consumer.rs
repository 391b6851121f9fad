//! A consumer: a host in another account's VPC that reaches nothing but its endpoint's addresses, and
//! knows the brokers by the names that they advertise.

use super::held::Held;
use super::kept::Kept;
use crate::hosts::{Bridge, Host, HostsError, Network};
use crate::model::NlbNode;
use crate::nlb::Endpoint;
use fleet::words::{AccountId, AzId, VpcEndpointId};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::process::Stdio;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

/// The domain of the pattern in TiDB Cloud's document, behind the AZ ID.
pub const DOMAIN: &str = "abc.us-west-2.aws.3199015.tidbcloud.com";
/// Another one, which a consumer's console may show later.
pub const RENAMED: &str = "xyz.us-west-2.aws.3199015.tidbcloud.com";
/// That of a second listener group.
pub const SECOND: &str = "second.us-west-2.aws.3199015.tidbcloud.com";
/// Brokers whose names the consumer's hosts file has.
const NODES: std::ops::RangeInclusive<u32> = 0..=20;

/// The consumer's host and its VPC endpoint.
pub struct Consumer {
    account: AccountId,
    endpoint: VpcEndpointId,
    host: Arc<Host>,
    addresses: BTreeMap<AzId, Ipv4Addr>,
}

impl Consumer {
    /// Switches on the host of the consumer that is the `number`th here, counted from 0. Names in a
    /// zone resolve to its endpoint's address in that zone (F19).
    pub(super) async fn start(
        network: &Network,
        number: u8,
        account: AccountId,
        endpoint: &Endpoint,
    ) -> Result<Self, HostsError> {
        let hosts = [DOMAIN, RENAMED, SECOND].map(|domain| names(&endpoint.addresses, domain));
        let name = match number {
            0 => "consumer".to_owned(),
            _ => format!("consumer-{account}"),
        };
        let address = Ipv4Addr::new(172, 20, 0, 11 + number);
        let host = network
            .add_host(&name, Bridge::Consumer, address, &hosts.concat())
            .await?;
        Ok(Self {
            account,
            endpoint: endpoint.id.clone(),
            host: Arc::new(host),
            addresses: endpoint.addresses.clone(),
        })
    }

    /// The addresses of the endpoint of the `number`th consumer, one in each zone of the NLB.
    pub(super) fn addresses(number: u8, nodes: &[NlbNode]) -> BTreeMap<AzId, Ipv4Addr> {
        let place = |place: u8| Ipv4Addr::new(172, 20, 10 * number + place, 10);
        let zones = (1..).zip(nodes);
        zones
            .map(|(zone, node)| (node.az_id.clone(), place(zone)))
            .collect()
    }

    /// Its account.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// Its endpoint.
    pub fn endpoint(&self) -> &VpcEndpointId {
        &self.endpoint
    }

    /// Its host.
    pub fn host(&self) -> &Arc<Host> {
        &self.host
    }

    /// Where its clients begin: the bootstrap port through every zone of its endpoint.
    pub fn bootstrap(&self, port: u16) -> String {
        self.bootstrap_in(DOMAIN, port)
    }

    /// The same by the names of this domain.
    pub fn bootstrap_in(&self, domain: &str, port: u16) -> String {
        let zones = self.addresses.keys();
        let all: Vec<String> = zones
            .map(|az| format!("bootstrap.{az}.{domain}:{port}"))
            .collect();
        all.join(",")
    }

    /// The names of this domain and what they resolve to, in the form of `/etc/hosts`.
    pub fn names(&self, domain: &str) -> String {
        names(&self.addresses, domain)
    }

    /// A command on the consumer's host.
    pub fn command(&self, program: &str) -> Command {
        self.host.command(program)
    }

    /// Asks who answers at `name:port`, through a socket on this host; the error is why nobody does.
    pub async fn ask(&self, target: &str) -> Result<Answered, String> {
        let output = self
            .host
            .own_command()
            .args(["ask", target])
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .map_err(|error| format!("run ask on the consumer: {error}"))?;
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if !output.status.success() {
            return Err(said(&output.stderr));
        }
        let answer = said(&output.stdout);
        let part = |name: &str| {
            let mut words = answer.split_whitespace();
            words
                .find_map(|word| word.strip_prefix(name))
                .map(str::to_owned)
        };
        match (part("node.id="), part("instance=")) {
            (Some(node), Some(instance)) => Ok(Answered { node, instance }),
            _ => Err(answer),
        }
    }

    /// Opens one connection to `name:port`, keeps it open and asks on it all the time.
    pub async fn hold(&self, target: &str) -> Result<Held, String> {
        let failed = |error| format!("run hold on the consumer: {error}");
        let mut child = self
            .host
            .own_command()
            .args(["hold", target])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("hold has no pipes".to_owned());
        };
        let mut lines = BufReader::new(output).lines();
        // The first answer is there before anything is changed.
        let first = lines.next_line().await.map_err(failed)?;
        match first {
            Some(line) if line.starts_with("node.id=") => {}
            other => return Err(format!("{target}: {}", other.unwrap_or_default())),
        }
        Ok(Held::new(target, lines, input, child))
    }
}

impl Consumer {
    /// Opens one connection to `name:port` and keeps it open, whoever answers there.
    pub async fn keep(&self, target: &str) -> Result<Kept, String> {
        let failed = |error| format!("run keep on the consumer: {error}");
        let mut child = self
            .host
            .own_command()
            .args(["keep", target])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let output = child.stdout.take().ok_or("keep has no pipe")?;
        Kept::new(target, BufReader::new(output).lines(), child).await
    }
}

/// Every broker's name in a domain, and where its clients begin.
fn names(addresses: &BTreeMap<AzId, Ipv4Addr>, domain: &str) -> String {
    let mut names = String::new();
    for (az, address) in addresses {
        // Writing to a String cannot fail.
        let _ = writeln!(names, "{address} bootstrap.{az}.{domain}");
        for node in NODES {
            let _ = writeln!(names, "{address} b{node}.{az}.{domain}");
        }
    }
    names
}

/// Who answered, in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// Its `node.id`.
    pub node: String,
    /// Its instance.
    pub instance: String,
}
