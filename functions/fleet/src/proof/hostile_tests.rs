//! Brokers that say as much as they can, in the characters that cost most: an answer stays small, and
//! nothing of it forges a line or moves a cursor.

use super::*;
use crate::listener::{Endpoint, Protocol};
use crate::words::{GroupName, NodeId, Port};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

/// A bound of ours, far below the 6 MB that Lambda takes for an answer.
const MOST_BYTES: usize = 1_000_000;

/// Characters that cost most: four bytes; six in JSON; two in JSON; ends of lines; three bytes.
const COSTLY: [&str; 5] = ["\u{1F980}", "\u{1}", "\"", "\r\n\u{1B}[8m", "\u{2028}"];

fn node(id: u32) -> NodeId {
    NodeId::new(id).expect("a node")
}

/// The largest ids, which are the longest.
fn far(id: u32) -> NodeId {
    node(NodeId::MAX - id)
}

fn endpoint(id: u32) -> Endpoint {
    Endpoint {
        host: format!(
            "b{id}.{}.example.com",
            ["a".repeat(60).as_str(); 3].join(".")
        ),
        port: Port::new(9092).expect("a port"),
    }
}

/// So many groups with so many brokers, whose ports, bootstrap and 49 instances are asked about.
fn inquiry(groups: u32, brokers: u32) -> Inquiry {
    let name = |group: u32| GroupName::from(format!("EXTERNAL{group}").as_str());
    let way = Way {
        protocol: Protocol::SaslSsl,
        secret: None,
        secret_from: None,
        parameter: "/kafka-privatelink/orders/listeners/EXTERNAL".into(),
        endpoints: (1..=brokers).map(|id| (far(id), endpoint(id))).collect(),
        leaving: Default::default(),
        known: Default::default(),
    };
    let mut questions = Vec::new();
    for group in 1..=groups {
        let paths = (1..=brokers).map(|id| Path::Port(far(id)));
        let direct = (1..=49).map(|id| Path::Direct(far(id)));
        for path in paths.chain([Path::Bootstrap]).chain(direct) {
            questions.push(Question {
                group: name(group),
                path,
                address: Some(Ipv4Addr::BROADCAST),
                port: Port::new(65535).expect("a port"),
                instance: match path {
                    Path::Direct(_) => Some("i-0123456789abcdef0".into()),
                    Path::Port(_) | Path::Bootstrap => None,
                },
            });
        }
    }
    Inquiry {
        cluster_id: None,
        groups: (1..=groups)
            .map(|group| (name(group), way.clone()))
            .collect(),
        questions,
    }
}

/// As long as it likes.
fn long(costly: &str) -> String {
    costly.repeat(2000)
}

/// Everything that a broker may say.
const KINDS: u32 = 11;

fn answer(kind: u32, question: &Question, turn: u32, costly: &str) -> Result<Reached, Miss> {
    let long = || long(costly);
    let own = question.path.broker().unwrap_or(far(1));
    let ours = question.group.as_str().to_owned();
    let right = || (1..=49).map(|id| (far(id), endpoint(id).to_string()));
    let reached = Reached {
        who: Who::Node(own),
        cluster_id: Some("same".to_owned()),
        listed: Some(BTreeMap::new()),
        advertised: BTreeMap::new(),
    };
    let at = |listed: BTreeMap<_, _>, advertised: BTreeMap<_, _>| Reached {
        listed: Some(listed),
        advertised,
        ..reached.clone()
    };
    Ok(match kind {
        0 => return Err(Miss::Unreachable(long())),
        1 => return Err(Miss::NotKafka(long())),
        2 => return Err(Miss::NotProvable(long())),
        3 => Reached {
            who: Who::Unsaid(long()),
            ..reached
        },
        // Each of another cluster.
        4 => Reached {
            cluster_id: Some(format!("{turn}{}", long())),
            listed: Some(right().collect()),
            ..reached
        },
        // It lists hundreds whom nobody knows.
        5 => {
            let many = (0..300).map(|id| (node(id), costly.repeat(60)));
            at(many.chain(right()).collect(), BTreeMap::new())
        }
        // It lists itself only, so that a row names all others.
        6 => at(
            right().filter(|(id, _)| *id == own).collect(),
            BTreeMap::new(),
        ),
        7 => at(
            BTreeMap::from([(own, long())]),
            BTreeMap::from([(ours, long())]),
        ),
        8 => at(
            BTreeMap::from([(own, long())]),
            BTreeMap::from([(long(), long())]),
        ),
        9 => at(BTreeMap::new(), BTreeMap::from([(ours, long())])),
        _ => Reached {
            who: Who::Node(node(NodeId::MAX)),
            ..reached
        },
    })
}

/// The rows when all brokers answer alike.
fn rows(inquiry: &Inquiry, kind: u32, costly: &str) -> Vec<Row> {
    let questions = (0..).zip(&inquiry.questions);
    let evidence = questions.map(|(turn, question)| Evidence {
        answer: answer(kind, question, turn, costly),
        took: Duration::MAX,
    });
    judge(inquiry, evidence.collect())
}

#[test]
fn whatever_brokers_say_an_answer_stays_below_a_megabyte() {
    for (groups, brokers) in [(1, 49), (2, 24)] {
        let inquiry = inquiry(groups, brokers);
        for costly in COSTLY {
            for kind in 0..KINDS {
                let rows = rows(&inquiry, kind, costly);
                assert_eq!(rows.len(), inquiry.questions.len());
                let answer = serde_json::to_string(&rows).expect("json");
                let held: Vec<String> = rows.iter().map(Row::to_string).collect();
                let report = serde_json::to_string(&held).expect("json");
                for text in [&answer, &report] {
                    assert!(text.len() < MOST_BYTES, "{kind}: {} bytes", text.len());
                }
                // A report repeats rows: as the proof, and as what is held because of them.
                assert!(
                    2 * report.len() < MOST_BYTES,
                    "{kind}: {} bytes",
                    report.len()
                );
                // Nobody escapes anything: there is nothing to escape but quotes.
                let shown = format!("{answer}{}", held.concat());
                assert!(!shown.contains(char::is_control), "{kind} {costly:?}");
                assert!(!shown.contains("\\u"), "{kind} {costly:?}");
                for line in held {
                    assert!(line.chars().count() < 400, "{line}");
                }
            }
        }
    }
}

#[test]
fn of_many_clusters_three_are_named() {
    let paths = (1..=6).map(|id| Path::Direct(far(id)));
    let mut asked = inquiry(1, 49);
    let question = asked.questions[0].clone();
    asked.questions = paths
        .map(|path| Question {
            path,
            ..question.clone()
        })
        .collect();
    let says = |ids: [&str; 6]| {
        let told = asked
            .questions
            .iter()
            .zip(ids)
            .map(|(question, id)| Evidence {
                answer: Ok(Reached {
                    who: Who::Node(question.path.broker().expect("a broker")),
                    cluster_id: Some(id.to_owned()),
                    listed: Some(
                        (1..=49)
                            .map(|id| (far(id), endpoint(id).to_string()))
                            .collect(),
                    ),
                    advertised: BTreeMap::new(),
                }),
                took: Duration::ZERO,
            });
        judge(&asked, told.collect())[0].says()
    };
    let last = |id| NodeId::MAX - id;
    assert_eq!(
        says(["a", "b", "c", "d", "e", "e"]),
        format!(
            "not provable, because brokers are of several Kafka clusters: a (broker {}) and b (broker {}) and \
             c (broker {}) and 2 more; tag the instances with kafka-privatelink:cluster-id",
            last(1),
            last(2),
            last(3)
        )
    );
    assert_eq!(says(["a"; 6]), "proven");
    let both = says(["a", "b", "b", "b", "b", "b"]);
    assert!(both.contains("a (broker "), "{both}");
}

#[test]
fn what_is_cut_or_cleaned_is_never_what_is_wanted() {
    let asked = inquiry(1, 1);
    let judged = |at: String, cluster: &str| {
        let evidence = Evidence {
            answer: Ok(Reached {
                who: Who::Node(far(1)),
                cluster_id: Some(cluster.to_owned()),
                listed: Some(BTreeMap::from([(far(1), at)])),
                advertised: BTreeMap::new(),
            }),
            took: Duration::ZERO,
        };
        let asked = Inquiry {
            cluster_id: Some("right".to_owned()),
            questions: asked.questions[..1].to_vec(),
            ..asked.clone()
        };
        judge(&asked, vec![evidence]).remove(0).verdict
    };
    let wanted = endpoint(1).to_string();
    assert!(judged(wanted.clone(), "right").is_proven());
    for at in [
        format!("{wanted}\n"),
        format!("\u{1B}{wanted}"),
        format!("{wanted}\u{200B}"),
    ] {
        assert!(matches!(judged(at, "right"), Verdict::Advertises { .. }));
    }
    for cluster in ["right\n", "right\u{0}"] {
        assert!(matches!(
            judged(wanted.clone(), cluster),
            Verdict::WrongCluster { .. }
        ));
    }
}
