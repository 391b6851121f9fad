//! What brokers show on the admin listener, by the truth of the model: the questions of push-listeners,
//! answered as probe-brokers would.

use super::kafka::KafkaState;
use super::probe::{ERROR_31, Invoked, NO_ANSWER, NOT_KAFKA, REFUSED};
use super::{InstanceRecord, KafkaCluster, KafkaHost, Model};
use fleet::observed::InstanceState;
use fleet::shown::{AdminAnswer, AdminPayload, AdminQuestion, Itself, Setting, Shown, Voters};
use fleet::words::NodeId;
use std::collections::{BTreeMap, BTreeSet};

impl Model {
    /// What the function answers to a payload with the field `admin`.
    pub(super) fn probe_admin(&self, payload: &str) -> Invoked {
        let asked: AdminPayload = match serde_json::from_str(payload) {
            Ok(asked) => asked,
            Err(error) => return Invoked::Failed("NotAnInquiry".to_owned(), error.to_string()),
        };
        let answers = asked.admin.questions.into_iter().map(|question| {
            let shown = self.shows(&question);
            let is_slow = shown == silent(NO_ANSWER) || shown == hangs();
            AdminAnswer {
                question,
                shown,
                milliseconds: if is_slow { 5000 } else { 2 },
            }
        });
        let answers: Vec<AdminAnswer> = answers.collect();
        match serde_json::to_string(&answers) {
            Ok(text) => Invoked::Answered(text),
            Err(error) => Invoked::Failed("BadAnswers".to_owned(), error.to_string()),
        }
    }

    fn shows(&self, question: &AdminQuestion) -> Shown {
        let mut instances = self.instances.values();
        let there = instances.find(|record| {
            record.private_ip == question.address && record.state == InstanceState::Running
        });
        let Some(there) = there else {
            return silent(NO_ANSWER);
        };
        if there.kafka.state == KafkaState::Full {
            return silent(NO_ANSWER);
        }
        if !there.answers_on(self.at, question.port) {
            return silent(REFUSED);
        }
        let kafka = &there.kafka;
        match (kafka.state, kafka.node_id) {
            (KafkaState::Hangs, _) => hangs(),
            (KafkaState::Full | KafkaState::Down, _) => silent(NO_ANSWER),
            (KafkaState::Other, _) | (_, None) => untold(NOT_KAFKA),
            (KafkaState::Denies, Some(_)) => untold(ERROR_31),
            (KafkaState::Answers | KafkaState::Fenced, Some(reached))
                if reached != question.broker =>
            {
                Shown::Another { reached }
            }
            (KafkaState::Answers | KafkaState::Fenced, Some(own)) => match &kafka.host {
                Some(host) => self.itself(own, there, host),
                // Nobody has said what its process was started with.
                None => Self::without_listeners(own),
            },
        }
    }

    /// One that shows no listener group, and that no edit of its file changes.
    fn without_listeners(own: NodeId) -> Shown {
        let setting = || Setting {
            value: None,
            is_overridden: true,
        };
        Shown::Itself(Box::new(Itself {
            cluster_id: None,
            listeners: setting(),
            advertised: setting(),
            protocols: setting(),
            listed: [own].into(),
            replicas: BTreeSet::new(),
            followers: BTreeSet::new(),
            voters: Voters::None,
            controller: None,
        }))
    }

    fn itself(&self, own: NodeId, there: &InstanceRecord, host: &KafkaHost) -> Shown {
        let Some(process) = host.living(self.at) else {
            return silent(REFUSED);
        };
        let listed = self
            .cluster_of(there)
            .filter_map(|record| record.kafka.node_id);
        let id = there.kafka.cluster_id.as_deref();
        let cluster = id.and_then(|id| self.kafka_cluster(id));
        let listed: BTreeSet<NodeId> = match cluster {
            Some(cluster) => cluster.listed(),
            None => listed.collect(),
        };
        let knows_others = listed.iter().any(|node| *node != own);
        let shown = cluster.map(|it| it.shown_by(own, self.at));
        let topics = shown.into_iter().flat_map(BTreeMap::values);
        let partitions = topics.flat_map(|topic| &topic.partitions);
        let replicas = partitions.flat_map(|it| it.replicas.iter().copied());
        let replicas = replicas.chain(host.replicas.iter().copied()).chain([own]);
        let setting = |value: &Option<String>| Setting {
            value: value.clone(),
            is_overridden: false,
        };
        let of_cluster = || {
            let alone = [own].into();
            Voters::Are(cluster.map_or(alone, |it| it.voters.clone()))
        };
        Shown::Itself(Box::new(Itself {
            cluster_id: there.kafka.cluster_id.clone(),
            listeners: setting(&process.listeners),
            advertised: setting(&process.advertised),
            protocols: setting(&process.protocols),
            replicas: match knows_others {
                true => BTreeSet::new(),
                false => replicas.collect(),
            },
            listed,
            followers: BTreeSet::new(),
            voters: host.voters.clone().unwrap_or_else(of_cluster),
            controller: cluster.and_then(KafkaCluster::controller),
        }))
    }
}

fn hangs() -> Shown {
    Shown::Silent {
        why: NO_ANSWER.to_owned(),
        accepts: true,
    }
}

fn silent(why: &str) -> Shown {
    Shown::Silent {
        why: why.to_owned(),
        accepts: false,
    }
}

fn untold(why: &str) -> Shown {
    Shown::Untold {
        why: why.to_owned(),
    }
}
