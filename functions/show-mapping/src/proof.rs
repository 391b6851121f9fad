//! What was proven of each port. A report names the ports that are proven, and tells every other connection as a
//! sentence.

use crate::fields::Fields;
use crate::mapping::Port;
use std::collections::BTreeSet;

/// The proof as a report tells it.
#[derive(Debug, Default)]
pub(crate) struct Proof {
    /// The ports that are proven, if that can be read.
    proven_on: Option<BTreeSet<u16>>,
    /// Each connection that is not proven, or whose broker does not list all others.
    rows: Vec<String>,
}

/// What was proven of one port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// It reaches whom it should.
    Proven,
    /// It reaches whom it should, but the report has a remark.
    ProvenBut(String),
    /// It does not, or nobody knows, and why.
    Not(String),
    /// Nobody asked in this run.
    Unasked,
    /// The report does not say it of this port.
    Untold,
}

impl Said {
    /// Whether it reaches whom it should.
    pub(crate) fn is_proven(&self) -> bool {
        matches!(self, Self::Proven | Self::ProvenBut(_))
    }
}

impl Proof {
    /// Reads it.
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        let Some(object) = fields.object("proof") else {
            return Self::default();
        };
        let mut proof = Fields::of(object);
        let read = Self {
            proven_on: proof.get("proven_on"),
            rows: proof.list("rows"),
        };
        let amiss = proof.amiss.iter();
        fields
            .amiss
            .extend(amiss.map(|name| format!("proof.{name}")));
        read
    }

    /// What was proven of a port.
    pub(crate) fn said(&self, port: &Port) -> Said {
        match (self.through_the_nlb(port), &self.proven_on) {
            (Some(said), _) if said.starts_with("proven") => Said::ProvenBut(said.to_owned()),
            (Some(said), _) => Said::Not(said.to_owned()),
            (None, Some(proven)) if proven.contains(&port.port) => Said::Proven,
            (None, Some(_)) => Said::Unasked,
            (None, None) => Said::Untold,
        }
    }

    /// What the report says of the connection to the broker itself.
    pub(crate) fn directly(&self, port: &Port) -> Option<&str> {
        let whose = port.whose();
        let mut rows = self.rows.iter();
        rows.find_map(|row| {
            let way = row.strip_prefix(&whose)?.strip_prefix(" directly")?;
            Some(way.split_once(": ")?.1)
        })
    }

    /// What the report says of the connection through the NLB.
    fn through_the_nlb(&self, port: &Port) -> Option<&str> {
        let whose = port.whose();
        let mut rows = self.rows.iter();
        rows.find_map(|row| {
            let way = row
                .strip_prefix(&whose)?
                .strip_prefix(" through the NLB, ")?;
            Some(way.split_once(": ")?.1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::Word;
    use fleet::proof::{Path, Question, Row, Verdict};
    use fleet::words::{NodeId, Port as PortNumber};
    use serde_json::json;

    fn port(number: u16, owner: &str) -> Port {
        Port {
            group: Word("EXTERNAL".to_owned()),
            port: number,
            owner: Word(owner.to_owned()),
            ..Port::default()
        }
    }

    /// A row as register-brokers writes it.
    fn row(path: Path, number: u16, verdict: Verdict) -> String {
        let question = Question {
            group: "EXTERNAL".into(),
            path,
            address: Some([10, 0, 0, 4].into()),
            port: PortNumber::new(number).expect("a port"),
            instance: Some("i-2".into()),
        };
        Row::of(question, verdict).to_string()
    }

    fn rows() -> Vec<String> {
        let node = |id| NodeId::new(id).expect("a node.id");
        let mut unlisted = Row::of(
            Question {
                group: "EXTERNAL".into(),
                path: Path::Port(node(1)),
                address: None,
                port: PortNumber::new(9093).expect("a port"),
                instance: None,
            },
            Verdict::Proven { reached: node(1) },
        );
        unlisted.unlisted.insert(node(2));
        let wrong = || Verdict::WrongBroker { reached: node(3) };
        let why = "connection refused: nobody listens".to_owned();
        vec![
            unlisted.to_string(),
            row(Path::Port(node(2)), 9094, wrong()),
            row(Path::Direct(node(2)), 39092, Verdict::Unreachable { why }),
        ]
    }

    fn proof(value: serde_json::Value) -> (Proof, Vec<String>) {
        let object = json!({ "proof": value });
        let mut fields = Fields::of(object.as_object().expect("an object"));
        let proof = Proof::read(&mut fields);
        (proof, fields.amiss)
    }

    #[test]
    fn a_sentence_of_the_report_is_found_for_its_port_and_for_no_other() {
        let (proof, amiss) = proof(json!({
            "proven_on": [9092, 9093, 9095], "rows": rows()
        }));
        assert_eq!(amiss, [] as [&str; 0]);
        let said = |number, owner| proof.said(&port(number, owner));
        let but = "proven: broker 1 answered, and does not list broker 2 as wanted";
        assert_eq!(said(9093, "1"), Said::ProvenBut(but.to_owned()));
        let not = Said::Not("wrong broker: reached 3, expected 2".to_owned());
        assert_eq!(said(9094, "2"), not);
        assert_eq!(said(9095, "22"), Said::Proven);
        assert_eq!(said(9092, "bootstrap"), Said::Proven);
        assert_eq!(said(9096, "4"), Said::Unasked);
        assert_eq!(
            proof.directly(&port(9094, "2")),
            Some("unreachable: connection refused: nobody listens")
        );
        assert_eq!(proof.directly(&port(9093, "1")), None);
    }

    #[test]
    fn a_proof_that_is_missing_or_lacks_something_proves_nothing() {
        let (nothing, amiss) = proof(json!("none"));
        assert_eq!(amiss, ["proof"]);
        assert_eq!(nothing.said(&port(9093, "1")), Said::Untold);
        let (part, amiss) = proof(json!({ "proven_on": "all" }));
        assert_eq!(amiss, ["proof.proven_on", "proof.rows"]);
        assert_eq!(part.said(&port(9093, "1")), Said::Untold);
    }
}
