//! Compares how a scenario went with a fault with how it went without.

use crate::fault::Fault;
use crate::mapping::Mapping;
use crate::play::{Played, play};
use crate::subject::{Standing, Subject};
use crate::wakes::Delivery;
use cloud::call::Call;
use std::collections::BTreeSet;
use tests::{Stage, ZONES};
use world::doors::memory::Strike;

/// How a disturbed play went otherwise than the calm one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// In no way.
    Same,
    /// It ends the same a day later. Only an old answer may do that: it showed a broker that is gone
    /// as live, or a retirement that was not asked for yet, or a mark not yet made, and nobody can
    /// tell that from news. So a reservation or a grace began anew, and it takes its time again.
    ADayLater,
    /// So.
    Other(String),
}

/// Compares two plays.
pub async fn compare<S: Subject>(calm: &Played, disturbed: &Played, fault: Fault) -> Verdict {
    if let Some(wrong) = &disturbed.wrong {
        return Verdict::Other(wrong.clone());
    }
    for (place, those) in &calm.always {
        let lost: Vec<_> = those.difference(&disturbed.always[place]).collect();
        if !lost.is_empty() {
            return Verdict::Other(format!("{lost:?} did not stand {place} all the time"));
        }
    }
    if calm.end == disturbed.end {
        return Verdict::Same;
    }
    if let Fault::Call(_, Strike::OldAnswer(_)) = fault
        && calm.a_day_later::<S>().await == disturbed.a_day_later::<S>().await
    {
        return Verdict::ADayLater;
    }
    let only = |one: &[String], other: &[String]| -> Vec<String> {
        let missing = one.iter().filter(|sentence| !other.contains(sentence));
        missing.cloned().collect()
    };
    let missing = only(&calm.end, &disturbed.end);
    let unwanted = only(&disturbed.end, &calm.end);
    Verdict::Other(format!("missing {missing:#?}, there instead {unwanted:#?}"))
}

const LOST: Fault = Fault::Wake(10_000, Delivery::Lost);

async fn how(calm: &Played, disturbed: &Played) -> String {
    match compare::<Mapping>(calm, disturbed, LOST).await {
        Verdict::Other(how) => how,
        verdict => format!("{verdict:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn another_end_is_told_apart_and_so_is_one_that_does_not_last() {
    let one = Stage::new();
    one.broker(1, ZONES[0]);
    let at = one.now();
    let calm = play::<Mapping>((&one, at), None).await;
    let again = play::<Mapping>((&one, at), None).await;
    assert_eq!(how(&calm, &again).await, "Same");
    let two = one.copy(at);
    two.broker(2, ZONES[1]);
    let other = play::<Mapping>((&two, at), None).await;
    assert!(how(&calm, &other).await.contains("there instead"));
    // Gone in between is told apart though the end is the same.
    let mut flapping = play::<Mapping>((&one, at), None).await;
    flapping.always = Standing::from([("behind 9093".to_owned(), BTreeSet::new())]);
    let mut steady = play::<Mapping>((&one, at), None).await;
    steady.always = Standing::from([("behind 9093".to_owned(), ["i-1".to_owned()].into())]);
    let said = how(&steady, &flapping).await;
    assert!(said.contains("did not stand behind 9093"), "{said}");
    // A call that fails every time never settles.
    let denied = one.copy(at);
    denied.model().deny(Call::CreateListener);
    let said = how(&calm, &play::<Mapping>((&denied, at), None).await).await;
    assert!(said.contains("not settled"), "{said}");
    // A fault that is never met would prove nothing.
    let strike = Fault::Call(10_000, Strike::LoseAnswer);
    for fault in [strike, LOST] {
        let spared = play::<Mapping>((&one, at), Some((fault, &calm))).await;
        let said = how(&calm, &spared).await;
        assert!(said.contains("never met"), "{said}");
    }
}
