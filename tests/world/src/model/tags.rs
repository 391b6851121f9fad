//! ELBv2: tags of load balancers, listeners and target groups.

use super::asked::Asked;
use super::{ApiError, Model, listeners, target_groups};
use cloud::call::Call;
use cloud::calls::TAGS_CHUNK;
use fleet::tags::Tags;
use fleet::words::{ListenerArn, LoadBalancerArn, TargetGroupArn};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// A resource takes 50 tags (F46).
const MOST: usize = 50;

impl Model {
    /// ELBv2 `DescribeTags` of at most 20 resources; one that is unknown fails the whole call.
    pub fn describe_tags(
        &mut self,
        now: Timestamp,
        arns: &[String],
    ) -> Result<BTreeMap<String, Tags>, ApiError> {
        self.read(now, Call::DescribeTags, |model| {
            if arns.is_empty() || arns.len() > TAGS_CHUNK {
                let count = arns.len();
                return Err(ApiError::refused(
                    "ValidationError",
                    format!("1 to {TAGS_CHUNK} resource ARNs can be described, not {count}"),
                ));
            }
            // The API reference says nowhere that they may be of several types, and nobody's code
            // that can be read asks so.
            let types: BTreeSet<&str> = arns.iter().map(|arn| type_of(arn)).collect();
            if types.len() > 1 {
                return Err(ApiError::refused(
                    "ValidationError",
                    format!("tags of resources of several types are asked for: {types:?}"),
                ));
            }
            let each = arns.iter();
            each.map(|arn| Ok((arn.clone(), model.tags_of(arn)?.clone())))
                .collect()
        })
    }

    /// ELBv2 `AddTags` onto one resource: new ones are added, old ones overwritten.
    pub fn add_tags(&mut self, now: Timestamp, arn: &str, tags: &Tags) -> Result<(), ApiError> {
        let what = format!("{arn} {tags:?}");
        self.write(now, Asked::add_tags(arn, tags), what, |model| {
            let old = model.tags_of(arn)?;
            let mut all = old.clone();
            all.extend(tags.clone());
            check(&all)?;
            *old = all;
            Ok(())
        })
    }

    /// ELBv2 `RemoveTags` from one resource; keys that it doesn't have are no error.
    pub fn remove_tags(
        &mut self,
        now: Timestamp,
        arn: &str,
        keys: &[String],
    ) -> Result<(), ApiError> {
        let what = format!("{arn} {keys:?}");
        self.write(now, Asked::remove_tags(arn, keys), what, |model| {
            model.tags_of(arn)?.retain(|key, _| !keys.contains(key));
            Ok(())
        })
    }

    fn tags_of(&mut self, arn: &str) -> Result<&mut Tags, ApiError> {
        match type_of(arn) {
            "targetgroup" => {
                let arn = TargetGroupArn::from(arn);
                let record = self.target_groups.get_mut(&arn);
                record
                    .map(|record| &mut record.group.tags)
                    .ok_or_else(|| target_groups::not_found(&arn))
            }
            "listener" => {
                let arn = ListenerArn::from(arn);
                let record = self.listeners.get_mut(&arn);
                record
                    .map(|record| &mut record.tags)
                    .ok_or_else(|| listeners::not_found(&arn))
            }
            "loadbalancer" => {
                let key = LoadBalancerArn::from(arn);
                self.balancer(&key)?;
                let record = self.load_balancers.get_mut(&key);
                record
                    .map(|record| &mut record.tags)
                    .ok_or_else(|| unknown(arn))
            }
            _ => Err(unknown(arn)),
        }
    }
}

/// Whether a resource can have these tags (F46; ELBv2 API reference, Tag: 128 and 256 characters of
/// `[\p{L}\p{Z}\p{N}_.:/=+\-@]`; General Reference: neither begins with `aws:`, in any case).
pub(super) fn check(tags: &Tags) -> Result<(), ApiError> {
    if tags.len() > MOST {
        return Err(ApiError::refused(
            "TooManyTags",
            format!("The maximum number of tags on a resource is {MOST}"),
        ));
    }
    for (key, value) in tags {
        let wrong = |what: &str, why: &str| {
            let message = format!(
                "1 validation error detected: Value '{what}' at 'tags' failed to satisfy constraint: {why}"
            );
            Err(ApiError::refused("ValidationError", message))
        };
        if key.is_empty() || key.chars().count() > 128 {
            return wrong(key, "Member must have length between 1 and 128");
        }
        if value.chars().count() > 256 {
            return wrong(value, "Member must have length less than or equal to 256");
        }
        for text in [key, value] {
            if text.to_lowercase().starts_with("aws:") {
                return wrong(text, "Member must not begin with aws:");
            }
            if !text.chars().all(is_of_a_tag) {
                return wrong(text, "Member must satisfy regular expression pattern");
            }
        }
    }
    Ok(())
}

/// `targetgroup`, `listener`…
fn type_of(arn: &str) -> &str {
    let resource = arn.split(':').nth(5).unwrap_or_default();
    resource.split('/').next().unwrap_or_default()
}

/// `\p{L}`, `\p{N}`, `\p{Z}` and some others. Of `\p{Z}`, which no control character is in, the blank is
/// enough here.
fn is_of_a_tag(c: char) -> bool {
    c.is_alphanumeric() || c == ' ' || "_.:/=+-@".contains(c)
}

fn unknown(arn: &str) -> ApiError {
    ApiError::refused(
        "ValidationError",
        format!("'{arn}' is not a valid ARN of a taggable resource"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::world::{at, world};
    use super::*;

    #[test]
    fn tags_come_and_go_and_one_unknown_arn_fails_the_whole_read() {
        let mut model = world();
        let (nlb, group) = (model.with_nlb(), model.with_group("a"));
        let listener = model.with_listener(&nlb, 9092, &group);
        let arn = group.to_string();
        let tags = Tags::from([("k".to_owned(), "v".to_owned())]);
        assert_eq!(model.add_tags(at(0), &arn, &tags), Ok(()));
        let keys = ["owner".to_owned(), "not there".to_owned()];
        assert_eq!(model.remove_tags(at(0), &arn, &keys), Ok(()));
        let of_group = model.describe_tags(at(0), std::slice::from_ref(&arn));
        assert_eq!(of_group, Ok(BTreeMap::from([(arn.clone(), tags)])));
        let mixed = model.describe_tags(at(0), &[arn, listener.to_string()]);
        assert_eq!(mixed.map_err(|e| e.code), Err("ValidationError"));
        let other = model.with_listener(&nlb, 9093, &group);
        let asked = [other.to_string(), listener.to_string()];
        let expected = asked.clone().map(|arn| (arn, Tags::new()));
        assert_eq!(model.describe_tags(at(0), &asked), Ok(expected.into()));
        assert_eq!(model.delete_listener(at(0), &listener), Ok(()));
        assert_eq!(
            model.describe_tags(at(0), &asked).map_err(|e| e.code),
            Err("ListenerNotFound")
        );
    }

    #[test]
    fn tags_have_characters_and_lengths() {
        let mut model = world();
        let group = model.with_group("a").to_string();
        let mut add = |key: &str, value: &str| {
            let tags = Tags::from([(key.to_owned(), value.to_owned())]);
            let added = model.add_tags(at(0), &group, &tags);
            added.map_err(|error| error.code)
        };
        let (key, value) = ("k".repeat(128), "v".repeat(256));
        for (key, value) in [
            (&*key, &*value),
            ("kafka-privatelink:retired-since", "2026-11-22T12:00:00Z"),
            ("G\u{f6}del 1", "a+b=c @ d/e_f.g"),
            ("k", ""),
        ] {
            assert_eq!(add(key, value), Ok(()), "{key} {value}");
        }
        for (key, value) in [
            ("", "v"),
            (&*format!("{key}k"), "v"),
            ("k", &*format!("{value}v")),
            ("aws:k", "v"),
            ("AWS:k", "v"),
            ("k", "aws:v"),
            ("k!", "v"),
            ("k", "a,b"),
            ("k", "a\nb"),
            ("k", "\u{1b}[31m"),
            ("k", "{\"a\": 1}"),
        ] {
            assert_eq!(add(key, value), Err("ValidationError"), "{key} {value}");
        }
    }

    #[test]
    fn more_than_twenty_resources_at_once_are_refused() {
        let mut model = world();
        let arns: Vec<String> = (0..21)
            .map(|n| model.with_group(&format!("g{n}")).to_string())
            .collect();
        assert!(model.describe_tags(at(0), &arns[..20]).is_ok());
        assert_eq!(
            model.describe_tags(at(0), &arns).map_err(|e| e.code),
            Err("ValidationError")
        );
    }
}
