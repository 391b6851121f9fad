//! What a plan can do: send one command to one host.

use crate::host::order::{Act, Mode, Order};
use fleet::documents::{Comment, Document};
use fleet::plan;
use fleet::words::DocumentName;
use serde::Serialize;
use std::fmt;

/// One command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it runs.
    pub document: DocumentName,
    /// What is written about it.
    pub comment: Comment,
    /// What the host is told.
    pub order: Order,
}

impl plan::Change for Change {
    fn expects(&self) -> &'static str {
        match self.comment.document {
            Document::Inspect => "the agent is there",
            Document::Apply => "the host, its process and its file are as they were inspected",
            Document::Stop => "the host and its process are as they were inspected",
        }
    }

    /// There is one step in a plan.
    fn carries(&self, _later: &Self) -> bool {
        true
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (node, instance) = (self.order.node, &self.order.instance);
        match &self.order.act {
            Act::Inspect => write!(f, "inspect broker {node} on {instance}"),
            Act::Stop { .. } => write!(f, "stop broker {node} on {instance}"),
            Act::Apply(apply) => match &apply.mode {
                Mode::Edit { .. } => {
                    let then = match apply.process {
                        Some(_) => "restart",
                        None => "start",
                    };
                    write!(
                        f,
                        "edit the file of broker {node} on {instance} and {then} it"
                    )
                }
                Mode::Restart => write!(f, "restart broker {node} on {instance}"),
                Mode::Revive => write!(f, "restart broker {node} on {instance}, which hangs"),
                Mode::Start => write!(f, "start broker {node} on {instance}"),
                Mode::Back => write!(
                    f,
                    "give broker {node} on {instance} the file back that it had before, and restart it with that"
                ),
            },
        }
    }
}

/// As it is told, and the lines of its order: no secret is among them.
impl Serialize for Change {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Told<'a> {
            document: &'a DocumentName,
            comment: String,
            order: Vec<String>,
        }
        let order = self.order.to_string();
        let told = Told {
            document: &self.document,
            comment: self.comment.to_string(),
            order: order.lines().map(str::to_owned).collect(),
        };
        told.serialize(serializer)
    }
}
