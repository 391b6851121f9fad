//! The note that an instance is not the broker that it was taken for: a tag of target groups.

use crate::words::{InstanceId, NodeId};
use std::collections::BTreeSet;

/// An instance that answered as another broker than this one, in two askings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Another {
    /// The instance.
    pub instance: InstanceId,
    /// The broker that it is not.
    pub node: NodeId,
}

impl Another {
    /// The longest value of a tag (ELB, tag restrictions).
    const LONGEST: usize = 256;

    /// Reads the tag; what a person wrote into it and nobody understands is no note.
    pub(super) fn read(text: &str) -> BTreeSet<Self> {
        let notes = text.split_whitespace().filter_map(|note| {
            let (instance, node) = note.rsplit_once(':')?;
            let node = NodeId::parse(node).ok()?;
            Some(Self {
                instance: instance.into(),
                node,
            })
        });
        notes.collect()
    }

    /// The tag's value.
    pub fn write<'a>(notes: impl IntoIterator<Item = &'a Self>) -> String {
        let notes = notes.into_iter();
        let notes = notes.map(|Self { instance, node }| format!("{instance}:{node}"));
        notes.collect::<Vec<_>>().join(" ")
    }

    /// Whether these notes fit into one tag. Eight always do.
    pub fn fit<'a>(notes: impl IntoIterator<Item = &'a Self>) -> bool {
        Self::write(notes).len() <= Self::LONGEST
    }
}
