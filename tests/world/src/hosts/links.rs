//! Links and addresses of the network namespace that the process is in, by rtnetlink: a fresh
//! machine may have no `ip` command.

use super::error::{Doing, HostsError};
use super::host::hardware;
use futures::TryStreamExt;
use rtnetlink::packet_route::link::{InfoData, InfoVeth, LinkMessage};
use rtnetlink::{Handle, LinkBridge, LinkMessageBuilder, LinkUnspec, LinkVeth};
use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio::task::AbortHandle;

/// Runs a few steps in a process that has no runtime and wants no threads.
pub(super) fn run<T>(steps: impl Future<Output = Result<T, HostsError>>) -> Result<T, HostsError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .doing("start a runtime")?
        .block_on(steps)
}

/// A way to change links and addresses.
#[derive(Clone, Debug)]
pub(super) struct Links {
    handle: Handle,
    _connection: Arc<Connection>,
}

impl Links {
    pub(super) fn open() -> Result<Self, HostsError> {
        let (connection, handle, _) = rtnetlink::new_connection().doing("open rtnetlink")?;
        let task = tokio::spawn(connection);
        Ok(Self {
            handle,
            _connection: Arc::new(Connection(task.abort_handle())),
        })
    }

    /// Makes a bridge, which is up at once, with an address and a hardware address of its own: without one
    /// it takes the lowest of its ports', another one when a host comes, and nobody finds it for seconds.
    pub(super) async fn add_bridge(
        &self,
        name: &str,
        address: Ipv4Addr,
        prefix: u8,
    ) -> Result<(), HostsError> {
        let message = LinkBridge::new(name)
            .address(hardware(address).to_vec())
            .up()
            .build();
        self.add(message, name).await?;
        self.add_address(name, address, prefix).await
    }

    /// Makes a pair of links: `name` on a bridge here, and `eth0` in the network namespace of `pid`
    /// with a hardware address of its own.
    pub(super) async fn add_pair(
        &self,
        name: &str,
        bridge: &str,
        pid: u32,
        hardware: [u8; 6],
    ) -> Result<(), HostsError> {
        let there = LinkMessageBuilder::<LinkUnspec>::new()
            .name("eth0")
            .address(hardware.to_vec())
            .setns_by_pid(pid)
            .build();
        let here = LinkVeth::new(name, "eth0")
            .set_info_data(InfoData::Veth(InfoVeth::Peer(there)))
            .controller(self.index(bridge).await?)
            .up()
            .build();
        self.add(here, name).await
    }

    pub(super) async fn add_address(
        &self,
        link: &str,
        address: Ipv4Addr,
        prefix: u8,
    ) -> Result<(), HostsError> {
        let index = self.index(link).await?;
        self.handle
            .address()
            .add(index, address.into(), prefix)
            .execute()
            .await
            .doing(format!("add {address}/{prefix} to {link}"))
    }

    pub(super) async fn up(&self, link: &str) -> Result<(), HostsError> {
        let message = LinkUnspec::new_with_name(link).up().build();
        self.change(message, format!("set {link} up")).await
    }

    pub(super) async fn down(&self, link: &str) -> Result<(), HostsError> {
        let message = LinkUnspec::new_with_name(link).down().build();
        self.change(message, format!("set {link} down")).await
    }

    /// Removes a link; one that is gone already is fine, since the kernel removes the links of a
    /// network namespace that has ended, at a time of its own.
    pub(super) async fn remove(&self, link: &str) -> Result<(), HostsError> {
        let message = LinkUnspec::new_with_name(link).build();
        match self.handle.link().del_with_message(message).execute().await {
            Err(rtnetlink::Error::NetlinkError(error))
                if error.raw_code() == -rustix::io::Errno::NODEV.raw_os_error() =>
            {
                Ok(())
            }
            done => done.doing(format!("remove link {link}")),
        }
    }

    async fn add(&self, message: LinkMessage, name: &str) -> Result<(), HostsError> {
        self.handle
            .link()
            .add(message)
            .execute()
            .await
            .map_err(|error| match error {
                rtnetlink::Error::NetlinkError(error)
                    if error.raw_code() == -rustix::io::Errno::OPNOTSUPP.raw_os_error() =>
                {
                    format!("{error}; the kernel needs `sudo modprobe -a bridge veth`")
                }
                error => error.to_string(),
            })
            .doing(format!("add link {name}"))
    }

    async fn change(&self, message: LinkMessage, what: String) -> Result<(), HostsError> {
        self.handle
            .link()
            .change(message)
            .execute()
            .await
            .doing(what)
    }

    async fn index(&self, link: &str) -> Result<u32, HostsError> {
        let what = || format!("find link {link}");
        let mut found = self.handle.link().get().match_name(link).execute();
        let message = found.try_next().await.doing(what())?;
        message
            .map(|message| message.header.index)
            .ok_or_else(|| HostsError::new(what(), "there is none"))
    }
}

/// The task that speaks to the kernel; ends with the last handle.
#[derive(Debug)]
struct Connection(AbortHandle);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}
