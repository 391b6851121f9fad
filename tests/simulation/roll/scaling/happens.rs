//! What happens to groups and their brokers between two calls.

use super::super::history::History;
use super::super::setup::VOTERS;
use super::life::group;
use fleet::tags;
use std::time::Duration;
use tests::listeners::{alone, kafka};

/// From the end of a command to the run that it wakes, and what the command takes.
const QUEUED: Duration = Duration::from_secs(12);
/// So many runs are woken by commands between two sweeps, at most.
const EVENTS: usize = 2;
/// So many come at once with an empty disk, at most.
const COME: usize = 1;
/// So many leave at once, at most.
const LEAVE: usize = 2;

impl History<'_> {
    /// One step of a history in which brokers come and go.
    pub(in super::super) async fn scaling_step(&mut self) {
        match self.setup.dice.u32(..100) {
            0..26 => {
                let calls = self.setup.dice.usize(1..=24);
                self.play(calls).await;
            }
            26..34 => self.wake(0).await,
            34..42 => self.wake(1).await,
            42..52 => {
                let time = Duration::from_millis(self.setup.dice.u64(500..60_000));
                self.pass(time).await;
            }
            52..68 => self.come_or_go(),
            68..70 => self.kill(),
            _ => self.minute_of_both().await,
        }
    }

    /// A sweep wakes both functions, and they come to their end. A command that ends wakes push-listeners again, unless
    /// its event is lost.
    pub(super) async fn minute_of_both(&mut self) {
        self.pass(Duration::from_secs(60)).await;
        let mut sent = self.figures.commands;
        self.sweep().await;
        for _ in 0..EVENTS {
            let is_lost = !self.is_calm && self.setup.dice.u32(..3) == 0;
            if sent == self.figures.commands || is_lost {
                return;
            }
            sent = self.figures.commands;
            self.pass(QUEUED).await;
            self.wake(0).await;
            self.play(usize::MAX).await;
        }
    }

    fn come_or_go(&mut self) {
        self.figures.happened += 1;
        let at = self.setup.dice.usize(..self.brokers.len());
        let follower = VOTERS as usize
            + self
                .setup
                .dice
                .usize(..self.brokers.len() - VOTERS as usize);
        let what = match self.setup.dice.u32(..100) {
            0..14 => self.scale_out(follower),
            14..26 => self.scale_in(follower),
            26..30 => {
                let told =
                    (VOTERS as usize..self.brokers.len()).map(|at| match self.is_wanted(at) {
                        true => self.scale_in(at),
                        false => self.scale_out(at),
                    });
                told.collect::<Vec<_>>().join("; ")
            }
            30..36 => self.replace(at),
            36..38 => self.give_up_a_voter(at),
            38..48 => self.move_to(follower),
            48..58 => self.move_away(follower),
            58..61 => self.release(follower),
            61..66 => self.next_wish(),
            66..69 => self.put("restarts", &alone("any-time")),
            69 => self.put("restarts", "never"),
            70 => self.put("paused", "true"),
            71..73 => self.take_away("paused"),
            73..78 => self.strikes(at),
            78..84 => self.people_start(),
            84..86 => self.agent_of(at, 0),
            86..90 => self.agent_of(at, 3),
            90..95 => self.blind(),
            _ => self.cluster(),
        };
        self.tell("happens", &what);
        self.look();
    }

    /// A group is to have its broker.
    pub(super) fn scale_out(&mut self, at: usize) -> String {
        let node = self.brokers[at].node;
        if self.is_wanted(at) || self.lives.next.contains_key(&at) || !self.may_come() {
            return format!("the group of broker {node} stays as it is");
        }
        self.stage.scale(&group(node.get()), 1);
        format!("the group of broker {node} is scaled out")
    }

    /// A group is to have no broker any more; what it has may be moved away before.
    pub(super) fn scale_in(&mut self, at: usize) -> String {
        let node = self.brokers[at].node;
        if !self.may_go(at) || !self.is_wanted(at) {
            return format!("broker {node} stays");
        }
        let is_early = self.setup.dice.u32(..3) == 0;
        let moved = if is_early {
            self.move_away(at)
        } else {
            "nothing is moved before".to_owned()
        };
        self.stage.scale(&group(node.get()), 0);
        format!("the group of broker {node} is scaled in; {moved}")
    }

    /// A broker's instance is replaced by another one, with its disk; or without, if it does not vote.
    pub(super) fn replace(&mut self, at: usize) -> String {
        let (node, id) = (self.brokers[at].node, self.brokers[at].id.clone());
        if !self.may_go(at) || !self.is_in_service(at) {
            return format!("the instance of broker {node} stays");
        }
        let keeps = at < VOTERS as usize || self.setup.dice.u32(..4) > 0 || !self.may_come();
        if keeps {
            self.stage.keeps_disk(&id);
        }
        let name = group(node.get());
        self.stage.scale(&name, 0);
        self.stage.scale(&name, 1);
        format!("the instance of broker {node} is replaced, with its disk: {keeps}")
    }

    /// A voter is to leave for good, though it votes; once in a history.
    fn give_up_a_voter(&mut self, at: usize) -> String {
        let (node, id) = (self.brokers[at].node, self.brokers[at].id.clone());
        let all_there = (0..VOTERS as usize).all(|at| self.is_wanted(at));
        if at >= VOTERS as usize || !all_there || !self.may_go(at) {
            return format!("broker {node} stays");
        }
        let volume = id.as_str().replace("i-", "vol-");
        let goes = self
            .stage
            .edit(|model, _| model.attach_volume(&id, volume.as_str().into(), true));
        goes.expect("its volume");
        self.stage.scale(&group(node.get()), 0);
        format!("the group of broker {node} is scaled in, which votes")
    }

    /// Whether another broker may come with an empty disk.
    fn may_come(&self) -> bool {
        let comes = |at: &usize| {
            let own = &self.brokers[*at].id;
            let newest = self.lives.next.get(at).unwrap_or(own);
            let is_empty = self.record(newest, |it| {
                it.kafka.host.as_ref().is_some_and(|host| host.is_empty)
            });
            self.is_wanted(*at) && (!self.lives.entered.contains(at) || is_empty == Some(true))
        };
        (0..self.brokers.len()).filter(comes).count() < COME
    }

    /// Whether an instance may begin to leave: no other one of its group is there, and few leave.
    fn may_go(&self, at: usize) -> bool {
        let members = self.members(at);
        let leaving = (0..self.brokers.len()).flat_map(|at| self.members(at));
        let leaving = leaving.filter(|(_, state)| state.starts_with("Terminating"));
        let is_only = members.len() == 1 && members.contains_key(&self.brokers[at].id);
        is_only
            && leaving.count() < LEAVE
            && !members.values().any(|it| it.starts_with("Terminating"))
    }

    /// People let a broker go that leaves, with what it has.
    fn release(&mut self, at: usize) -> String {
        let (node, id) = (self.brokers[at].node, self.brokers[at].id.clone());
        let leaves = self
            .members(at)
            .get(&id)
            .is_some_and(|it| it == "Terminating:Wait");
        if !leaves {
            return format!("broker {node} is not released");
        }
        self.stage.retag(&id, tags::RELEASE, id.as_str());
        format!("broker {node} is released")
    }

    /// Its process dies, and is started again or not.
    fn strikes(&mut self, at: usize) -> String {
        let node = self.brokers[at].node;
        if !self.is_in_service(at) {
            return format!("broker {node} is spared");
        }
        let starts = self.setup.dice.bool();
        self.stage.on_host(&self.brokers[at].id, |host, now| {
            kafka::kill(host);
            if starts {
                kafka::start(host, now);
            }
        });
        format!("broker {node} is killed, and started again: {starts}")
    }

    /// People start every broker that is in service and does not run.
    pub(super) fn people_start(&mut self) -> String {
        for at in 0..self.brokers.len() {
            let id = &self.brokers[at].id;
            let in_service = self.members(at).get(id).is_some_and(|it| it == "InService");
            if in_service && !self.is_gone(id) {
                self.start_if_gone(at);
            }
        }
        "people start who does not run".to_owned()
    }

    pub(super) fn agent_of(&mut self, at: usize, what: usize) -> String {
        let node = self.brokers[at].node;
        if !self.is_gone(&self.brokers[at].id) {
            self.edit_agent(at, what);
        }
        format!("the agent of broker {node} goes: {}", what == 0)
    }
}
