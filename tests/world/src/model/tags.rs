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

/// Whether a resource can have these tags (F46; 128 and 256 characters, no `aws:`).
pub(super) fn check(tags: &Tags) -> Result<(), ApiError> {
    if tags.len() > MOST {
        return Err(ApiError::refused(
            "TooManyTags",
            format!("The maximum number of tags on a resource is {MOST}"),
        ));
    }
    for (key, value) in tags {
        let length = key.chars().count();
        if length == 0 || length > 128 || value.chars().count() > 256 || key.starts_with("aws:") {
            return Err(ApiError::refused(
                "ValidationError",
                format!("the tag '{key}' with the value '{value}' is not valid"),
            ));
        }
    }
    Ok(())
}

/// `targetgroup`, `listener`…
fn type_of(arn: &str) -> &str {
    let resource = arn.split(':').nth(5).unwrap_or_default();
    resource.split('/').next().unwrap_or_default()
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
