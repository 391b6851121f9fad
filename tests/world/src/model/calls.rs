//! What happens around every call: time passes, the call is counted, a fault may strike, the role
//! is asked, a write is written down.

use super::asked::Asked;
use super::{ApiError, Model, whole_seconds};
use crate::faults::{Faults, ReadFault, WriteFault};
use crate::iam::Caller;
use cloud::call::Call;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// A write that AWS accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteRecord {
    /// When.
    pub at: Timestamp,
    /// The name of the caller, if it is known.
    pub by: Option<Arc<str>>,
    /// Which call.
    pub call: Call,
    /// On what.
    pub what: String,
}

/// How often each call was made.
pub type Counts = BTreeMap<Call, u64>;

/// Counts and faults of the calls.
#[derive(Clone, Debug, Default)]
pub(super) struct Desk {
    counts: Counts,
    counts_of: BTreeMap<Arc<str>, Counts>,
    writes: Vec<WriteRecord>,
    failures: BTreeMap<Call, VecDeque<ApiError>>,
    answers_to_lose: BTreeMap<Call, usize>,
    denied: BTreeSet<Call>,
    misdated: VecDeque<SignedDuration>,
    by_hand: bool,
    /// Who makes the call that is under way.
    pub(super) caller: Option<Arc<Caller>>,
}

impl Model {
    /// How often each call was made by anybody, failed ones included.
    pub fn calls(&self) -> &Counts {
        &self.desk.counts
    }

    /// The same for each caller that is known, by its name.
    pub fn calls_of(&self) -> &BTreeMap<Arc<str>, Counts> {
        &self.desk.counts_of
    }

    /// The writes that were accepted, oldest first.
    pub fn writes(&self) -> &[WriteRecord] {
        &self.desk.writes
    }

    /// Forgets the counts and the writes so far.
    pub fn forget_calls(&mut self) {
        self.desk.counts.clear();
        self.desk.counts_of.clear();
        self.desk.writes.clear();
    }

    /// The next `times` calls of this kind fail so, without effect.
    pub fn fail_next(&mut self, call: Call, error: ApiError, times: usize) {
        let failures = self.desk.failures.entry(call).or_default();
        failures.extend(std::iter::repeat_n(error, times));
    }

    /// The next `times` writes of this kind take effect, and their answer is an internal error all
    /// the same (P-80).
    pub fn lose_next_answer(&mut self, call: Call, times: usize) {
        *self.desk.answers_to_lose.entry(call).or_default() += times;
    }

    /// The `Date` header of the next answer is off by so much.
    pub fn misdate_next(&mut self, by: SignedDuration) {
        self.desk.misdated.push_back(by);
    }

    /// The `Date` header of an answer that is given now.
    pub(crate) fn date(&mut self, now: Timestamp) -> Timestamp {
        let by = self.desk.misdated.pop_front().unwrap_or_default();
        whole_seconds(now + by)
    }

    /// IAM denies this kind of call from now on.
    pub fn deny(&mut self, call: Call) {
        self.desk.denied.insert(call);
    }

    /// IAM allows this kind of call again.
    pub fn allow(&mut self, call: Call) {
        self.desk.denied.remove(&call);
    }

    /// From now on these faults strike the calls that are made, whichever door they come through.
    pub fn set_faults(&mut self, faults: Faults) {
        self.faults = Some(faults);
        self.changed();
    }

    /// The faults that strike, if any do.
    pub fn faults(&self) -> Option<&Faults> {
        self.faults.as_ref()
    }

    /// The faults that strike a call that is made now: none if a person makes it.
    pub(super) fn faults_of_calls(&mut self) -> Option<&mut Faults> {
        self.faults.as_mut().filter(|_| !self.desk.by_hand)
    }

    /// Every fault told so far ends: nothing fails, is late, is lost or is denied any more.
    pub fn end_faults(&mut self) {
        self.faults = None;
        self.past.forget();
        self.unseen_tags.clear();
        self.desk.failures.clear();
        self.desk.answers_to_lose.clear();
        self.desk.denied.clear();
        self.desk.misdated.clear();
        self.end_absences();
    }

    /// Calls made inside are a person's: not counted, not written down, not struck by faults, and no
    /// role is asked.
    pub fn by_hand<T>(&mut self, edit: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.desk.by_hand, true);
        let answer = edit(self);
        self.desk.by_hand = before;
        answer
    }

    /// Calls made inside are this caller's: each needs the permission of its role, and is counted and
    /// written down as its own. Of a caller that is not known no role is asked.
    pub fn called_by<T>(
        &mut self,
        caller: Option<&Arc<Caller>>,
        ask: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let before = std::mem::replace(&mut self.desk.caller, caller.cloned());
        let answer = ask(self);
        self.desk.caller = before;
        answer
    }

    /// Who makes the call that is under way, if it is known. A person needs nobody's permission.
    pub(super) fn caller(&self) -> Option<&Arc<Caller>> {
        self.desk.caller.as_ref().filter(|_| !self.desk.by_hand)
    }

    pub(super) fn read<'a, T>(
        &mut self,
        now: Timestamp,
        asked: impl Into<Asked<'a>>,
        answer: impl FnOnce(&mut Self) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let asked = asked.into();
        self.advance(now);
        self.desk.admit(asked.call)?;
        self.authorise(&asked)?;
        if self.desk.by_hand {
            return answer(self);
        }
        let fault = self
            .faults
            .as_mut()
            .and_then(|faults| faults.at_read(asked.call));
        let (late, page_size) = match fault {
            Some(ReadFault::Fails(error)) => return Err(error),
            Some(ReadFault::Old(lag)) => (Some(lag), None),
            Some(ReadFault::ShortPage(size)) => (None, Some(size)),
            None => (None, None),
        };
        if let Some(mut seen) = self.seen_late(late) {
            return answer(&mut seen);
        }
        let usual = self.settings.page_size;
        self.settings.page_size = page_size.or(usual);
        let answer = answer(self);
        self.settings.page_size = usual;
        answer
    }

    pub(super) fn write<'a, T>(
        &mut self,
        now: Timestamp,
        asked: impl Into<Asked<'a>>,
        what: String,
        change: impl FnOnce(&mut Self) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let asked = asked.into();
        let call = asked.call;
        self.advance(now);
        self.desk.admit(call)?;
        self.authorise(&asked)?;
        let mut fault = None;
        if !self.desk.by_hand
            && let Some(faults) = &mut self.faults
        {
            fault = faults.at_write(call, &what);
        }
        let before = match &fault {
            Some(WriteFault::Fails(error)) => return Err(error.clone()),
            Some(WriteFault::Late(lag)) => Some((self.bare(), *lag)),
            Some(WriteFault::LosesAnswer) | None => None,
        };
        let answer = change(self)?;
        self.settle();
        if let Some((before, lag)) = before {
            self.blind(before, lag);
        }
        if !self.desk.by_hand {
            self.desk.writes.push(WriteRecord {
                at: self.at,
                by: self.caller().map(|caller| Arc::clone(&caller.name)),
                call,
                what,
            });
            if fault == Some(WriteFault::LosesAnswer) {
                return Err(ApiError::internal(call));
            }
            if let Some(left) = self.desk.answers_to_lose.get_mut(&call)
                && *left > 0
            {
                *left -= 1;
                return Err(ApiError::internal(call));
            }
        }
        Ok(answer)
    }
}

impl Desk {
    fn admit(&mut self, call: Call) -> Result<(), ApiError> {
        if self.by_hand {
            return Ok(());
        }
        *self.counts.entry(call).or_default() += 1;
        if let Some(caller) = &self.caller {
            let counts = self.counts_of.entry(Arc::clone(&caller.name)).or_default();
            *counts.entry(call).or_default() += 1;
        }
        if self.denied.contains(&call) {
            return Err(ApiError::denied(call));
        }
        match self.failures.get_mut(&call).and_then(VecDeque::pop_front) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{at, new_group, world};
    use super::*;
    use crate::faults::{Fault, Level};

    #[test]
    fn faults_strike_as_often_as_told_and_are_counted() {
        let mut model = world();
        let call = Call::DescribeAutoScalingGroups;
        model.fail_next(call, ApiError::throttled(call), 2);
        for _ in 0..2 {
            let refused = model.describe_auto_scaling_groups(at(0), None);
            assert_eq!(refused.map_err(|e| e.code), Err("Throttling"));
        }
        assert!(model.describe_auto_scaling_groups(at(0), None).is_ok());
        assert_eq!(model.calls().get(&call), Some(&3));
    }

    #[test]
    fn a_denied_call_is_denied_until_allowed_again() {
        let mut model = world();
        let call = Call::DescribeAutoScalingGroups;
        model.deny(call);
        let refused = model.describe_auto_scaling_groups(at(0), None);
        assert_eq!(refused.map_err(|e| e.code), Err("AccessDenied"));
        model.allow(call);
        assert!(model.describe_auto_scaling_groups(at(0), None).is_ok());
    }

    #[test]
    fn a_write_whose_answer_is_lost_has_taken_effect_p80() {
        let mut model = world();
        let call = Call::CreateTargetGroup;
        model.lose_next_answer(call, 1);
        let lost = model.create_target_group(at(0), &new_group("a"));
        assert_eq!(lost.map_err(|e| e.status), Err(500));
        let found = model.target_groups().next().map(|g| g.group.arn.clone());
        let again = model.create_target_group(at(0), &new_group("a"));
        assert_eq!(found, again.ok());
        assert_eq!(model.writes().len(), 2);
    }

    #[test]
    fn a_persons_edit_is_neither_counted_nor_struck() {
        let mut model = world();
        model.deny(Call::DescribeAutoScalingGroups);
        let answer = model.by_hand(|model| model.describe_auto_scaling_groups(at(0), None));
        assert!(answer.is_ok());
        assert!(model.calls().is_empty());
    }

    #[test]
    fn a_late_read_is_answered_from_an_earlier_moment_p44() {
        let mut model = world();
        model.set_faults(Faults::new(1).with(Fault::StaleReads, Level::Storm));
        assert!(model.create_target_group(at(10), &new_group("a")).is_ok());
        let seen = |model: &mut Model, second| {
            let page = model.describe_target_groups(at(second), None);
            page.map(|page| page.items.len())
        };
        let soon: Vec<_> = (0..50).map(|_| seen(&mut model, 11)).collect();
        assert!(soon.contains(&Ok(0)) && soon.contains(&Ok(1)));
        // Never older than the lag, and by a person's eyes not at all.
        let later: Vec<_> = (0..50).map(|_| seen(&mut model, 15)).collect();
        assert!(later.iter().all(|seen| *seen == Ok(1)));
        assert!((0..50).all(|_| model.by_hand(|model| seen(model, 15)) == Ok(1)));
    }

    #[test]
    fn no_read_shows_a_late_write_for_a_while_and_it_is_there_all_the_same_p44() {
        let mut model = world();
        model.set_faults(Faults::new(1).with(Fault::LateEffects, Level::Storm));
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let hidden = names.iter().zip(1..).any(|(name, count)| {
            let made = model.create_target_group(at(0), &new_group(name));
            let seen = model.describe_target_groups(at(0), None);
            assert!(made.is_ok() && model.target_groups().count() == count);
            seen.map(|page| page.items.len()) != Ok(count)
        });
        assert!(hidden);
        let seen = model.describe_target_groups(at(5), None);
        assert_eq!(
            seen.map(|page| page.items.len()).ok(),
            Some(model.target_groups().count())
        );
    }
}
