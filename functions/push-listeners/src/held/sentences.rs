//! What is held, as sentences: what, why, and the way out.

use super::Held;
use super::failure::failed;
use fleet::gate::Obstacle;
use std::fmt;

/// When a host is looked at again that was in the way.
const AGAIN: &str = "it is looked at again once an hour, and when a listener parameter is written";

/// So many obstacles are told.
const TOLD: usize = 20;

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blind { what } => write!(
                f,
                "{what} could not be read, so nothing is sent to any host; see the gaps"
            ),
            Self::ParameterRefused {
                parameter,
                refusals,
                stays,
            } => write!(
                f,
                "parameter {parameter} is refused, and {stays}: {refusals}"
            ),
            Self::GroupDeleted { parameter, group } => write!(
                f,
                "parameter {parameter} is gone, and brokers keep {group} as it is; write it again, or write {{\"retired\": true}} to take {group} from them"
            ),
            Self::Twins { node, instances } => write!(
                f,
                "instances {} are all tagged as broker {node}; nobody can tell which one it is, so none is touched; put the tag kafka-privatelink:node-id right",
                list(instances.iter(), ", ")
            ),
            Self::NoPort {
                node,
                group,
                cluster,
            } => write!(
                f,
                "broker {node} gets {group} when register-brokers has given it a port; its port is not given yet; if that lasts, see what its report holds, the newest JSON line in the log group /kafka-privatelink/{cluster}/register-brokers"
            ),
            Self::NoZone {
                node,
                group,
                zone: Some(zone),
            } => write!(
                f,
                "broker {node} gets no {group}: no line of the pattern is for its zone, {zone}, which the consumer does not know; let the consumer add the zone, and add its line to the pattern"
            ),
            Self::NoZone {
                node,
                group,
                zone: None,
            } => write!(
                f,
                "broker {node} gets no {group}: the pattern has a line for each zone, and EC2 does not say in which zone the broker is; it gets the listener once EC2 does"
            ),
            Self::NotRunning {
                node,
                instance,
                state,
            } => write!(
                f,
                "broker {node} is not asked: instance {instance} is {state}{}",
                match state.as_str() {
                    "running" => " and has no private address yet; it is asked when it has one",
                    "pending" => "; it is asked when it runs",
                    _ => "; start it, or take its tags away if it is gone for good",
                }
            ),
            Self::Untold { node, why } => {
                write!(
                    f,
                    "what broker {node} runs with is not known, so it is not touched: {why}; see the parameter admin, which says how it is asked"
                )
            }
            Self::Another {
                node,
                instance,
                reached,
            } => write!(
                f,
                "instance {instance} is tagged as broker {node}, and broker {reached} answers there; put the tag kafka-privatelink:node-id right"
            ),
            Self::Silent { node, why } => write!(
                f,
                "broker {node} does not answer on its admin listener, and that is not our doing: {why}; if it does not run, start it; if it listens elsewhere, say so in the parameter admin"
            ),
            Self::Starting { node, why } => write!(
                f,
                "broker {node} starts, recovers or stops: its process is there, and its admin listener does not answer ({why}); it is waited for, however long it takes; see its log, and restart it yourself if it hangs"
            ),
            Self::Overridden { node, key } => write!(
                f,
                "broker {node} runs with an override of {key} that no edit of its file changes; delete it: kafka-configs.sh --bootstrap-server … --entity-type brokers --entity-name {node} --alter --delete-config {key} (with --entity-default instead of --entity-name {node}, if it is set for all brokers)"
            ),
            Self::Unmanaged {
                node,
                instance,
                why,
            } => write!(f, "broker {node} on {instance} takes no command: {why}"),
            Self::InFlight {
                comment,
                instances,
                status,
            } => write!(
                f,
                "nothing else is sent while a command of ours is under way: {comment}, on {}, is {status}",
                list(instances.iter(), ", ")
            ),
            Self::AnswerPending { comment } => {
                write!(f, "what a command of ours said is not known yet: {comment}")
            }
            Self::CommandFailed {
                comment,
                why,
                again,
            } => write!(
                f,
                "a command of ours failed, and is tried again at {again:.0}: {comment}: {why}"
            ),
            Self::Host {
                node,
                instance,
                why,
            } => write!(
                f,
                "broker {node} on {instance} is not touched: {why}; {AGAIN}"
            ),
            Self::File {
                node,
                path,
                refusal,
            } => write!(
                f,
                "the file of broker {node}, {path}, is not edited: {refusal}; {AGAIN}"
            ),
            Self::Beside { node, path, lines } => write!(
                f,
                "broker {node} needs lines in {path} that only you can write; add these, or others that do the same, and do not restart the broker for it: \"{}\" (SCRAM-SHA-512 stands for the mechanism that you choose; what stands between < and > is yours); {AGAIN}",
                lines.join("\", \"")
            ),
            Self::PortUsed { node, port, by } => write!(
                f,
                "broker {node} could not listen on port {port}: {by}; free the port, and write the listener parameter again; or make a group with another \"bind_port\" and retire this one"
            ),
            Self::Failed { node, how, said } => {
                failed(f, *node, *how)?;
                match said.as_str() {
                    "" => Ok(()),
                    said => write!(f, "; Kafka said: {said}"),
                }
            }
            Self::Exited { node } => write!(
                f,
                "broker {node} has exited since our last command there, which did not change its file, so nothing is taken back; see its log, and start it"
            ),
            Self::Stopping { node } => write!(
                f,
                "broker {node} was to stop for our last command, and answers still; it is waited for, and never killed; if it stays so, restart it"
            ),
            Self::Theirs { node } => write!(
                f,
                "broker {node} needs you: others changed its file since our last command there, so the file from before is not put back; see that it is right, and restart the broker with it"
            ),
            Self::NotShown { node } => write!(
                f,
                "broker {node} was restarted for this, and its file says all that we change there, but its process still shows something else; it is not restarted again; see in its log which file it was started with, and write the listener parameter again once its process reads that file"
            ),
            Self::Undone { node } => write!(
                f,
                "the file of broker {node} was written anew after our edit, and the broker was started with that; it is not edited again for these parameters: give whatever writes the file the listeners, or write the listener parameter again"
            ),
            Self::NotUp { node, why } => write!(f, "broker {node} is not up: {why}"),
            Self::RollWaits { node, behind, why } => {
                write!(f, "broker {node} waits for broker {behind}, which {why}")
            }
            Self::Older { newer, until } => write!(
                f,
                "the listener parameters are read as they were before {newer}, and a command of ours was sent for what was written then; a read may lag, so no broker is restarted for the older ones until {until}"
            ),
            Self::Settling {
                node,
                comment,
                until,
            } => write!(
                f,
                "broker {node} waits until {until:.0}: the cluster settles after a command of ours: {comment}"
            ),
            Self::GateUnasked { node } => write!(
                f,
                "broker {node} is not restarted: it was not asked whether it may be stopped now; the next run asks"
            ),
            Self::Gate { node, obstacles } => {
                write!(f, "broker {node} is not stopped now: ")?;
                told(f, obstacles)
            }
            Self::Unavailable {
                node,
                partitions,
                parameter,
                write,
            } => write!(
                f,
                "broker {node} is not restarted: meanwhile these partitions could not be written or read, since they have no replicas to spare: {partitions}; give them more replicas, or write {write} into {parameter}"
            ),
            Self::WithoutQuorum {
                node,
                voters,
                parameter,
                write,
            } => write!(
                f,
                "broker {node} is not restarted: meanwhile the metadata quorum would be lost, since it has no more than {voters} voter{}; add voters until it has three or more, or write {write} into {parameter}",
                if *voters == 1 { "" } else { "s" }
            ),
            Self::Misfits { node, instances } => write!(
                f,
                "broker {node} is not restarted, since instance {} may be another broker: its tags do not say which; put the tags kafka-privatelink:node-id and kafka-privatelink:role right",
                list(instances.iter(), ", ")
            ),
            Self::VotersUntold { node, why } => write!(
                f,
                "broker {node} is not restarted, since it is not known who else elects the controller: {why}; see that the active controller answers, and that the user of the parameter admin may Describe the cluster"
            ),
            Self::NoConsent { node, parameter } => write!(
                f,
                "broker {node} waits for your word; write any-time, or windows such as \"Sat,Sun 02:00-05:00 UTC\", into {parameter} to let brokers restart"
            ),
            Self::Asked {
                node,
                instance,
                why,
            } => write!(
                f,
                "heal-brokers asks for broker {node} on {instance}, and nothing is done: {why}"
            ),
            Self::KeptStopped { node, instance } => write!(
                f,
                "broker {node} is neither started nor restarted: instance {instance} has the tag kafka-privatelink:keep-stopped; take it away to have the broker started"
            ),
            Self::StoppedOnPurpose { node, instance } => write!(
                f,
                "broker {node} on {instance} is not started: it ended cleanly, and not by a command of ours, so somebody stopped it; start it yourself"
            ),
            Self::Predecessor {
                node,
                instance,
                other,
            } => write!(
                f,
                "broker {node} is not started on {instance}: instance {other} is the same broker and is not terminated yet; wait for that, or terminate it"
            ),
            Self::Disk {
                node,
                instance,
                why,
            } => write!(f, "broker {node} is not started on {instance}: {why}"),
            Self::Leaves {
                node,
                instance,
                exit,
                why,
            } => write!(
                f,
                "broker {node} leaves with {instance}, and is not stopped yet: {why}; {exit}"
            ),
            Self::Regardless { node, obstacles } => {
                write!(
                    f,
                    "broker {node} is stopped although it should not be, since AWS takes its Spot Instance back, and a clean stop loses less than a pulled plug: "
                )?;
                told(f, obstacles)
            }
            Self::NotNow {
                node,
                opens: Some(opens),
            } => write!(
                f,
                "broker {node} waits until brokers may restart, at {opens}"
            ),
            Self::NotNow { node, opens: None } => write!(
                f,
                "broker {node} waits: the parameter restarts says never; write any-time there, or windows such as \"Sat,Sun 02:00-05:00 UTC\", to let brokers restart"
            ),
        }
    }
}

fn told(f: &mut fmt::Formatter<'_>, obstacles: &[Obstacle]) -> fmt::Result {
    f.write_str(&list(obstacles.iter().take(TOLD), "; "))?;
    match obstacles.len().saturating_sub(TOLD) {
        0 => Ok(()),
        more => write!(f, "; and {more} more"),
    }
}

fn list<T: fmt::Display>(items: impl Iterator<Item = T>, between: &str) -> String {
    let items: Vec<String> = items.map(|it| it.to_string()).collect();
    items.join(between)
}
