//! Spot Instances: their requests, and how AWS takes them back, two minutes after its notice.
//!
//! Sources: EC2 user guide, "Get the status of a Spot Instance request" and "State changes for a Spot request" (the
//! codes, and that an instance that is terminated for want of capacity is not marked); "Spot Instance interruption
//! notices" (the event, and the two minutes) (P-25, F62). Inference: a one-time request for each instance; what a
//! person stops is `marked-for-stop` while it stops. Not modelled: hibernation, requests that wait or persist.

use super::moment::after;
use super::paging::page;
use super::{ApiError, Model};
use cloud::call::Call;
use cloud::calls::{Page, PageToken};
use fleet::observed::{InstanceState, SpotRequest, SpotStatus};
use fleet::words::{InstanceId, SpotRequestId};
use jiff::Timestamp;
use serde_json::json;
use std::time::Duration;

/// A filter takes 200 values at most (EC2 API reference, Filter).
const FILTER_VALUES: usize = 200;
/// At most so many on a page (API reference, DescribeSpotInstanceRequests).
const PAGE: usize = 1000;
/// From notice to interruption.
const NOTICE: Duration = Duration::from_secs(120);

/// What there is of an instance's request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Its id.
    pub request: SpotRequestId,
    /// The code of its status.
    pub status: SpotStatus,
    /// Since when it has that.
    pub updated_at: Timestamp,
    /// When AWS takes the instance back, and how.
    pub(super) taken_back: Option<(Timestamp, TakenBack)>,
}

/// How AWS takes a Spot Instance back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenBack {
    /// It needs the capacity, and terminates it: its request says so at once, and is never marked.
    ForCapacity,
    /// The price is above the highest that is paid, and it is terminated.
    ForPrice,
    /// It needs the capacity, and stops it, as its request says.
    Stopped,
}

impl Spot {
    /// When AWS takes its instance back, if it gave notice.
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.taken_back.map(|(at, _)| at)
    }
}

impl Model {
    /// EC2 `DescribeSpotInstanceRequests` with a filter of ids: unknown ones are no error.
    pub fn describe_spot_instance_requests(
        &mut self,
        now: Timestamp,
        requests: &[SpotRequestId],
        token: Option<&PageToken>,
    ) -> Result<Page<SpotRequest>, ApiError> {
        self.read(now, Call::DescribeSpotInstanceRequests, |model| {
            if requests.len() > FILTER_VALUES {
                return Err(ApiError::refused(
                    "FilterLimitExceeded",
                    format!(
                        "The maximum number of filter values specified on a single call is {FILTER_VALUES}"
                    ),
                ));
            }
            let records = model.instances.values();
            let spot = records.filter_map(|it| Some((&it.id, it.spot.as_ref()?)));
            let asked = spot.filter(|(_, spot)| requests.contains(&spot.request));
            let shown = asked.map(|(instance, spot)| {
                let request = SpotRequest {
                    id: spot.request.clone(),
                    instance: Some(instance.clone()),
                    status: spot.status.clone(),
                    updated_at: Some(super::whole_seconds(spot.updated_at)),
                };
                (spot.request.to_string(), request)
            });
            page(shown, token, model.page_size(PAGE), "InvalidNextToken")
        })
    }

    /// From the newest moment that the model knows an instance is as if it had been launched as a Spot Instance.
    pub fn make_spot(&mut self, id: &InstanceId) -> Result<(), ApiError> {
        self.known(id)?;
        let spot = Spot {
            request: SpotRequestId::new(self.ids.ec2("sir")),
            status: SpotStatus::Fulfilled,
            updated_at: self.at,
            taken_back: None,
        };
        if let Some(record) = self.instances.get_mut(id) {
            record.spot = Some(spot);
        }
        self.changed();
        Ok(())
    }

    /// AWS gives notice that it takes a Spot Instance back, and does so two minutes later: no hook holds it.
    pub fn take_back(
        &mut self,
        now: Timestamp,
        id: &InstanceId,
        how: TakenBack,
    ) -> Result<(), ApiError> {
        self.advance(now);
        let record = self.known(id)?;
        if record.spot.is_none() || record.state != InstanceState::Running {
            return Err(self.wrong_state(id, "interrupted"));
        }
        let (code, action) = match how {
            TakenBack::ForCapacity => ("instance-terminated-no-capacity", "terminate"),
            TakenBack::ForPrice => ("marked-for-termination", "terminate"),
            TakenBack::Stopped => ("marked-for-stop", "stop"),
        };
        self.tell_spot(id, code);
        let ends_at = after(self.at, NOTICE);
        if let Some(spot) = self.spot_of(id) {
            spot.taken_back = Some((ends_at, how));
        }
        let detail_type = "EC2 Spot Instance Interruption Warning";
        self.notify(id, detail_type, json!({"instance-action": action}));
        self.settle();
        Ok(())
    }

    /// AWS says that a Spot Instance is likelier than others to be taken back: no notice, and nothing follows.
    pub fn recommend_rebalance(&mut self, now: Timestamp, id: &InstanceId) -> Result<(), ApiError> {
        self.advance(now);
        self.known(id)?;
        let detail_type = "EC2 Instance Rebalance Recommendation";
        self.notify(id, detail_type, json!({}));
        Ok(())
    }

    /// The status of an instance's request is another one from now on; one that AWS has ended keeps its own.
    pub(super) fn tell_spot(&mut self, id: &InstanceId, code: &str) {
        let at = self.at;
        if let Some(spot) = self.spot_of(id)
            && !matches!(spot.status, SpotStatus::Terminated(_))
        {
            spot.status = SpotStatus::parse(code);
            spot.updated_at = at;
        }
    }

    /// Takes back whom it is time for.
    pub(super) fn settle_spot(&mut self) {
        let due = self.instances.values().filter_map(|it| {
            let (ends_at, how) = it.spot.as_ref()?.taken_back?;
            let runs = it.state == InstanceState::Running;
            (runs && ends_at <= self.at).then(|| (it.id.clone(), how))
        });
        for (id, how) in due.collect::<Vec<_>>() {
            let (terminates, stops) = (self.settings.terminate_time, self.settings.stop_time);
            let (state, wait) = match how {
                TakenBack::ForCapacity => (InstanceState::ShuttingDown, terminates),
                TakenBack::ForPrice => {
                    self.tell_spot(&id, "instance-terminated-by-price");
                    (InstanceState::ShuttingDown, terminates)
                }
                TakenBack::Stopped => (InstanceState::Stopping, stops),
            };
            self.enter_state(&id, state, Some(wait));
        }
    }

    /// What was stopped, by whomever, waits until it is started again.
    pub(super) fn spot_has_stopped(&mut self, id: &InstanceId) {
        let taken_back = self.spot_of(id).and_then(|spot| spot.taken_back.take());
        let code = match taken_back {
            Some(_) => "instance-stopped-no-capacity",
            None => "instance-stopped-by-user",
        };
        self.tell_spot(id, code);
    }

    fn spot_of(&mut self, id: &InstanceId) -> Option<&mut Spot> {
        self.instances.get_mut(id)?.spot.as_mut()
    }

    fn notify(&mut self, id: &InstanceId, detail_type: &str, mut detail: serde_json::Value) {
        detail["instance-id"] = json!(id);
        let zone = self.instances.get(id).map(|it| it.az_name.to_string());
        // Its ARN has the zone instead of Region and account (EC2 guide, same section).
        let (partition, zone) = (&self.settings.partition, zone.unwrap_or_default());
        let arn = format!("arn:{partition}:ec2:{zone}:instance/{id}");
        self.emit("aws.ec2", detail_type, &[arn], detail);
    }
}
