//! ELBv2: target groups, from their making to their end.

use super::asked::Asked;
use super::attributes::{self, Known};
use super::limits::TARGET_GROUPS;
use super::paging::page;
use super::target_group_rules::{check_health_check, check_name, same_settings};
use super::targets::TargetRecord;
use super::{ApiError, Model, tags};
use cloud::call::Call;
use cloud::calls::{NewTargetGroup, Page, PageToken};
use fleet::observed::{Attributes, HealthCheck, TargetGroup};
use fleet::tags::Tags;
use fleet::words::{InstanceId, Port, TargetGroupArn};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// ELBv2 gives 400 on a page (API reference, PageSize).
pub(super) const PAGE: usize = 400;
/// A target group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetGroupRecord {
    /// What `DescribeTargetGroups` shows, and its tags.
    pub group: TargetGroup,
    /// All its attributes.
    pub attributes: Attributes,
    /// Its targets.
    pub(super) targets: BTreeMap<(InstanceId, Port), TargetRecord>,
}

impl Model {
    /// ELBv2 `CreateTargetGroup`: `instance` targets, TCP. With the name and the settings of one
    /// that exists it answers that one's ARN (F37).
    pub fn create_target_group(
        &mut self,
        now: Timestamp,
        new: &NewTargetGroup,
    ) -> Result<TargetGroupArn, ApiError> {
        let what = new.name.to_string();
        self.write(now, Asked::new_target_group(new), what, |model| {
            check_name(new.name.as_str())?;
            check_health_check(&new.health_check)?;
            tags::check(&new.tags)?;
            if new.vpc != model.settings.vpc {
                return Err(ApiError::refused(
                    "ValidationError",
                    format!("The VPC ID '{}' is not found", new.vpc),
                ));
            }
            if let Some(old) = model.group_named(new.name.as_str()) {
                return same_settings(old, new);
            }
            if model.target_groups.len() >= TARGET_GROUPS {
                return Err(ApiError::refused(
                    "TooManyTargetGroups",
                    format!("The maximum number of target groups ({TARGET_GROUPS}) is reached"),
                ));
            }
            let resource = format!("targetgroup/{}/{}", new.name, model.ids.elb());
            let arn = TargetGroupArn::new(model.settings.arn("elasticloadbalancing", &resource));
            let record = TargetGroupRecord {
                group: TargetGroup {
                    arn: arn.clone(),
                    name: new.name.clone(),
                    port: new.port,
                    protocol: "TCP".to_owned(),
                    target_type: "instance".to_owned(),
                    vpc: new.vpc.clone(),
                    load_balancers: BTreeSet::new(),
                    health_check: new.health_check.clone(),
                    tags: new.tags.clone(),
                },
                attributes: attributes::defaults(Known::OfTargetGroup),
                targets: BTreeMap::new(),
            };
            model.target_groups.insert(arn.clone(), record);
            model.made_with_tags(arn.as_str());
            Ok(arn)
        })
    }

    /// ELBv2 `DescribeTargetGroups`: all of the account and Region, without their tags, with the load
    /// balancer that routes to each (API reference, `TargetGroup`, `LoadBalancerArns`: "You can use
    /// each target group with only one load balancer").
    pub fn describe_target_groups(
        &mut self,
        now: Timestamp,
        token: Option<&PageToken>,
    ) -> Result<Page<TargetGroup>, ApiError> {
        self.read(now, Call::DescribeTargetGroups, |model| {
            let shown = model.target_groups.values().map(|record| {
                let serves = model.load_balancer_of(&record.group.arn);
                let group = TargetGroup {
                    tags: Tags::new(),
                    load_balancers: serves.map(|lb| lb.arn.clone()).into_iter().collect(),
                    ..record.group.clone()
                };
                (group.arn.to_string(), group)
            });
            page(shown, token, model.page_size(PAGE), "ValidationError")
        })
    }

    /// ELBv2 `ModifyTargetGroup`: the health check.
    pub fn modify_target_group(
        &mut self,
        now: Timestamp,
        arn: &TargetGroupArn,
        health_check: &HealthCheck,
    ) -> Result<(), ApiError> {
        let asked = Asked::on(Call::ModifyTargetGroup, arn.as_str());
        self.write(now, asked, arn.to_string(), |model| {
            let record = model.group_mut(arn)?;
            check_health_check(health_check)?;
            record.group.health_check = health_check.clone();
            Ok(())
        })
    }

    /// ELBv2 `DeleteTargetGroup`, with its targets. Not while a listener forwards to it.
    pub fn delete_target_group(
        &mut self,
        now: Timestamp,
        arn: &TargetGroupArn,
    ) -> Result<(), ApiError> {
        let asked = Asked::on(Call::DeleteTargetGroup, arn.as_str());
        self.write(now, asked, arn.to_string(), |model| {
            if model.listeners.values().any(|l| l.forwards_to == *arn) {
                return Err(ApiError::refused(
                    "ResourceInUse",
                    format!("Target group '{arn}' is currently in use by a listener or a rule"),
                ));
            }
            model.target_groups.remove(arn);
            Ok(())
        })
    }

    /// The target groups, with more than AWS shows.
    pub fn target_groups(&self) -> impl Iterator<Item = &TargetGroupRecord> {
        self.target_groups.values()
    }

    pub(super) fn group(&self, arn: &TargetGroupArn) -> Result<&TargetGroupRecord, ApiError> {
        self.target_groups.get(arn).ok_or_else(|| not_found(arn))
    }

    pub(super) fn group_mut(
        &mut self,
        arn: &TargetGroupArn,
    ) -> Result<&mut TargetGroupRecord, ApiError> {
        self.target_groups
            .get_mut(arn)
            .ok_or_else(|| not_found(arn))
    }

    fn group_named(&self, name: &str) -> Option<&TargetGroupRecord> {
        self.target_groups
            .values()
            .find(|record| record.group.name.as_str() == name)
    }
}

pub(super) fn not_found(arn: &TargetGroupArn) -> ApiError {
    ApiError::refused(
        "TargetGroupNotFound",
        format!("Target groups '{arn}' not found"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::world::{at, world};
    use super::*;

    fn code<T>(answer: Result<T, ApiError>) -> Option<&'static str> {
        answer.err().map(|error| error.code)
    }

    #[test]
    fn a_group_in_use_cannot_be_deleted_and_one_that_is_gone_is_no_error() {
        let mut model = world();
        let (nlb, group) = (model.with_nlb(), model.with_group("a"));
        let listener = model.with_listener(&nlb, 9092, &group);
        assert_eq!(
            code(model.delete_target_group(at(0), &group)),
            Some("ResourceInUse")
        );
        assert_eq!(model.delete_listener(at(0), &listener), Ok(()));
        assert_eq!(model.delete_target_group(at(0), &group), Ok(()));
        assert_eq!(model.delete_target_group(at(0), &group), Ok(()));
        assert_eq!(
            code(model.describe_target_health(at(0), &group)),
            Some("TargetGroupNotFound")
        );
    }

    #[test]
    fn groups_are_shown_in_pages_and_without_tags() {
        let mut model = Model::new(super::super::Settings {
            page_size: Some(2),
            ..Default::default()
        });
        for name in ["a", "b", "c"] {
            model.with_group(name);
        }
        let first = model.describe_target_groups(at(0), None);
        let Ok(Page {
            items,
            next: Some(token),
        }) = first
        else {
            panic!("{first:?}");
        };
        assert_eq!(items.len(), 2);
        assert!(items.iter().all(|group| group.tags.is_empty()));
        let last = model.describe_target_groups(at(0), Some(&token));
        assert_eq!(
            last.map(|page| (page.items.len(), page.next)),
            Ok((1, None))
        );
    }
}
