//! Makes the events of a history happen on the stage. What cannot happen then does not.

use super::event::{Event, Failure, History, Value};
use super::look::Look;
use super::principals::{List, Said};
use crate::{PATTERN, Stage, ZONES};
use cloud::call::Call;
use fleet::words::EndpointServiceId;
use std::collections::BTreeMap;
use std::time::Duration;
use world::model::{ApiError, Settings};

/// Every call.
pub const CALLS: [Call; 26] = [
    Call::GetParametersByPath,
    Call::DescribeLoadBalancers,
    Call::DescribeListeners,
    Call::DescribeListenerAttributes,
    Call::DescribeTargetGroups,
    Call::DescribeTargetGroupAttributes,
    Call::DescribeTargetHealth,
    Call::DescribeTags,
    Call::DescribeInstances,
    Call::DescribeAutoScalingGroups,
    Call::DescribeNetworkInterfaces,
    Call::DescribeVpcEndpointServiceConfigurations,
    Call::InvokeFunction,
    Call::PutParameter,
    Call::CreateTargetGroup,
    Call::ModifyTargetGroup,
    Call::ModifyTargetGroupAttributes,
    Call::RegisterTargets,
    Call::DeregisterTargets,
    Call::CreateListener,
    Call::ModifyListener,
    Call::ModifyListenerAttributes,
    Call::DeleteListener,
    Call::AddTags,
    Call::RemoveTags,
    Call::DeleteTargetGroup,
];

/// The stage of a history, with what only its author knows.
pub struct World {
    /// Where it happens.
    pub stage: Stage,
    /// The endpoint service on its NLB.
    pub service: EndpointServiceId,
    /// What was written last for each listener group; none if it was deleted.
    pub wanted: BTreeMap<&'static str, Option<Value>>,
    /// Whether `paused` says so.
    pub paused: bool,
    /// What the parameter `principals` says; none if it is not there.
    pub said: Option<Said>,
    /// The last list that it was.
    pub list: List,
    /// Until when EC2 does not show some instance.
    pub hidden_until: jiff::Timestamp,
}

impl World {
    /// The world of a history.
    pub fn new(history: &History) -> Self {
        let plain = Settings::default();
        let seconds = |unusual: bool, odd: u64, usual: Duration| {
            if unusual {
                Duration::from_secs(odd)
            } else {
                usual
            }
        };
        let settings = Settings {
            page_size: history.page_size,
            terminated_shown: seconds(history.forgets, 60, plain.terminated_shown),
            terminated_target_kept: seconds(history.forgets, 900, plain.terminated_target_kept),
            boot_time: seconds(history.slow, 600, plain.boot_time),
            ..plain
        };
        let first = if history.narrow {
            Value::Narrow
        } else {
            Value::Plain
        };
        Self::with(settings, first)
    }

    /// A world with these settings, in which `EXTERNAL` says this.
    pub fn with(settings: Settings, first: Value) -> Self {
        let stage = Stage::with(settings);
        stage.put("listeners/EXTERNAL", &first.text());
        Self {
            hidden_until: stage.now(),
            service: stage.service(),
            stage,
            wanted: BTreeMap::from([("EXTERNAL", Some(first))]),
            paused: false,
            said: None,
            list: List::default(),
        }
    }

    /// Whether a person's parameter freezes a listener group: an error, or none at all.
    pub fn is_frozen(&self, group: &str) -> bool {
        matches!(self.wanted.get(group), Some(None | Some(Value::Error)))
    }

    /// Lets an event happen; the function's own run is not one of them.
    pub async fn happen(&mut self, event: &Event) {
        let look = Look::at(&self.stage);
        match *event {
            Event::Activate => {}
            Event::Access(event) => self.change_access(event),
            Event::Health(event) => self.change_health(event),
            Event::Pass(seconds) => self.stage.pass(Duration::from_secs(seconds.into())).await,
            Event::Put(group, value) => {
                self.stage.put(&format!("listeners/{group}"), &value.text());
                self.wanted.insert(group, Some(value));
            }
            Event::Delete(group) => {
                if self.wanted.get(group).copied().flatten().is_some() {
                    self.stage.delete(&format!("listeners/{group}"));
                    self.wanted.insert(group, None);
                }
            }
            Event::Paused(paused) => {
                self.stage
                    .put("paused", if paused { "true" } else { "false" });
                self.paused = paused;
            }
            Event::Fail(call, how, times) => self.fail(*pick(&CALLS, call), how, times),
            Event::EndFaults => self.stage.model().end_faults(),
            Event::Launch(..) | Event::LaunchOdd(..) | Event::Twin(..) => self.launch(&look, event),
            Event::LoseZone(zone) => self.lose_zone(zone),
            Event::Slip(slip, only) => self.slip(&look, slip, only),
            Event::Keep(node, there) => self.keep(node, there),
            Event::Leave(of) => self.leave(of),
            Event::Terminate(_)
            | Event::Stop(_)
            | Event::Start(_)
            | Event::Reboot(_)
            | Event::Replace(..)
            | Event::Answers(..)
            | Event::Process(..)
            | Event::Hide(..)
            | Event::Untag(_)
            | Event::Retag(..) => self.change_instance(&look, event),
            _ => self.change_balancer(&look, event),
        }
    }

    fn fail(&self, call: Call, how: Failure, times: usize) {
        let mut model = self.stage.model();
        match how {
            Failure::Throttled => model.fail_next(call, ApiError::throttled(call), times),
            Failure::Internal => model.fail_next(call, ApiError::internal(call), times),
            Failure::Lost if call.is_write() => model.lose_next_answer(call, times),
            Failure::Lost => {}
            Failure::Denied => model.deny(call),
        }
    }

    /// Faults end and writes are allowed; if people also put everything in order, no broker has
    /// two instances, every zone is enabled, every parameter is right, and so is who may connect.
    pub async fn mend(&mut self, everything: bool) {
        self.stage.model().end_faults();
        self.happen(&Event::Paused(false)).await;
        self.mend_processes();
        self.mend_health();
        if !everything {
            return;
        }
        for zone in 0..ZONES.len() {
            self.happen(&Event::Zone(zone, true)).await;
        }
        self.mend_tags();
        self.mend_instances();
        self.stage.put("listeners/EXTERNAL", PATTERN);
        self.wanted.insert("EXTERNAL", Some(Value::Plain));
        if self.wanted.contains_key("EXTERNAL2") {
            self.happen(&Event::Put("EXTERNAL2", Value::Second)).await;
        }
        self.mend_access();
    }
}

/// One of all, whatever the number.
pub fn pick<T>(all: &[T], which: u8) -> &T {
    &all[usize::from(which) % all.len()]
}
