//! The ledger: who has which port, read from the tags of our target groups ("Ledger" in
//! `register-brokers/README.md`).

mod another;

pub use another::Another;

use crate::foreign::clean;
use crate::naming::{self, Owner, PortOf};
use crate::observed::{HealthCheck, TargetGroup};
use crate::tags;
use crate::words::{
    ClusterName, GroupName, InstanceId, LoadBalancerArn, Port, TargetGroupArn, TargetGroupName,
    VpcId,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// This much is shown of what stands in a tag.
const SHOWN: usize = 64;

/// How long a port stays reserved for a broker that is gone.
pub const RESERVATION: SignedDuration = SignedDuration::from_hours(24);

/// All entries of one cluster, and the groups whose tags make no entry.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Entries by listener group and owner.
    pub entries: BTreeMap<(GroupName, Owner), Entry>,
    /// Groups that bear our name and cannot be trusted, and why. They are left alone.
    pub faults: BTreeMap<TargetGroupName, Fault>,
    /// Entries that claim another one's port and that nothing leads to. They are among the faults,
    /// and may be deleted: whoever they belong to gets another port then.
    pub superfluous: BTreeMap<(GroupName, Owner), Entry>,
    /// Groups that are tagged for another cluster and have the very name of one of ours, and what is to
    /// be said of them. They hold no port of ours, and are never touched.
    pub others: BTreeMap<(GroupName, Owner), String>,
    contested: BTreeMap<Port, Vec<(GroupName, Entry)>>,
}

/// One port given to one owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The target group.
    pub arn: TargetGroupArn,
    /// Its name.
    pub name: TargetGroupName,
    /// Whose port it is.
    pub owner: Owner,
    /// The NLB port.
    pub port: Port,
    /// The port on which targets are reached.
    pub bind_port: Port,
    /// The protocol when the port was given.
    pub protocol: String,
    /// The VPC of its targets.
    pub vpc: VpcId,
    /// The load balancer that routes to it, if one does.
    pub load_balancers: BTreeSet<LoadBalancerArn>,
    /// The health check as it is.
    pub health_check: HealthCheck,
    /// Since when the broker is gone.
    pub vacant_since: Option<Timestamp>,
    /// Since when the listener group is being retired.
    pub retired_since: Option<Timestamp>,
    /// Since when the listener group was complete; on its bootstrap only.
    pub complete_since: Option<Timestamp>,
    /// The instance that was healthy here as this broker.
    pub served_by: Option<InstanceId>,
    /// Instances that are not the broker that they were taken for, noted here.
    pub another: BTreeSet<Another>,
}

/// A target group of ours that was changed by other hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, and the way out.
    pub why: String,
    /// The listener group that it seems to belong to.
    pub group: Option<GroupName>,
    /// The owner that it seems to belong to.
    pub owner: Option<Owner>,
    /// The port that it seems to hold; nobody else gets it.
    pub port: Option<Port>,
}

impl Ledger {
    /// Reads the ledger. Only groups with our name prefix are given in.
    pub fn read(cluster: &ClusterName, groups: &[TargetGroup]) -> Self {
        let mut ledger = Self::default();
        let mut by_port: BTreeMap<Port, Vec<(GroupName, Entry)>> = BTreeMap::new();
        for group in groups {
            if let Some(other) = group.tags.get(tags::CLUSTER)
                && *other != cluster.as_str()
            {
                ledger.note_other(cluster, group, other);
                continue;
            }
            match entry(cluster, group) {
                Ok((of, entry)) => by_port.entry(entry.port).or_default().push((of, entry)),
                Err(fault) => {
                    ledger.faults.insert(group.name.clone(), fault);
                }
            }
        }
        for (port, mut claims) in by_port {
            if let [_] = claims[..] {
                let only = claims
                    .drain(..)
                    .map(|(of, entry)| ((of, entry.owner), entry));
                ledger.entries.extend(only);
                continue;
            }
            let names: Vec<&str> = claims
                .iter()
                .map(|(_, entry)| entry.name.as_str())
                .collect();
            let why = format!(
                "target groups {} all claim port {port}; put right the tag {} of the one that was edited",
                names.join(", "),
                tags::PORT
            );
            for (of, entry) in &claims {
                let fault = Fault {
                    why: why.clone(),
                    group: Some(of.clone()),
                    owner: Some(entry.owner),
                    port: Some(port),
                };
                ledger.faults.insert(entry.name.clone(), fault);
            }
            ledger.contested.insert(port, claims);
        }
        ledger
    }

    /// A group that another cluster's tag is on: the first bytes of two hashes may be the same. Only one
    /// that has the very name of a group of ours matters, as AWS makes no second one of that name.
    fn note_other(&mut self, cluster: &ClusterName, group: &TargetGroup, other: &str) {
        let tag = |key: &str| group.tags.get(key).map(String::as_str);
        let of = tag(tags::GROUP).map(GroupName::from);
        let owner = tag(tags::NODE_ID).and_then(Owner::parse);
        if let (Some(of), Some(owner)) = (of, owner)
            && naming::target_group_name(cluster, &of, owner) == group.name
        {
            let why = format!(
                "target group {}, the one of {}, has our name but no usable tag {}: it says {}; if the group is ours, put the tag right; if it is not, two clusters make the same name: deploy one of them with another ClusterName",
                group.name,
                PortOf { group: &of, owner },
                tags::CLUSTER,
                clean(other, SHOWN)
            );
            self.others.insert((of, owner), why);
        }
    }

    /// Decides between entries that claim one port, as two activations that could not see each
    /// other's groups leave them (P-44, P-81): a claim that a listener leads to, or that is a
    /// reservation, is good. If there is no such one, the first is; if there are more, a person
    /// edited tags and must decide. `forwarded` are the groups that listeners forward to.
    pub fn settle_claims(&mut self, forwarded: &BTreeSet<&TargetGroupArn>) {
        for (port, claims) in std::mem::take(&mut self.contested) {
            let is_good = |(_, entry): &(GroupName, Entry)| {
                forwarded.contains(&entry.arn) || entry.vacant_since.is_some()
            };
            let (mut good, mut rest): (Vec<_>, Vec<_>) = claims.into_iter().partition(is_good);
            rest.sort_by(|(a, one), (b, other)| (a, one.owner).cmp(&(b, other.owner)));
            if good.is_empty() {
                good.push(rest.remove(0));
            }
            let [(of, winner)] = &good[..] else { continue };
            for (of, entry) in rest {
                if let Some(fault) = self.faults.get_mut(&entry.name) {
                    fault.why = format!(
                        "target group {} claims port {port}, which {} has; it is deleted and made again with another port",
                        entry.name, winner.name
                    );
                }
                self.superfluous.insert((of, entry.owner), entry);
            }
            self.faults.remove(&winner.name);
            self.entries
                .insert((of.clone(), winner.owner), winner.clone());
        }
    }

    /// The entries of one listener group.
    pub fn of_group(&self, group: &GroupName) -> impl Iterator<Item = &Entry> {
        self.entries
            .iter()
            .filter(move |((of, _), _)| of == group)
            .map(|(_, entry)| entry)
    }

    /// The listener groups that have entries.
    pub fn groups(&self) -> BTreeSet<GroupName> {
        self.entries
            .keys()
            .map(|(group, _)| group.clone())
            .collect()
    }

    /// Whether something that cannot be trusted stands where the entry of this owner should: a fault, or
    /// a group of that name which another cluster's tag is on. Nothing is made beside it.
    pub fn is_doubtful(&self, cluster: &ClusterName, group: &GroupName, owner: Owner) -> bool {
        self.fault_of(cluster, group, owner).is_some()
            || self.others.contains_key(&(group.clone(), owner))
    }

    /// The fault that stands where the entry of this owner should.
    fn fault_of(&self, cluster: &ClusterName, group: &GroupName, owner: Owner) -> Option<&Fault> {
        self.faults
            .get(&naming::target_group_name(cluster, group, owner))
            .or_else(|| {
                self.faults
                    .values()
                    .find(|fault| fault.group.as_ref() == Some(group) && fault.owner == Some(owner))
            })
    }

    /// Every port that somebody holds, reservations and doubtful ones included.
    pub fn ports(&self) -> BTreeSet<Port> {
        self.entries
            .values()
            .map(|entry| entry.port)
            .chain(self.faults.values().filter_map(|fault| fault.port))
            .collect()
    }
}

fn entry(cluster: &ClusterName, group: &TargetGroup) -> Result<(GroupName, Entry), Fault> {
    let tag = |key: &str| group.tags.get(key).map(String::as_str);
    let of = tag(tags::GROUP).map(GroupName::from);
    let owner = tag(tags::NODE_ID).and_then(Owner::parse);
    let port = tag(tags::PORT)
        .and_then(|text| text.parse().ok())
        .and_then(Port::new);
    let fault = |why: String| Fault {
        why,
        group: of.clone(),
        owner,
        port,
    };
    let name = &group.name;
    let missing = |key: &str| {
        fault(format!(
            "target group {name} has our name but no usable tag {key}; put the tag back"
        ))
    };
    if tag(tags::CLUSTER).is_none() {
        return Err(missing(tags::CLUSTER));
    }
    let (Some(of), Some(owner), Some(port)) = (of.clone(), owner, port) else {
        return Err(missing(match (&of, owner) {
            (None, _) => tags::GROUP,
            (Some(_), None) => tags::NODE_ID,
            (Some(_), Some(_)) => tags::PORT,
        }));
    };
    if naming::target_group_name(cluster, &of, owner) != *name {
        return Err(fault(format!(
            "target group {name} is not the one of {}: its tags were edited; put {} and {} back",
            PortOf {
                group: &clean(of.as_str(), SHOWN).as_str().into(),
                owner
            },
            tags::GROUP,
            tags::NODE_ID
        )));
    }
    if group.protocol != "TCP" || group.target_type != "instance" {
        return Err(fault(format!(
            "target group {name} is {} with {} targets instead of TCP with instance targets; when no listener forwards to it any more, delete it, and it is made again",
            group.protocol, group.target_type
        )));
    }
    let since = |key: &str| match tag(key) {
        None => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| {
            fault(format!(
                "target group {name}: tag {key} \"{}\" is not a time; remove the tag",
                clean(text, SHOWN)
            ))
        }),
    };
    let entry = Entry {
        arn: group.arn.clone(),
        name: name.clone(),
        owner,
        port,
        bind_port: group.port,
        protocol: tag(tags::PROTOCOL).unwrap_or("PLAINTEXT").to_owned(),
        vpc: group.vpc.clone(),
        load_balancers: group.load_balancers.clone(),
        health_check: group.health_check.clone(),
        vacant_since: since(tags::VACANT_SINCE)?,
        retired_since: since(tags::RETIRED_SINCE)?,
        complete_since: since(tags::COMPLETE_SINCE)?,
        served_by: tag(tags::SERVED_BY).map(|text| text.trim().into()),
        another: tag(tags::ANOTHER).map(Another::read).unwrap_or_default(),
    };
    Ok((of, entry))
}

#[cfg(test)]
mod tests;
