//! The gate with real connections, on loopback: a client, an endpoint, a node, a target.

use super::*;
use crate::model::forwarding::{Forward, ForwardTarget, HealthCheckDue, NlbNode};
use ::fleet::observed::TargetState;
use ::fleet::words::Port;
use std::sync::{Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const ENDPOINTS: [(&str, [u8; 4]); 2] = [("vpce-1", [127, 0, 7, 1]), ("vpce-2", [127, 0, 7, 2])];
const NODE: Ipv4Addr = Ipv4Addr::new(127, 0, 7, 3);
const TARGET: Ipv4Addr = Ipv4Addr::new(127, 0, 7, 4);

/// A model that says what the test tells it to.
#[derive(Clone)]
struct Told {
    forward: Forward,
    carrying: Arc<Mutex<BTreeMap<VpcEndpointId, u64>>>,
}

impl Fleet for Told {
    fn forwarding(&self) -> Vec<Forward> {
        vec![self.forward.clone()]
    }

    fn carrying(&self) -> BTreeMap<VpcEndpointId, u64> {
        let carrying = self.carrying.lock();
        carrying.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn due_health_checks(&self) -> Vec<HealthCheckDue> {
        Vec::new()
    }

    fn health_checked(&self, _: &HealthCheckDue, _: bool) {}
}

struct Stage {
    nlb: Nlb,
    told: Told,
    port: u16,
}

impl Stage {
    /// Both endpoints are there; the target answers with what it gets.
    async fn open() -> Self {
        let target = TcpListener::bind((TARGET, 0)).await.unwrap();
        let target_port = target.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = target.accept().await {
                tokio::spawn(async move {
                    let (mut from, mut to) = stream.into_split();
                    tokio::io::copy(&mut from, &mut to).await
                });
            }
        });
        let free = TcpListener::bind((NODE, 0)).await.unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let node = NlbNode {
            zone: "us-west-2a".into(),
            az_id: "usw2-az1".into(),
            address: NODE,
        };
        let told = Told {
            forward: Forward {
                listener: "listener".into(),
                port: Port::new(port).unwrap(),
                nodes: vec![node],
                group: "group".into(),
                cross_zone: true,
                preserve_client_ip: false,
                terminate_deregistered: true,
                terminate_unhealthy: true,
                targets: vec![ForwardTarget {
                    instance: "i-1".into(),
                    zone: "us-west-2a".into(),
                    address: TARGET,
                    port: Port::new(target_port).unwrap(),
                    state: TargetState::Healthy,
                }],
            },
            carrying: Arc::default(),
        };
        let endpoint = |(id, address): (&str, [u8; 4])| Endpoint {
            id: id.into(),
            addresses: [("usw2-az1".into(), address.into())].into(),
        };
        let settings = Settings {
            endpoints: vec![endpoint(ENDPOINTS[0])],
            refresh: Duration::from_millis(5),
            health_time_out: Duration::from_secs(1),
        };
        let nlb = Nlb::start(told.clone(), settings);
        nlb.add_endpoint(endpoint(ENDPOINTS[1]));
        nlb.caught_up().await;
        Self { nlb, told, port }
    }

    /// From now on these carry traffic, each having been cut so often.
    async fn carries(&self, carrying: &[(&str, u64)]) {
        let carrying = carrying.iter();
        let carrying = carrying.map(|(id, cuts)| (VpcEndpointId::from(*id), *cuts));
        *self.told.carrying.lock().unwrap() = carrying.collect();
        self.nlb.caught_up().await;
    }

    async fn connect(&self, endpoint: usize) -> std::io::Result<TcpStream> {
        TcpStream::connect((Ipv4Addr::from(ENDPOINTS[endpoint].1), self.port)).await
    }

    /// Whether new connections through the endpoint come about and are answered.
    async fn is_reached(&self, endpoint: usize) -> bool {
        match self.connect(endpoint).await {
            Ok(mut stream) => echoes(&mut stream).await,
            Err(_) => false,
        }
    }
}

async fn echoes(stream: &mut TcpStream) -> bool {
    let mut answer = [0];
    let asked = stream.write_all(b"?").await.is_ok();
    asked && matches!(stream.read(&mut answer).await, Ok(1))
}

#[tokio::test]
async fn an_endpoint_refuses_until_its_connection_is_available_and_no_other_one_matters() {
    let stage = Stage::open().await;
    for (carrying, reached) in [
        (&[][..], [false, false]),
        (&[("vpce-1", 0)], [true, false]),
        (&[("vpce-2", 0)], [false, true]),
        (&[("vpce-1", 0), ("vpce-2", 0)], [true, true]),
        (&[("vpce-3", 0)], [false, false]),
    ] {
        stage.carries(carrying).await;
        for (endpoint, expected) in reached.into_iter().enumerate() {
            let is_reached = stage.is_reached(endpoint).await;
            assert_eq!(is_reached, expected, "{endpoint}: {carrying:?}");
        }
    }
    let refused = stage.connect(0).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn f21_a_rejected_connections_sockets_are_cut_and_anothers_live_on() {
    let stage = Stage::open().await;
    stage.carries(&[("vpce-1", 0), ("vpce-2", 0)]).await;
    let mut first = stage.connect(0).await.unwrap();
    let mut second = stage.connect(1).await.unwrap();
    assert!(echoes(&mut first).await && echoes(&mut second).await);
    stage.carries(&[("vpce-2", 0)]).await;
    let mut end = [0];
    let cut = first.read(&mut end).await.unwrap_err();
    assert_eq!(cut.kind(), std::io::ErrorKind::ConnectionReset);
    assert!(!stage.is_reached(0).await);
    assert!(echoes(&mut second).await && stage.is_reached(1).await);
}

#[tokio::test]
async fn one_that_is_back_before_anybody_looked_was_cut_all_the_same() {
    let stage = Stage::open().await;
    stage.carries(&[("vpce-1", 0)]).await;
    let mut held = stage.connect(0).await.unwrap();
    assert!(echoes(&mut held).await);
    stage.carries(&[("vpce-1", 1)]).await;
    assert!(held.read(&mut [0]).await.is_err());
    assert!(stage.is_reached(0).await);
}
