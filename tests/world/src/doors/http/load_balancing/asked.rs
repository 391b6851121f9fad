//! The parameters of each action, no more than those that are sent. Any other is refused.

use crate::doors::http::query::{list, parsed, parsed_option};
use serde::Deserialize;
use std::collections::BTreeMap;

macro_rules! asked {
    ($(#[$doc:meta])* $name:ident { $($(#[$attr:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase", deny_unknown_fields)]
        pub(super) struct $name {
            $($(#[$attr])* pub(super) $field: $type,)*
        }
    };
}

asked!(LoadBalancers {
    #[serde(deserialize_with = "list")]
    load_balancer_arns: Vec<String>,
});
asked!(Listeners {
    load_balancer_arn: String,
    marker: Option<String>,
});
asked!(OfListener {
    listener_arn: String,
});
asked!(TargetGroups {
    marker: Option<String>,
});
asked!(OfTargetGroup {
    target_group_arn: String,
});
asked!(Arns {
    #[serde(deserialize_with = "list")]
    resource_arns: Vec<String>,
});
asked!(CreateTargetGroup {
    name: String,
    vpc_id: String,
    target_type: String,
    protocol: String,
    #[serde(deserialize_with = "parsed")]
    port: u16,
    health_check_protocol: String,
    health_check_port: String,
    #[serde(deserialize_with = "parsed")]
    health_check_interval_seconds: u32,
    #[serde(deserialize_with = "parsed")]
    healthy_threshold_count: u32,
    #[serde(deserialize_with = "parsed")]
    unhealthy_threshold_count: u32,
    #[serde(default, deserialize_with = "list")]
    tags: Vec<Pair>,
});
asked!(ModifyTargetGroup {
    target_group_arn: String,
    health_check_protocol: String,
    health_check_port: String,
    #[serde(deserialize_with = "parsed")]
    health_check_interval_seconds: u32,
    #[serde(deserialize_with = "parsed")]
    healthy_threshold_count: u32,
    #[serde(deserialize_with = "parsed")]
    unhealthy_threshold_count: u32,
});
asked!(GroupAttributes {
    target_group_arn: String,
    #[serde(deserialize_with = "list")]
    attributes: Vec<Pair>,
});
asked!(ListenerAttributes {
    listener_arn: String,
    #[serde(deserialize_with = "list")]
    attributes: Vec<Pair>,
});
asked!(Targets {
    target_group_arn: String,
    #[serde(deserialize_with = "list")]
    targets: Vec<Target>,
});
asked!(Target {
    id: String,
    #[serde(default, deserialize_with = "parsed_option")]
    port: Option<u16>,
});
asked!(CreateListener {
    load_balancer_arn: String,
    protocol: String,
    #[serde(deserialize_with = "parsed")]
    port: u16,
    #[serde(deserialize_with = "list")]
    default_actions: Vec<Action>,
    #[serde(default, deserialize_with = "list")]
    tags: Vec<Pair>,
});
asked!(ModifyListener {
    listener_arn: String,
    #[serde(deserialize_with = "list")]
    default_actions: Vec<Action>,
});
asked!(
    /// A forward to one group (F3), in its short form.
    Action {
        r#type: String,
        target_group_arn: String,
    }
);
asked!(AddTags {
    #[serde(deserialize_with = "list")]
    resource_arns: Vec<String>,
    #[serde(deserialize_with = "list")]
    tags: Vec<Pair>,
});
asked!(RemoveTags {
    #[serde(deserialize_with = "list")]
    resource_arns: Vec<String>,
    #[serde(deserialize_with = "list")]
    tag_keys: Vec<String>,
});
asked!(
    /// A tag or an attribute.
    Pair {
        key: String,
        #[serde(default)]
        value: String,
    }
);

/// Tags or attributes as a map.
pub(super) fn map(pairs: Vec<Pair>) -> BTreeMap<String, String> {
    pairs
        .into_iter()
        .map(|pair| (pair.key, pair.value))
        .collect()
}
