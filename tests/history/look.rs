//! What AWS really has at one moment, sorted without the product's own eyes.

use crate::{CLUSTER, Stage};
use cloud::call::Call;
use fleet::observed::{InstanceState, TargetHealth};
use fleet::tags::{self, Tags};
use fleet::words::{InstanceId, ListenerArn, TargetGroupArn};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use world::model::{ListenerRecord, TargetGroupRecord};

/// Reads that everything depends on: without one of them nothing is written. Without the others
/// (attributes, Auto Scaling, health of one group) work goes on.
pub const EYES: [&str; 6] = [
    "GetParametersByPath",
    "DescribeLoadBalancers",
    "DescribeListeners",
    "DescribeTargetGroups",
    "DescribeTags",
    "DescribeInstances",
];

/// A moment.
#[derive(Clone, Debug)]
pub struct Look {
    /// AWS time.
    pub now: Timestamp,
    /// Live instances and what they are.
    pub live: BTreeMap<InstanceId, Kind>,
    /// Those that their Auto Scaling group is terminating, whatever their tags say.
    pub leaving: BTreeSet<InstanceId>,
    /// Those that wait for a lifecycle hook, and since when.
    pub waiting: BTreeMap<InstanceId, Timestamp>,
    /// Those that a person takes out, by their own ID in a tag.
    pub released: BTreeSet<InstanceId>,
    /// Those that run.
    pub running: BTreeSet<InstanceId>,
    /// Those of them with the cluster's tag that are no controllers, whatever else their tags say.
    pub members: BTreeSet<InstanceId>,
    /// Target groups.
    pub groups: BTreeMap<TargetGroupArn, TargetGroupRecord>,
    /// Their targets.
    pub health: BTreeMap<TargetGroupArn, Vec<TargetHealth>>,
    /// Listeners.
    pub listeners: BTreeMap<ListenerArn, ListenerRecord>,
}

/// What a live instance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The broker with this `node.id`.
    Broker(u32),
    /// That broker, but its Auto Scaling group is terminating it.
    Leaving(u32),
    /// Surely none of ours.
    Foreign,
    /// No tag says what it is.
    Untagged,
}

/// A port of the ledger: listener group, owner, NLB port.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The listener group.
    pub group: String,
    /// `bootstrap` or a `node.id`.
    pub owner: String,
    /// The NLB port.
    pub port: u16,
}

impl Place {
    /// The broker whose place it is.
    pub fn node(&self) -> Option<u32> {
        self.owner.parse().ok()
    }
}

impl Look {
    /// What there is now.
    pub fn at(stage: &Stage) -> Self {
        let now = stage.now();
        stage.edit(|model, now| model.advance(now));
        let mut model = stage.model();
        let groups: BTreeMap<_, _> = model
            .target_groups()
            .map(|record| (record.group.arn.clone(), record.clone()))
            .collect();
        let health = model.by_hand(|model| {
            let of = |arn: &TargetGroupArn| model.describe_target_health(now, arn);
            let all = groups.keys().cloned().collect::<Vec<_>>();
            let health: Vec<_> = all.iter().map(of).collect();
            all.into_iter()
                .zip(health)
                .map(|(arn, health)| (arn, health.unwrap_or_default()))
                .collect()
        });
        let scaling = model.auto_scaling_groups();
        let members = scaling.flat_map(|group| &group.members);
        let leaving: BTreeSet<InstanceId> = members
            .filter(|(_, member)| member.lifecycle_state.starts_with("Terminating"))
            .map(|(id, _)| id.clone())
            .collect();
        let waiting = model.auto_scaling_groups().flat_map(|group| &group.members);
        let waiting = waiting.filter_map(|(id, it)| Some((id.clone(), it.waits_since()?)));
        let waiting = waiting.collect();
        let living = || model.instances().filter(|i| !i.state.is_terminal());
        Self {
            now,
            live: living()
                .map(|record| {
                    let kind = match kind(&record.tags) {
                        Kind::Broker(node) if leaving.contains(&record.id) => Kind::Leaving(node),
                        kind => kind,
                    };
                    (record.id.clone(), kind)
                })
                .collect(),
            released: living()
                .filter(|record| {
                    let value = record.tags.get(tags::RELEASE);
                    value.is_some_and(|value| value == record.id.as_str())
                })
                .map(|record| record.id.clone())
                .collect(),
            leaving: leaving.clone(),
            waiting,
            running: living()
                .filter(|record| record.state == InstanceState::Running)
                .map(|record| record.id.clone())
                .collect(),
            members: living()
                .filter(|record| {
                    let tag = |key: &str| record.tags.get(key).map(String::as_str);
                    record.state == InstanceState::Running
                        && tag(tags::CLUSTER) == Some(CLUSTER)
                        && tag(tags::ROLE) != Some("controller")
                })
                .map(|record| record.id.clone())
                .collect(),
            listeners: model
                .listeners()
                .map(|record| (record.arn.clone(), record.clone()))
                .collect(),
            groups,
            health,
        }
    }

    /// Whether an instance keeps what it has served, whatever its tags say: it lives, and nobody takes
    /// it out.
    pub fn keeps(&self, instance: &InstanceId) -> bool {
        self.live.contains_key(instance)
            && !self.leaving.contains(instance)
            && !self.released.contains(instance)
    }

    /// The broker that an instance has served as in a listener group, by the ledger's own note.
    pub fn served_as(&self, group: &str, instance: &InstanceId) -> Option<u32> {
        self.groups.iter().find_map(|(arn, record)| {
            let place = self.place(arn)?;
            let noted = record.group.tags.get(tags::SERVED_BY)? == instance.as_str();
            let is_vacant = record.group.tags.contains_key(tags::VACANT_SINCE);
            (noted && !is_vacant && place.group == group).then(|| place.node())?
        })
    }

    /// Whether a target stands in a group, draining ones left out.
    pub fn stands(&self, group: &TargetGroupArn, instance: &InstanceId) -> bool {
        let targets = self.health.get(group).into_iter().flatten();
        let mut standing = targets.filter(|t| t.state != fleet::observed::TargetState::Draining);
        standing.any(|target| target.instance == *instance)
    }

    /// The live instances with a `node.id`.
    pub fn of_node(&self, node: u32) -> Vec<&InstanceId> {
        let live = self.live.iter();
        live.filter(|(_, kind)| **kind == Kind::Broker(node))
            .map(|(id, _)| id)
            .collect()
    }

    /// Every live `node.id`.
    pub fn nodes(&self) -> BTreeSet<u32> {
        let live = self.live.values();
        live.filter_map(|kind| match kind {
            Kind::Broker(node) => Some(*node),
            Kind::Leaving(_) | Kind::Foreign | Kind::Untagged => None,
        })
        .collect()
    }

    /// What a target group of ours stands for by its tags.
    pub fn place(&self, group: &TargetGroupArn) -> Option<Place> {
        let tags = &self.groups.get(group)?.group.tags;
        let tag = |key: &str| tags.get(key).cloned();
        (tag(tags::CLUSTER)? == CLUSTER).then_some(())?;
        Some(Place {
            group: tag(tags::GROUP)?,
            owner: tag(tags::NODE_ID)?,
            port: tag(tags::PORT)?.parse().ok()?,
        })
    }

    /// The ledger: each target group of ours.
    pub fn places(&self) -> BTreeMap<TargetGroupArn, Place> {
        let arns = self.groups.keys();
        arns.filter_map(|arn| Some((arn.clone(), self.place(arn)?)))
            .collect()
    }

    /// Whether traffic to a port reaches this instance, healthy.
    pub fn serves(&self, port: u16, instance: &InstanceId) -> bool {
        let mut listeners = self.listeners.values();
        listeners.any(|listener| {
            listener.port.get() == port
                && self.is_healthy(&listener.forwards_to, instance)
                && self.place(&listener.forwards_to).map(|place| place.port) == Some(port)
        })
    }

    /// Whether an instance is a healthy target of a group, on the group's own port.
    pub fn is_healthy(&self, group: &TargetGroupArn, instance: &InstanceId) -> bool {
        let port = self.groups.get(group).map(|record| record.group.port);
        self.health.get(group).is_some_and(|targets| {
            targets.iter().any(|target| {
                target.instance == *instance
                    && Some(target.port) == port
                    && target.state == fleet::observed::TargetState::Healthy
            })
        })
    }
}

/// Reads tags as its README says ("Ledger"), apart from the product's own reading.
fn kind(tags: &Tags) -> Kind {
    let tag = |key: &str| tags.get(key).map(String::as_str);
    // As Kafka's process.roles: a combined node is a broker.
    let role = tag(tags::ROLE).map(|role| match role {
        "" | "broker,controller" | "controller,broker" => "broker",
        other => other,
    });
    match (tag(tags::CLUSTER), role, tag(tags::NODE_ID)) {
        (None, ..) => Kind::Untagged,
        (Some(cluster), ..) if cluster != CLUSTER => Kind::Foreign,
        (_, Some("controller"), _) => Kind::Foreign,
        (_, None | Some("broker"), Some(node)) => match node.parse::<u32>() {
            Ok(id) if id <= i32::MAX as u32 && id.to_string() == node => Kind::Broker(id),
            Ok(_) | Err(_) => Kind::Untagged,
        },
        (..) => Kind::Untagged,
    }
}

/// A write that AWS accepted, taken apart.
#[derive(Clone, Debug)]
pub struct Write {
    /// Who made it.
    pub by: Option<Arc<str>>,
    /// Which call it was.
    pub call: Call,
    /// The target groups and listeners that it names.
    pub arns: Vec<String>,
    /// The targets that it names.
    pub targets: Vec<(InstanceId, Option<u16>)>,
    text: String,
}

impl Write {
    /// Whether it is a command that looks at a host and changes nothing: to a broker that does not answer one is sent
    /// every two minutes.
    pub fn looks(&self) -> bool {
        self.call == Call::SendCommand && self.text.contains("-inspect ")
    }

    /// The writes since the calls were forgotten, oldest first.
    pub fn all(stage: &Stage) -> Vec<Self> {
        let model = stage.model();
        let writes = model.writes().iter();
        writes
            .map(|write| Self {
                by: write.by.clone(),
                ..Self::new(write.call, &write.what)
            })
            .collect()
    }

    fn new(call: Call, text: &str) -> Self {
        let words = text.split(' ');
        let is_ours = |word: &&str| word.contains(":targetgroup/") || word.contains(":listener/");
        let target = |word: &str| match word.split_once(':') {
            Some((id, port)) => (InstanceId::from(id), port.parse().ok()),
            None => (InstanceId::from(word), None),
        };
        Self {
            by: None,
            call,
            arns: words.clone().filter(is_ours).map(str::to_owned).collect(),
            targets: match call {
                Call::RegisterTargets | Call::DeregisterTargets => {
                    words.skip(1).map(target).collect()
                }
                _ => Vec::new(),
            },
            text: format!("{call} {text}"),
        }
    }

    /// The target group that it is about, if it names one.
    pub fn group(&self) -> Option<TargetGroupArn> {
        let named = self.arns.iter().rev();
        named
            .filter(|arn| arn.contains(":targetgroup/"))
            .map(|arn| TargetGroupArn::new(arn.as_str()))
            .next()
    }

    /// The instance whose lifecycle action it completes.
    pub fn completes(&self) -> Option<InstanceId> {
        let mut words = self.text.split(' ').skip(3);
        let of = (self.call == Call::CompleteLifecycleAction).then(|| words.next());
        of.flatten().map(InstanceId::from)
    }

    /// Whether it only keeps something as it is.
    pub fn keeps_waiting(&self) -> bool {
        self.call == Call::RecordLifecycleActionHeartbeat
    }

    /// Whether it can take something away.
    pub fn removes(&self) -> bool {
        match self.call {
            Call::DeregisterTargets
            | Call::DeleteListener
            | Call::DeleteTargetGroup
            | Call::RejectVpcEndpointConnections => true,
            Call::ModifyVpcEndpointServicePermissions => !self.text.ends_with(" remove []"),
            _ => false,
        }
    }

    /// The listener group and owner that it is about, by the tags of what it names.
    pub fn subject(&self, before: &Look, after: &Look) -> Option<(String, String)> {
        let tags = |look: &Look| -> Option<Tags> {
            let arn = self.arns.first()?;
            match self.group() {
                Some(group) => Some(look.groups.get(&group)?.group.tags.clone()),
                None => Some(
                    look.listeners
                        .get(&ListenerArn::new(arn.as_str()))?
                        .tags
                        .clone(),
                ),
            }
        };
        let named = |look: &Look| {
            let mut groups = look.groups.values();
            let name = self.text.split_once(' ')?.1;
            let found = groups.find(|record| record.group.name.as_str() == name)?;
            Some(found.group.tags.clone())
        };
        let tags = if self.call == Call::CreateTargetGroup {
            named(after)
        } else {
            tags(after).or_else(|| tags(before))
        }?;
        Some((
            tags.get(tags::GROUP)?.clone(),
            tags.get(tags::NODE_ID)?.clone(),
        ))
    }
}

impl std::fmt::Display for Write {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}
