//! What the brokers show: every running one is asked.

use crate::Scope;
use crate::observed::Observed;
use cloud::calls::{Probes, Reads};
use cloud::eyes::Eyes;
use fleet::brokers::{Broker, Brokers};
use fleet::interruption::interrupted;
use fleet::lifecycle;
use fleet::observed::{Gap, Seen};
use fleet::shown::{AdminAnswer, Shown};
use std::collections::BTreeMap;

/// What each running broker shows; a gap if that cannot be asked. Nobody is asked as long as it is not known
/// which brokers there are.
pub(super) async fn shown<A: Reads + Probes>(
    eyes: &Eyes<'_, A>,
    scope: &Scope,
    observed: &Observed,
) -> Seen<Vec<AdminAnswer>> {
    let brokers = brokers(scope, observed)?;
    eyes.shown(
        &scope.cluster,
        &scope.probe,
        &observed.parameters,
        asked(&brokers, observed).into_iter(),
    )
    .await
}

/// Who is a broker; a gap as long as it is not known which brokers there are.
pub(super) fn brokers(scope: &Scope, observed: &Observed) -> Seen<Brokers> {
    let instances = observed.instances.as_ref().map_err(Gap::clone)?;
    let groups = observed.auto_scaling_groups.as_ref().map_err(Gap::clone)?;
    let requests = observed.spot_requests.as_ref().map_err(Gap::clone)?;
    let now = *observed.now.as_ref().map_err(Gap::clone)?;
    let interrupted = interrupted(instances, requests, now);
    Ok(Brokers::of(&scope.cluster, instances, groups).without(interrupted.keys()))
}

/// Those that are asked: who is live, and who leaves and serves still, since it waits for a hook or has two minutes,
/// also if its replacement is live already.
pub(super) fn asked<'a>(brokers: &'a Brokers, observed: &Observed) -> Vec<&'a Broker> {
    let groups = observed.auto_scaling_groups.as_deref().unwrap_or_default();
    let instances = observed.instances.as_deref().unwrap_or_default();
    let requests = observed.spot_requests.as_deref().unwrap_or_default();
    let waits = lifecycle::waiting(groups, |_| true);
    let interrupted = observed.now.as_ref().map_or_else(
        |_| BTreeMap::new(),
        |now| interrupted(instances, requests, *now),
    );
    let serves = |leaving: &&Broker| {
        let id = &leaving.instance;
        interrupted.contains_key(id) || waits.iter().any(|it| it.instance == *id)
    };
    let leaving = brokers.leaving().filter(serves);
    brokers.each_live().chain(leaving).collect()
}

/// One of them for each `node.id`, by which a cluster is heard: the one that answers as itself.
pub(super) fn heard<'a>(brokers: &'a Brokers, observed: &Observed) -> Vec<&'a Broker> {
    let answers = |broker: &Broker| {
        let mut shown = observed.shown.iter().flatten();
        shown.any(|it| {
            it.question.instance == broker.instance && matches!(it.shown, Shown::Itself(_))
        })
    };
    let mut all = asked(brokers, observed);
    all.sort_by_key(|broker| (broker.node, !answers(broker)));
    all.dedup_by_key(|broker| broker.node);
    all
}

/// Whether a broker's group still puts its instance into service, and nobody accepts connections there: it has not
/// started yet.
pub(super) fn is_to_start(broker: &Broker, observed: &Observed) -> bool {
    let id = &broker.instance;
    let mut groups = observed.auto_scaling_groups.iter().flatten();
    let mut shown = observed.shown.iter().flatten();
    let is_shut = |it: &AdminAnswer| matches!(it.shown, Shown::Silent { accepts: false, .. });
    groups.any(|it| it.is_entering(id))
        && shown.any(|it| it.question.instance == *id && is_shut(it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::Look;
    use fleet::look::{ORDERS, id};
    use fleet::observed::LifecycleTransition::Terminating;

    #[test]
    fn who_leaves_is_asked_beside_its_replacement_and_heard_as_long_as_it_answers() {
        let mut look = Look::three().of(3);
        look = look.waiting(Terminating, "kafka-privatelink-terminating", 60);
        let instances = look.observed.instances.as_mut().expect("seen");
        let mut replacement = instances[2].clone();
        replacement.id = id(9);
        instances.push(replacement);
        let who = |look: &Look, choose: fn(&Brokers, &Observed) -> Vec<String>| {
            let observed = &look.observed;
            let instances = observed.instances.as_ref().expect("seen");
            let groups = observed.auto_scaling_groups.as_ref().expect("seen");
            choose(&Brokers::of(&ORDERS.into(), instances, groups), observed)
        };
        let all = who(&look, |brokers, observed| {
            let all = asked(brokers, observed);
            all.iter().map(|it| it.instance.to_string()).collect()
        });
        assert_eq!(all, ["i-1", "i-2", "i-9", "i-3"]);
        let of_cluster = |look: &Look| {
            who(look, |brokers, observed| {
                let all = heard(brokers, observed);
                all.iter().map(|it| it.instance.to_string()).collect()
            })
        };
        assert_eq!(of_cluster(&look), ["i-1", "i-2", "i-3"]);
        assert_eq!(of_cluster(&look.silent()), ["i-1", "i-2", "i-9"]);
    }
}
