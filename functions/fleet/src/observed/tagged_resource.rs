//! Resources of any service by their tags.

use crate::tags::Tags;
use serde::{Deserialize, Serialize};

/// A resource, as `GetResources` of the Resource Groups Tagging API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaggedResource {
    /// Its ARN.
    pub arn: String,
    /// All of its tags.
    pub tags: Tags,
}
