//! One local AWS with everything in it: a deployment, hosts that follow its instances, the NLB's data
//! path, and a consumer.

mod agents;
mod brokers;
mod consumer;
mod consumer_verbs;
mod consumers;
mod downtime;
mod held;
mod kafka;
mod keeper;
mod kept;
mod page;
mod resolving;
mod squatter;
mod traffic;
mod user_data;
mod verb_help;
mod verbs;

pub use brokers::{Brokers, KafkaCluster};
pub use consumer::{Answered, Consumer, DOMAIN, RENAMED, SECOND};
pub use consumers::CONSUMER_ACCOUNT;
pub use downtime::{Down, Downtime, Life};
pub use held::Held;
pub use kept::Kept;
pub use squatter::{SQUATTER, Squatter, cut};
pub use traffic::{Carried, Flow, Partition, Traffic};
pub use verb_help::VERBS;

use crate::clock::Clock;
use crate::deployment::{CLUSTER, Deployment, DeploymentError};
use crate::hosts::{Bridge, Disk, Host, HostsError, Network, THIS_BINARY};
use crate::kafka::KafkaError;
use crate::lambda::function::Place;
use crate::model::{self, ApiError, Model, NewLoadBalancer, NlbNode, PROBE, Settings, service_id};
use crate::nlb::{Endpoint, Modelled, Nlb};
use agents::{Agents, AtWork, Doom, HostAgents};
use fleet::tags::{self, Tags};
use fleet::words::{LoadBalancerArn, VpcEndpointId};
use jiff::Timestamp;
use keeper::{Keeper, Machines};
use std::net::Ipv4Addr;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

/// The port that the stand-in brokers listen on: the EXTERNAL listener of TiDB Cloud's document.
pub const BIND_PORT: u16 = 39092;
/// Where the Runtime API of a function in the VPC is, in no host's way.
const RUNTIME_API: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 3);
/// The address of the client's host in the VPC, outside of the brokers' subnets.
const CLIENT: Ipv4Addr = Ipv4Addr::new(10, 0, 192, 11);

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
    /// Kafka's files.
    #[error(transparent)]
    Kafka(#[from] KafkaError),
}

/// What a local AWS is to be like.
#[derive(Clone, Debug)]
pub struct LocalSettings {
    /// AWS time runs this many times as fast as real time.
    pub scale: u32,
    /// What stands on the brokers' hosts.
    pub brokers: Brokers,
    /// The binary whose `main` calls [`crate::hosts::run_role`].
    pub roles: PathBuf,
}

impl LocalSettings {
    /// Stand-ins on the hosts, and this very binary's roles.
    pub fn new(scale: u32) -> Self {
        Self {
            scale,
            brokers: Brokers::StandIn,
            roles: THIS_BINARY.into(),
        }
    }

    /// With this on the hosts.
    pub fn brokers(mut self, brokers: Brokers) -> Self {
        self.brokers = brokers;
        self
    }

    /// With another binary's roles.
    pub fn roles(mut self, roles: impl Into<PathBuf>) -> Self {
        self.roles = roles.into();
        self
    }
}

/// A running local AWS. Must be made inside a world (see [`crate::hosts`]).
pub struct LocalAws {
    /// The data path.
    pub nlb: Nlb,
    /// The consumer in the other VPC: allowed by hand, and accepted long ago.
    pub consumer: Consumer,
    /// Those that connected later, in their order.
    consumers: tokio::sync::Mutex<Vec<Arc<Consumer>>>,
    network: Arc<Network>,
    nodes: Vec<NlbNode>,
    /// The name of the endpoint service.
    service: String,
    keeper: Arc<Keeper>,
    _agents: AtWork,
    doom: Doom,
    deployment: Deployment,
    /// When it was made, in AWS time.
    began: Timestamp,
    disk: Disk,
    brokers: Brokers,
    /// A host of the VPC for Kafka's clients there, if the brokers are Kafka.
    client: Option<Arc<Host>>,
    /// Where probe-brokers runs, if the brokers are Kafka. Of stand-ins the model knows everything.
    probe: Option<Place>,
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
    pub async fn start(template: &str, settings: LocalSettings) -> Result<Self, LocalError> {
        let LocalSettings {
            scale,
            brokers,
            roles,
        } = settings;
        let clock = Clock::new(Timestamp::now(), scale);
        let began = clock.now();
        let mut model = Model::new(Settings {
            simulated_health: false,
            ..Settings::default()
        });
        let (shell, scripts) = HostAgents::new();
        model.set_shell(Arc::new(shell));
        let load_balancer = model
            .create_load_balancer(clock.now(), NewLoadBalancer::named("kafka"))
            .map_err(|error| LocalError::Model(error.message))?;
        let (service, endpoint) = share(&mut model, clock.now(), &load_balancer)
            .map_err(|error| LocalError::Model(error.message))?;
        let nodes: Vec<_> = model
            .load_balancers()
            .flat_map(|lb| lb.nodes.clone())
            .collect();

        let network = Arc::new(Network::open(roles).await?);
        let disk = Disk::mount()?;
        let mut deployment = Deployment::new(template, model, load_balancer, clock.clone()).await?;
        let (client, probe) = match &brokers {
            Brokers::StandIn => (None, None),
            Brokers::Kafka(cluster) => {
                deployment.reserve(cluster.voters.clone());
                let client = network.add_host("client", Bridge::Vpc, CLIENT, "").await?;
                network.add_address(Bridge::Vpc, RUNTIME_API).await?;
                let host = network.add_host("probe", Bridge::Vpc, PROBE, "").await?;
                let probe = Place {
                    host: Arc::new(host),
                    runtime_api: RUNTIME_API,
                };
                (Some(Arc::new(client)), Some(probe))
            }
        };
        let endpoint = Endpoint {
            id: endpoint,
            addresses: Consumer::addresses(0, &nodes),
        };
        for node in &nodes {
            network.add_address(Bridge::Vpc, node.address).await?;
        }
        for address in endpoint.addresses.values() {
            network.add_address(Bridge::Consumer, *address).await?;
        }
        let account = CONSUMER_ACCOUNT.into();
        let consumer = Consumer::start(&network, 0, account, &endpoint).await?;
        let nlb = Nlb::start(
            Modelled::new(Arc::clone(&deployment.model), clock.clone()),
            crate::nlb::Settings::new(&clock, vec![endpoint]),
        );
        let keeper = Keeper::start(Machines {
            model: Arc::clone(&deployment.model),
            network: Arc::clone(&network),
            disk: disk.clone(),
            brokers: brokers.clone(),
            journal: deployment.shared_journal(),
            clock: clock.clone(),
        });
        let keeper = Arc::new(keeper);
        let agents = Agents {
            model: Arc::clone(&deployment.model),
            clock,
            keeper: Arc::clone(&keeper),
            journal: deployment.shared_journal(),
            folder: disk.folder().to_owned(),
            doom: Doom::default(),
        };
        let doom = agents.doom.clone();
        Ok(Self {
            nlb,
            _agents: agents.work(scripts),
            doom,
            consumer,
            consumers: tokio::sync::Mutex::default(),
            network,
            nodes,
            service,
            keeper,
            deployment,
            began,
            disk,
            brokers,
            client,
            probe,
        })
    }

    /// Starts events, schedules and the functions; and, before Kafka, probe-brokers on a host of the
    /// VPC. `binary` says where the code of each is, by its name.
    pub fn start_functions(&self, binary: impl Fn(&str) -> PathBuf) {
        if let Some(place) = &self.probe {
            let probe = binary("probe-brokers");
            self.deployment.load_probe(&probe, Some(place.clone()));
        }
        self.deployment.start_functions(binary);
    }

    /// From now on AWS time runs so many times as fast as real time, on the brokers' hosts, too. While a command's
    /// script runs on one, AWS time is real time.
    pub async fn set_scale(&self, scale: u32) -> Result<(), LocalError> {
        Ok(self.keeper.set_scale(scale).await?)
    }

    /// So many times as fast as real time AWS time is to run, also if a script runs just now.
    pub fn times_faster(&self) -> u32 {
        self.keeper.scale()
    }

    /// The first script of a command that comes to this line is killed before it, with all that it has started
    /// in its process group, as when its agent dies.
    pub fn kill_script_before(&self, line: &str) {
        self.doom.before(line);
    }
}

/// The endpoint service of the NLB, tagged as `infra/privatelink.yaml` does it, and the endpoint of
/// the first consumer, whom a person allowed and accepted before the world begins.
fn share(
    model: &mut Model,
    now: Timestamp,
    load_balancer: &LoadBalancerArn,
) -> Result<(String, VpcEndpointId), ApiError> {
    let service = model.create_endpoint_service(now, load_balancer)?;
    let tag = (tags::CLUSTER.to_owned(), CLUSTER.to_owned());
    model.edit_endpoint_service(now, &service, |record| record.tags.extend([tag]))?;
    let root = format!("arn:aws:iam::{CONSUMER_ACCOUNT}:root");
    model.allow_by_hand(now, &service_id(&service), &root, Tags::new())?;
    let consumer = model::Consumer::of(CONSUMER_ACCOUNT);
    let endpoint = model.consumer_is_connected(now, &consumer, &service);
    Ok((service, endpoint))
}
