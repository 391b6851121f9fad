//! One local AWS with everything in it: a deployment, hosts that follow its instances, the NLB's data
//! path, and a consumer.

mod consumer;
mod keeper;
mod verbs;

pub use consumer::{Answered, Consumer, DOMAIN, Held};
pub use verbs::VERBS;

use crate::clock::Clock;
use crate::deployment::{Deployment, DeploymentError};
use crate::hosts::{Bridge, HostsError, Network, THIS_BINARY};
use crate::model::{Model, NewLoadBalancer, Settings};
use crate::nlb::{Modelled, Nlb};
use jiff::Timestamp;
use keeper::Keeper;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::ops::Deref;
use std::sync::Arc;

/// The port that the stand-in brokers listen on: the seed's EXTERNAL listener.
pub const BIND_PORT: u16 = 39092;

/// Why the world could not be made or went wrong.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// Namespaces, hosts, links.
    #[error(transparent)]
    Hosts(#[from] HostsError),
    /// The template, or its listeners.
    #[error(transparent)]
    Deployment(#[from] DeploymentError),
    /// The model refused.
    #[error("{0}")]
    Model(String),
}

/// A running local AWS. Must be made inside a world (see [`crate::hosts`]).
pub struct LocalAws {
    /// The data path.
    pub nlb: Nlb,
    /// The consumer in the other VPC.
    pub consumer: Consumer,
    keeper: Keeper,
    deployment: Deployment,
}

/// Everything that a deployment has and does, a local AWS has and does, too.
impl Deref for LocalAws {
    type Target = Deployment;

    fn deref(&self) -> &Deployment {
        &self.deployment
    }
}

impl LocalAws {
    /// Makes the world: an empty VPC with an NLB in three zones and a consumer; no brokers yet.
    /// AWS time runs `scale` times as fast as real time.
    pub async fn start(template: &str, scale: u32) -> Result<Self, LocalError> {
        let clock = Clock::new(Timestamp::now(), scale);
        let mut model = Model::new(Settings {
            simulated_health: false,
            ..Settings::default()
        });
        let load_balancer = model
            .create_load_balancer(clock.now(), NewLoadBalancer::named("kafka"))
            .map_err(|error| LocalError::Model(error.message))?;
        model
            .create_endpoint_service(clock.now(), &load_balancer)
            .map_err(|error| LocalError::Model(error.message))?;
        let nodes: Vec<_> = model
            .load_balancers()
            .flat_map(|lb| lb.nodes.clone())
            .collect();

        let network = Arc::new(Network::open(THIS_BINARY).await?);
        let deployment = Deployment::new(template, model, load_balancer, clock.clone()).await?;
        let mut endpoints = BTreeMap::new();
        for (place, node) in (1..).zip(&nodes) {
            let endpoint = Ipv4Addr::new(172, 20, place, 10);
            network.add_address(Bridge::Vpc, node.address).await?;
            network.add_address(Bridge::Consumer, endpoint).await?;
            endpoints.insert(node.az_id.clone(), endpoint);
        }
        let consumer = Consumer::start(&network, &endpoints).await?;
        let nlb = Nlb::start(
            Modelled::new(Arc::clone(&deployment.model), clock.clone()),
            crate::nlb::Settings::new(&clock, endpoints),
        );
        let keeper = Keeper::start(
            Arc::clone(&deployment.model),
            clock,
            network,
            deployment.shared_journal(),
        );
        Ok(Self {
            nlb,
            consumer,
            keeper,
            deployment,
        })
    }
}
