//! What is held, as sentences: what, why, and the way out.

use super::{Held, Lacks, Purpose, Unclear};
use fleet::foreign::quoted;
use fleet::tags;
use fleet::words::NodeId;
use std::collections::BTreeSet;
use std::fmt;

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blind { what } => write!(
                f,
                "{what} could not be read, so no broker is healed; see the gaps"
            ),
            Self::ParameterRefused {
                parameter,
                refusals,
            } => write!(
                f,
                "parameter {parameter} is refused, and no broker is healed: {refusals}"
            ),
            Self::Scribbled { instance } => write!(
                f,
                "the tag kafka-privatelink:healed-at of {instance} is none that heal-brokers wrote, so nobody knows what was healed, and no broker is; remove the tag"
            ),
            Self::Suppressed { alarm, by } => write!(
                f,
                "alarm {alarm} is on and suppressed by {by}, which is taken as maintenance, so no broker is healed; end the suppression when it is over"
            ),
            Self::Disabled { alarms } => write!(
                f,
                "the actions of {} are disabled, so what is on heals nobody; enable them when it may",
                alarms.join(", ")
            ),
            Self::NobodyIll { alarms } => write!(
                f,
                "{} on, and every broker is up, so there is nobody to heal; see what the alarm watches",
                alarms_are(alarms)
            ),
            Self::Away { nodes } => write!(
                f,
                "nobody can tell how {}: no live instance is tagged as it, more than one is, or it leaves its group; see its Auto Scaling group and its tags",
                match nodes.len() {
                    1 => format!("broker {} is", list(nodes)),
                    _ => format!("each of brokers {} is", list(nodes)),
                }
            ),
            Self::InHand { comment } => write!(
                f,
                "push-listeners has a broker in hand ({comment}), so no broker is healed until that has settled; see the report of push-listeners if it lasts"
            ),
            Self::Several { nodes } => write!(
                f,
                "brokers {} are ill or may be, and not all of them only need a start, so none is healed: one cause may be behind it; see to them yourself",
                list(nodes)
            ),
            Self::Interrupted { nodes } => write!(
                f,
                "AWS takes the Spot Instances of brokers {} back within two minutes, and nobody is healed meanwhile",
                list(nodes)
            ),
            Self::Busy { node } => write!(
                f,
                "broker {node} was healed within the last hour and is not up yet, so no other one is healed; see what keeps it from starting"
            ),
            Self::OthersDown { node, rung, down } => write!(
                f,
                "broker {node} needs a {}, for which every other broker must be up, and {} not; see to {} first",
                rung.noun(),
                are(down),
                list(down)
            ),
            Self::Waits {
                node,
                rung,
                reason,
                from,
            } => write!(
                f,
                "broker {node} gets its {} at {from:.0} if it is not up by then ({reason}); see to it yourself to have it sooner",
                rung.noun()
            ),
            Self::Recently { node, rung, again } => write!(
                f,
                "broker {node} is ill, and had its {} within the last hour, so it is not healed before {again:.0}; see why that did not help",
                rung.noun()
            ),
            Self::Spent { node, again } => write!(
                f,
                "broker {node} is ill, and brokers of this cluster were healed or replaced three times within a day, so it is not healed before {again:.0}; see why they fall ill, and heal it yourself"
            ),
            Self::NoConsent {
                node,
                rung,
                reason,
                healing,
                parameter,
            } => write!(
                f,
                "broker {node} needs a {} ({reason}), and {parameter} says {healing} or is missing; write {} into it to have it done, or do it yourself",
                rung.noun(),
                rung.needs()
            ),
            Self::NotReplaced {
                node,
                instance,
                lacks,
            } => write!(
                f,
                "broker {node} needs a replacement of {instance}, which is not made: {lacks}"
            ),
            Self::OnPurpose {
                node,
                instance,
                purpose,
            } => write!(
                f,
                "broker {node} on {instance} is neither started nor restarted: {purpose}"
            ),
            Self::Starting { node, missing } => {
                write!(
                    f,
                    "broker {node} is starting or recovering, or was never seen up since its process began, and is left alone; if it takes too long, read Kafka's own log there"
                )?;
                match missing {
                    None => Ok(()),
                    Some(parameter) => write!(
                        f,
                        "; without the parameter {parameter} nobody looks at brokers that are up, and one that hangs looks like one that starts; write the word off into it, so that a hang is known: aws ssm put-parameter --type String --name {} --value off",
                        quoted(parameter.as_str())
                    ),
                }
            }
            Self::Entering { node } => write!(
                f,
                "broker {node} enters its Auto Scaling group, and is healed once it is in service; until then push-listeners starts it, if the group waits for a hook kafka-privatelink-…, and else nobody does: see the report of push-listeners, or start it yourself"
            ),
            Self::Unclear {
                node,
                instance,
                why,
            } => write!(
                f,
                "broker {node} on {instance} does not answer, and is not healed: {why}"
            ),
            Self::Untold { node } => write!(
                f,
                "broker {node} answers, and does not show itself, so nobody calls it ill; see the report of push-listeners"
            ),
        }
    }
}

impl fmt::Display for Lacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk => f.write_str(
                "no tag kafka-privatelink:keeps-disk names the volume of its data; if its replacement attaches that volume, tag it with the volume's ID, else replace it yourself",
            ),
            Self::Attached { volume } => write!(
                f,
                "{volume}, which its tag kafka-privatelink:keeps-disk names, is not attached to it; put the tag right"
            ),
            Self::Kept { volume } => write!(
                f,
                "{volume} would be deleted with the instance; set its DeleteOnTermination to false"
            ),
            Self::Group => f.write_str(
                "it is in no Auto Scaling group that could replace it; stop and start it yourself",
            ),
            Self::GroupOfSeveral { group } => write!(
                f,
                "its Auto Scaling group {group} has instances of other brokers, too, and nobody knows which one its replacement would be; give each broker a group of its own, or replace it yourself"
            ),
            Self::Untagged { group, cluster } => {
                let tag = format!(
                    "ResourceId={group},ResourceType=auto-scaling-group,PropagateAtLaunch=true,Key={},Value={cluster}",
                    tags::CLUSTER
                );
                write!(
                    f,
                    "its Auto Scaling group {group} itself has no tag {} that says {cluster}, so heal-brokers may not ask it to replace anybody; tag it: aws autoscaling create-or-update-tags --tags {}",
                    tags::CLUSTER,
                    quoted(&tag)
                )
            }
            Self::Suspended { group, process } => write!(
                f,
                "the process {process} of its Auto Scaling group {group} is suspended, so nothing would come for it; resume it (aws autoscaling resume-processes), or replace it yourself"
            ),
            Self::OutOfService { group, state } => write!(
                f,
                "it is {state} in its Auto Scaling group {group}, which replaces only who is InService; put it back into service, or replace it yourself"
            ),
            Self::Word => f.write_str(
                "the other brokers did not tell what they have of it; see the report of push-listeners, and the gaps",
            ),
            Self::Others { partitions } => write!(
                f,
                "{} {} without another replica in sync, or without another leader; bring those back first",
                named(partitions),
                match partitions.len() {
                    1 => "is",
                    _ => "are",
                }
            ),
            Self::MinIsr { partitions } => write!(
                f,
                "of {} fewer other replicas are in sync than min.insync.replicas; wait until the other brokers have caught up, or see why they do not",
                named(partitions)
            ),
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stopped => "its instance is stopped; start the instance when the broker may run",
            Self::KeptStopped => {
                "the instance has the tag kafka-privatelink:keep-stopped; remove it when the broker may run"
            }
            Self::Ended => {
                "its process was told to end, and not by us; start it yourself when it may run"
            }
        })
    }
}

impl fmt::Display for Unclear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Status => {
                "EC2 does not tell how its status checks are, or since when they fail; see them in the console if it lasts"
            }
            Self::Looks => {
                "push-listeners has not inspected its host twice within the last minutes; if it lasts, see whether the SSM agent is there"
            }
            Self::Disagree => {
                "the last two inspections of its host say different things; if it lasts, see what starts and ends its process there"
            }
            Self::Several => {
                "several processes of Kafka on its host may be it, or one that tells no node.id; end those that should not run"
            }
            Self::Healthy => {
                "its process seems gone, and its target passes its health check; see what listens on its bind port"
            }
            Self::Theirs => {
                "the last command of push-listeners there did not come to a good end; see the report of push-listeners"
            }
        })
    }
}

fn named(partitions: &BTreeSet<String>) -> String {
    let names: Vec<&str> = partitions.iter().map(String::as_str).collect();
    match names[..] {
        [name] => format!("partition {name}"),
        _ => format!("partitions {}", names.join(", ")),
    }
}

fn alarms_are(alarms: &[String]) -> String {
    match alarms {
        [alarm] => format!("alarm {alarm} is"),
        _ => format!("alarms {} are", alarms.join(", ")),
    }
}

fn are(nodes: &BTreeSet<NodeId>) -> String {
    match nodes.len() {
        1 => format!("broker {} is", list(nodes)),
        _ => format!("brokers {} are", list(nodes)),
    }
}

fn list(nodes: &BTreeSet<NodeId>) -> String {
    let nodes: Vec<String> = nodes.iter().map(NodeId::to_string).collect();
    nodes.join(", ")
}
