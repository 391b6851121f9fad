//! What is held, as sentences: what, why, and the way out.

use super::Held;
use fleet::foreign::{clean, quoted};
use fleet::naming::{Owner, PortOf};
use fleet::observed::LifecycleResult;
use fleet::tags;
use fleet::wishes::{LISTENERS_PER_NLB, Unknown};
use fleet::words::{GroupName, InstanceId, NodeId};
use jiff::Timestamp;
use std::fmt;

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blind(what) => write!(
                f,
                "nothing is changed, because {what} could not be read; see gaps"
            ),
            Self::NoLoadBalancer(arn) => write!(
                f,
                "there is no load balancer {arn}; set LOAD_BALANCER_ARN to the one of the endpoint service"
            ),
            Self::NotNetwork(arn, kind) => write!(
                f,
                "{arn} is a load balancer of type {kind}; PrivateLink needs a Network Load Balancer"
            ),
            Self::ParameterRefused(parameter, refusals) => write!(
                f,
                "parameter {parameter} is refused, and its group stays as it is: {refusals}"
            ),
            Self::ParameterDeleted(group, parameter) => write!(
                f,
                "parameter {parameter} is gone, and group {group} stays as it is; write it again, or write {{\"retired\": true}} to take the group out of service"
            ),
            Self::ParameterUnknown(path, Unknown { name, nearest }, more) => {
                write!(f, "parameter {path}/{name} is read by nobody")?;
                match nearest {
                    Some(nearest) => write!(
                        f,
                        ": if {path}/{nearest} is meant, write that one and delete this; if it is your own, keep it elsewhere"
                    )?,
                    None => write!(
                        f,
                        "; if it is your own, keep it outside {path}/, where names with a slip are looked for"
                    )?,
                }
                match more {
                    0 => Ok(()),
                    more => write!(f, " ({more} more such parameters are not named)"),
                }
            }
            Self::Misfit(instance, why) => write!(f, "instance {instance}: {why}"),
            Self::Kept {
                group,
                port,
                node,
                instance,
                tags,
                answers,
                stands,
            } => {
                write!(
                    f,
                    "port {port} of {group} stays with instance {instance}, which has served there as broker {node}: "
                )?;
                match answers {
                    Some(answers) => write!(f, "it answers as broker {answers}"),
                    None => f.write_str("nobody answers on it now"),
                }?;
                if !stands {
                    f.write_str(", it is not registered there any more, and nothing registers it against its tags")?;
                }
                write!(
                    f,
                    ", and its tags say {tags}; put its tags right, or take it out by its tag {}={instance}",
                    tags::RELEASE
                )
            }
            Self::Contested {
                group,
                node,
                kept,
                tagged,
            } => write!(
                f,
                "instance {tagged} is tagged as broker {node}, and instance {kept} has served as it in {group} and lives; nothing changes for either: terminate {kept}, take it out by its tag {}={kept}, or put the tags right",
                tags::RELEASE
            ),
            Self::SeatedElsewhere(node, instance, group, served) => write!(
                f,
                "instance {instance} is tagged as broker {node} and has served in {group} as broker {served}; it gets no second port: put its tag {} right",
                tags::NODE_ID
            ),
            Self::LastToLeave(group, node, instance) => write!(
                f,
                "broker {node} ({instance}) is to leave {group}, and no other healthy broker stays in its bootstrap; the last one leaves when the group's parameter is {{\"retired\": true}}"
            ),
            Self::NobodyEnters(group) => write!(
                f,
                "no new broker enters {group}, because the Auto Scaling groups could not be read, see gaps: a broker that leaves could not be told from one that comes"
            ),
            Self::ClusterIdsDisagree(who) => write!(
                f,
                "the instances' tags {} disagree: {who}; nothing is decided by them until they agree: correct the wrong ones, or remove them",
                tags::CLUSTER_ID
            ),
            Self::Twins(node, instances) => {
                let ids: Vec<&str> = instances.iter().map(InstanceId::as_str).collect();
                write!(
                    f,
                    "instances {} all say that they are broker {node}; nothing changes for any of them until all but one are terminated or tagged otherwise",
                    ids.join(" and ")
                )
            }
            Self::OtherVpc(node, instance, vpc, nlb) => write!(
                f,
                "broker {node} ({instance}) stands in {vpc} and the NLB in {nlb}; launch it in the NLB's VPC"
            ),
            Self::ZoneNotEnabled(node, zone) => write!(
                f,
                "broker {node} is in {zone}, which is not enabled on the NLB; add a subnet of that zone to the NLB"
            ),
            Self::EdgeZone(node, instance, zone) => write!(
                f,
                "broker {node} ({instance}) is in {zone}, a Local Zone or Wavelength Zone, where no NLB can have a subnet; move the broker to one of the Region's Availability Zones"
            ),
            Self::NoZone(node, instance) => write!(
                f,
                "EC2 does not say in which Availability Zone broker {node} ({instance}) is; it is mapped once it does"
            ),
            Self::NoPattern(group, node, az) => write!(
                f,
                "the pattern of {group} has no line for {az}, where broker {node} is; add the line, or move the broker"
            ),
            Self::NotRunning(group, node, instance, state) => write!(
                f,
                "broker {node} ({instance}) is {state}; it is registered with {group} when it runs"
            ),
            Self::PortTaken(group, owner, port) => write!(
                f,
                "port {port} of the NLB, meant for {port_of}, has a listener that is not tagged as ours; choose other ports in a new group, or free this one if nobody uses that listener",
                port_of = port_of(group, *owner)
            ),
            Self::AdvertisedAndTaken(group, node, port) => write!(
                f,
                "broker {node} gets no port: it advertises port {port} for {group} already, and the NLB has a listener there that the ledger does not know; delete that listener, and the broker keeps its port behind one of ours, or let it advertise another port"
            ),
            Self::AdvertisesUnheard(group, nodes) => {
                let nodes: Vec<String> = nodes.iter().map(NodeId::to_string).collect();
                write!(
                    f,
                    "no broker gets a port of {group} yet: some advertise a port of it already, and what broker {} advertises is not known; let it answer on the admin listener, or name it in \"without\" of listeners/{group}",
                    nodes.join(" and broker ")
                )
            }
            Self::AdvertisedTwice(group, nodes, port) => {
                let nodes: Vec<String> = nodes.iter().map(NodeId::to_string).collect();
                write!(
                    f,
                    "brokers {} get no port: all of them advertise port {port} for {group} already, and a port leads to one broker; let all but one of them advertise another port, or none",
                    nodes.join(" and ")
                )
            }
            Self::OrphanListener(port) => write!(
                f,
                "listener {port} is tagged as ours and no target group claims its port, in two reads; delete the listener, or put its target group's tags back"
            ),
            Self::OrphanServes(port, group) => write!(
                f,
                "listener {port} is tagged as ours and no target group claims its port, in two reads; it forwards to {group}, which may serve: put the tags of that group back"
            ),
            Self::ListenerProtocol(_, port, protocol) => write!(
                f,
                "listener {port} was changed to {protocol}; change it back to TCP"
            ),
            Self::RangeFull(group, node) => write!(
                f,
                "broker {node} gets no port: all broker_ports of {group} are given; widen the range in its parameter"
            ),
            Self::LoadBalancerFull(group, owner, foreign) => write!(
                f,
                "{port_of} gets no listener: the NLB has all of its {LISTENERS_PER_NLB} ({foreign} of them not ours), and that limit cannot be raised; retire a listener group, or take listeners that are not ours off this NLB",
                port_of = port_of(group, *owner)
            ),
            Self::PlaceKept(group, owner, (of_group, of), until) => write!(
                f,
                "{port_of} gets no listener yet: the NLB has all of its {LISTENERS_PER_NLB}, and a place is kept until {until} for whoever replaces {kept_for}; retire a listener group, or take listeners that are not ours off this NLB",
                port_of = port_of(group, *owner),
                kept_for = port_of(of_group, *of)
            ),
            Self::LedgerFault(_, why) => f.write_str(why),
            Self::AttachedToAutoScaling(group, owner, scaling) => write!(
                f,
                "the target group of {port_of} is attached to Auto Scaling group {}, which registers targets by itself; detach it there",
                clean(scaling.as_str(), 255),
                port_of = port_of(group, *owner)
            ),
            Self::RoutedElsewhere(group, owner, other) => write!(
                f,
                "{port_of} gets no listener on this NLB: its target group serves behind {other}, and AWS lets it serve behind one load balancer only; set LOAD_BALANCER_ARN back to that one, or, once no consumer uses it any more, delete its listeners",
                port_of = port_of(group, *owner)
            ),
            Self::GroupInOtherVpc(group, owner, vpc, nlb) => write!(
                f,
                "the target group of {port_of} is of {vpc} and the NLB stands in {nlb}; set LOAD_BALANCER_ARN to an NLB in {vpc}, or write {{\"retired\": true}} into the group's parameter and, once it is gone, its pattern again",
                port_of = port_of(group, *owner)
            ),
            Self::OnlyStray(group, owner, instance) => write!(
                f,
                "instance {instance} stands in the target group of {port_of} without tags of this cluster and no other target serves; tag it, or deregister it",
                port_of = port_of(group, *owner)
            ),
            Self::UnseenButHealthy(group, owner, instance) => write!(
                f,
                "EC2 does not show instance {instance}, and its target in {port_of} is healthy, so it is there; it stays until EC2 and its health agree",
                port_of = port_of(group, *owner)
            ),
            Self::LastHealthy(group, owner, instance) => write!(
                f,
                "instance {instance} is leaving and is the last healthy target of {port_of}; it is deregistered when another one is healthy, or when it is gone",
                port_of = port_of(group, *owner)
            ),
            Self::StillForwardedTo(group, owner, port) => write!(
                f,
                "the target group of {port_of} is to be deleted, and listener {port} forwards to it; point that listener elsewhere, or delete it",
                port_of = port_of(group, *owner)
            ),
            Self::SomebodyElse(node, instance, what) => write!(
                f,
                "instance {instance} is tagged as broker {node}, and on its own address: {what}; it is kept away from that broker's port until it answers as broker {node}: put its tag {} right, or the node.id in its Kafka configuration",
                tags::NODE_ID
            ),
            Self::SilentNow(node, instance) => write!(
                f,
                "instance {instance} is tagged as broker {node}, has answered as another broker, and is silent now; it is kept away from that broker's port until it answers as broker {node}"
            ),
            Self::WrongCluster(node, instance, what, tagged) => write!(
                f,
                "instance {instance} is tagged as broker {node}, and on its own address: {what}; it keeps what it has and gets nothing new: put the tags {} right ({tagged}), or take the instance out by its tag {}={instance}",
                tags::CLUSTER_ID,
                tags::RELEASE
            ),
            Self::LastInZone(group, node, instance) => write!(
                f,
                "instance {instance}, tagged as broker {node}, is somebody else and stays in the bootstrap of {group}, as no other healthy one of its zone stands there"
            ),
            Self::Unproven(group, owner, port, what) => write!(
                f,
                "{port_of}: the target is healthy, but port {port} is not proven ({what}); a broker enters bootstrap when its port is proven, and one that is there stays",
                port_of = port_of(group, *owner)
            ),
            Self::NothingProven(group) => write!(
                f,
                "nothing could be proven about {group}, see gaps; no broker enters its bootstrap until it is, and everything else goes on by target health"
            ),
            Self::BootstrapShut(group, awaited) => write!(
                f,
                "the bootstrap of {group} opens when every broker is proven on its port and lists all of them, so that no client finds a part of the cluster; it waits for {awaited}"
            ),
            Self::NotHandedOver(group, missing) => write!(
                f,
                "{group} is whole, and its hand-over stays as it is: {missing}"
            ),
            Self::HandoverWaits(group, awaited) => write!(
                f,
                "the hand-over of {group} stays as it is until every broker is proven on its port and lists all of them; it waits for {awaited}"
            ),
            Self::HandoverType(group, parameter, kind) => write!(
                f,
                "the hand-over of {group} cannot be written: parameter {parameter} is a {}, whose type AWS does not change; delete it, and it is written again: aws ssm delete-parameter --name {parameter}",
                clean(kind.as_str(), 40)
            ),
            Self::Doubted(what) => write!(f, "{what}; a second read must agree"),
            Self::HookTooShort(group, hook, seconds, least) => write!(
                f,
                "lifecycle hook {hook} of Auto Scaling group {group} times out {seconds} s after a heart-beat, before a broker can be mapped or drained; give it {least} s or more: aws autoscaling put-lifecycle-hook --auto-scaling-group-name {} --lifecycle-hook-name {} --heartbeat-timeout {least}",
                quoted(group.as_str()),
                quoted(hook)
            ),
            Self::ReusesBrokers(group) => write!(
                f,
                "Auto Scaling group {group} puts brokers back into its warm pool when it scales in, and nothing of ours stops such a broker before its instance is stopped, or keeps it waiting: it is cut off with its leaders on it. Set ReuseOnScaleIn to false: then the instance waits until its broker is gone, and is terminated. If the pool has a MinSize, a MaxGroupPreparedCapacity or a PoolState of its own, give them again (--min-size, --max-group-prepared-capacity, --pool-state), since AWS does not say that it keeps them: aws autoscaling put-warm-pool --auto-scaling-group-name {} --instance-reuse-policy ReuseOnScaleIn=false",
                quoted(group.as_str())
            ),
            Self::EndsWhilePaused(instance, group, ends) => write!(
                f,
                "instance {instance} of Auto Scaling group {group} waits for its lifecycle hook, which nobody completes while writes are paused, and AWS ends the wait at {ends}; write false into the parameter paused, or complete the hook by hand"
            ),
            Self::AtLimit {
                instance,
                group,
                hook,
                is_launch,
                result,
                why,
            } => {
                write!(
                    f,
                    "lifecycle hook {hook} of instance {instance} in {group} is completed with {}, because AWS would end it: {why}; ",
                    result.as_str()
                )?;
                f.write_str(match (is_launch, result) {
                    (true, LifecycleResult::Continue) => {
                        "it counts as launched, and nothing is routed to it before it is proven: see to it, or terminate it"
                    }
                    (true, LifecycleResult::Abandon) => {
                        "its group terminates it with its disk, as the hook's NotificationMetadata says, and launches another one"
                    }
                    (false, LifecycleResult::Continue | LifecycleResult::Abandon) => {
                        "its group terminates it now: see whether its partitions have their replicas elsewhere"
                    }
                })
            }
            Self::StillRuns(node, instance, group, ends) => write!(
                f,
                "broker {node} ({instance}) leaves with Auto Scaling group {group}, and still runs; {}. push-listeners stops it when its gate lets it, and its report says what is in the way; or stop it by hand",
                waits_until(*ends)
            ),
            Self::ControllerLeaves(instance, group, ends) => write!(
                f,
                "controller {instance} leaves with Auto Scaling group {group}, and nothing of ours stops a controller; {}. Take it off the voters (kafka-metadata-quorum.sh remove-controller; where the voters are static, change controller.quorum.voters on every node), stop it, and then write its own ID into its tag {}={instance}",
                waits_until(*ends),
                tags::RELEASE
            ),
            Self::MisfitLeaves(instance, group, ends) => write!(
                f,
                "instance {instance} leaves with Auto Scaling group {group}, and its tags make no broker, so nobody can ask whether Kafka runs on it, and nothing of ours stops it; {}. Put its tags right, and it leaves as the broker that it is; or stop Kafka by hand, and then write its own ID into its tag {}={instance}",
                waits_until(*ends),
                tags::RELEASE
            ),
            Self::StillAdvertised(group, nodes) => {
                let nodes: Vec<String> = nodes.iter().map(NodeId::to_string).collect();
                write!(
                    f,
                    "group {group} is retired, and still advertised by broker {}; its listeners are removed 15 minutes after the last broker has stopped that. push-listeners takes it off the brokers when they may restart; or take the retirement back",
                    nodes.join(", ")
                )
            }
            Self::AdvertisersUnknown(group, nodes) if nodes.is_empty() => write!(
                f,
                "group {group} is retired, and stays, since no broker could be asked whether it still advertises the group; see gaps, and the parameter admin, which says how brokers are asked"
            ),
            Self::AdvertisersUnknown(group, nodes) => {
                let nodes: Vec<String> = nodes.iter().map(NodeId::to_string).collect();
                write!(
                    f,
                    "group {group} is retired, and stays, since it is not known whether broker {} still advertises it; see the parameter admin, which says how brokers are asked; the plan of push-listeners says what each of them answers",
                    nodes.join(", ")
                )
            }
            Self::Retiring(group, since) => write!(
                f,
                "group {group} is retired, and no broker advertises it since {since}; its listeners are removed 15 minutes later. Until then the retirement can be taken back"
            ),
        }
    }
}

/// How long an instance is kept waiting.
fn waits_until(ends: Option<Timestamp>) -> String {
    match ends {
        Some(ends) => {
            format!("the instance is kept waiting by heart-beats until {ends} at the latest")
        }
        None => "the instance is kept waiting by heart-beats, until when is not known".to_owned(),
    }
}

fn port_of(group: &GroupName, owner: Owner) -> PortOf<'_> {
    PortOf { group, owner }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_aws_is_one_word_of_the_command_that_is_told() {
        for (group, hook, command) in [
            ("a;reboot", "in", "'a;reboot' --lifecycle-hook-name 'in' "),
            ("$(id)", "`id`", "'$(id)' --lifecycle-hook-name '`id`' "),
            ("it's", "in", r"'it'\''s' --lifecycle-hook-name 'in' "),
        ] {
            let held = Held::HookTooShort(group.into(), hook.to_owned(), 30, 900).to_string();
            let command = format!("--auto-scaling-group-name {command}--heartbeat-timeout 900");
            assert!(held.ends_with(&command), "{held}");
        }
    }

    #[test]
    fn a_warm_pool_is_put_right_by_the_command_that_is_told() {
        let held = Held::ReusesBrokers("it's".into()).to_string();
        let command = r"aws autoscaling put-warm-pool --auto-scaling-group-name 'it'\''s' --instance-reuse-policy ReuseOnScaleIn=false";
        assert!(held.ends_with(command), "{held}");
    }
}
