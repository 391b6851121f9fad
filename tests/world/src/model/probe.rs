//! Lambda's probe-brokers in the model: what it would read on its sockets, from the truth about
//! listeners, targets and brokers. The verdicts are those of `fleet`, as in the function.

use super::asked::Asked;
use super::kafka::KafkaState;
use super::probe_gate::{HalfHeard, is_holdings};
use super::{ApiError, InstanceRecord, Model};
use crate::nlb::choose;
use fleet::observed::InstanceState;
use fleet::proof::{Evidence, Inquiry, Miss, Path, Question, Reached, Row, Who, judge};
use fleet::shown::AdminPayload;
use fleet::words::{FunctionName, GroupName, NodeId, Port};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

/// Where the probe dials from: no instance has this place in its subnet.
pub const PROBE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 4);
/// A synchronous payload (Lambda quotas).
const PAYLOAD_BYTES: usize = 6 * 1024 * 1024;
/// The listeners of TiDB Cloud's document beside those of the listener groups.
const INTERNAL: u16 = 9092;
const CONTROLLER: u16 = 29092;

/// What came of an invocation that Lambda accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invoked {
    /// The function's answer, as JSON.
    Answered(String),
    /// The function failed: `errorType` and `errorMessage`.
    Failed(String, String),
}

impl Model {
    /// Lambda `Invoke` of probe-brokers, which answers what is so.
    pub fn invoke(
        &mut self,
        now: Timestamp,
        function: &FunctionName,
        payload: &str,
    ) -> Result<Invoked, ApiError> {
        let answer = self.read(now, Asked::invoke(function), |model| {
            model.check_invocation(function, payload)?;
            Ok(model.probe(payload))
        })?;
        Ok(self.as_told(answer))
    }

    /// The same up to the function's start: the event for it, whose answer comes from elsewhere.
    pub(crate) fn admit_invocation(
        &mut self,
        now: Timestamp,
        function: &FunctionName,
        payload: &str,
    ) -> Result<Value, ApiError> {
        self.read(now, Asked::invoke(function), |model| {
            model.check_invocation(function, payload)
        })
    }

    /// What arrives of an answer: a probe that lies says something else.
    pub(crate) fn as_told(&mut self, answer: Invoked) -> Invoked {
        let Invoked::Answered(text) = &answer else {
            return answer;
        };
        let rows = serde_json::from_str::<Vec<Row>>(text);
        match (self.faults_of_calls(), rows) {
            (Some(faults), Ok(mut rows)) => {
                faults.lie(&mut rows);
                told(&rows)
            }
            (Some(_), Err(_)) | (None, _) => answer,
        }
    }

    pub(super) fn check_invocation(
        &self,
        function: &FunctionName,
        payload: &str,
    ) -> Result<Value, ApiError> {
        let name = function.as_str();
        let name = name
            .rsplit_once(":function:")
            .map_or(name, |(_, name)| name);
        if name != self.settings.probe.as_str() {
            let arn = self.settings.arn("lambda", &format!("function:{name}"));
            let message = format!("Function not found: {arn}");
            return Err(ApiError {
                code: "ResourceNotFoundException",
                status: 404,
                message,
            });
        }
        if payload.len() > PAYLOAD_BYTES {
            let message = format!("Request must be smaller than {PAYLOAD_BYTES} bytes");
            return Err(ApiError {
                code: "RequestTooLargeException",
                status: 413,
                message,
            });
        }
        serde_json::from_str(payload).map_err(|error| {
            ApiError::refused(
                "InvalidRequestContentException",
                format!("Could not parse request body into json: {error}"),
            )
        })
    }

    /// What the function answers to a payload.
    fn probe(&self, payload: &str) -> Invoked {
        if HalfHeard::is_asked(payload) {
            // Whoever cannot wait has heard once only.
            return match self.hear_first(payload) {
                Ok(half) => self.clone().hear_again(self.at, half, Duration::ZERO),
                Err(invoked) => invoked,
            };
        }
        let asks = serde_json::from_str::<Value>(payload);
        if asks.is_ok_and(|asked| asked.get(AdminPayload::FIELD).is_some()) {
            return self.probe_admin(payload);
        }
        if is_holdings(payload) {
            return self.probe_holdings(payload);
        }
        let inquiry: Inquiry = match serde_json::from_str(payload) {
            Ok(inquiry) => inquiry,
            Err(error) => return Invoked::Failed("NotAnInquiry".to_owned(), error.to_string()),
        };
        let questions = inquiry.questions.iter().enumerate();
        let evidence = questions.map(|(turn, question)| {
            let answer = self
                .dial(question, turn)
                .and_then(|(instance, port)| self.read_on(&inquiry, question, instance, port));
            let hangs = matches!(&answer, Err(Miss::Unreachable(why) | Miss::Hangs(why)) if why == NO_ANSWER);
            Evidence {
                answer,
                took: Duration::from_millis(if hangs { 5000 } else { 2 }),
            }
        });
        let evidence = evidence.collect();
        told(&judge(&inquiry, evidence))
    }

    /// The instance that a connection ends at, and on which port.
    fn dial(&self, question: &Question, turn: usize) -> Result<(&InstanceRecord, Port), Miss> {
        let nowhere = || Miss::Unreachable(REFUSED.to_owned());
        let unsaid = || Miss::NotProvable("no address was given".to_owned());
        let address = question.address.ok_or_else(unsaid)?;
        let mut balancers = self.load_balancers.values();
        let node = balancers.find_map(|lb| {
            let mut nodes = lb.nodes.iter();
            let node = nodes.find(|node| node.address == address)?;
            Some((lb, node))
        });
        let (id, port) = match node {
            Some((lb, node)) => {
                let mut listeners = self.listeners_of(&lb.arn);
                let listener = listeners.find(|listener| listener.port == question.port);
                let forward = listener.and_then(|listener| self.forward(listener));
                let forward = forward.ok_or_else(nowhere)?;
                let target = choose(&forward, node, PROBE, turn);
                let target = target.ok_or_else(|| Miss::Unreachable(RESET.to_owned()))?;
                (target.instance.clone(), target.port)
            }
            None => {
                let mut instances = self.instances.values();
                let there = |record: &&InstanceRecord| {
                    record.private_ip == address && record.terminated_at.is_none()
                };
                let found = instances.find(there);
                let found = found.ok_or_else(|| Miss::Unreachable(NO_ANSWER.to_owned()))?;
                (found.id.clone(), question.port)
            }
        };
        let instance = self.instances.get(&id);
        let running = instance.filter(|record| record.state == InstanceState::Running);
        let running = running.ok_or_else(|| Miss::Unreachable(NO_ANSWER.to_owned()))?;
        match running.answers_on(self.at, port) {
            true => Ok((running, port)),
            false if running.kafka.state == KafkaState::Full => {
                Err(Miss::Unreachable(NO_ANSWER.to_owned()))
            }
            false => Err(nowhere()),
        }
    }

    /// What is read on a connection that is accepted.
    fn read_on(
        &self,
        inquiry: &Inquiry,
        question: &Question,
        instance: &InstanceRecord,
        port: Port,
    ) -> Result<Reached, Miss> {
        let kafka = &instance.kafka;
        let not_kafka = || Miss::NotKafka(NOT_KAFKA.to_owned());
        let who = match (kafka.state, kafka.node_id) {
            (KafkaState::Hangs, _) => return Err(Miss::Hangs(NO_ANSWER.to_owned())),
            (KafkaState::Other, _) | (_, None) => return Err(not_kafka()),
            (KafkaState::Denies, Some(_)) => Who::Unsaid(ERROR_31.to_owned()),
            (_, Some(node)) => Who::Node(node),
        };
        let listener = match &kafka.host {
            Some(host) => Listener::of(host.accepting(self.at, port).unwrap_or_default()),
            None => Listener::at(inquiry, question, port),
        };
        if let Listener::Group(group) = &listener
            && kafka.endpoints.get(group) == Some(&None)
        {
            return Err(Miss::Unreachable(REFUSED.to_owned()));
        }
        let others = kafka.endpoints.keys().chain(inquiry.groups.keys());
        let mut advertised: BTreeMap<String, String> = others
            .filter_map(|group| {
                let told = self.endpoint(inquiry, instance, group)?;
                Some((group.to_string(), told))
            })
            .collect();
        if let Some(internal) = self.internal(instance) {
            advertised.insert("INTERNAL".to_owned(), internal);
        }
        Ok(Reached {
            who,
            cluster_id: kafka.cluster_id.clone(),
            listed: self.listed(inquiry, instance, &listener),
            advertised,
        })
    }

    /// Metadata's brokers on this listener of an instance.
    fn listed(
        &self,
        inquiry: &Inquiry,
        asked: &InstanceRecord,
        listener: &Listener,
    ) -> Option<BTreeMap<NodeId, String>> {
        let listed = self.cluster_of(asked).filter_map(|record| {
            let endpoint = match listener {
                Listener::Group(group) => self.endpoint(inquiry, record, group)?,
                Listener::Internal => self.internal(record)?,
                Listener::Controller => return None,
            };
            Some((record.kafka.node_id?, endpoint))
        });
        match listener {
            Listener::Controller => None,
            Listener::Group(_) | Listener::Internal => Some(listed.collect()),
        }
    }

    /// The brokers of an instance's Kafka cluster that the others list.
    pub(super) fn cluster_of(
        &self,
        asked: &InstanceRecord,
    ) -> impl Iterator<Item = &InstanceRecord> {
        let id = asked.kafka.cluster_id.clone();
        self.instances.values().filter(move |record| {
            record.kafka.cluster_id == id
                && record.kafka.is_listed()
                && record.serves(self.at)
                && self.is_registered(record)
        })
    }

    /// What an instance advertises to a group; none if it has no such listener.
    fn endpoint(
        &self,
        inquiry: &Inquiry,
        instance: &InstanceRecord,
        group: &GroupName,
    ) -> Option<String> {
        let kafka = &instance.kafka;
        if let Some(host) = &kafka.host {
            return host.advertises(self.at, group.as_str());
        }
        match kafka.endpoints.get(group) {
            Some(said) => said.clone(),
            None => {
                let wanted = &inquiry.groups.get(group)?.endpoints;
                wanted.get(&kafka.node_id?).map(ToString::to_string)
            }
        }
    }

    /// What it advertises to the other brokers.
    fn internal(&self, instance: &InstanceRecord) -> Option<String> {
        match &instance.kafka.host {
            Some(host) => host.advertises(self.at, "INTERNAL"),
            None => Some(format!("{}:{INTERNAL}", instance.private_ip)),
        }
    }
}

pub(super) const NO_ANSWER: &str = "no answer within 5 s";
pub(super) const REFUSED: &str = "connection refused";
pub(super) const NOT_KAFKA: &str = "it answered HTTP/1.1 400 Bad Request";
const RESET: &str = "connection reset: the NLB has no target for it";
pub(super) const ERROR_31: &str = "DescribeConfigs is denied (error 31)";

/// The listener that a connection comes in on.
enum Listener {
    Group(GroupName),
    Internal,
    Controller,
}

impl Listener {
    /// A broker listens for each group on the port on which the inquiry asks it directly, and on the
    /// document's own two; on any other port for the group that is asked about.
    fn at(inquiry: &Inquiry, question: &Question, port: Port) -> Self {
        let mut questions = inquiry.questions.iter();
        let direct = questions
            .find(|other| matches!(other.path, Path::Direct(_)) && other.port == port)
            .map(|other| other.group.clone());
        match (direct, port.get()) {
            (Some(group), _) => Self::Group(group),
            (None, INTERNAL) => Self::Internal,
            (None, CONTROLLER) => Self::Controller,
            (None, _) => Self::Group(question.group.clone()),
        }
    }

    /// The listener of this name of a process that says what it was started with.
    fn of(name: &str) -> Self {
        match name {
            "INTERNAL" => Self::Internal,
            "CONTROLLER" => Self::Controller,
            group => Self::Group(group.into()),
        }
    }
}

fn told(rows: &[Row]) -> Invoked {
    match serde_json::to_string(rows) {
        Ok(text) => Invoked::Answered(text),
        Err(error) => Invoked::Failed("BadRows".to_owned(), error.to_string()),
    }
}
