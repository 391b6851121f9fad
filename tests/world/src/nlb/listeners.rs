//! The sockets that are open: one for each node and port, one for each endpoint and port. A change of
//! one disturbs no other, and no connection that is established.

use super::Endpoint;
use super::choose::choose;
use super::flows::Flows;
use super::gate::Gate;
use super::relay;
use crate::model::forwarding::{Forward, NlbNode};
use fleet::words::VpcEndpointId;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What all connections look at.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) flows: Arc<Flows>,
    pub(super) gate: Arc<Gate>,
    forwards: Mutex<Arc<Vec<Forward>>>,
    turn: AtomicUsize,
}

impl Shared {
    pub(super) fn new(flows: Arc<Flows>, gate: Arc<Gate>) -> Self {
        Self {
            flows,
            gate,
            forwards: Mutex::default(),
            turn: AtomicUsize::new(0),
        }
    }

    /// What new connections follow from now on.
    pub(super) fn publish(&self, forwards: Vec<Forward>) {
        *self.forwards.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(forwards);
    }

    fn forwards(&self) -> Arc<Vec<Forward>> {
        Arc::clone(&self.forwards.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a socket does with a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Door {
    /// Gives it to a target.
    Node(NlbNode),
    /// Of this endpoint: gives it to this node, as PrivateLink does.
    Endpoint(VpcEndpointId, Ipv4Addr),
}

/// The open sockets.
#[derive(Debug, Default)]
pub(super) struct Listeners {
    open: BTreeMap<SocketAddrV4, (Door, Open)>,
    /// Those that could not be opened, so that each is complained of once.
    failed: BTreeSet<SocketAddrV4>,
}

#[derive(Debug)]
struct Open(JoinHandle<()>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Listeners {
    /// Opens and closes until what is open is what should be.
    pub(super) async fn review(
        &mut self,
        forwards: &[Forward],
        endpoints: &[Endpoint],
        shared: &Arc<Shared>,
    ) {
        let wanted = wanted(forwards, endpoints);
        self.open
            .retain(|address, (door, _)| wanted.get(address) == Some(door));
        self.failed.retain(|address| wanted.contains_key(address));
        for (address, door) in wanted {
            if self.open.contains_key(&address) {
                continue;
            }
            match TcpListener::bind(address).await {
                Ok(listener) => {
                    self.failed.remove(&address);
                    let task = tokio::spawn(serve(listener, door.clone(), Arc::clone(shared)));
                    self.open.insert(address, (door, Open(task)));
                }
                // Tried again at the next look.
                Err(error) => {
                    if self.failed.insert(address) {
                        eprintln!("nlb: listen on {address}: {error}");
                    }
                }
            }
        }
    }
}

fn wanted(forwards: &[Forward], endpoints: &[Endpoint]) -> BTreeMap<SocketAddrV4, Door> {
    let mut wanted = BTreeMap::new();
    for forward in forwards {
        let port = forward.port.get();
        for node in &forward.nodes {
            let address = SocketAddrV4::new(node.address, port);
            wanted.insert(address, Door::Node(node.clone()));
            for endpoint in endpoints {
                if let Some(address) = endpoint.addresses.get(&node.az_id) {
                    let door = Door::Endpoint(endpoint.id.clone(), node.address);
                    wanted.insert(SocketAddrV4::new(*address, port), door);
                }
            }
        }
    }
    wanted
}

async fn serve(listener: TcpListener, door: Door, shared: Arc<Shared>) {
    let port = listener.local_addr().map_or(0, |address| address.port());
    loop {
        match listener.accept().await {
            Ok((client, from)) => {
                let (door, shared) = (door.clone(), Arc::clone(&shared));
                // Not a part of this task: a connection outlives its listener.
                tokio::spawn(async move {
                    match door {
                        Door::Node(node) => to_target(client, from, &node, port, &shared).await,
                        Door::Endpoint(endpoint, node) => {
                            to_node(client, &endpoint, node, port, &shared).await;
                        }
                    }
                });
            }
            // Out of files, or a client that gave up already: the next one may do better.
            Err(error) => {
                eprintln!("nlb: accept on port {port}: {error}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

async fn to_node(
    client: TcpStream,
    endpoint: &VpcEndpointId,
    node: Ipv4Addr,
    port: u16,
    shared: &Shared,
) {
    let Some((id, cut)) = shared.gate.pass(endpoint) else {
        return relay::reset(client);
    };
    relay::carry(client, TcpStream::connect((node, port)), cut).await;
    shared.gate.closed(id);
}

async fn to_target(
    client: TcpStream,
    from: SocketAddr,
    node: &NlbNode,
    port: u16,
    shared: &Shared,
) {
    let IpAddr::V4(from) = from.ip() else {
        return relay::reset(client);
    };
    let forwards = shared.forwards();
    let forward = forwards
        .iter()
        .find(|forward| forward.port.get() == port && forward.nodes.contains(node));
    let turn = shared.turn.fetch_add(1, Ordering::Relaxed);
    let chosen = forward.and_then(|forward| {
        let target = choose(forward, node, from, turn)?;
        Some((forward, target))
    });
    // No target: the connection is reset.
    let Some((forward, target)) = chosen else {
        return relay::reset(client);
    };
    let (id, cut) = shared.flows.open(&forward.group, target);
    let to = SocketAddrV4::new(target.address, target.port.get());
    // With client-IP preservation off, and always with PrivateLink, the target sees the node (F10).
    let connecting = relay::connect_from(node.address, to);
    relay::carry(client, connecting, cut).await;
    shared.flows.closed(id);
}
