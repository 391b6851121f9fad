//! The two networks of a world: the provider's VPC and the consumer's, with nothing between them
//! but what listens on both.

use super::error::{Doing, HostsError};
use super::host::{Host, Own, Plan};
use super::links::Links;
use super::world_init::must_be_inside;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A network of the world: one Ethernet, to which hosts are plugged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bridge {
    /// The provider's VPC, 10.0.0.0/16: brokers and the NLB's nodes.
    Vpc,
    /// The consumer's VPC, 172.20.0.0/16: consumers and the endpoint's addresses.
    Consumer,
}

impl Bridge {
    /// Its name, as `ip link` would show it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vpc => "vpc",
            Self::Consumer => "consumer",
        }
    }

    /// The length of its prefix.
    pub fn prefix(self) -> u8 {
        16
    }

    /// The address of the VPC's router, where nothing listens; gives the on-link route, so that
    /// addresses of nodes can come and go in any order.
    fn router(self) -> Ipv4Addr {
        match self {
            Self::Vpc => Ipv4Addr::new(10, 0, 0, 1),
            Self::Consumer => Ipv4Addr::new(172, 20, 0, 1),
        }
    }
}

/// The networks of the world that this process runs in.
#[derive(Debug)]
pub struct Network {
    links: Links,
    roles: PathBuf,
    next: AtomicU32,
}

impl Network {
    /// Makes both bridges. Refuses outside of a world, where it would change the machine's own
    /// network. `roles` is the binary whose `main` calls [`super::run_role`].
    pub async fn open(roles: impl AsRef<Path>) -> Result<Self, HostsError> {
        must_be_inside().doing("open the world's network")?;
        let network = Self {
            links: Links::open()?,
            roles: roles.as_ref().to_owned(),
            next: AtomicU32::new(0),
        };
        for bridge in [Bridge::Vpc, Bridge::Consumer] {
            network
                .links
                .add_bridge(bridge.name(), bridge.router(), bridge.prefix())
                .await?;
        }
        Ok(network)
    }

    /// Gives the world's own namespace an address: an NLB node's, or an endpoint's.
    pub async fn add_address(&self, bridge: Bridge, address: Ipv4Addr) -> Result<(), HostsError> {
        self.links.add_address(bridge.name(), address, 32).await
    }

    /// Starts a host with this name and address; `etc_hosts` goes into its hosts file below its own
    /// name and `localhost`. Names that stand in no hosts file do not resolve on a host.
    pub async fn add_host(
        &self,
        name: &str,
        bridge: Bridge,
        address: Ipv4Addr,
        etc_hosts: &str,
    ) -> Result<Host, HostsError> {
        let plan = Plan {
            name: name.to_owned(),
            address,
            prefix: bridge.prefix(),
            etc_hosts: etc_hosts.to_owned(),
            own: None,
        };
        self.start(plan, bridge).await
    }

    /// The same with a clock and folders of its own: what is written to `/etc` and `/var/lib` is kept in its
    /// folder, and is there again on the next host that has it; `/run` is empty. The machine's own folders stay
    /// as they are.
    pub async fn add_machine(
        &self,
        name: &str,
        bridge: Bridge,
        address: Ipv4Addr,
        own: Own,
    ) -> Result<Host, HostsError> {
        let plan = Plan {
            name: name.to_owned(),
            address,
            prefix: bridge.prefix(),
            etc_hosts: String::new(),
            own: Some(own),
        };
        self.start(plan, bridge).await
    }

    async fn start(&self, plan: Plan, bridge: Bridge) -> Result<Host, HostsError> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let doing = format!("add host {}", plan.name);
        Host::start(
            plan,
            bridge,
            format!("host{number}"),
            &self.roles,
            &self.links,
        )
        .await
        .doing(doing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_machines_own_network_is_never_touched() {
        let refused = Network::open(super::super::THIS_BINARY).await.unwrap_err();
        assert_eq!(
            refused.to_string(),
            "open the world's network: this process is not inside a world"
        );
    }
}
