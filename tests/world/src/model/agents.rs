//! SSM: the agents on the instances, and which instances Systems Manager knows.
//!
//! Amazon Linux has an agent ("AMIs with SSM Agent preinstalled"), so an instance has one here unless it
//! is taken away, and registers it with its first start. One that Systems Manager does not know yet, or
//! whose agent may not register, is not managed: it is not listed and takes no command (P-57).
//!
//! Resting on inference:
//! - AWS learns that an agent is away when a heart-beat is missing, some minutes later
//!   ([`Settings::agent_silence`](super::Settings)); until then it is `Online`, and commands are accepted;
//! - a stopped instance is `ConnectionLost` at once; one that ends for good is not listed any more;
//! - tags of instances are those of EC2, without delay.

use super::moment::{Earliest, after};
use super::paging::page;
use super::{ApiError, InstanceRecord, Model};
use cloud::call::Call;
use cloud::calls::{Page, PageToken};
use fleet::observed::{InstanceState, ManagedInstance, PingStatus};
use fleet::tags;
use fleet::words::{ClusterName, InstanceId};
use jiff::Timestamp;

/// `DescribeInstanceInformation` gives 50 on a page at most.
const PAGE: usize = 50;

/// The agent of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Its version. Before 3.3.2746.0 it writes parameters into the script's text (P-49).
    pub version: String,
    /// The operating system that it tells: `Linux`.
    pub platform: String,
    /// Whether it has registered with Systems Manager.
    pub is_registered: bool,
    /// Since when it is away; none if it is there.
    pub away_since: Option<Timestamp>,
    /// When it comes back by itself.
    pub away_until: Option<Timestamp>,
    /// It runs each command a second time, side by side with the first (aws/amazon-ssm-agent #169: a
    /// document that was interrupted is run again).
    pub runs_twice: bool,
}

impl Default for Agent {
    fn default() -> Self {
        Self {
            version: "3.3.2746.0".to_owned(),
            platform: "Linux".to_owned(),
            is_registered: true,
            away_since: None,
            away_until: None,
            runs_twice: false,
        }
    }
}

impl Model {
    /// SSM `DescribeInstanceInformation` with the filter `tag:kafka-privatelink:cluster`.
    pub fn describe_instance_information(
        &mut self,
        now: Timestamp,
        cluster: &ClusterName,
        token: Option<&PageToken>,
    ) -> Result<Page<ManagedInstance>, ApiError> {
        self.read(now, Call::DescribeInstanceInformation, |model| {
            let of_cluster = |record: &&InstanceRecord| {
                let tag = record.tags.get(tags::CLUSTER);
                tag.is_some_and(|tag| tag == cluster.as_str())
            };
            let tagged = model.instances.values().filter(of_cluster);
            let shown = tagged.filter_map(|record| {
                let shown = model.managed(&record.id)?;
                Some((record.id.to_string(), shown))
            });
            page(shown, token, model.page_size(PAGE), "InvalidNextToken")
        })
    }

    /// The agent of an instance.
    pub fn agent(&self, id: &InstanceId) -> Agent {
        self.agents.get(id).cloned().unwrap_or_default()
    }

    /// Changes the agent of an instance.
    pub fn edit_agent(
        &mut self,
        now: Timestamp,
        id: &InstanceId,
        edit: impl FnOnce(&mut Agent),
    ) -> Result<(), ApiError> {
        self.advance(now);
        self.known(id)?;
        edit(self.agents.entry(id.clone()).or_default());
        self.settle();
        Ok(())
    }

    /// The agent of an instance goes away, as when its process ends; what it had started goes on.
    pub fn agent_goes(&mut self, now: Timestamp, id: &InstanceId) -> Result<(), ApiError> {
        self.edit_agent(now, id, |agent| agent.away_since = Some(now))
    }

    /// It is there again, and tells what ended meanwhile.
    pub fn agent_returns(&mut self, now: Timestamp, id: &InstanceId) -> Result<(), ApiError> {
        self.edit_agent(now, id, |agent| {
            (agent.away_since, agent.away_until) = (None, None);
        })
    }

    /// Agents that a fault has taken away return.
    pub(super) fn end_absences(&mut self) {
        let mut returned = false;
        for agent in self.agents.values_mut() {
            if agent.away_until.take().is_some() {
                agent.away_since = None;
                returned = true;
            }
        }
        if returned {
            self.settle();
        }
    }

    /// An instance as Systems Manager shows it; none if it does not know it.
    pub(super) fn managed(&self, id: &InstanceId) -> Option<ManagedInstance> {
        let (record, agent) = (self.instances.get(id)?, self.agent(id));
        let lost_at = agent
            .away_since
            .map(|since| after(since, self.settings.agent_silence));
        let is_running = record.state == InstanceState::Running;
        let ping = match lost_at.is_none_or(|lost_at| self.at < lost_at) && is_running {
            true => PingStatus::Online,
            false => PingStatus::ConnectionLost,
        };
        let has_started = record.boots > 0 && !record.state.is_terminal();
        (agent.is_registered && has_started).then(|| ManagedInstance {
            id: id.clone(),
            ping,
            agent_version: agent.version,
            platform: agent.platform,
        })
    }

    /// Whether the agent of an instance takes and tells anything now.
    pub(super) fn agent_is_there(&self, id: &InstanceId) -> bool {
        let runs = |record: &InstanceRecord| {
            record.state == InstanceState::Running && self.at >= record.deaf_until
        };
        let agent = self.agent(id);
        self.instances.get(id).is_some_and(runs)
            && agent.is_registered
            && agent.away_since.is_none()
    }

    pub(super) fn next_of_agents(&self, earliest: &mut Earliest) {
        for since in self.agents.values().filter_map(|agent| agent.away_since) {
            earliest.consider(after(since, self.settings.agent_silence));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Launch;
    use super::super::world::{at, world};
    use super::*;

    fn shown(model: &mut Model, second: i64) -> Vec<(String, PingStatus)> {
        let page = model.describe_instance_information(at(second), &"orders".into(), None);
        let shown = page.expect("a page").items.into_iter();
        shown
            .map(|found| (found.agent_version, found.ping))
            .collect()
    }

    fn broker(model: &mut Model) -> InstanceId {
        let launch = Launch::in_zone("usw2-az1").tag(tags::CLUSTER, "orders");
        model.run_instance(at(0), launch).expect("an instance")
    }

    #[test]
    fn p57_an_instance_is_managed_from_its_first_start_on_until_it_ends() {
        let mut model = world();
        let id = broker(&mut model);
        model.with_instance("usw2-az2");
        let version = || "3.3.2746.0".to_owned();
        assert_eq!(shown(&mut model, 19), []);
        assert_eq!(shown(&mut model, 20), [(version(), PingStatus::Online)]);
        assert_eq!(model.stop_instance(at(30), &id), Ok(()));
        let lost = [(version(), PingStatus::ConnectionLost)];
        assert_eq!(shown(&mut model, 60), lost);
        assert_eq!(model.terminate_instance(at(70), &id), Ok(()));
        assert_eq!(shown(&mut model, 70), []);
    }

    #[test]
    fn an_agent_that_goes_is_online_for_some_minutes() {
        let mut model = world();
        let id = broker(&mut model);
        assert_eq!(model.agent_goes(at(30), &id), Ok(()));
        assert!(!model.agent_is_there(&id));
        let ping = |model: &mut Model, second| shown(model, second).remove(0).1;
        assert_eq!(ping(&mut model, 329), PingStatus::Online);
        assert_eq!(ping(&mut model, 330), PingStatus::ConnectionLost);
        assert_eq!(model.agent_returns(at(400), &id), Ok(()));
        assert_eq!(ping(&mut model, 400), PingStatus::Online);
        assert!(model.agent_is_there(&id));
    }

    #[test]
    fn an_agent_that_never_registered_is_not_listed() {
        let mut model = world();
        let id = broker(&mut model);
        let edited = model.edit_agent(at(30), &id, |agent| agent.is_registered = false);
        assert_eq!(edited, Ok(()));
        assert_eq!(shown(&mut model, 30), []);
    }
}
