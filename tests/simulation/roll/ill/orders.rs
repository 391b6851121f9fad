//! The laws of what push-listeners does because heal-brokers asks: a start, and a restart of what hangs.

use super::super::history::History;
use super::care::{Care, OfPatient};
use fleet::healing::Cause;
use fleet::wishes::Healing;
use jiff::{SignedDuration, Timestamp};

/// How old an inspection may be by which something is done.
const LOOKED: SignedDuration = SignedDuration::from_mins(3);

impl History<'_> {
    /// Each law that a start breaks which no command of ours before it explains.
    pub(in super::super) fn laws_of_start(&self, at: usize, began: Timestamp) -> Vec<&'static str> {
        // Who hangs may be gone by the time when its restart is due, and is started.
        let ways = [
            (Cause::Gone, Healing::Start),
            (Cause::Hangs, Healing::Restart),
        ];
        let ways = ways.map(|(cause, least)| self.asked(at, began, cause, least));
        let asked = ways.iter().any(|(_, asked)| *asked);
        let allowed = ways.iter().any(|(allowed, asked)| *allowed && *asked);
        let own = self.of_patient(at, began - LOOKED);
        let disk = own.iter().any(|it| it.own_disk);
        let laws = [
            ("(asked) nobody asks for its start", asked),
            ("(word) healing does not allow its start", allowed),
            ("(gone) its process lives", own.iter().any(|it| it.gone)),
            (
                "(purpose) it was stopped on purpose",
                own.iter().any(|it| !it.on_purpose),
            ),
            ("(own) what lies on its disk is not its own", disk),
        ];
        let broken = laws.into_iter().filter(|(_, holds)| !holds);
        broken.map(|(law, _)| law).collect()
    }

    /// Each law that the restart of a broker breaks which hangs.
    pub(in super::super) fn laws_of_revival(
        &self,
        at: usize,
        began: Timestamp,
        asked_at: Option<Timestamp>,
    ) -> Vec<&'static str> {
        let (allowed, asked) = self.asked(at, began, Cause::Hangs, Healing::Restart);
        let own = self.of_patient(at, began);
        // The host refuses the order if another process is there by then, or none.
        let seen = self.of_patient(at, began - LOOKED);
        let asked_last = own
            .iter()
            .filter_map(|it| it.asked.as_ref())
            .map(|it| it.at);
        let asked_last = asked_last.max();
        let is_older = seen
            .iter()
            .filter_map(|it| it.began)
            .any(|it| Some(it) < asked_last);
        let is_open = asked_at.is_some_and(|asked| {
            let mut since = self.since(asked - self.lag);
            since.any(|it| it.brokers[at].can_revive)
        });
        let laws = [
            ("(asked) nobody asks for its restart", asked),
            ("(word) healing does not allow its restart", allowed),
            (
                "(hangs) it does not hang",
                own.iter().any(|it| it.hangs.is_some()),
            ),
            ("(older) its process is younger than the request", is_older),
            ("(gate) its gate was never open", is_open),
        ];
        let broken = laws.into_iter().filter(|(_, holds)| !holds);
        broken.map(|(law, _)| law).collect()
    }

    /// Whether healing allows that, and whether it is asked for.
    fn asked(&self, at: usize, began: Timestamp, cause: Cause, least: Healing) -> (bool, bool) {
        let ever = |so: &dyn Fn(&Care) -> bool| self.care_since(began - self.lag).any(so);
        let allowed = ever(&|it| it.allowed.is_some_and(|allowed| allowed >= least));
        let asked = ever(&|it| {
            let request = it.patients[at].asked.as_ref();
            // It counted when that was so, or still does.
            request.is_some_and(|request| {
                request.cause == cause && request.is_fresh(it.at.max(began - self.lag))
            })
        });
        (allowed, asked)
    }

    fn of_patient(&self, at: usize, from: Timestamp) -> Vec<&OfPatient> {
        let all = self.care_since(from - self.lag);
        all.map(|it| &it.patients[at]).collect()
    }
}
