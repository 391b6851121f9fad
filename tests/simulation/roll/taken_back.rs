//! Spot Instances: AWS takes one back now and then, two minutes after its notice, and gives it again later. In one of
//! five histories; by dice of its own, so that all others stay as they are.

use super::history::History;
use fastrand::Rng;
use fleet::observed::InstanceState;
use tests::listeners::kafka;
use world::model::TakenBack;

/// Whether AWS takes instances back, and when.
pub struct Spot {
    dice: Option<Rng>,
}

impl Spot {
    /// Of a seed.
    pub fn of(seed: u64) -> Self {
        let dice = (seed % 5 == 4).then(|| Rng::with_seed(!seed));
        Self { dice }
    }

    /// Never.
    pub fn never() -> Self {
        Self { dice: None }
    }

    fn strikes(&mut self, once_in: u32) -> bool {
        let dice = self.dice.as_mut();
        dice.is_some_and(|dice| dice.u32(..once_in) == 0)
    }
}

impl History<'_> {
    /// Every broker is on a Spot Instance, if there are some.
    pub(super) fn begin_on_spot(&self) {
        if self.setup.spot.dice.is_some() {
            let ids = self.brokers.iter().map(|it| &it.id);
            ids.for_each(|id| self.stage.is_spot(id));
        }
    }

    /// AWS gives notice that it takes a broker's instance back, now and then.
    pub(super) fn take_back_some(&mut self) {
        if !self.setup.spot.strikes(25) {
            return;
        }
        let count = self.brokers.len();
        let dice = self.setup.spot.dice.as_mut();
        let at = dice.map_or(0, |dice| dice.usize(..count));
        let id = &self.brokers[at].id;
        let taken = self
            .stage
            .edit(|model, now| model.take_back(now, id, TakenBack::Stopped));
        if taken.is_ok() {
            self.figures.taken_back += 1;
            let node = self.brokers[at].node;
            self.tell(
                "aws",
                &format!("broker {node} is taken back in two minutes"),
            );
            // Nothing can be done for one whose agent is away.
            if self.setup.spot.strikes(3) {
                self.edit_agent(at, 0);
                self.tell("happens", &format!("the agent of broker {node} goes"));
            }
            self.look();
        }
    }

    /// The plug is pulled of who is stopped, and AWS starts him again: his broker begins with his host.
    pub(super) fn give_back(&mut self) {
        if self.setup.spot.dice.is_none() {
            return;
        }
        for at in 0..self.brokers.len() {
            let id = self.brokers[at].id.clone();
            let state = self.state(at);
            let lives = self
                .stage
                .on_host(&id, |host, now| host.living(now).is_some());
            match state {
                InstanceState::Stopping if lives => {
                    self.stage.on_host(&id, |host, _| kafka::kill(host))
                }
                InstanceState::Stopped if self.is_calm || self.setup.spot.strikes(40) => {
                    let started = self.stage.edit(|model, now| model.start_instance(now, &id));
                    started.expect("it is stopped");
                    self.stage.on_host(&id, |host, now| {
                        if host.living(now).is_none() {
                            kafka::start(host, now);
                        }
                    });
                    let node = self.brokers[at].node;
                    self.tell("aws", &format!("broker {node} is given back"));
                }
                InstanceState::Pending
                | InstanceState::Running
                | InstanceState::Stopping
                | InstanceState::Stopped
                | InstanceState::ShuttingDown
                | InstanceState::Terminated
                | InstanceState::Unknown(_) => {}
            }
        }
    }

    /// Whether AWS has given notice that it takes a broker's instance back, and it is not stopped yet.
    pub(super) fn is_taken_back(&self, at: usize) -> bool {
        let model = self.stage.model();
        let record = model.instance(&self.brokers[at].id);
        let spot = record.and_then(|it| it.spot.as_ref());
        spot.is_some_and(|it| it.ends_at().is_some())
    }

    fn state(&self, at: usize) -> InstanceState {
        let model = self.stage.model();
        let record = model.instance(&self.brokers[at].id);
        record.expect("an instance").state.clone()
    }
}
