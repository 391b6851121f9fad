//! The mapping: who is to be reached where, and what was proven of it. It is the picture that
//! register-brokers keeps true.

use activation::duty::Picture;
use fleet::listener::Endpoint;
use fleet::naming::Owner;
use fleet::observed::LifecycleTransition;
use fleet::proof;
use fleet::words::{AutoScalingGroupName, AzId, GroupName, InstanceId, Port};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// Who is to be reached where once the steps are done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Mapping {
    /// Each port.
    pub mapping: Vec<Row>,
    /// Who is not exposed to which consumer, because the group's parameter says so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// Which broker runs and has no port of which group that is to have it, as a sentence; what is held says why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unmapped: Vec<String>,
    /// Who waits for a lifecycle hook.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<WaitingInstance>,
    /// What was proven of it before.
    pub proof: Vec<proof::Row>,
}

/// One port of the mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The listener group.
    pub group: GroupName,
    /// The NLB port.
    pub port: Port,
    /// Whose it is.
    pub owner: Owner,
    /// What the broker advertises to the consumer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Endpoint>,
    /// The instances behind it, for a broker one.
    pub instances: BTreeSet<InstanceId>,
    /// The broker's zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub az_id: Option<AzId>,
    /// How it is with it now.
    pub state: RowState,
}

/// How it is with one port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowState {
    /// A healthy target and the listener are there.
    Serving,
    /// Being set up, or its target is not healthy yet.
    Waiting,
    /// The port is kept for a broker that is gone.
    Reserved,
    /// The broker's instance waits in a warm pool; its port is kept as that of one that is gone.
    Warm,
}

/// An instance that waits for a lifecycle hook of ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaitingInstance {
    /// The instance.
    pub instance: InstanceId,
    /// Its Auto Scaling group.
    pub auto_scaling_group: AutoScalingGroupName,
    /// The hook.
    pub hook: String,
    /// On its way in or out.
    pub transition: LifecycleTransition,
    /// For how long it has waited at most; none where nobody knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u64>,
    /// When AWS ends the wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What it waits for.
    pub why: String,
}

impl WaitingInstance {
    /// Who has waited so long should be looked at.
    const LONG: u64 = 30 * 60;

    /// Whether somebody should look at it; where nobody knows how long it has waited, too.
    pub fn is_long(&self) -> bool {
        self.seconds.is_none_or(|seconds| seconds >= Self::LONG)
    }
}

impl fmt::Display for WaitingInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            instance,
            auto_scaling_group,
            hook,
            why,
            ..
        } = self;
        write!(f, "{instance} of {auto_scaling_group}, {hook}: {why}")
    }
}

/// What the report says of the mapping.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The mapping as it is to be.
    pub mapping: Vec<Row>,
    /// Who is not exposed to which consumer, because the group's parameter says so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
    /// Which broker runs and has no port of which group that is to have it, as a sentence; what is held says why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unmapped: Vec<String>,
    /// Who waits for a lifecycle hook.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<WaitingInstance>,
    /// What was proven of it.
    pub proof: Proof,
}

/// The proof table in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// Connections that reached whom they should.
    pub proven: usize,
    /// Brokers' ports among them.
    pub ports_proven: usize,
    /// Brokers' ports that surely reach something else.
    pub ports_wrong: usize,
    /// The NLB's ports that reach whom they should, bootstrap ports among them.
    pub proven_on: BTreeSet<Port>,
    /// Every other row, as a sentence.
    pub rows: Vec<String>,
}

impl Picture for Mapping {
    type Told = Told;

    fn told(&self) -> Told {
        Told {
            mapping: self.mapping.clone(),
            without: self.without.clone(),
            unmapped: self.unmapped.clone(),
            waiting: self.waiting.clone(),
            proof: Proof::of(&self.proof),
        }
    }
}

impl Proof {
    /// Counts the rows of a table.
    pub fn of(table: &[proof::Row]) -> Self {
        let ports = || table.iter().filter(|row| row.is_of_port());
        let is_whole = |row: &&proof::Row| row.verdict.is_proven() && row.unlisted.is_empty();
        Self {
            proven: table.iter().filter(|row| row.verdict.is_proven()).count(),
            ports_proven: ports().filter(|row| row.verdict.is_proven()).count(),
            ports_wrong: ports().filter(|row| row.verdict.is_wrong()).count(),
            proven_on: table
                .iter()
                .filter(|row| row.verdict.is_proven() && !row.is_direct())
                .map(|row| row.question.port)
                .collect(),
            rows: table
                .iter()
                .filter(|row| !is_whole(row))
                .map(ToString::to_string)
                .collect(),
        }
    }
}

impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            mapping,
            without,
            // What is held says it, with the reason.
            unmapped: _,
            waiting,
            proof,
        } = self;
        writeln!(f, "Mapping, once done:")?;
        for row in mapping {
            writeln!(f, "{}", row.to_string().trim_end())?;
        }
        if mapping.is_empty() {
            writeln!(f, "  (nothing)")?;
        }
        for sentence in without {
            writeln!(f, "  {sentence}")?;
        }
        if !waiting.is_empty() {
            writeln!(f, "\nWaiting for lifecycle hooks:")?;
            for instance in waiting {
                writeln!(f, "  {instance}")?;
            }
        }
        if !proof.is_empty() {
            writeln!(f, "\nProof, inside the VPC:")?;
            for row in proof {
                writeln!(f, "  {row}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = match self.owner {
            Owner::Bootstrap => "bootstrap".to_owned(),
            Owner::Broker(node) => format!("broker {node}"),
        };
        let state = match self.state {
            RowState::Serving => "serving",
            RowState::Waiting => "waiting",
            RowState::Reserved => "reserved",
            RowState::Warm => "warm",
        };
        write!(
            f,
            "  {} {:>5}  {who:<12} {state:<9} ",
            self.group, self.port
        )?;
        match &self.endpoint {
            Some(endpoint) => write!(f, "{endpoint}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::Look;
    use fleet::look::{PATTERN, node, port as port_number};
    use fleet::observed::{Gap, InstanceState};
    use fleet::plan::Change as _;
    use fleet::proof::{Path, Verdict};
    use fleet::report::{Outcome, Taken};

    #[test]
    fn what_is_proven_is_counted_for_ports_and_what_is_not_is_told() {
        let why = || "no answer".to_owned();
        let told = |look: Look| look.plan().picture.told().proof;
        let proof = |path, verdict| told(Look::of(&[1, 2]).verdict(path, verdict));
        let counts = |proof: &Proof| (proof.proven, proof.ports_proven, proof.ports_wrong);
        // Two ports, bootstrap, two instances.
        let all = told(Look::of(&[1, 2]));
        assert_eq!((counts(&all), all.rows), ((5, 2, 0), Vec::new()));
        assert_eq!(all.proven_on, [9092, 9093, 9094].map(port_number).into());
        let port = Path::Port(node(2));
        for (verdict, wrong) in [
            (Verdict::WrongBroker { reached: node(1) }, 1),
            (Verdict::WrongListener { reached: why() }, 1),
            (
                Verdict::Advertises {
                    found: why(),
                    wanted: why(),
                },
                1,
            ),
            (
                Verdict::WrongCluster {
                    reached: why(),
                    wanted: why(),
                },
                1,
            ),
            (Verdict::NotKafka { why: why() }, 1),
            (Verdict::Unreachable { why: why() }, 0),
            (Verdict::NotProvable { why: why() }, 0),
        ] {
            let one = proof(port, verdict);
            assert_eq!(counts(&one), (4, 1, wrong), "{one:?}");
            assert_eq!(one.rows.len(), 1);
            assert_eq!(one.proven_on, [9092, 9093].map(port_number).into());
        }
        let direct = proof(Path::Direct(node(2)), Verdict::NotKafka { why: why() });
        assert_eq!(counts(&direct), (4, 2, 0), "no port of the NLB leads there");
    }

    #[test]
    fn who_runs_and_has_no_port_is_named_unless_the_group_is_to_do_without_it() {
        let unmapped = |look: Look| look.plan().picture.told().unmapped;
        let with_a_ninth = |state| {
            let mut look = Look::of(&[1]).and("i-9", 9, state);
            // So that it gets no port in this plan.
            look.0.auto_scaling_groups = Err(Gap {
                read: "DescribeAutoScalingGroups".to_owned(),
                reason: "throttled".to_owned(),
            });
            look
        };
        let runs = || with_a_ninth(InstanceState::Running);
        assert_eq!(unmapped(runs()), ["broker 9 has no port of EXTERNAL"]);
        let without = format!(r#"{{"pattern": "{PATTERN}", "without": [9]}}"#);
        let nobody: [&str; 0] = [];
        for whole in [
            Look::of(&[1]),
            with_a_ninth(InstanceState::Stopped),
            runs().parameter("listeners/EXTERNAL", &without),
        ] {
            assert_eq!(unmapped(whole), nobody);
        }
    }

    #[test]
    fn a_taken_step_is_reported_in_words() {
        let plan = Look::of(&[1]).without_listener(9093).plan();
        let [step] = &plan.steps[..] else {
            panic!("{:?}", plan.steps);
        };
        assert_eq!(step.change.expects(), "no listener on this port");
        let taken = Taken::new(step, Outcome::Failed("no".to_owned()));
        assert_eq!(
            serde_json::to_string(&taken).expect("json"),
            r#"{"step":"create listener 9093 for EXTERNAL broker 1","reason":"there is a target and no listener","outcome":"failed","detail":"no"}"#
        );
    }
}
