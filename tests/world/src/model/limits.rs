//! ELBv2: quotas (F1).

use super::attributes::CROSS_ZONE;
use super::{ApiError, LoadBalancerRecord, Model, TargetGroupRecord};
use fleet::words::{AzName, TargetGroupArn};
use std::collections::{BTreeMap, BTreeSet};

/// Listeners of a load balancer; cannot be raised.
pub(super) const LISTENERS: usize = 50;
/// Target groups of a Region.
pub(super) const TARGET_GROUPS: usize = 3000;
/// Targets of a target group.
const TARGETS_OF_GROUP: usize = 1000;
/// Targets of a load balancer, one counted once for each group that it is in.
const TARGETS: usize = 3000;
/// Targets of a load balancer in one zone; of all of it when cross-zone is on.
const TARGETS_OF_ZONE: usize = 500;

impl Model {
    /// Whether nodes of this load balancer use this group's targets in other zones (F4).
    pub(super) fn is_cross_zone(lb: &LoadBalancerRecord, group: &TargetGroupRecord) -> bool {
        match group.attributes.get(CROSS_ZONE).map(String::as_str) {
            Some("true") => true,
            Some("false") => false,
            _ => lb.cross_zone,
        }
    }

    /// Whether the group's load balancer, or the one that it is about to serve, holds its targets.
    pub(super) fn check_targets(
        &self,
        group: &TargetGroupArn,
        soon: Option<&LoadBalancerRecord>,
    ) -> Result<(), ApiError> {
        let too_many = |what: &str, limit: usize| {
            Err(ApiError::refused(
                "TooManyTargets",
                format!("The maximum number of targets per {what} is {limit}"),
            ))
        };
        if self.staying(self.group(group)?).count() > TARGETS_OF_GROUP {
            return too_many("target group", TARGETS_OF_GROUP);
        }
        let Some(lb) = soon.or_else(|| self.load_balancer_of(group)) else {
            return Ok(());
        };
        let of_lb = self
            .listeners
            .values()
            .filter(|l| l.load_balancer == lb.arn);
        let mut groups: BTreeSet<&TargetGroupArn> = of_lb.map(|l| &l.forwards_to).collect();
        groups.insert(group);
        let records = || groups.iter().filter_map(|arn| self.target_groups.get(arn));
        let mut in_zone: BTreeMap<Option<&AzName>, usize> = BTreeMap::new();
        for zone in records().flat_map(|record| self.staying(record)) {
            *in_zone.entry(zone).or_default() += 1;
        }
        let all: usize = in_zone.values().sum();
        if records().any(|record| Self::is_cross_zone(lb, record)) && all > TARGETS_OF_ZONE {
            return too_many(
                "load balancer with cross-zone load balancing",
                TARGETS_OF_ZONE,
            );
        }
        if all > TARGETS {
            return too_many("load balancer", TARGETS);
        }
        if in_zone.values().any(|count| *count > TARGETS_OF_ZONE) {
            return too_many("Availability Zone and load balancer", TARGETS_OF_ZONE);
        }
        Ok(())
    }

    /// The zones of the targets that are not on their way out.
    fn staying<'a>(
        &'a self,
        record: &'a TargetGroupRecord,
    ) -> impl Iterator<Item = Option<&'a AzName>> {
        record
            .targets
            .iter()
            .filter(|(_, target)| target.draining_until.is_none())
            .map(|((id, _), _)| self.instances.get(id).map(|instance| &instance.az_name))
    }
}
