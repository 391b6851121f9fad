//! What one world is like: the account, its zones, and the waits of AWS that are not settings of
//! AWS itself.

use fleet::words::{AzId, AzName, FunctionName, VpcId};
use std::net::Ipv4Addr;
use std::time::Duration;

/// How the modelled account and Region are, and how long AWS takes for things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The partition that account and Region are in: `aws`, `aws-cn`, `aws-us-gov`…
    pub partition: String,
    /// The account id.
    pub account: String,
    /// The Region.
    pub region: String,
    /// The VPC in which everything stands that is not put elsewhere.
    pub vpc: VpcId,
    /// The Availability Zones, each with one subnet.
    pub zones: Vec<Zone>,
    /// Where EC2's answers have a zone's ID beside its name.
    pub az_ids: AzIds,
    /// From `RegisterTargets` until health checks begin (F14: 70 to 120 s; P-29: up to 300 s).
    pub registration_time: Duration,
    /// How long an instance is `pending`, and deaf after a reboot.
    pub boot_time: Duration,
    /// How long an instance is `stopping`.
    pub stop_time: Duration,
    /// How long an instance is `shutting-down`.
    pub terminate_time: Duration,
    /// How long a terminated instance stays in `DescribeInstances` (F42).
    pub terminated_shown: Duration,
    /// How long a terminated instance stays in its target groups (inference: AWS says only that
    /// it is deregistered automatically).
    pub terminated_target_kept: Duration,
    /// From an instance's end until its Auto Scaling group replaces it (inference: its health
    /// checks are periodic).
    pub replacement_delay: Duration,
    /// How long a connection is `pending` after it was accepted, and a young one before it is shown as
    /// waiting or available ("it can take time for a validation status change to be completed", AWS
    /// PrivateLink guide, "Accept or reject connection requests").
    pub connecting_time: Duration,
    /// How long an endpoint is `deleting`, until its connection is `deleted`.
    pub disconnecting_time: Duration,
    /// How long a deleted endpoint's connection stays in `DescribeVpcEndpointConnections` (inference:
    /// AWS says nothing of it).
    pub deleted_connection_shown: Duration,
    /// From `SendCommand` until the host's agent has the command.
    pub command_delivery_time: Duration,
    /// From `SendCommand` until lists and `GetCommandInvocation` show the command (P-51; boto/boto3 #2701: half
    /// a second to a second).
    pub command_seen_after: Duration,
    /// From an agent's last sign until AWS calls its connection lost.
    pub agent_silence: Duration,
    /// Whether a connection that was rejected can be accepted after all. AWS's pages say only that one
    /// can be rejected "after it's in the available state", so it cannot, unless a test wants it.
    pub accepts_rejected: bool,
    /// Whether parameters of more than 4 KB are advanced ones, as where the default tier is
    /// `Intelligent-Tiering` ("Managing parameter tiers"): they hold 8 KB (F46).
    pub advanced_parameters: bool,
    /// Caps the pages of every list, so that tests see many of them; `None` is AWS's own sizes.
    pub page_size: Option<usize>,
    /// Whether targets answer by [`InstanceRecord::accepting`](super::InstanceRecord::accepting);
    /// otherwise the data path reports real connects.
    pub simulated_health: bool,
    /// The only function that can be invoked, named by its logical id in the template.
    pub probe: FunctionName,
}

/// Which answers of EC2 have a zone's ID. In placements and interfaces the field is younger than the
/// services, and emulators lack it (amazonlinux/amazon-ec2-utils #44, localstack #2263).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AzIds {
    /// Instances and network interfaces.
    Everywhere,
    /// Network interfaces only.
    OnInterfaces,
    /// None.
    Nowhere,
}

/// An Availability Zone with its one subnet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Its ID, the same in every account (F19).
    pub id: AzId,
    /// Its name in this account.
    pub name: AzName,
    /// The first address of its subnet. The NLB's node is at place 5, instances are from 11 on.
    pub network: Ipv4Addr,
}

impl Zone {
    /// The address at this place of the subnet.
    pub(super) fn address(&self, place: u32) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.network).wrapping_add(place))
    }

    /// The id of its subnet.
    pub fn subnet(&self) -> String {
        format!("subnet-{:0>17}", self.id.as_str().replace('-', ""))
    }
}

impl Default for Settings {
    /// The zones of TiDB Cloud's document: AZ IDs and AZ names are not in the same order (R5).
    fn default() -> Self {
        let zone = |id: &str, name: &str, third: u8| Zone {
            id: AzId::from(id),
            name: AzName::from(name),
            network: Ipv4Addr::new(10, 0, third, 0),
        };
        Self {
            partition: "aws".to_owned(),
            account: "123456789012".to_owned(),
            region: "us-west-2".to_owned(),
            vpc: VpcId::from("vpc-00000000000000001"),
            zones: vec![
                zone("usw2-az1", "us-west-2a", 0),
                zone("usw2-az2", "us-west-2c", 64),
                zone("usw2-az3", "us-west-2b", 128),
            ],
            az_ids: AzIds::Everywhere,
            registration_time: Duration::from_secs(90),
            boot_time: Duration::from_secs(20),
            stop_time: Duration::from_secs(10),
            terminate_time: Duration::from_secs(10),
            terminated_shown: Duration::from_secs(3600),
            terminated_target_kept: Duration::from_secs(300),
            replacement_delay: Duration::from_secs(60),
            connecting_time: Duration::from_secs(20),
            disconnecting_time: Duration::from_secs(20),
            deleted_connection_shown: Duration::from_secs(300),
            command_delivery_time: Duration::from_secs(1),
            command_seen_after: Duration::from_secs(1),
            agent_silence: Duration::from_secs(300),
            accepts_rejected: false,
            advanced_parameters: false,
            page_size: None,
            simulated_health: true,
            probe: FunctionName::from("ProbeBrokersFunction"),
        }
    }
}

impl Settings {
    /// The zone with this ID.
    pub fn zone(&self, id: &AzId) -> Option<&Zone> {
        self.zones.iter().find(|zone| zone.id == *id)
    }

    /// An ARN of this account and Region.
    pub(crate) fn arn(&self, service: &str, resource: &str) -> String {
        let Self {
            partition,
            account,
            region,
            ..
        } = self;
        format!("arn:{partition}:{service}:{region}:{account}:{resource}")
    }

    /// What the names of endpoint services begin with: the reversed domain of the partition
    /// (aws-cdk, region-info: `cn.com.amazonaws.vpce` for China; landing-zone-accelerator-on-aws:
    /// `eu.amazonaws.vpce` for aws-eusc). Of the isolated ones nothing is published.
    pub(super) fn endpoint_service_prefix(&self) -> &'static str {
        match self.partition.as_str() {
            "aws-cn" => "cn.com.amazonaws.vpce",
            "aws-eusc" => "eu.amazonaws.vpce",
            _ => "com.amazonaws.vpce",
        }
    }
}
