//! What the probe said of a cluster.

use super::Look;
use crate::observed::Observed;
use fleet::look::node;
use fleet::naming::Owner;
use fleet::observed::Gap;
use fleet::proof::{Path, Row, Verdict};
use fleet::tags;

impl Look {
    /// One connection proved something else.
    pub(crate) fn row(mut self, path: Path, change: impl FnOnce(&mut Row)) -> Self {
        if self.0.proof == Ok(Vec::new()) {
            self.0.proof = Ok(all_proven(&self.0));
        }
        let rows = self.0.proof.as_mut().expect("rows");
        let row = rows.iter_mut().find(|row| row.question.path == path);
        change(row.expect("the row"));
        self
    }

    /// One connection has this verdict.
    pub(crate) fn verdict(self, path: Path, verdict: Verdict) -> Self {
        self.row(path, |row| row.verdict = verdict)
    }

    /// Its group was never complete.
    pub(crate) fn never_complete(mut self) -> Self {
        let tags = self.group_tags(Owner::Bootstrap);
        tags.remove(tags::COMPLETE_SINCE);
        self.never_handed_over()
    }

    /// Nothing was ever handed over.
    pub(crate) fn never_handed_over(mut self) -> Self {
        let parameters = self.0.parameters.as_mut().expect("parameters");
        parameters.retain(|parameter| !parameter.name.contains("handover"));
        self
    }

    /// Nobody could be asked.
    pub(crate) fn without_proof(mut self) -> Self {
        self.0.proof = Err(Gap {
            read: "InvokeFunction of probe".to_owned(),
            reason: "denied".to_owned(),
        });
        self
    }
}

/// Every connection reaches whom it should.
pub(crate) fn all_proven(observed: &Observed) -> Vec<Row> {
    let asked = crate::inquiry(observed);
    let proven = asked.inquiry.questions.into_iter().map(|question| {
        let mut brokers = asked.inquiry.groups[&question.group].endpoints.keys();
        let reached = question.path.broker().or(brokers.next().copied());
        let reached = reached.unwrap_or(node(0));
        Row::of(question, Verdict::Proven { reached })
    });
    proven.chain(asked.unasked).collect()
}
