//! The gate of a roll: what probe-brokers hears of every broker in one round, from the truth of the model. What
//! two rounds come to is judged by `fleet`, as in the function.

use super::kafka::KafkaState;
use super::kafka_cluster::{KafkaCluster, KafkaTopics};
use super::probe::{ERROR_31, Invoked, NO_ANSWER, NOT_KAFKA, REFUSED};
use super::{ApiError, InstanceRecord, Model};
use cloud::call::Call;
use fleet::gate::{
    Asked, GateInquiry, GatePayload, GateQuestion, Heard, Hearing, HoldingsPayload, Mode,
    Partition, Quorum, Session, Told, Topic, Verdict, Voter, at_once, holdings, pause, spokesman,
    verdict,
};
use fleet::observed::InstanceState;
use fleet::shown::AdminQuestion;
use fleet::words::{FunctionName, NodeId, Port};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// What is wrong with the next invocation for a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GateFault {
    /// The function fails.
    Fails,
    /// Its answer comes this much later.
    Late(Duration),
    /// IAM denies it.
    Denied,
}

/// A first round that needs a second one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HalfHeard {
    inquiry: GateInquiry,
    first: Hearing,
    /// How long after it the second one is due.
    pub pause: Duration,
}

impl HalfHeard {
    /// Whether a payload asks for a gate.
    pub fn is_asked(payload: &str) -> bool {
        let asked = serde_json::from_str::<Value>(payload);
        asked.is_ok_and(|asked| asked.get(GatePayload::FIELD).is_some())
    }
}

/// Whether a payload asks what the cluster has of one broker.
pub(super) fn is_holdings(payload: &str) -> bool {
    let asked = serde_json::from_str::<Value>(payload);
    asked.is_ok_and(|asked| asked.get(HoldingsPayload::FIELD).is_some())
}

/// Topics as several brokers show them alike.
struct Picture {
    topics: Arc<Vec<Arc<Topic>>>,
    min_insync: Arc<BTreeMap<Arc<str>, i32>>,
}

impl Model {
    /// The next invocation for a gate goes wrong.
    pub fn spoil_gate(&mut self, fault: GateFault) {
        self.gate_fault = Some(fault);
    }

    /// Lambda `Invoke` of probe-brokers for a gate: its first round, or its answer if it needs no second one;
    /// and how late the answer comes.
    pub fn invoke_gate(
        &mut self,
        now: Timestamp,
        function: &FunctionName,
        payload: &str,
    ) -> Result<(Result<HalfHeard, Invoked>, Duration), ApiError> {
        let fault = self.gate_fault.take();
        self.read(now, super::asked::Asked::invoke(function), |model| {
            model.check_invocation(function, payload)?;
            match fault {
                Some(GateFault::Denied) => Err(ApiError::denied(Call::InvokeFunction)),
                Some(GateFault::Fails) => {
                    let message = "RequestId: 1 Error: Task timed out after 40.00 seconds";
                    let failed = Invoked::Failed("Sandbox.Timedout".to_owned(), message.to_owned());
                    Ok((Err(failed), Duration::ZERO))
                }
                Some(GateFault::Late(time)) => Ok((model.hear_first(payload), time)),
                None => Ok((model.hear_first(payload), Duration::ZERO)),
            }
        })
    }

    /// The first round: the answer, if nothing is left to be heard.
    pub(super) fn hear_first(&self, payload: &str) -> Result<HalfHeard, Invoked> {
        let asked = serde_json::from_str(payload);
        let failed = |error: serde_json::Error| {
            Invoked::Failed("NotAnInquiry".to_owned(), error.to_string())
        };
        let GatePayload { gate: inquiry } = asked.map_err(failed)?;
        let first = self.hear(&inquiry);
        if let Some(verdict) = at_once(&inquiry.question, &first) {
            return Err(answered(&verdict));
        }
        match pause(&first) {
            Ok(pause) => Ok(HalfHeard {
                inquiry,
                first,
                pause,
            }),
            Err(obstacle) => Err(answered(&Verdict {
                obstacles: vec![obstacle],
                ..Verdict::default()
            })),
        }
    }

    /// The second round, so long after the first one, and the answer.
    pub fn hear_again(&mut self, now: Timestamp, half: HalfHeard, apart: Duration) -> Invoked {
        self.advance(now);
        let second = self.hear(&half.inquiry);
        let hearings = [half.first, second];
        answered(&verdict(&half.inquiry.question, &hearings, apart.as_secs()))
    }

    /// What the cluster has of one broker: one round.
    pub(super) fn probe_holdings(&self, payload: &str) -> Invoked {
        let asked = serde_json::from_str(payload);
        let HoldingsPayload { holdings: inquiry } = match asked {
            Ok(asked) => asked,
            Err(error) => return Invoked::Failed("NotAnInquiry".to_owned(), error.to_string()),
        };
        let node = inquiry.node;
        let round = GateInquiry {
            admin: inquiry.admin,
            question: GateQuestion::about(node),
        };
        answered(&holdings(node, &self.hear(&round)))
    }

    /// One round.
    fn hear(&self, inquiry: &GateInquiry) -> Hearing {
        let mut pictures = Vec::new();
        let questions = &inquiry.admin.questions;
        let heard = questions
            .iter()
            .map(|it| (it.broker, self.hears(it, &mut pictures)));
        let brokers: BTreeMap<NodeId, Heard> = heard.collect();
        let node = spokesman(inquiry.question.next, &brokers);
        let told = |heard: &NodeId| matches!(brokers.get(heard), Some(Heard::Told(_)));
        let asked = Some(node).filter(told);
        let restarted = inquiry.question.restarted.as_ref();
        let ports = restarted.into_iter().flat_map(|it| {
            let question = questions.iter().find(|question| question.broker == it.node);
            let ports = it.ports.iter();
            ports.map(move |port| (*port, self.accepts(question, *port)))
        });
        let ports = ports.collect();
        let silent = || format!("broker {node} does not answer");
        let question = questions.iter().find(|it| Some(it.broker) == asked);
        let cluster = question.and_then(|it| self.cluster_behind(it));
        Hearing {
            ports,
            reassignments: Asked {
                node,
                answer: asked.map(|_| Vec::new()).ok_or_else(silent),
            },
            quorum: Asked {
                node,
                answer: asked
                    .map(|_| cluster.map(|it| self.quorum(it)))
                    .ok_or_else(silent),
            },
            brokers,
        }
    }

    fn there(&self, question: &AdminQuestion) -> Option<&InstanceRecord> {
        let mut instances = self.instances.values();
        instances.find(|record| {
            record.private_ip == question.address && record.state == InstanceState::Running
        })
    }

    fn cluster_behind(&self, question: &AdminQuestion) -> Option<&KafkaCluster> {
        let id = self.there(question)?.kafka.cluster_id.as_ref()?;
        self.kafka_clusters.get(id)
    }

    fn accepts(&self, question: Option<&AdminQuestion>, port: Port) -> Result<(), String> {
        let there = question.and_then(|question| self.there(question));
        match there.is_some_and(|record| record.answers_on(self.at, port)) {
            true => Ok(()),
            false => Err(REFUSED.to_owned()),
        }
    }

    fn hears(&self, question: &AdminQuestion, pictures: &mut Vec<Picture>) -> Heard {
        let silent = |why: &str| Heard::Silent(why.to_owned());
        let untold = |why: &str| Heard::Untold(why.to_owned());
        let Some(there) = self.there(question) else {
            return silent(NO_ANSWER);
        };
        if there.kafka.state == KafkaState::Full {
            return silent(NO_ANSWER);
        }
        if !there.answers_on(self.at, question.port) {
            return silent(REFUSED);
        }
        match (there.kafka.state, there.kafka.node_id) {
            (KafkaState::Hangs | KafkaState::Full | KafkaState::Down, _) => silent(NO_ANSWER),
            (KafkaState::Other, _) | (_, None) => untold(NOT_KAFKA),
            (KafkaState::Denies, Some(_)) => untold(ERROR_31),
            (KafkaState::Answers | KafkaState::Fenced, Some(own)) if own != question.broker => {
                Heard::Another(own)
            }
            (KafkaState::Answers | KafkaState::Fenced, Some(own)) => {
                match self.cluster_behind(question) {
                    Some(cluster) => Heard::Told(Box::new(self.tells(own, cluster, pictures))),
                    None => Heard::Told(Box::new(self.tells_of_no_topics(there))),
                }
            }
        }
    }

    fn tells(&self, own: NodeId, cluster: &KafkaCluster, pictures: &mut Vec<Picture>) -> Told {
        let shown = picture(cluster.shown_by(own, self.at));
        let found = pictures.iter().find(|it| it.topics == shown.topics);
        let (topics, min_insync) = match found {
            Some(it) => (Arc::clone(&it.topics), Arc::clone(&it.min_insync)),
            None => (Arc::clone(&shown.topics), Arc::clone(&shown.min_insync)),
        };
        pictures.push(shown);
        let held = cluster.topics.iter().flat_map(|(name, topic)| {
            let numbered = (0..).zip(&topic.partitions);
            let own = numbered.filter(move |(_, it)| it.replicas.contains(&own));
            own.map(move |(index, _)| (Arc::from(name.as_str()), index))
        });
        Told {
            listed: cluster.listed(),
            controller: cluster.listed().first().copied(),
            topics: Ok(topics),
            min_insync: Ok(min_insync),
            held: Ok(held.collect()),
            session: Ok(Session {
                mode: Mode::KRaft,
                milliseconds: i64::try_from(cluster.session.as_millis()).unwrap_or(i64::MAX),
            }),
        }
    }

    /// Nobody has said which topics its cluster has: none. Whoever answers is listed.
    fn tells_of_no_topics(&self, there: &InstanceRecord) -> Told {
        let listed = self.cluster_of(there);
        let listed: BTreeSet<NodeId> = listed.filter_map(|it| it.kafka.node_id).collect();
        Told {
            controller: listed.first().copied(),
            listed,
            topics: Ok(Arc::default()),
            min_insync: Ok(Arc::default()),
            held: Ok(Vec::new()),
            session: Ok(Session {
                mode: Mode::KRaft,
                milliseconds: 9000,
            }),
        }
    }

    fn quorum(&self, cluster: &KafkaCluster) -> Quorum {
        let voter = |node: &NodeId| {
            let last = match cluster.is_heard(*node) {
                true => Some(self.at),
                false => cluster.voted.get(node).copied(),
            };
            let voter = Voter {
                log_end_offset: 100,
                last_caught_up: last.map(Timestamp::as_millisecond),
            };
            (*node, voter)
        };
        Quorum {
            leader: cluster.controller,
            high_watermark: 100,
            voters: cluster.voters.iter().map(voter).collect(),
        }
    }
}

fn picture(topics: &KafkaTopics) -> Picture {
    let shown = topics.iter().map(|(name, topic)| {
        let numbered = (0..).zip(&topic.partitions);
        let partitions = numbered.map(|(index, it)| Partition {
            index,
            leader: it.leader,
            replicas: it.replicas.as_slice().into(),
            isr: it.isr.iter().copied().collect(),
        });
        Arc::new(Topic {
            name: name.as_str().into(),
            error: None,
            partitions: partitions.collect(),
        })
    });
    let min = topics
        .iter()
        .map(|(name, topic)| (name.as_str().into(), topic.min_insync));
    Picture {
        topics: Arc::new(shown.collect()),
        min_insync: Arc::new(min.collect()),
    }
}

fn answered<T: Serialize>(answer: &T) -> Invoked {
    match serde_json::to_string(answer) {
        Ok(text) => Invoked::Answered(text),
        Err(error) => Invoked::Failed("BadVerdict".to_owned(), error.to_string()),
    }
}
