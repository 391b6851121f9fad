//! The NLB: the world's data path, which forwards as the scene says.

use crate::ground::{ADDRESSES, NODES, address};
use fleet::observed::TargetState;
use fleet::words::{AzId, AzName, InstanceId, ListenerArn, Port, TargetGroupArn, VpcEndpointId};
use std::collections::BTreeMap;
use std::net::SocketAddrV4;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use world::kafka::EXTERNAL_PORT;
use world::model::forwarding::{Forward, ForwardTarget, HealthCheckDue, NlbNode};
use world::nlb::{Fleet, Nlb, Settings};

/// The wires from ports to brokers.
pub struct Wires {
    led: Led,
    nlb: Nlb,
}

/// Port to targets.
#[derive(Clone, Default)]
struct Led(Arc<Mutex<BTreeMap<u16, Vec<SocketAddrV4>>>>);

impl Wires {
    /// No port leads anywhere.
    pub fn start() -> Self {
        let led = Led::default();
        let settings = Settings {
            endpoints: Vec::new(),
            refresh: Duration::from_millis(20),
            health_time_out: Duration::from_secs(1),
        };
        let nlb = Nlb::start(led.clone(), settings);
        Self { led, nlb }
    }

    /// As it should be: 9092 leads to all brokers, and each port to its own.
    pub async fn straight(&self) {
        let all = ADDRESSES.iter().map(|&(node, _)| node);
        let mut ports = vec![(9092, targets(all.clone()))];
        ports.extend(all.map(|node| (9092 + node as u16, targets([node]))));
        self.lead(ports).await;
    }

    /// These ports lead to these addresses, and no others anywhere.
    pub async fn lead(&self, ports: impl IntoIterator<Item = (u16, Vec<SocketAddrV4>)>) {
        *self.led.0.lock().unwrap_or_else(PoisonError::into_inner) = ports.into_iter().collect();
        self.nlb.caught_up().await;
    }
}

/// The EXTERNAL listeners of these brokers.
pub fn targets(nodes: impl IntoIterator<Item = u32>) -> Vec<SocketAddrV4> {
    let at = |node| SocketAddrV4::new(address(node), EXTERNAL_PORT);
    nodes.into_iter().map(at).collect()
}

impl Fleet for Led {
    fn carrying(&self) -> BTreeMap<VpcEndpointId, u64> {
        BTreeMap::new()
    }

    fn forwarding(&self) -> Vec<Forward> {
        let led = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        led.iter()
            .map(|(port, targets)| forward(*port, targets))
            .collect()
    }

    fn due_health_checks(&self) -> Vec<HealthCheckDue> {
        Vec::new()
    }

    fn health_checked(&self, _: &HealthCheckDue, _: bool) {}
}

fn forward(port: u16, targets: &[SocketAddrV4]) -> Forward {
    let nodes = NODES.into_iter().map(|(zone, address)| NlbNode {
        zone: AzName::from(zone),
        az_id: AzId::from(zone),
        address,
    });
    let targets = targets.iter().map(|at| ForwardTarget {
        instance: InstanceId::new(format!("i-{at}")),
        zone: AzName::from(NODES[0].0),
        address: *at.ip(),
        port: Port::new(at.port()).expect("a port"),
        state: TargetState::Healthy,
    });
    Forward {
        listener: ListenerArn::new(format!("listener-{port}")),
        port: Port::new(port).expect("a port"),
        nodes: nodes.collect(),
        group: TargetGroupArn::new(format!("group-{port}")),
        cross_zone: true,
        preserve_client_ip: false,
        terminate_deregistered: true,
        terminate_unhealthy: true,
        targets: targets.collect(),
    }
}
