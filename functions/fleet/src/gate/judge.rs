//! The gate itself: what of two hearings is in the way of stopping a broker.

use super::findings::Findings;
use super::hearing::Hearing;
use super::inquiry::GateQuestion;
use super::pause::pause;
use super::verdict::Verdict;
use super::{partitions, quorum, restarted, up};

/// What two hearings came to that are so many seconds apart: whatever one of them shows is in the way.
/// Nothing that is not known passes.
pub fn verdict(question: &GateQuestion, hearings: &[Hearing; 2], seconds_apart: u64) -> Verdict {
    let mut findings = Findings::default();
    for hearing in hearings {
        judge(question, hearing, &mut findings);
    }
    let [first, second] = hearings;
    findings.counts.brokers = first.told().count().min(second.told().count());
    findings.counts.seconds_apart = seconds_apart;
    let needed = pause(first).map_or(u64::MAX, |pause| pause.as_secs());
    if findings.is_empty() && seconds_apart < needed {
        findings.no_time = Some(format!(
            "the second look was {seconds_apart} s after the first one, and {needed} s are needed"
        ));
    }
    findings.verdict()
}

/// What the first hearing alone has in the way, if there is anything: then nobody has to wait for a second
/// one.
pub fn at_once(question: &GateQuestion, first: &Hearing) -> Option<Verdict> {
    let mut findings = Findings::default();
    judge(question, first, &mut findings);
    findings.counts.brokers = first.told().count();
    (!findings.is_empty()).then(|| findings.verdict())
}

fn judge(question: &GateQuestion, hearing: &Hearing, findings: &mut Findings) {
    findings.long_session.extend(pause(hearing).err());
    let brokers = up::judge(question, hearing, findings);
    quorum::judge(question, hearing, &brokers, findings);
    partitions::judge(question, hearing, findings);
    restarted::judge(question, hearing, findings);
}
