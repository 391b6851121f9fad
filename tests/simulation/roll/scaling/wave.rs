//! Once more, without faults: some leave and some come, all at the same moment. One who leaves has replicas that nobody
//! moves, so that it stays until people move them, or until its time ends.

use super::super::history::History;
use super::super::setup::VOTERS;
use jiff::SignedDuration;
use std::time::Duration;
use tests::history::Broken;

/// Sweeps in which whoever can come or leave does so.
const SWEEPS: usize = 40;
/// Between two heart-beats of a hook that times out after a quarter of an hour.
const HEART_BEAT: Duration = Duration::from_secs(400);
/// So long before the end of a wait each minute counts.
const NEAR: SignedDuration = SignedDuration::from_mins(15);

impl History<'_> {
    /// Some come and some leave.
    pub(super) async fn wave(&mut self) -> Result<(), Broken> {
        let followers = VOTERS as usize..self.brokers.len();
        if !followers.clone().any(|at| self.is_wanted(at)) {
            let what = self.scale_out(VOTERS as usize);
            self.tell("calm", &what);
            self.settle_groups("somebody has come").await?;
        }
        let (stay, come): (Vec<usize>, Vec<usize>) = followers.partition(|at| self.is_wanted(*at));
        let held = stay[0];
        let mut what = vec![self.move_to(held), self.leaves_now(held)];
        match (stay.get(1), self.setup.dice.u32(..3)) {
            (Some(free), 0..2) => {
                what.push(self.move_away(*free));
                what.push(self.leaves_now(*free));
            }
            (_, _) => {
                let voter = self.setup.dice.usize(..VOTERS as usize);
                what.push(self.replace(voter));
            }
        }
        what.extend(come.into_iter().map(|at| self.scale_out(at)));
        if self.setup.dice.bool() {
            what.push(self.next_wish());
        }
        self.tell("calm", &what.join("; "));
        self.look();
        for _ in 0..SWEEPS {
            self.calm_minute().await?;
        }
        match self.setup.dice.u32(..4) {
            0 => self.play_to_the_end(held).await,
            _ => Ok(()),
        }
    }

    fn leaves_now(&mut self, at: usize) -> String {
        let node = self.brokers[at].node;
        self.stage.scale(&super::life::group(node.get()), 0);
        format!("the group of broker {node} is scaled in")
    }

    /// Nobody moves anything, and the time of a broker that leaves ends.
    async fn play_to_the_end(&mut self, at: usize) -> Result<(), Broken> {
        let id = self.brokers[at].id.clone();
        let Some(ends_at) = self.wait_ends_at(at) else {
            return Ok(());
        };
        while self.stage.now() + NEAR < ends_at {
            self.wait_long(HEART_BEAT).await;
        }
        while self.stage.now() < ends_at && !self.is_gone(&id) {
            self.calm_minute().await?;
        }
        match self.is_gone(&id) {
            true => Ok(()),
            false => Err(format!("(end) {id} waits when its time has ended")),
        }
    }
}
