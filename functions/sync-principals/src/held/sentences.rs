//! What is held, in sentences that a person understands: what it is about, why, and the way out.

use super::Held;
use crate::change::named;
use fleet::principals::briefly;
use fleet::tags;
use fleet::words::Port;
use std::collections::BTreeSet;
use std::fmt;

/// So many bytes a standard and an advanced parameter hold (F46).
const STANDARD: usize = 4096;
const ADVANCED: usize = 8192;

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blind { what } => write!(
                f,
                "nothing is changed, because {what} could not be read; see gaps"
            ),
            Self::PermissionsUnread { service, cluster } => write!(
                f,
                "nothing is changed, because the permissions of the endpoint service {service} could not be read; see gaps. The function's role reaches only a service that has the tag {}={cluster}: if a permission is missing, look for that tag first",
                tags::CLUSTER
            ),
            Self::NoService { load_balancer } => write!(
                f,
                "no endpoint service stands on {load_balancer}; make one, or give the stack the NLB of the endpoint service as LoadBalancerArn"
            ),
            Self::ServiceOver { name, state } => write!(
                f,
                "the endpoint service {name} is {state}; nothing is changed until one is available"
            ),
            Self::SeveralServices { names } => write!(
                f,
                "endpoint services {} all stand on this NLB, and nobody can tell which is right; take it off all but one",
                names.join(", ")
            ),
            Self::ParameterRefused {
                parameter,
                refusals,
            } => write!(
                f,
                "parameter {parameter} is refused, and nobody's permission or connection changes: {refusals}"
            ),
            Self::ParameterDeleted {
                parameter,
                recorded,
            } => write!(
                f,
                "parameter {parameter} is gone, and what it kept stays as it is: {}; write it again, or write {{\"principals\": []}} if nobody may connect",
                counted(*recorded, "permission")
            ),
            Self::ParameterOld {
                parameter,
                read,
                applied,
            } => write!(
                f,
                "the parameter {parameter} that was read was written at {read}, and one of {applied} is already in force; the next run reads again. If an older text was put back, write it once more"
            ),
            Self::OtherCluster { principal, cluster } => write!(
                f,
                "the permission of {principal} is tagged for cluster {cluster} and stays that cluster's; take it off one of the two lists, or delete that tag if there is no such cluster any more"
            ),
            Self::ManyLeave {
                leave,
                of,
                needs,
                parameter,
            } => {
                let some = format!(
                    "{} of {of} recorded principals are off the list, which could be a slip, so none of them is removed",
                    leave.len()
                );
                if *needs <= ADVANCED {
                    let names = leave.iter().map(|who| format!("\"{}\"", briefly(who)));
                    let names = names.collect::<Vec<_>>().join(", ");
                    write!(
                        f,
                        "{some}; to remove them, write \"remove\": [{names}] into {parameter} beside \"principals\""
                    )?;
                    if *needs > STANDARD {
                        f.write_str(
                            "; that is more than a standard parameter holds, so make it an advanced one",
                        )?;
                    }
                    Ok(())
                } else {
                    let named = named(leave.iter());
                    write!(
                        f,
                        "{some}; {parameter} has no room for all of their names, so to remove them, take at most half of them off at a time: {named}"
                    )
                }
            }
            Self::Doubted { who, of } => write!(
                f,
                "off the list, of {}: {}; a second read must agree",
                counted(*of, "recorded principal"),
                named(who.iter())
            ),
            Self::Leaving { account, endpoints } => write!(
                f,
                "the permission of account {account} goes when its connections are gone: {}",
                named(endpoints.iter())
            ),
            Self::StillAllowed {
                account,
                by,
                endpoints,
            } => write!(
                f,
                "account {account} stays allowed by {by}, so its connections are not rejected: {}",
                named(endpoints.iter())
            ),
            Self::NotProven {
                endpoint,
                account,
                waits,
                parameter,
            } => write!(
                f,
                "connection {endpoint} of account {account} is accepted when a listener group is handed over and its bootstrap has a healthy target; {waits}. If the consumer shows its names only after the connection, write \"accept\": \"at-once\" into {parameter}"
            ),
            Self::NotListed {
                endpoint,
                account,
                age,
                parameter,
            } => write!(
                f,
                "connection {endpoint} of account {account} has waited for {age}, and that account is not listed in {parameter}; list it, or reject the connection"
            ),
            Self::NeedsNewEndpoint {
                endpoint,
                account,
                state,
            } => write!(
                f,
                "connection {endpoint} of account {account} is {state}; AWS documents no way to accept it after that, so the consumer deletes that endpoint and makes a new one"
            ),
            Self::ConnectedUnlisted {
                endpoint,
                account,
                parameter,
            } => write!(
                f,
                "connection {endpoint} of account {account} stands, and that account is not listed in {parameter} and has no permission of its own; list it, or reject the connection"
            ),
            Self::OddState { account, odd } => {
                let odd = odd.iter().map(|(endpoint, state)| match state.as_str() {
                    "" => format!("{endpoint} (AWS says no state)"),
                    state => format!("{endpoint} ({state})"),
                });
                write!(
                    f,
                    "account {account} is off the list and keeps its permission, because nobody here knows whether these connections of it stand: {}; reject them, or take the permission away",
                    named(odd)
                )
            }
            Self::MoreConnections { more } => write!(
                f,
                "{} like these; {{\"action\":\"plan\"}} shows all of them",
                counted(*more, "more connection")
            ),
            Self::Unasked { service } => write!(
                f,
                "the endpoint service {service} does not require acceptance: whoever is allowed connects unasked, before anything is proven; turn acceptance on"
            ),
            Self::NobodyLetIn { group, ports } => write!(
                f,
                "the NLB's security groups let nobody in on {} of {group}: add an inbound rule for the consumers' ranges, or turn off the enforcement of inbound rules on PrivateLink traffic",
                ports_in_words(ports)
            ),
            Self::NotLetIn {
                account,
                range,
                group,
                ports,
            } => write!(
                f,
                "connections of account {account} from {range} are accepted and reach nothing of {group} on {}: no inbound rule of the NLB's security groups lets that range in; add TCP from {range} to those ports",
                ports_in_words(ports)
            ),
        }
    }
}

/// `1 permission`, `2 permissions`.
fn counted(many: usize, of: &str) -> String {
    let plural = if many == 1 { "" } else { "s" };
    format!("{many} {of}{plural}")
}

/// `port 9092`, or `ports 9092, 9094-9096`.
fn ports_in_words(ports: &BTreeSet<Port>) -> String {
    let mut runs: Vec<(u16, u16)> = Vec::new();
    for port in ports.iter().map(|port| port.get()) {
        match runs.last_mut() {
            Some((_, last)) if u32::from(*last) + 1 == u32::from(port) => *last = port,
            _ => runs.push((port, port)),
        }
    }
    let told: Vec<String> = runs
        .iter()
        .map(|(first, last)| match first == last {
            true => first.to_string(),
            false => format!("{first}-{last}"),
        })
        .collect();
    let plural = if ports.len() == 1 { "" } else { "s" };
    format!("port{plural} {}", told.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fleet::look::port;

    #[test]
    fn ports_are_told_in_runs() {
        let told = |ports: &[u16]| ports_in_words(&ports.iter().map(|&of| port(of)).collect());
        assert_eq!(told(&[9092]), "port 9092");
        assert_eq!(told(&[9096, 9092, 9095, 9094]), "ports 9092, 9094-9096");
        assert_eq!(told(&[65534, 65535]), "ports 65534-65535");
    }
}
