//! Which field of a saved observation holds what kind of text.

use super::tokens::Manner;
use fleet::tags;
use serde_json::{Map, Value};

/// What a value is, by the fields that it stands in.
#[derive(Clone, Copy)]
enum Place {
    /// Texts of this kind.
    Of(Manner),
    /// The tags of one resource.
    Tags,
    /// Records that a person named.
    Named,
    /// Attributes, by resource.
    Attributes,
    /// Hooks and activities of Auto Scaling groups.
    Lifecycles,
}

/// The value with every text of it replaced, object keys included.
pub(super) fn walk(value: &Value, replace: &mut impl FnMut(Manner, &str) -> String) -> Value {
    walk_in(Place::Of(Manner::Text), value, replace)
}

fn walk_in(place: Place, value: &Value, replace: &mut impl FnMut(Manner, &str) -> String) -> Value {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        Value::String(text) => {
            let manner = match place {
                Place::Of(manner) => manner,
                Place::Tags | Place::Named | Place::Attributes | Place::Lifecycles => Manner::Text,
            };
            Value::String(replace(manner, text))
        }
        Value::Array(all) => {
            let all = all.iter().map(|one| walk_in(place, one, replace));
            Value::Array(all.collect())
        }
        Value::Object(fields) => {
            let all = fields.iter().map(|(key, value)| {
                let key_as = match key_manner(place, key) {
                    Some(manner) => replace(manner, key),
                    None => key.clone(),
                };
                match key.as_str() {
                    // Whole files of a host, packed: nothing in them could be replaced, so they are left out.
                    "stdout" | "stderr" => (key_as, Value::String(String::new())),
                    _ => (key_as, walk_in(below(place, fields, key), value, replace)),
                }
            });
            Value::Object(all.collect())
        }
    }
}

/// How a key is replaced; `None` if it is the name of a field.
fn key_manner(place: Place, key: &str) -> Option<Manner> {
    let is_field = key.bytes().all(|c| c.is_ascii_lowercase() || c == b'_');
    match place {
        Place::Tags if is_ours(key) || key.starts_with("aws:") || key == "Name" => None,
        Place::Tags => Some(Manner::Foreign),
        Place::Attributes => key.starts_with("arn:").then_some(Manner::Text),
        Place::Of(_) | Place::Named | Place::Lifecycles => (!is_field).then_some(Manner::Text),
    }
}

/// What the value of a field is.
fn below(place: Place, fields: &Map<String, Value>, key: &str) -> Place {
    let text = |key: &str| fields.get(key).and_then(Value::as_str).unwrap_or_default();
    let verdict = text("verdict");
    let manner = match (place, key) {
        (Place::Tags, tags::CLUSTER) => Manner::Cluster,
        (Place::Tags, tags::CLUSTER_ID) => Manner::Name,
        (Place::Tags, tags::GROUP) => Manner::Group,
        (Place::Tags, key) if is_ours(key) => Manner::Text,
        (Place::Tags, _) => Manner::Foreign,
        (Place::Attributes, _) => return Place::Attributes,
        (Place::Named, "seen") => return Place::Named,
        (Place::Named, "name") => Manner::Name,
        (Place::Lifecycles, "hooks" | "activities" | "seen") => return Place::Lifecycles,
        (Place::Lifecycles, "group") => Manner::Name,
        (Place::Lifecycles, "name" | "notification_metadata") => Manner::Written,
        (_, "tags") => return Place::Tags,
        (_, "auto_scaling_groups") => return Place::Named,
        (_, "lifecycles") => return Place::Lifecycles,
        (_, key) if key.ends_with("_attributes") => return Place::Attributes,
        (_, "cluster") => Manner::Cluster,
        (_, "cluster_id") => Manner::Name,
        (_, "group") => Manner::Group,
        // What a broker listens on and advertises.
        (_, "value") if fields.contains_key("is_overridden") => Manner::Host,
        (_, "value") => parameter(text("name")),
        (_, "private_dns_name") => Manner::Host,
        (_, "found" | "wanted") if verdict == "advertises" && !text(key).contains(' ') => {
            Manner::Host
        }
        (_, "reached" | "wanted") if verdict == "wrong-cluster" => Manner::Name,
        // What an Auto Scaling group did, and why.
        (_, "description" | "cause") if fields.contains_key("started_at") => Manner::Written,
        (_, "description" | "group_name") => Manner::Foreign,
        _ => Manner::Text,
    };
    Place::Of(manner)
}

fn is_ours(tag: &str) -> bool {
    tag.starts_with(tags::PREFIX)
}

/// What the value of a parameter is: what we wrote, or what a person did.
fn parameter(name: &str) -> Manner {
    let below = name.strip_prefix("/kafka-privatelink/");
    match below.and_then(|below| below.split('/').nth(1)) {
        Some("handover") => Manner::Text,
        Some(_) => Manner::Written,
        None => Manner::Text,
    }
}
