//! CloudWatch: alarms with their states, and their events. What an alarm watches is measured once a minute; those of
//! people, and of what nobody measures here, are set by hand.
//!
//! Resting on inference: an alarm is evaluated at each full minute after it was made.

use super::metric_alarms::MetricAlarm;
use super::moment::{Earliest, after};
use super::paging::page;
use super::{ApiError, Model};
use cloud::call::Call;
use cloud::calls::{Page, PageToken};
use fleet::observed::{Alarm, TaggedResource, TargetState};
use fleet::tags::{self, Tags};
use fleet::words::ClusterName;
use jiff::Timestamp;
use serde_json::json;
use std::collections::VecDeque;
use std::time::Duration;

/// `DescribeAlarms` and `GetResources` give 100 on a page at most.
const PAGE: usize = 100;
/// How often an alarm is evaluated.
const PERIOD: Duration = Duration::from_secs(60);

/// State of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlarmState {
    /// It is off.
    Ok,
    /// It is on.
    Alarm,
    /// Nobody knows: so it begins, and so it is without data (P-69).
    InsufficientData,
}

impl AlarmState {
    /// The API's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

/// What an alarm watches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watched {
    /// Nothing that is measured here: its state is set by hand.
    ByHand,
    /// Whether a target of any target group of a load balancer is unhealthy. Without targets there is no data.
    UnhealthyTargets,
    /// Whether an instance of a cluster fails a status check.
    StatusChecks,
    /// Metrics that functions write into their logs.
    Metrics(MetricAlarm),
}

/// An alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmRecord {
    /// Its name.
    pub name: String,
    /// Its tags.
    pub tags: Tags,
    /// Its state.
    pub state: AlarmState,
    /// Since when.
    pub since: Timestamp,
    /// Whether it is to do anything.
    pub actions_enabled: bool,
    /// What suppresses it, if it is a composite alarm that is suppressed (P-70).
    pub suppressed_by: Option<String>,
    /// What it watches.
    pub watched: Watched,
    /// How many minutes in a row decide.
    pub periods: usize,
    next_at: Timestamp,
    measured: VecDeque<Option<bool>>,
}

impl Model {
    /// CloudWatch `DescribeAlarms`: those that are on.
    pub fn describe_alarms(
        &mut self,
        now: Timestamp,
        token: Option<&PageToken>,
    ) -> Result<Page<Alarm>, ApiError> {
        self.read(now, Call::DescribeAlarms, |model| {
            let on = model.alarms.values();
            let on = on.filter(|it| it.state == AlarmState::Alarm);
            // Metric alarms and composite ones are two lists; only the latter are suppressed.
            let place = |it: &AlarmRecord| (it.suppressed_by.is_some(), it.name.clone());
            let mut on: Vec<&AlarmRecord> = on.collect();
            on.sort_by_key(|it| place(it));
            let shown = on.into_iter().map(|it| {
                let key = format!("{}{}", u8::from(place(it).0), it.name);
                (key, model.shown_alarm(it))
            });
            page(shown, token, model.page_size(PAGE), "InvalidNextToken")
        })
    }

    /// Resource Groups Tagging `GetResources`: alarms and instances of a cluster.
    pub fn get_resources(
        &mut self,
        now: Timestamp,
        cluster: &ClusterName,
        token: Option<&PageToken>,
    ) -> Result<Page<TaggedResource>, ApiError> {
        self.read(now, Call::GetResources, |model| {
            let alarms = model.alarms.values();
            let alarms = alarms.map(|it| (model.alarm_arn(&it.name), it.tags.clone()));
            let instances = model.instances.values();
            let arn = |id| model.settings.arn("ec2", &format!("instance/{id}"));
            let instances = instances.map(|it| (arn(&it.id), it.tags.clone()));
            let is_of_it = |(_, tags): &(String, Tags)| {
                tags.get(tags::CLUSTER).map(String::as_str) == Some(cluster.as_str())
            };
            let mut found: Vec<_> = alarms.chain(instances).filter(is_of_it).collect();
            found.sort();
            let shown = found.into_iter().map(|(arn, tags)| {
                let resource = TaggedResource {
                    arn: arn.clone(),
                    tags,
                };
                (arn, resource)
            });
            let code = "PaginationTokenExpiredException";
            page(shown, token, model.page_size(PAGE), code)
        })
    }

    /// All alarms.
    pub fn alarms(&self) -> impl Iterator<Item = &AlarmRecord> {
        self.alarms.values()
    }

    /// Makes an alarm, without data yet (P-69).
    pub fn put_alarm(&mut self, now: Timestamp, name: &str, watched: Watched, periods: usize) {
        self.advance(now);
        let record = AlarmRecord {
            name: name.to_owned(),
            tags: Tags::new(),
            state: AlarmState::InsufficientData,
            since: self.at,
            actions_enabled: true,
            suppressed_by: None,
            watched,
            periods,
            next_at: after(self.at, PERIOD),
            measured: VecDeque::new(),
        };
        self.alarms.insert(name.to_owned(), record);
        self.settle();
    }

    /// Changes an alarm, or deletes it (`None`).
    pub fn edit_alarm(
        &mut self,
        now: Timestamp,
        name: &str,
        edit: impl FnOnce(AlarmRecord) -> Option<AlarmRecord>,
    ) {
        self.advance(now);
        let edited = self.alarms.remove(name).and_then(edit);
        if let Some(record) = edited {
            self.alarms.insert(name.to_owned(), record);
        }
        self.settle();
    }

    /// Sets the state of an alarm, as its metrics or a person do (`SetAlarmState`).
    pub fn set_alarm(&mut self, now: Timestamp, name: &str, state: AlarmState) {
        self.advance(now);
        self.enter_alarm_state(name, state);
        self.settle();
    }

    pub(super) fn settle_alarms(&mut self) {
        let (at, unhealthy, failing) = (self.at, self.unhealthy_targets(), self.failing_checks());
        let mut entered = Vec::new();
        for record in self.alarms.values_mut() {
            let measured = match &record.watched {
                Watched::ByHand => continue,
                Watched::UnhealthyTargets => unhealthy,
                Watched::StatusChecks => failing,
                Watched::Metrics(alarm) => {
                    while record.next_at <= at {
                        let minute = full_minute(record.next_at);
                        record.next_at = after(minute, PERIOD);
                        let state = alarm.evaluated(&self.metrics, minute);
                        entered.extend(state.map(|state| (record.name.clone(), state)));
                    }
                    continue;
                }
            };
            while record.next_at <= at {
                record.next_at = after(record.next_at, PERIOD);
                record.measured.push_back(measured);
                while record.measured.len() > record.periods {
                    record.measured.pop_front();
                }
                entered.extend(record.evaluated().map(|state| (record.name.clone(), state)));
            }
        }
        for (name, state) in entered {
            self.enter_alarm_state(&name, state);
        }
    }

    pub(super) fn next_of_alarms(&self, earliest: &mut Earliest) {
        let measured = self.alarms.values();
        let measured = measured.filter(|it| it.watched != Watched::ByHand);
        measured.for_each(|it| earliest.consider(it.next_at));
    }

    /// Whether a target is unhealthy; none if there is no target with a word about it.
    fn unhealthy_targets(&self) -> Option<bool> {
        let groups = self.target_groups.keys();
        let targets = groups.flat_map(|arn| self.health_of(arn));
        let told = targets.map(|it| it.state);
        let told = told.filter(|it| matches!(it, TargetState::Healthy | TargetState::Unhealthy));
        let told: Vec<TargetState> = told.collect();
        (!told.is_empty()).then(|| told.contains(&TargetState::Unhealthy))
    }

    /// Whether an instance that runs fails a check; none if none runs.
    fn failing_checks(&self) -> Option<bool> {
        let running = self.instances.values();
        let mut running = running
            .filter(|it| it.state.as_str() == "running")
            .peekable();
        running.peek()?;
        Some(running.any(|it| {
            let checks = it.failed_checks;
            checks.system.or(checks.reachability).is_some()
        }))
    }

    fn enter_alarm_state(&mut self, name: &str, state: AlarmState) {
        let at = self.at;
        let Some(record) = self.alarms.get_mut(name) else {
            return;
        };
        let before = std::mem::replace(&mut record.state, state);
        if before == state {
            return;
        }
        record.since = at;
        let shown =
            |state: AlarmState| json!({"value": state.as_str(), "timestamp": at.to_string()});
        let detail = json!({
            "alarmName": name,
            "state": shown(state),
            "previousState": shown(before),
            "configuration": {"description": ""},
        });
        let arn = self.alarm_arn(name);
        self.emit(
            "aws.cloudwatch",
            "CloudWatch Alarm State Change",
            &[arn],
            detail,
        );
    }

    fn alarm_arn(&self, name: &str) -> String {
        self.settings.arn("cloudwatch", &format!("alarm:{name}"))
    }

    fn shown_alarm(&self, record: &AlarmRecord) -> Alarm {
        Alarm {
            arn: self.alarm_arn(&record.name),
            name: record.name.clone(),
            since: super::whole_seconds(record.since),
            actions_enabled: record.actions_enabled,
            suppressed_by: record.suppressed_by.clone(),
        }
    }
}

impl AlarmRecord {
    /// What the last minutes come to; none as long as they say different things.
    fn evaluated(&self) -> Option<AlarmState> {
        let all = |value| self.measured.iter().all(|it| *it == value);
        match self.measured.len() < self.periods {
            true => None,
            false if all(None) => Some(AlarmState::InsufficientData),
            false if all(Some(true)) => Some(AlarmState::Alarm),
            false if self.measured.contains(&Some(false)) => Some(AlarmState::Ok),
            false => None,
        }
    }
}

/// The full minute before.
fn full_minute(at: Timestamp) -> Timestamp {
    let second = at.as_second();
    Timestamp::from_second(second - second.rem_euclid(60)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::super::world::{at, world};
    use super::*;
    use crate::model::FailedChecks;

    fn on(model: &mut Model, second: i64) -> Vec<String> {
        let page = model.describe_alarms(at(second), None).expect("a page");
        page.items.into_iter().map(|it| it.name).collect()
    }

    #[test]
    fn an_alarm_begins_without_data_goes_on_and_off_and_tells_of_each_change() {
        let mut model = world();
        let id = model.with_instance("usw2-az1");
        model.put_alarm(at(60), "status", Watched::StatusChecks, 2);
        model.take_events();
        assert!(on(&mut model, 200).is_empty());
        let failed = FailedChecks {
            system: Some(at(200)),
            ..FailedChecks::default()
        };
        model.fail_checks(at(200), &id, failed).expect("known");
        assert!(on(&mut model, 299).is_empty(), "one minute is not enough");
        assert_eq!(on(&mut model, 301), ["status"]);
        model
            .fail_checks(at(310), &id, FailedChecks::default())
            .expect("known");
        assert!(on(&mut model, 400).is_empty());
        let events = model.take_events();
        let states = events
            .iter()
            .map(|it| it["detail"]["state"]["value"].as_str());
        let states: Vec<_> = states.flatten().collect();
        assert_eq!(states, ["OK", "ALARM", "OK"]);
    }

    #[test]
    fn resources_are_found_by_the_tag_of_their_cluster() {
        let mut model = world();
        let id = model.with_instance("usw2-az1");
        let tags = Tags::from([(tags::CLUSTER.to_owned(), "orders".to_owned())]);
        model.set_tags(&id, tags.clone()).expect("known");
        for (name, tagged) in [("mine", true), ("theirs", false)] {
            model.put_alarm(at(1), name, Watched::ByHand, 1);
            let tags = if tagged { tags.clone() } else { Tags::new() };
            model.edit_alarm(at(1), name, |it| Some(AlarmRecord { tags, ..it }));
        }
        let page = model
            .get_resources(at(2), &"orders".into(), None)
            .expect("a page");
        let arns: Vec<_> = page.items.iter().map(|it| it.arn.as_str()).collect();
        assert_eq!(arns.len(), 2, "{arns:?}");
        assert!(
            arns[0].ends_with(":alarm:mine") && arns[1].ends_with(id.as_str()),
            "{arns:?}"
        );
        model.edit_alarm(at(3), "mine", |_| None);
        assert_eq!(
            model
                .get_resources(at(3), &"orders".into(), None)
                .expect("a page")
                .items
                .len(),
            1
        );
    }
}
