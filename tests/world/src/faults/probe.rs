//! A probe that lies: rows of its proof table say something else than what was found.

use super::{Fault, Faults};
use fleet::proof::{Row, Verdict};
use fleet::words::NodeId;
use std::collections::BTreeSet;

impl Faults {
    /// Each row may be replaced: proven, or another broker.
    pub(crate) fn lie(&mut self, rows: &mut [Row]) {
        let asked = rows.iter().filter_map(|row| row.question.path.broker());
        let brokers: BTreeSet<NodeId> = asked.collect();
        for row in rows {
            if !self.strikes(Fault::ProbeLies) {
                continue;
            }
            let expected = row.question.path.broker();
            let others = brokers.iter().copied();
            let others: Vec<NodeId> = others.filter(|other| Some(*other) != expected).collect();
            let reached = self.dice.choice(others);
            row.unlisted.clear();
            row.verdict = match (expected.or(reached), reached) {
                (Some(reached), _) if self.dice.bool() => Verdict::Proven { reached },
                (_, Some(reached)) => Verdict::WrongBroker { reached },
                // Nobody else is there whom it could have reached.
                (_, None) => Verdict::Unreachable {
                    why: "no answer within 5 s".to_owned(),
                },
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;
    use fleet::proof::{Path, Question};
    use fleet::words::Port;

    fn rows() -> Vec<Row> {
        let row = |path: Path| {
            let question = Question {
                group: "EXTERNAL".into(),
                path,
                address: None,
                port: Port::new(9092).expect("a port"),
                instance: None,
            };
            Row::of(question, Verdict::NotKafka { why: String::new() })
        };
        let node = |id| NodeId::new(id).expect("a node");
        let ports = (1..=3).map(|id| row(Path::Port(node(id))));
        ports.chain([row(Path::Bootstrap)]).collect()
    }

    #[test]
    fn some_rows_say_that_they_are_proven_and_some_name_another_broker() {
        let mut faults = Faults::new(3).with(Fault::ProbeLies, Level::Storm);
        let mut told = BTreeSet::new();
        for _ in 0..50 {
            let mut rows = rows();
            faults.lie(&mut rows);
            told.extend(rows.iter().map(|row| row.says()));
        }
        for says in [
            "proven",
            "not Kafka: ",
            "wrong broker: reached 2, expected 1",
            "wrong broker: reached 1, expected 3",
        ] {
            assert!(told.contains(says), "{says}: {told:?}");
        }
        let mut honest = rows();
        Faults::new(3).lie(&mut honest);
        assert_eq!(honest, rows());
    }
}
