//! What heal-brokers may never do.

use super::{Act, Law, no};
use crate::moment::Moment;
use cloud::call::Call;
use fleet::healing::Rung;
use fleet::words::InstanceId;
use jiff::SignedDuration;
use std::collections::BTreeSet;

/// One broker is healed once within that.
const PAUSE: SignedDuration = SignedDuration::from_hours(1);
/// So often brokers of a cluster are healed within a day.
const A_DAY: usize = 3;

impl Act<'_> {
    /// What the write does to an instance, if it heals one.
    fn heals(&self) -> Option<(Rung, InstanceId)> {
        let rung = match self.write.call {
            Call::RebootInstances => Rung::Reboot,
            Call::SetInstanceHealth => Rung::Replace,
            _ => return None,
        };
        let text = self.write.to_string();
        let id = text.rsplit(' ').next()?;
        Some((rung, InstanceId::from(id)))
    }

    /// Whether it heals, and at no moment that it may have seen it was so.
    fn heals_although_never(&self, so: impl Fn(&Moment, Rung, &InstanceId) -> bool) -> bool {
        let heals = self.heals();
        heals.is_some_and(|(rung, id)| !self.ever(|moment| so(moment, rung, &id)))
    }

    pub(super) fn heals_only_with_consent(&self) -> Law {
        let allowed = |moment: &Moment, rung: Rung, _: &_| moment.care.allowed >= rung.needs();
        let law = "what healing does not allow is not done";
        no(law, self.heals_although_never(allowed))
    }

    pub(super) fn heals_only_on_an_alarm(&self) -> Law {
        let on = |moment: &Moment, _, _: &_| moment.care.on && !moment.care.suppressed;
        let law = "without an alarm, or while it is suppressed, nobody is healed (P-70)";
        no(law, self.heals_although_never(on))
    }

    pub(super) fn heals_only_who_is_ill(&self) -> Law {
        let ill = |moment: &Moment, _, id: &InstanceId| moment.care.failing.contains(id);
        no("who is well is not healed", self.heals_although_never(ill))
    }

    pub(super) fn heals_nobody_when_two_are_ill(&self) -> Law {
        let alone = |moment: &Moment, _, id: &InstanceId| {
            let brokers = moment.look.live.keys();
            let brokers: BTreeSet<&InstanceId> = brokers.collect();
            let mut failing = moment.care.failing.iter();
            !failing.any(|other| other != id && brokers.contains(other))
        };
        let law = "when two are ill nobody is healed (P-73)";
        no(law, self.heals_although_never(alone))
    }

    /// The healing itself is noted before it is done, and belongs to what is counted.
    pub(super) fn keeps_its_budget(&self) -> Law {
        let within = |moment: &Moment, rung: Rung, id: &InstanceId| {
            let now = moment.look.now;
            let own = moment.care.healed.get(id);
            let own = own.into_iter().flat_map(|it| it.0.iter());
            let others = own.filter(|(at, it)| *it != rung && now.duration_since(*at) < PAUSE);
            let all = moment.care.healed.values().flat_map(|it| it.0.iter());
            let times: BTreeSet<_> = all.map(|(at, _)| *at).collect();
            others.count() == 0 && times.len() <= A_DAY
        };
        let law = "once within an hour for a broker, three times a day for a cluster (P-76)";
        no(law, self.heals_although_never(within))
    }
}
