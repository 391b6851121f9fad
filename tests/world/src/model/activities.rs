//! Scaling activities: what a group did and does with its instances.
//!
//! Sources: EC2 Auto Scaling API reference, DescribeScalingActivities and Activity; user guide, "Verify a
//! scaling activity for an Auto Scaling group" (F55).

use super::auto_scaling::{AutoScalingGroupRecord, invalid};
use super::hooks::Transition;
use super::paging::page;
use super::{ApiError, Model};
use cloud::call::Call;
use cloud::calls::{Page, PageToken};
use fleet::observed::ScalingActivity;
use fleet::words::{AutoScalingGroupName, InstanceId};
use jiff::{SignedDuration, Timestamp};

/// `DescribeScalingActivities` gives at most 100 on a page (API reference, MaxRecords).
const PAGE: usize = 100;
/// How long ago the oldest began that are shown: six weeks.
const SHOWN: SignedDuration = SignedDuration::from_hours(6 * 7 * 24);

/// One activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Activity {
    instance: InstanceId,
    transition: Transition,
    cause: String,
    started: Timestamp,
    ended: Option<Timestamp>,
}

impl AutoScalingGroupRecord {
    /// An instance begins its way in or out.
    pub(super) fn begin_activity(
        &mut self,
        now: Timestamp,
        instance: &InstanceId,
        transition: Transition,
        cause: String,
    ) {
        self.end_activity(now, instance);
        self.activities.push(Activity {
            instance: instance.clone(),
            transition,
            cause,
            started: now,
            ended: None,
        });
    }

    /// It is where it went, or it goes the other way now.
    pub(super) fn end_activity(&mut self, now: Timestamp, instance: &InstanceId) {
        for activity in &mut self.activities {
            if activity.instance == *instance && activity.ended.is_none() {
                activity.ended = Some(now);
            }
        }
    }
}

impl Model {
    /// Auto Scaling `DescribeScalingActivities`: those of one group, the ones under way first, then the newest.
    pub fn describe_scaling_activities(
        &mut self,
        now: Timestamp,
        group: &AutoScalingGroupName,
        token: Option<&PageToken>,
    ) -> Result<Page<ScalingActivity>, ApiError> {
        self.read(now, Call::DescribeScalingActivities, |model| {
            let record = model
                .auto_scaling_groups
                .get(group)
                .ok_or_else(|| invalid(&format!("AutoScalingGroup name not found - {group}")))?;
            let oldest = model.at.checked_sub(SHOWN).unwrap_or(Timestamp::MIN);
            let mut shown: Vec<&Activity> = record.activities.iter().rev().collect();
            shown.retain(|activity| activity.started >= oldest);
            shown.sort_by_key(|activity| (activity.ended.is_some(), activity.started));
            let (under_way, ended): (Vec<_>, Vec<_>) =
                shown.into_iter().rev().partition(|it| it.ended.is_none());
            let all = under_way.into_iter().chain(ended).enumerate();
            let all = all.map(|(place, it)| (format!("{place:06}"), shown_of(record, it)));
            page(all, token, model.page_size(PAGE), "InvalidNextToken")
        })
    }
}

fn shown_of(group: &AutoScalingGroupRecord, activity: &Activity) -> ScalingActivity {
    let id = &activity.instance;
    let description = match activity.transition {
        Transition::Launching => format!("Launching a new EC2 instance: {id}"),
        Transition::Terminating => format!("Terminating EC2 instance: {id}"),
    };
    let waits = group.members.get(id).is_some_and(|it| it.wait.is_some());
    let status = match (activity.ended, waits) {
        (Some(_), _) => "Successful",
        (None, true) => "MidLifecycleAction",
        (None, false) => "InProgress",
    };
    ScalingActivity {
        group: group.name.clone(),
        instance: ScalingActivity::instance_in(&description),
        description,
        started_at: activity.started,
        ended_at: activity.ended,
        status: status.to_owned(),
        cause: Some(activity.cause.clone()),
    }
}
