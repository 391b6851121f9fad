//! ELBv2: the network load balancers and the hands that make and change them.

use super::forwarding::NlbNode;
use super::{ApiError, Model};
use cloud::call::Call;
use fleet::observed::LoadBalancer;
use fleet::tags::Tags;
use fleet::words::{AzId, LoadBalancerArn, SecurityGroupId, VpcId};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Places of the subnets that are kept for nodes; the first NLB has the first one.
const NODE_PLACES: std::ops::RangeInclusive<u32> = 5..=10;

/// A load balancer to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLoadBalancer {
    /// Its name.
    pub name: String,
    /// `network`; another kind only to show that it is refused.
    pub kind: String,
    /// The zones to enable; all of the world if none are named.
    pub zones: Vec<AzId>,
}

impl NewLoadBalancer {
    /// An NLB of this name in every zone.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind: "network".to_owned(),
            zones: Vec::new(),
        }
    }

    /// In these zones only.
    pub fn zones(mut self, zones: &[&str]) -> Self {
        self.zones = zones.iter().map(|zone| AzId::from(*zone)).collect();
        self
    }
}

/// A load balancer: internal, one node in each enabled zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadBalancerRecord {
    /// Its ARN.
    pub arn: LoadBalancerArn,
    /// Its name.
    pub name: String,
    /// `network`.
    pub kind: String,
    /// Its VPC.
    pub vpc: VpcId,
    /// Its nodes, one in each enabled zone.
    pub nodes: Vec<NlbNode>,
    /// Its own cross-zone attribute, off by default (F4, P-34).
    pub cross_zone: bool,
    /// Its security groups; one of its own, unless a test changes it.
    pub security_groups: BTreeSet<SecurityGroupId>,
    /// Whether their inbound rules are asked for what comes through PrivateLink (F13: by default).
    pub enforces_inbound_on_private_link: Option<bool>,
    /// Its tags.
    pub tags: Tags,
    /// EC2 does not show the interfaces of its nodes until then.
    pub(super) nodes_unseen_until: Timestamp,
    /// The place of its nodes in the subnets.
    place: u32,
}

impl Model {
    /// ELBv2 `DescribeLoadBalancers` for one ARN.
    pub fn describe_load_balancer(
        &mut self,
        now: Timestamp,
        arn: &LoadBalancerArn,
    ) -> Result<LoadBalancer, ApiError> {
        self.read(now, Call::DescribeLoadBalancers, |model| {
            let record = model.balancer(arn)?;
            Ok(LoadBalancer {
                arn: record.arn.clone(),
                kind: record.kind.clone(),
                vpc: record.vpc.clone(),
                zones: record.nodes.iter().map(|node| node.zone.clone()).collect(),
                security_groups: record.security_groups.clone(),
                enforces_inbound_on_private_link: record.enforces_inbound_on_private_link,
            })
        })
    }

    /// The load balancers, with more than AWS shows.
    pub fn load_balancers(&self) -> impl Iterator<Item = &LoadBalancerRecord> {
        self.load_balancers.values()
    }

    /// Makes a load balancer.
    pub fn create_load_balancer(
        &mut self,
        now: Timestamp,
        new: NewLoadBalancer,
    ) -> Result<LoadBalancerArn, ApiError> {
        self.advance(now);
        if self.load_balancers.values().any(|lb| lb.name == new.name) {
            return Err(ApiError::refused(
                "DuplicateLoadBalancerName",
                format!("A load balancer with the same name '{}' exists", new.name),
            ));
        }
        let place = NODE_PLACES
            .into_iter()
            .find(|place| self.load_balancers.values().all(|lb| lb.place != *place))
            .ok_or_else(|| {
                ApiError::refused(
                    "TooManyLoadBalancers",
                    "this world has no address left for a node",
                )
            })?;
        let zones = if new.zones.is_empty() {
            self.settings.zones.iter().map(|z| z.id.clone()).collect()
        } else {
            new.zones
        };
        let nodes = zones
            .iter()
            .map(|az| self.node_in(az, place))
            .collect::<Result<Vec<_>, _>>()?;
        let short = if new.kind == "network" { "net" } else { "app" };
        let resource = format!("loadbalancer/{short}/{}/{}", new.name, self.ids.elb());
        let arn = LoadBalancerArn::new(self.settings.arn("elasticloadbalancing", &resource));
        let group = self.make_security_group_of(&arn);
        let record = LoadBalancerRecord {
            arn: arn.clone(),
            name: new.name,
            kind: new.kind,
            vpc: self.settings.vpc.clone(),
            nodes,
            cross_zone: false,
            security_groups: [group].into(),
            enforces_inbound_on_private_link: Some(true),
            tags: Tags::new(),
            nodes_unseen_until: self.at,
            place,
        };
        self.load_balancers.insert(arn.clone(), record);
        Ok(arn)
    }

    /// Deletes a load balancer with its listeners (P-42). Its target groups stay. While an endpoint
    /// service stands on it AWS refuses (`ResourceInUse`; cloud-custodian/cloud-custodian#9921).
    pub fn delete_load_balancer(
        &mut self,
        now: Timestamp,
        arn: &LoadBalancerArn,
    ) -> Result<(), ApiError> {
        self.advance(now);
        self.balancer(arn)?;
        if self.has_endpoint_service(arn) {
            return Err(ApiError::refused(
                "ResourceInUse",
                format!(
                    "Load balancer '{arn}' cannot be deleted because it is currently associated with another service"
                ),
            ));
        }
        self.load_balancers.remove(arn);
        self.listeners
            .retain(|_, listener| listener.load_balancer != *arn);
        self.settle();
        Ok(())
    }

    /// Enables a zone.
    pub fn enable_zone(
        &mut self,
        now: Timestamp,
        arn: &LoadBalancerArn,
        az: &AzId,
    ) -> Result<(), ApiError> {
        let node = self.node_in(az, self.balancer(arn)?.place)?;
        self.edit_balancer(now, arn, |record| {
            if !record.nodes.contains(&node) {
                record.nodes.push(node);
            }
        })
    }

    /// Disables a zone: targets in it are no longer in use.
    pub fn disable_zone(
        &mut self,
        now: Timestamp,
        arn: &LoadBalancerArn,
        az: &AzId,
    ) -> Result<(), ApiError> {
        self.edit_balancer(now, arn, |record| {
            record.nodes.retain(|node| node.az_id != *az);
        })
    }

    /// Sets the load balancer's own cross-zone attribute, which groups may follow (F4).
    pub fn set_cross_zone(
        &mut self,
        now: Timestamp,
        arn: &LoadBalancerArn,
        cross_zone: bool,
    ) -> Result<(), ApiError> {
        self.edit_balancer(now, arn, |record| record.cross_zone = cross_zone)
    }

    pub(super) fn edit_balancer(
        &mut self,
        now: Timestamp,
        arn: &LoadBalancerArn,
        edit: impl FnOnce(&mut LoadBalancerRecord),
    ) -> Result<(), ApiError> {
        self.advance(now);
        let record = self
            .load_balancers
            .get_mut(arn)
            .ok_or_else(|| not_found(arn))?;
        edit(record);
        self.settle();
        Ok(())
    }

    pub(super) fn balancer(&self, arn: &LoadBalancerArn) -> Result<&LoadBalancerRecord, ApiError> {
        self.load_balancers.get(arn).ok_or_else(|| not_found(arn))
    }

    fn node_in(&self, az: &AzId, place: u32) -> Result<NlbNode, ApiError> {
        let zone = self.settings.zone(az).ok_or_else(|| {
            ApiError::refused("InvalidSubnet", format!("there is no subnet in '{az}'"))
        })?;
        Ok(NlbNode {
            zone: zone.name.clone(),
            az_id: zone.id.clone(),
            address: zone.address(place),
        })
    }
}

fn not_found(arn: &LoadBalancerArn) -> ApiError {
    ApiError::refused(
        "LoadBalancerNotFound",
        format!("Load balancers '[{arn}]' not found"),
    )
}
