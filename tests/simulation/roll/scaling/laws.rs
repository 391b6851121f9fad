//! The laws of who comes and who leaves: of an order when it is sent, of a broker when a script stops it, and of every
//! moment.

use super::super::brokers::OfBroker;
use super::super::history::History;
use super::super::setup::Mood;
use super::super::stops::Started;
use fleet::observed::InstanceState;
use fleet::words::{InstanceId, NodeId};
use jiff::Timestamp;
use std::collections::BTreeMap;
use tests::history::Broken;
use world::model::CommandRecord;

impl History<'_> {
    /// Each law that the start of a broker breaks whose instance enters its group; `asked` is when the gate was.
    pub(in super::super) fn laws_of_entry(
        &self,
        at: usize,
        began: Timestamp,
        asked: Option<Timestamp>,
        command: &CommandRecord,
    ) -> Vec<&'static str> {
        let ever = |so: &dyn Fn(&OfBroker) -> bool| self.ever(at, began - self.lag, so);
        let runs = self.record(&command.instance, |it| self.pid_of(it).is_some());
        let is_empty = self.record(&command.instance, |it| {
            it.kafka.host.as_ref().is_some_and(|host| host.is_empty)
        });
        let is_empty = is_empty == Some(true);
        let (_, is_alone, votes) = self.has_of(self.brokers[at].node);
        let is_open = asked.is_some_and(|asked| {
            let from = asked - self.lag;
            self.ever(at, from, &|it| it.can_stop)
        });
        let is_idle = ever(&|it| it.scaled.is_idle);
        let laws = [
            (
                "(twin) nobody is started while another instance of it is not terminated",
                ever(&|it| !it.scaled.has_next),
            ),
            (
                "(disk) nobody votes, or leads, with an empty disk",
                !is_empty || !votes && !is_alone,
            ),
            (
                "(b) who enters and runs already is restarted by the gate, or has nothing",
                runs != Some(true) || is_idle || is_open,
            ),
        ];
        broken(&laws)
    }

    /// Each law that the stop of a broker breaks, that leaves and has time left.
    pub(in super::super) fn laws_of_leave(
        &self,
        at: usize,
        began: Timestamp,
        asked: Option<Timestamp>,
    ) -> Vec<&'static str> {
        let ever = |so: &dyn Fn(&OfBroker) -> bool| self.ever(at, began - self.lag, so);
        let is_open = asked.is_some_and(|asked| {
            let from = asked - self.lag;
            self.ever(at, from, &|it| it.can_stop)
        });
        let laws = [
            (
                "(stop) only who leaves is stopped",
                ever(&|it| it.scaled.leaves),
            ),
            (
                "(stays) who has replicas or a vote and does not come back is not stopped",
                ever(&|it| it.scaled.may_leave),
            ),
            ("(b) the gate was never open", is_open),
        ];
        broken(&laws)
    }

    /// What is broken by a script that has just stopped a broker that comes or leaves; none if it does neither.
    pub(in super::super) fn check_scaled(
        &mut self,
        at: usize,
        by: &[&Started],
    ) -> Option<Vec<Broken>> {
        if self.setup.mood != Mood::Scales {
            return None;
        }
        let from = self.read_from(at);
        let ever = |so: &dyn Fn(&OfBroker) -> bool| self.ever(at, from, so);
        let shut = self.check_gate(at);
        let is_stop = by.iter().all(|it| it.mode == "stop");
        let (is_last, may_leave) = (
            ever(&|it| it.scaled.is_last),
            ever(&|it| it.scaled.may_leave),
        );
        let (enters, is_idle) = (ever(&|it| it.scaled.enters), ever(&|it| it.scaled.is_idle));
        match is_stop {
            true if is_last => {
                self.figures.left_late += 1;
                Some(Vec::new())
            }
            true => {
                self.figures.left_by_gate += 1;
                let stays = "(stays) it has replicas or a vote and does not come back";
                let stays = (!may_leave).then(|| stays.to_owned());
                Some(shut.into_iter().chain(stays).collect())
            }
            false if enters => Some(shut.filter(|_| !is_idle).into_iter().collect()),
            false => None,
        }
    }

    /// Never two processes of one broker.
    pub(in super::super) fn check_doubles(&self) -> Result<(), Broken> {
        if self.setup.mood != Mood::Scales {
            return Ok(());
        }
        let now = self.stage.now();
        let model = self.stage.model();
        let mut running: BTreeMap<NodeId, Vec<InstanceId>> = BTreeMap::new();
        for record in model.instances() {
            let host = record.kafka.host.as_ref();
            let lives = host.is_some_and(|host| host.living(now).is_some());
            if let Some(node) = record.kafka.node_id
                && lives
                && record.state != InstanceState::Terminated
            {
                running.entry(node).or_default().push(record.id.clone());
            }
        }
        let twins = running.iter().find(|(_, all)| all.len() > 1);
        match twins {
            None => Ok(()),
            Some((node, all)) => Err(format!("(two) broker {node} runs twice: {all:?}")),
        }
    }

    /// Whether something was so of a broker at any moment since then.
    fn ever(&self, at: usize, from: Timestamp, so: &dyn Fn(&OfBroker) -> bool) -> bool {
        self.since(from).any(|it| so(&it.brokers[at]))
    }
}

fn broken(laws: &[(&'static str, bool)]) -> Vec<&'static str> {
    let broken = laws.iter().filter(|(_, holds)| !holds);
    broken.map(|(law, _)| *law).collect()
}
