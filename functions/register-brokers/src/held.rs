//! What a plan declines to do; `sentences` says why, and the way out.

mod sentences;

use crate::observed::Doubt;
use fleet::handover::Missing;
use fleet::naming::Owner;
use fleet::observed::{LifecycleResult, ParameterKind};
use fleet::proof::Awaited;
use fleet::refusal::Refusals;
use fleet::wishes::Unknown;
use fleet::words::{
    AutoScalingGroupName, AzId, AzName, GroupName, InstanceId, LoadBalancerArn, NodeId,
    ParameterName, Port, TargetGroupArn, VpcId,
};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Something that is not done, in a sentence that a person understands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Held {
    /// Something could not be read that everything depends on.
    Blind(String),
    /// There is no such load balancer.
    NoLoadBalancer(LoadBalancerArn),
    /// It is not a Network Load Balancer.
    NotNetwork(LoadBalancerArn, String),
    /// A listener parameter cannot be used; its group is frozen.
    ParameterRefused(String, Refusals),
    /// A mapped group's parameter is gone; the group is frozen (P-45).
    ParameterDeleted(GroupName, String),
    /// A parameter below this path that nobody reads, and how many more there are than are named.
    ParameterUnknown(String, Unknown, usize),
    /// Tags of an instance make no broker.
    Misfit(InstanceId, String),
    /// An instance has served as a broker, and its tags say something else.
    Kept {
        /// The listener group.
        group: GroupName,
        /// The port that stays with it.
        port: Port,
        /// The broker that it has served as.
        node: NodeId,
        /// The instance.
        instance: InstanceId,
        /// What its tags say.
        tags: String,
        /// Who answers on it now.
        answers: Option<NodeId>,
        /// Whether it is registered there.
        stands: bool,
    },
    /// An instance has served as a broker, and another one is tagged as it.
    Contested {
        /// The listener group.
        group: GroupName,
        /// The broker.
        node: NodeId,
        /// Who has served as it.
        kept: InstanceId,
        /// Who is tagged as it.
        tagged: InstanceId,
    },
    /// An instance is tagged as one broker and has served as another.
    SeatedElsewhere(NodeId, InstanceId, GroupName, NodeId),
    /// A person takes a broker out and no other one stays in bootstrap.
    LastToLeave(GroupName, NodeId, InstanceId),
    /// It cannot be known who enters and who leaves service.
    NobodyEnters(GroupName),
    /// Live brokers are tagged with different Kafka clusters: who says which.
    ClusterIdsDisagree(String),
    /// Two or more live instances with one `node.id`.
    Twins(NodeId, Vec<InstanceId>),
    /// The broker stands in another VPC than the NLB.
    OtherVpc(NodeId, InstanceId, VpcId, VpcId),
    /// The broker's zone is not enabled on the NLB (P-34).
    ZoneNotEnabled(NodeId, AzName),
    /// The broker stands in a Local Zone or Wavelength Zone. No NLB can be there ("You can't specify a
    /// subnet in a Local Zone": Elastic Load Balancing, Availability Zones of an NLB).
    EdgeZone(NodeId, InstanceId, AzName),
    /// EC2 did not say in which zone the broker is.
    NoZone(NodeId, InstanceId),
    /// No pattern covers the broker's zone.
    NoPattern(GroupName, NodeId, AzId),
    /// The broker is not running and so cannot be registered (P-30).
    NotRunning(GroupName, NodeId, InstanceId, String),
    /// Somebody else's listener has the port.
    PortTaken(GroupName, Owner, Port),
    /// A broker without a port advertises one on which something listens.
    AdvertisedAndTaken(GroupName, NodeId, Port),
    /// A group is taken over, and these did not say what they advertise.
    AdvertisesUnheard(GroupName, Vec<NodeId>),
    /// Brokers without a port advertise the same one.
    AdvertisedTwice(GroupName, Vec<NodeId>, Port),
    /// A listener of ours on a port that the ledger does not know (P-42).
    OrphanListener(Port),
    /// The same, and it leads to a target group that may serve.
    OrphanServes(Port, TargetGroupArn),
    /// A listener of ours was changed to another protocol.
    ListenerProtocol(GroupName, Port, String),
    /// All ports of the range are given.
    RangeFull(GroupName, NodeId),
    /// All listeners of the NLB are taken (F1).
    LoadBalancerFull(GroupName, Owner, usize),
    /// The same, and the last place is kept for the replacement of this broker, until then.
    PlaceKept(GroupName, Owner, (GroupName, Owner), Timestamp),
    /// A target group of ours was changed by other hands; the listener group that it seems to belong to.
    LedgerFault(Option<GroupName>, String),
    /// The target group is attached to an Auto Scaling group, which registers by itself (P-41).
    AttachedToAutoScaling(GroupName, Owner, AutoScalingGroupName),
    /// Another load balancer routes to the target group, and AWS lets one do so only.
    RoutedElsewhere(GroupName, Owner, LoadBalancerArn),
    /// The target group is of another VPC than the NLB.
    GroupInOtherVpc(GroupName, Owner, VpcId, VpcId),
    /// An untagged instance is the only one that serves.
    OnlyStray(GroupName, Owner, InstanceId),
    /// EC2 does not show an instance whose target is healthy.
    UnseenButHealthy(GroupName, Owner, InstanceId),
    /// A leaving instance is the only healthy one.
    LastHealthy(GroupName, Owner, InstanceId),
    /// Another listener forwards to a group that should go.
    StillForwardedTo(GroupName, Owner, Port),
    /// Somebody else than the tagged broker answers on an instance; what was reached.
    SomebodyElse(NodeId, InstanceId, String),
    /// An instance answered as another broker than it is tagged as, and is silent now.
    SilentNow(NodeId, InstanceId),
    /// The tags say that an instance is of another Kafka cluster; what was reached, and whose tags say so.
    WrongCluster(NodeId, InstanceId, String, String),
    /// Somebody else answers, and it is the last one of its zone in bootstrap.
    LastInZone(GroupName, NodeId, InstanceId),
    /// A port whose target is healthy is not proven; what was reached.
    Unproven(GroupName, Owner, Port, String),
    /// Nobody could be asked.
    NothingProven(GroupName),
    /// A new group's bootstrap waits for these.
    BootstrapShut(GroupName, Awaited),
    /// The group is whole, and AWS's own answer lacks something that is to be handed over.
    NotHandedOver(GroupName, Missing),
    /// Another text is to be handed over, and waits for these.
    HandoverWaits(GroupName, Awaited),
    /// The hand-over's parameter is of a type that cannot be written over.
    HandoverType(GroupName, ParameterName, ParameterKind),
    /// The second read must agree (P-15).
    Doubted(Doubt),
    /// A hook's heart-beat time-out in seconds, and what it has to be at least (P-18).
    HookTooShort(AutoScalingGroupName, String, u32, u32),
    /// A group of brokers puts them back into its warm pool when it scales in.
    ReusesBrokers(AutoScalingGroupName),
    /// An instance waits for a hook, writes are paused, and AWS ends the wait then.
    EndsWhilePaused(InstanceId, AutoScalingGroupName, Timestamp),
    /// A hook was completed only because its longest time is about to end.
    AtLimit {
        /// The instance.
        instance: InstanceId,
        /// Its Auto Scaling group.
        group: AutoScalingGroupName,
        /// The hook.
        hook: String,
        /// On its way in, or out.
        is_launch: bool,
        /// What it came to.
        result: LifecycleResult,
        /// What was still waited for.
        why: String,
    },
    /// A broker is to leave with its instance, and still runs long after.
    StillRuns(NodeId, InstanceId, AutoScalingGroupName, Option<Timestamp>),
    /// A controller is to leave with its instance.
    ControllerLeaves(InstanceId, AutoScalingGroupName, Option<Timestamp>),
    /// An instance is to leave whose tags make no broker, and Kafka may run on it.
    MisfitLeaves(InstanceId, AutoScalingGroupName, Option<Timestamp>),
    /// The retirement waits for these, which still advertise the group.
    StillAdvertised(GroupName, BTreeSet<NodeId>),
    /// The retirement waits, since it is not known who still advertises the group.
    AdvertisersUnknown(GroupName, BTreeSet<NodeId>),
    /// The retirement waits.
    Retiring(GroupName, Timestamp),
}
