//! EC2: how instances go from state to state, and what `DescribeInstances` shows of them.

use super::moment::{Earliest, after};
use super::paging::page;
use super::settings::{AzIds, Zone};
use super::{ApiError, InstanceRecord, Model};
use cloud::call::Call;
use cloud::calls::{InstanceFilter, Page, PageToken};
use fleet::observed::{Instance, InstanceState};
use fleet::tags;
use fleet::words::InstanceId;
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

/// A filter takes 200 values at most (EC2 API reference, Filter).
const FILTER_VALUES: usize = 200;
/// `DescribeInstances` gives at most 1000 on a page.
const PAGE: usize = 1000;
/// The first places of a subnet are not for instances.
const FIRST_PLACE: u32 = 11;

impl Model {
    /// EC2 `DescribeInstances` with one filter, in every state. Unknown ids are no error, because
    /// they are filtered for and not asked for.
    pub fn describe_instances(
        &mut self,
        now: Timestamp,
        filter: &InstanceFilter,
        token: Option<&PageToken>,
    ) -> Result<Page<Instance>, ApiError> {
        self.read(now, Call::DescribeInstances, |model| {
            if let InstanceFilter::Ids(ids) = filter
                && ids.len() > FILTER_VALUES
            {
                return Err(ApiError::refused(
                    "FilterLimitExceeded",
                    format!(
                        "The maximum number of filter values specified on a single call is {FILTER_VALUES}"
                    ),
                ));
            }
            let az_ids = model.settings.az_ids;
            let shown = model
                .instances
                .values()
                .filter(|record| record.unseen_until <= model.at)
                .filter(|record| match filter {
                    InstanceFilter::Cluster(cluster) => {
                        record.tags.get(tags::CLUSTER).map(String::as_str) == Some(cluster.as_str())
                    }
                    InstanceFilter::Ids(ids) => ids.contains(&record.id),
                })
                .map(|record| (record.id.to_string(), shown(record, az_ids)));
            page(shown, token, model.page_size(PAGE), "InvalidNextToken")
        })
    }

    pub(super) fn settle_instances(&mut self) {
        self.settle_spot();
        let at = self.at;
        let due: Vec<InstanceId> = self
            .instances
            .values()
            .filter(|record| record.next_state_at.is_some_and(|next| next <= at))
            .map(|record| record.id.clone())
            .collect();
        for id in due {
            let next = match self.instances.get(&id).map(|record| &record.state) {
                Some(InstanceState::Pending) => InstanceState::Running,
                Some(InstanceState::Stopping) => InstanceState::Stopped,
                Some(InstanceState::ShuttingDown) => InstanceState::Terminated,
                _ => continue,
            };
            if next == InstanceState::Stopped {
                self.spot_has_stopped(&id);
            }
            self.enter_state(&id, next, None);
        }
        let shown = self.settings.terminated_shown;
        self.instances.retain(|_, record| {
            record
                .terminated_at
                .is_none_or(|terminated| at < after(terminated, shown))
        });
    }

    pub(super) fn next_of_instances(&self, earliest: &mut Earliest) {
        for record in self.instances.values() {
            earliest.consider(record.deaf_until);
            let process = record
                .kafka
                .host
                .as_ref()
                .and_then(|host| host.process.as_ref());
            if let Some(process) = process {
                earliest.consider(process.serves_from);
                let exits = process.exits.as_ref();
                exits.into_iter().for_each(|(at, _)| earliest.consider(*at));
            }
            if let Some(next) = record.next_state_at {
                earliest.consider(next);
            }
            if let Some((ends_at, _)) = record.spot.as_ref().and_then(|spot| spot.taken_back) {
                earliest.consider(ends_at);
            }
            if let Some(terminated) = record.terminated_at {
                earliest.consider(after(terminated, self.settings.terminated_shown));
            }
        }
    }

    pub(super) fn enter_state(
        &mut self,
        id: &InstanceId,
        state: InstanceState,
        wait: Option<Duration>,
    ) {
        let at = self.at;
        if let Some(record) = self.instances.get_mut(id) {
            match state {
                InstanceState::Running => record.boots += 1,
                InstanceState::Terminated => record.terminated_at = Some(at),
                _ => {}
            }
            record.state = state;
            record.next_state_at = wait.map(|wait| after(at, wait));
            self.tell_state(id);
        }
    }

    pub(super) fn tell_state(&mut self, id: &InstanceId) {
        let Some(state) = self.instances.get(id).map(|record| record.state.clone()) else {
            return;
        };
        let arn = self.settings.arn("ec2", &format!("instance/{id}"));
        self.emit(
            "aws.ec2",
            "EC2 Instance State-change Notification",
            &[arn],
            json!({"instance-id": id, "state": state.as_str()}),
        );
    }

    pub(super) fn is_taken(&self, address: Ipv4Addr) -> bool {
        self.instances
            .values()
            .any(|record| record.private_ip == address && record.terminated_at.is_none())
    }

    /// Counts on and does not fill holes: a replacement has another address than the lost one,
    /// which is the harder case.
    pub(super) fn next_free_address(&mut self, zone: &Zone) -> Ipv4Addr {
        loop {
            let place = self
                .next_place
                .entry(zone.id.clone())
                .or_insert(FIRST_PLACE);
            let address = zone.address(*place);
            *place += 1;
            if !self.is_taken(address) {
                return address;
            }
        }
    }
}

/// A terminated instance keeps its placement and tags, and has no VPC and address any more.
fn shown(record: &InstanceRecord, az_ids: AzIds) -> Instance {
    let terminated = record.state == InstanceState::Terminated;
    Instance {
        id: record.id.clone(),
        state: record.state.clone(),
        az_id: (az_ids == AzIds::Everywhere).then(|| record.az_id.clone()),
        az_name: Some(record.az_name.clone()),
        vpc: (!terminated).then(|| record.vpc.clone()),
        private_ip: (!terminated).then_some(record.private_ip),
        tags: record.tags.clone(),
        volumes: match terminated {
            true => BTreeMap::new(),
            false => record.volumes.clone(),
        },
        spot_request: record.spot.as_ref().map(|spot| spot.request.clone()),
    }
}
