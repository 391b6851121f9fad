//! Spot Instances that AWS takes back: two minutes after its notice they are stopped or terminated, and nothing
//! holds them (P-25).

use crate::observed::{Instance, InstanceState, SpotRequest, SpotStatus};
use crate::words::{InstanceId, SpotRequestId};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// How long before it AWS gives notice (P-25).
const NOTICE: SignedDuration = SignedDuration::from_mins(2);
/// How long after that an instance may still be seen running. Who runs later was given back, and the request is told
/// late.
const LATE: SignedDuration = SignedDuration::from_mins(1);

/// The requests of the Spot Instances that run: what is to be asked about. A cluster without them asks nothing.
pub fn requests(instances: &[Instance]) -> Vec<SpotRequestId> {
    let running = instances.iter().filter(|it| runs(it));
    running.filter_map(|it| it.spot_request.clone()).collect()
}

/// The instances that AWS takes back, each with the time at which it does, if that is known. One look is enough: what
/// is marked is not unmarked; but whose time has passed, and who runs all the same, was stopped and started again.
pub fn interrupted(
    instances: &[Instance],
    requests: &[SpotRequest],
    now: Timestamp,
) -> BTreeMap<InstanceId, Option<Timestamp>> {
    let request = |instance: &Instance| {
        let mut requests = requests.iter();
        requests.find(|it| instance.spot_request.as_ref() == Some(&it.id) && ends(it, &instance.id))
    };
    let running = instances.iter().filter(|it| runs(it));
    let ended = running.filter_map(|it| {
        let ends_at = request(it)?.updated_at.map(|at| at + NOTICE);
        let is_over = ends_at.is_some_and(|at| now > at + LATE);
        (!is_over).then(|| (it.id.clone(), ends_at))
    });
    ended.collect()
}

fn runs(instance: &Instance) -> bool {
    instance.state == InstanceState::Running
}

/// Whether a request tells the end of this instance: a request that persists goes on with another one. An instance
/// that is terminated for want of capacity runs for two minutes more, and its request is not even marked (F62).
fn ends(request: &SpotRequest, instance: &InstanceId) -> bool {
    let is_its_own = request.instance.as_ref().is_none_or(|it| it == instance);
    let ends = match request.status {
        SpotStatus::MarkedForStop
        | SpotStatus::MarkedForTermination
        | SpotStatus::Terminated(_) => true,
        // What was stopped may have been started again a moment ago.
        SpotStatus::Fulfilled | SpotStatus::Other(_) => false,
    };
    is_its_own && ends
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::{id, instance, noon};

    fn spot(node: u32, state: InstanceState) -> Instance {
        Instance {
            spot_request: Some("sir-1".into()),
            ..instance(id(node).as_str(), node, state)
        }
    }

    fn request(instance: Option<u32>, code: &str) -> SpotRequest {
        SpotRequest {
            id: "sir-1".into(),
            instance: instance.map(id),
            status: SpotStatus::parse(code),
            updated_at: Some(noon()),
        }
    }

    #[test]
    fn only_spot_instances_that_run_are_asked_about() {
        let on_demand = instance("i-2", 2, InstanceState::Running);
        assert!(requests(std::slice::from_ref(&on_demand)).is_empty());
        let stopped = spot(3, InstanceState::Stopped);
        let all = [on_demand, stopped, spot(1, InstanceState::Running)];
        assert_eq!(requests(&all), ["sir-1".into()]);
    }

    #[test]
    fn who_is_marked_or_terminated_soon_is_taken_back_two_minutes_after_the_mark() {
        let one = [spot(1, InstanceState::Running)];
        for (code, ends) in [
            ("marked-for-termination", true),
            ("marked-for-stop", true),
            ("instance-terminated-no-capacity", true),
            ("instance-terminated-by-price", true),
            ("fulfilled", false),
            ("instance-stopped-no-capacity", false),
            ("instance-stopped-by-user", false),
            ("request-canceled-and-instance-running", false),
            ("pending-evaluation", false),
        ] {
            let found = interrupted(&one, &[request(Some(1), code)], noon());
            let expected = ends.then(|| (id(1), Some(noon() + NOTICE)));
            assert_eq!(found, expected.into_iter().collect(), "{code}");
        }
        let timeless = SpotRequest {
            updated_at: None,
            ..request(None, "marked-for-termination")
        };
        assert_eq!(
            interrupted(&one, &[timeless], noon()),
            [(id(1), None)].into()
        );
    }

    #[test]
    fn who_runs_though_its_time_has_passed_was_given_back() {
        let one = [spot(1, InstanceState::Running)];
        let marked = [request(Some(1), "marked-for-stop")];
        let ends_at = noon() + NOTICE;
        assert_eq!(interrupted(&one, &marked, ends_at + LATE).len(), 1);
        let later = ends_at + LATE + SignedDuration::from_secs(1);
        assert!(interrupted(&one, &marked, later).is_empty());
    }

    #[test]
    fn the_end_of_another_instance_is_none_of_its_own() {
        let code = "instance-terminated-no-capacity";
        let successor = [spot(2, InstanceState::Running)];
        assert!(interrupted(&successor, &[request(Some(1), code)], noon()).is_empty());
        let ended = [spot(1, InstanceState::ShuttingDown)];
        assert!(interrupted(&ended, &[request(Some(1), code)], noon()).is_empty());
        let on_demand = [instance("i-1", 1, InstanceState::Running)];
        assert!(interrupted(&on_demand, &[request(Some(1), code)], noon()).is_empty());
    }
}
