//! The laws of a healing, when it is written: each against every moment that its run may have seen.

use super::super::history::History;
use super::super::setup::long;
use super::care::{Begun, Care, OfPatient};
use cloud::call::Call;
use fleet::healing::{COUNTS, Cause, Healed, Rung};
use fleet::tags;
use fleet::words::InstanceId;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// One broker is healed once within that.
const PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// So often brokers of a cluster are healed within a day.
const A_DAY: usize = 3;
/// How old the newest inspection may be.
const NEWEST: SignedDuration = SignedDuration::from_mins(3);
/// How old the one before it may be.
const OTHER: SignedDuration = SignedDuration::from_mins(15);
/// Two inspections of one host lie so far apart, at least.
const APART: SignedDuration = SignedDuration::from_secs(60);

impl History<'_> {
    /// Looks at what heal-brokers has written since, in a run that began then.
    pub(in super::super) fn look_at_healing(&mut self, began: Timestamp) {
        let model = self.stage.model();
        let new = model.writes().iter().skip(self.cares.writes);
        let new: Vec<(Call, String)> = new.map(|it| (it.call, it.what.clone())).collect();
        self.cares.writes += new.len();
        drop(model);
        for (call, what) in new {
            let rung = match call {
                Call::CreateInstanceTags if what.contains(tags::HEALED_AT) => None,
                Call::RebootInstances => Some(Rung::Reboot),
                Call::SetInstanceHealth => Some(Rung::Replace),
                _ => continue,
            };
            let id = InstanceId::from(what.split(' ').next().unwrap_or_default());
            let Some(at) = self.place_of(&id) else {
                self.breaks(format!("(whom) {id} is no broker's: {call} {what}"));
                continue;
            };
            let is_begun = rung.is_none();
            let (of, rung) = match rung {
                Some(rung) => (self.stage.now(), rung),
                None => self.newest_note(&id, &what),
            };
            self.tell("heals", &format!("{call} {what}"));
            let node = self.brokers[at].node;
            let begun = Begun {
                at: self.stage.now(),
                of,
                node,
                rung,
            };
            let laws = self.laws_of_healing(at, &begun, began, is_begun);
            for law in laws {
                self.breaks(format!("{law}: {rung} of broker {node}, {call} {what}"));
            }
            if is_begun {
                self.figures.healed(rung);
                self.cares.begun.push(begun);
                if self.strikes_just_then() {
                    self.just_then(at);
                }
            }
        }
    }

    /// The time and the kind of a healing that was noted just now: a start may belong to a reboot, and has its time.
    fn newest_note(&self, id: &InstanceId, what: &str) -> (Timestamp, Rung) {
        let model = self.stage.model();
        let text = model
            .instance(id)
            .and_then(|it| it.tags.get(tags::HEALED_AT).cloned());
        let healed = text.and_then(|it| Healed::read(&it)).unwrap_or_default();
        let (at, last) = healed.last().expect("a note that was just written");
        let asks = what.contains(tags::RESTART);
        let is_restart = what.contains(&format!(" {} ", Cause::Hangs.word()));
        match (asks, is_restart) {
            (true, true) => (at, Rung::Restart),
            (true, false) => (at, Rung::Start),
            (false, _) => (at, last),
        }
    }

    /// Each law that a healing breaks.
    fn laws_of_healing(
        &self,
        at: usize,
        begun: &Begun,
        began: Timestamp,
        is_begun: bool,
    ) -> Vec<&'static str> {
        let mut broken = Vec::new();
        let rung = begun.rung;
        let from = began - self.lag;
        let ever = |so: &dyn Fn(&Care) -> bool| self.care_since(from).any(so);
        let own = |so: &dyn Fn(&OfPatient) -> bool| ever(&|it| so(&it.patients[at]));
        let mut law = |law, holds: bool| {
            if !holds {
                broken.push(law);
            }
        };
        law(
            "(word) what healing does not allow is not done",
            ever(&|it| it.allowed.is_some_and(|allowed| allowed >= rung.needs())),
        );
        law(
            "(alarm) without an alarm, or while it is suppressed, nobody is healed",
            ever(&|it| it.wakes),
        );
        law("(up) who is up is not healed", own(&|it| !it.up));
        law(
            "(purpose) who was stopped on purpose is not healed",
            rung != Rung::Start || own(&|it| !it.on_purpose),
        );
        law(
            "(two) when two are ill nobody is healed",
            ever(&|it| !self.is_another_ill(it, at, rung)),
        );
        let is_alone = matches!(rung, Rung::Start | Rung::Reboot);
        law(
            "(others) nobody is restarted or replaced while another one is not up",
            is_alone
                || ever(&|it| {
                    let mut others = it.patients.iter().enumerate().filter(|(of, _)| *of != at);
                    others.all(|(_, it)| it.up)
                }),
        );
        match rung {
            Rung::Start => law(
                "(gone) who is started was gone in two looks, the newest within three minutes",
                self.was_gone(at, from),
            ),
            Rung::Restart => {
                law(
                    "(hangs) who is restarted hangs for five minutes",
                    own(&|it| {
                        it.hangs
                            .is_some_and(|(since, _)| since + Rung::Restart.after() <= begun.at)
                    }),
                );
                law(
                    "(seen) whom nobody has seen up is not restarted",
                    own(&|it| it.hangs.is_some_and(|(_, seen)| seen)),
                );
            }
            Rung::Reboot => law(
                "(fails) who is rebooted fails a check for five minutes",
                own(&|it| {
                    it.fails
                        .is_some_and(|(since, _)| since + Rung::Reboot.after() <= begun.at)
                }),
            ),
            Rung::Replace => {
                let rebooted = |since| {
                    self.last_begun(begun).is_some_and(|it| {
                        it.rung == Rung::Reboot
                            && it.at + PAUSE <= begun.at
                            && since < it.at + PAUSE
                    })
                };
                law(
                    "(fails) who is replaced fails the system check for half an hour, or its own an hour after a reboot",
                    own(&|it| match it.fails {
                        Some((since, true)) => since + Rung::Replace.after() <= begun.at,
                        Some((since, false)) => rebooted(since),
                        None => false,
                    }),
                );
                law(
                    "(disk) whose data go is not replaced",
                    own(&|it| it.keeps_disk),
                );
                law(
                    "(needed) who has what nobody else has is not replaced",
                    own(&|it| !it.is_needed),
                );
            }
        }
        if is_begun {
            law(
                "(often) one broker is healed once within an hour",
                self.is_seldom(begun, began),
            );
            law(
                "(often) three times a day for a cluster",
                self.is_within_the_day(begun, began),
            );
            law(
                "(hand) nobody is healed while push-listeners has a broker in hand",
                self.is_free(at, from),
            );
            law(
                "(busy) another healing has come to its end",
                self.is_ended(begun, from),
            );
        }
        broken
    }

    /// Whether another one is ill, in a way that everybody sees who looks.
    fn is_another_ill(&self, care: &Care, at: usize, rung: Rung) -> bool {
        let mut others = care.patients.iter().enumerate().filter(|(of, _)| *of != at);
        others.any(|(_, it)| match (it.fails, it.gone) {
            _ if it.on_purpose => false,
            (Some(_), _) => true,
            (None, true) => rung != Rung::Start,
            (None, false) => false,
        })
    }

    /// Whether a process was gone at two moments that may have been looked at.
    fn was_gone(&self, at: usize, from: Timestamp) -> bool {
        let gone = self.care_since(from - OTHER).collect::<Vec<_>>();
        // From when to when something was so.
        let mut ends = self.stage.now();
        let mut spans = Vec::new();
        for care in gone {
            if care.patients[at].gone {
                spans.push((care.at, ends));
            }
            ends = care.at;
        }
        let newest = spans.iter().map(|(_, ends)| *ends).max();
        let first = spans.iter().map(|(begins, _)| *begins).min();
        let (Some(newest), Some(first)) = (newest, first) else {
            return false;
        };
        newest >= from - NEWEST && newest.duration_since(first) >= APART
    }

    fn last_begun(&self, begun: &Begun) -> Option<&Begun> {
        let mut before = self.cares.begun.iter().rev();
        before.find(|it| it.node == begun.node && it.rung != begun.rung)
    }

    /// Runs side by side do not see each other.
    fn side_by_side(&self, began: Timestamp) -> Timestamp {
        began - self.lag
    }

    fn is_seldom(&self, begun: &Begun, began: Timestamp) -> bool {
        let seen = self
            .cares
            .begun
            .iter()
            .filter(|it| it.at < self.side_by_side(began));
        // A start that belongs to a reboot has its time.
        let recent =
            seen.filter(|it| it.node == begun.node && begun.at.duration_since(it.of) < PAUSE);
        // The start after our own reboot belongs to the reboot.
        recent
            .into_iter()
            .all(|it| it.rung == Rung::Reboot && begun.rung == Rung::Start)
    }

    fn is_within_the_day(&self, begun: &Begun, began: Timestamp) -> bool {
        let seen = self
            .cares
            .begun
            .iter()
            .filter(|it| it.at < self.side_by_side(began));
        let counts = seen.filter(|it| begun.at.duration_since(it.of) < COUNTS);
        let mut times: BTreeSet<Timestamp> = counts.map(|it| it.of).collect();
        times.insert(begun.of);
        times.len() <= A_DAY
    }

    /// Whether no command was under way that the run must have seen.
    fn is_free(&self, at: usize, from: Timestamp) -> bool {
        let model = self.stage.model();
        let usual = long(model.settings().command_seen_after);
        drop(model);
        let seen_until = from - (self.shown_after + usual);
        self.care_since(from).any(|it| {
            let mut others = it.patients.iter().enumerate().filter(|(of, _)| *of != at);
            others.all(|(_, it)| it.in_hand.is_none_or(|since| since > seen_until))
        })
    }

    /// Whether nobody else waits to be up who was healed within the hour; starts are made side by side.
    fn is_ended(&self, begun: &Begun, from: Timestamp) -> bool {
        let seen = self
            .cares
            .begun
            .iter()
            .filter(|it| it.at < from && it.node != begun.node);
        let recent = seen.filter(|it| begun.at.duration_since(it.at) < PAUSE);
        let is_joined = |it: &&Begun| it.rung == Rung::Start && begun.rung == Rung::Start;
        recent.filter(|it| !is_joined(it)).all(|healed| {
            let of = self.brokers.iter().position(|it| it.node == healed.node);
            of.is_none_or(|of| self.care_since(from).any(|it| it.patients[of].up))
        })
    }

    /// Whether something comes just now.
    fn strikes_just_then(&mut self) -> bool {
        !self.is_calm && self.setup.dice.u32(..4) == 0
    }
}
