//! What somebody asks to do: one action on one resource, and what is known of both.

use fleet::tags::{self, Tags};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// A request, as IAM judges it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Request {
    /// The action, `elasticloadbalancing:RegisterTargets`.
    pub action: Cow<'static, str>,
    /// The ARN of the resource, or `*` where AWS takes none.
    pub resource: Cow<'static, str>,
    /// Who asks: the ARN of a role, or an AWS service.
    pub by: Arc<str>,
    /// Condition keys and their values. A key that is not there has no value.
    pub context: BTreeMap<String, BTreeSet<String>>,
}

impl Request {
    /// A request without context.
    pub fn new(
        by: &Arc<str>,
        action: impl Into<Cow<'static, str>>,
        resource: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            action: action.into(),
            resource: resource.into(),
            by: Arc::clone(by),
            context: BTreeMap::new(),
        }
    }

    /// On a resource with these tags (`aws:ResourceTag/…`).
    pub fn on_tagged(self, tags: &Tags) -> Self {
        let each = tags.iter();
        each.fold(self, |request, (key, value)| {
            request.with(format!("aws:ResourceTag/{key}"), [value])
        })
    }

    /// With these tags in the request (`aws:RequestTag/…`, `aws:TagKeys`).
    pub fn with_tags(self, tags: &Tags) -> Self {
        let request = self.with_tag_keys(tags.keys());
        let each = tags.iter();
        each.fold(request, |request, (key, value)| {
            request.with(format!("aws:RequestTag/{key}"), [value])
        })
    }

    /// With these keys of tags in the request (`aws:TagKeys`).
    pub fn with_tag_keys<'k>(self, keys: impl IntoIterator<Item = &'k String>) -> Self {
        self.with("aws:TagKeys", keys)
    }

    /// With these values of a condition key; without any, the key is not there.
    pub fn with<V: Into<String>>(
        mut self,
        key: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values: BTreeSet<String> = values.into_iter().map(Into::into).collect();
        if !values.is_empty() {
            self.context.insert(key.into(), values);
        }
        self
    }

    /// Whether it is about something of this cluster, or about nothing that can belong to anybody (that has
    /// no tags). What somebody has taken away or tagged otherwise since the function looked is not: that
    /// the role forbids it is right.
    pub fn concerns(&self, cluster: &str) -> bool {
        if self.action == "ssm:SendCommand" && self.resource.contains(":instance/") {
            let tag = self
                .context
                .get(&format!("ssm:resourceTag/{}", tags::CLUSTER));
            return tag.is_some_and(|value| value.contains(cluster));
        }
        let value = |of: &str| self.context.get(&format!("aws:{of}/{}", tags::CLUSTER));
        let tag = |of: &str| value(of).is_some_and(|value| value.contains(cluster));
        let mut tagged = ["elasticloadbalancing:", "ec2:"].iter();
        !tagged.any(|service| self.action.starts_with(service))
            || self.resource == "*"
            || tag("ResourceTag")
            || (tag("RequestTag") && value("ResourceTag").is_none())
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.action, self.resource)?;
        for (key, values) in &self.context {
            write!(f, ", {key} {values:?}")?;
        }
        Ok(())
    }
}
