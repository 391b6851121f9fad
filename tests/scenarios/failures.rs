//! Reads and writes fail: a gap never removes anything, and one failure does not stop the rest.

use cloud::call::Call;
use fleet::report::Outcome;
use std::collections::BTreeSet;
use std::time::Duration;
use tests::history::happen::CALLS;
use tests::{Stage, ZONES, held};
use world::model::ApiError;

#[tokio::test(start_paused = true)]
async fn a_gap_in_any_read_removes_nothing_and_names_the_missing_permission() {
    for call in CALLS.into_iter().filter(|call| !call.is_write()) {
        let stage = Stage::three().await;
        let before = stage.mapping();
        stage.terminate(&before[&9094].first().cloned().expect("a broker"));
        stage.pass(Duration::from_secs(600)).await;
        stage.forget_calls();
        stage.model().deny(call);
        for _ in 0..3 {
            let activated = stage.activate().await;
            let gaps: Vec<String> = activated
                .report
                .gaps
                .iter()
                .map(ToString::to_string)
                .collect();
            let named = gaps
                .iter()
                .any(|gap| gap.contains(&format!("allow {}", call.action())));
            assert!(named, "{call}: {gaps:?}");
            stage.pass(Duration::from_secs(60)).await;
        }
        // Only what does not depend on this read goes on (P-77).
        let harmless = [
            Call::DescribeListenerAttributes,
            Call::DescribeTargetGroupAttributes,
            Call::DescribeAutoScalingGroups,
            // Without these nothing is proven, and the mapping goes on by target health.
            Call::DescribeNetworkInterfaces,
            Call::DescribeVpcEndpointServiceConfigurations,
            Call::InvokeFunction,
        ];
        if !harmless.contains(&call) {
            assert_eq!(stage.writes(), [], "{call}");
            assert_eq!(stage.mapping().len(), 4, "{call}");
        } else {
            assert!(!stage.mapping().contains_key(&9094), "{call}");
        }
        stage.model().allow(call);
        stage.settle().await;
        assert!(!stage.mapping().contains_key(&9094), "{call}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_health_of_one_group_unseen_holds_that_group_only() {
    let stage = Stage::three().await;
    let gone = stage.behind(9093).first().cloned().expect("a broker");
    stage.terminate(&gone);
    stage.pass(Duration::from_secs(60)).await;
    stage.broker(1, ZONES[0]);
    stage.broker(4, ZONES[0]);
    stage.pass(Duration::from_secs(60)).await;
    let fail = || {
        let call = Call::DescribeTargetHealth;
        stage.model().fail_next(call, ApiError::internal(call), 1);
    };
    fail();
    let (activated, ()) = tokio::join!(stage.activate(), async {
        // Before the second look.
        tokio::time::sleep(Duration::from_secs(2)).await;
        fail();
    });
    assert_eq!(activated.report.gaps.len(), 1);
    assert!(
        stage.mapping().contains_key(&9096),
        "broker 4 is mapped all the same"
    );
}

#[tokio::test(start_paused = true)]
async fn p39_a_throttled_call_is_tried_twice_more_and_then_left_to_the_next_sweep() {
    let call = Call::DescribeInstances;
    let stage = Stage::three().await;
    stage.model().fail_next(call, ApiError::throttled(call), 2);
    let activated = stage.activate().await;
    assert_eq!(activated.report.gaps, []);
    stage.model().fail_next(call, ApiError::throttled(call), 3);
    let activated = stage.activate().await;
    assert_eq!(activated.report.gaps.len(), 1);
    assert!(activated.report.gaps[0].to_string().contains("throttled"));
}

#[tokio::test(start_paused = true)]
async fn p39_a_throttled_read_does_not_keep_those_beside_it_waiting_for_ever() {
    // A lock held over the retry's wait stopped the whole run once.
    for call in [
        Call::DescribeTargetHealth,
        Call::DescribeListeners,
        Call::GetParametersByPath,
    ] {
        let stage = Stage::three().await;
        stage.model().fail_next(call, ApiError::throttled(call), 2);
        let activated = stage.activate().await;
        assert_eq!(activated.report.gaps, [], "{call}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_error_is_not_tried_again_in_the_same_run() {
    let call = Call::RegisterTargets;
    let stage = Stage::new();
    stage.broker(1, ZONES[0]);
    stage.pass(Duration::from_secs(60)).await;
    stage.model().fail_next(call, ApiError::internal(call), 1);
    let activated = stage.activate().await;
    assert_eq!(stage.model().calls()[&call], 1);
    let outcomes: Vec<&Outcome> = activated
        .report
        .actions
        .iter()
        .map(|taken| &taken.outcome)
        .collect();
    assert!(
        outcomes
            .iter()
            .any(|outcome| matches!(outcome, Outcome::Failed(_))),
        "{outcomes:?}"
    );
    assert!(
        outcomes.contains(&&Outcome::Skipped),
        "the listener waits for its target: {outcomes:?}"
    );
    stage.settle().await;
    assert!(stage.mapping().contains_key(&9093));
}

#[tokio::test(start_paused = true)]
async fn one_failing_write_does_not_stop_the_other_brokers() {
    let stage = Stage::new();
    stage.three_brokers();
    stage.pass(Duration::from_secs(60)).await;
    let call = Call::CreateTargetGroup;
    stage.model().fail_next(call, ApiError::internal(call), 1);
    stage.activate().await;
    let ports: Vec<u16> = stage.mapping().into_keys().collect();
    assert_eq!(ports, [9094, 9095], "broker 1 waits for the next sweep");
    stage.settle().await;
    assert_eq!(stage.mapping().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn every_write_denied_is_named_with_its_action() {
    for (call, prepare) in writes() {
        let stage = Stage::three().await;
        stage.model().deny(call);
        prepare(&stage).await;
        let mut named = false;
        for _ in 0..30 {
            let activated = stage.activate().await;
            let line = serde_json::to_string(&activated.report).expect("a report is JSON");
            named |= line.contains(&format!("allow {}", call.action()));
            stage.pass(Duration::from_secs(60)).await;
        }
        assert!(named, "{call}");
    }
}

type Prepare = fn(&Stage) -> std::pin::Pin<Box<dyn Future<Output = ()> + '_>>;

/// For each write, what makes register-brokers want it.
fn writes() -> Vec<(Call, Prepare)> {
    fn new_broker(stage: &Stage) -> std::pin::Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(async {
            stage.broker(4, ZONES[0]);
            stage.pass(Duration::from_secs(60)).await;
        })
    }
    fn gone(stage: &Stage) -> std::pin::Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(async {
            stage.terminate(&stage.behind(9094).first().cloned().expect("a broker"));
            stage.pass(Duration::from_secs(60)).await;
        })
    }
    fn edited(stage: &Stage) -> std::pin::Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(async {
            stage.unsettle(9094);
            stage.repoint(9094, 9093);
        })
    }
    fn back(stage: &Stage) -> std::pin::Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(async {
            gone(stage).await;
            stage.settle().await;
            stage.broker(2, ZONES[1]);
            stage.pass(Duration::from_secs(60)).await;
        })
    }
    fn a_day_later(stage: &Stage) -> std::pin::Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(async {
            gone(stage).await;
            stage.settle().await;
            stage.pass(Duration::from_secs(25 * 3600)).await;
        })
    }
    vec![
        (Call::CreateTargetGroup, new_broker),
        (Call::ModifyTargetGroupAttributes, new_broker),
        (Call::RegisterTargets, new_broker),
        (Call::CreateListener, new_broker),
        (Call::ModifyListenerAttributes, new_broker),
        (Call::ModifyTargetGroup, edited),
        (Call::ModifyListener, edited),
        (Call::DeregisterTargets, gone),
        (Call::AddTags, gone),
        (Call::DeleteListener, gone),
        (Call::RemoveTags, back),
        (Call::DeleteTargetGroup, a_day_later),
    ]
}

#[tokio::test(start_paused = true)]
async fn p30_one_target_that_is_refused_does_not_keep_the_others_out() {
    let stage = Stage::new();
    let brokers = stage.three_brokers();
    stage.settle().await;
    let bootstrap = stage.group(9092);
    let port = fleet::words::Port::new(39092).expect("a port");
    let targets: Vec<_> = brokers.iter().map(|id| (id.clone(), Some(port))).collect();
    stage
        .edit(|model, now| model.deregister_targets(now, &bootstrap, &targets))
        .expect("deregistered");
    stage.pass(Duration::from_secs(60)).await;
    let call = Call::RegisterTargets;
    let refused = ApiError::refused("InvalidTarget", "i-x is not in a running state");
    stage.model().fail_next(call, refused.clone(), 2);
    let activated = stage.activate().await;
    // The call with all three fails, then the first by itself; the other two go in.
    assert_eq!(
        stage.behind(9092),
        brokers[1..].iter().cloned().collect::<BTreeSet<_>>()
    );
    assert!(
        matches!(activated.report.actions[0].outcome, Outcome::Partly(_)),
        "{:?}",
        activated.report.actions
    );
    stage.settle().await;
    assert_eq!(stage.behind(9092), brokers.iter().cloned().collect());
}

#[tokio::test(start_paused = true)]
async fn p42_a_missing_nlb_is_held_and_named() {
    let stage = Stage::three().await;
    let nlb = stage.nlb();
    stage.delete_endpoint_service_of(&nlb);
    stage
        .edit(|model, now| model.delete_load_balancer(now, &nlb))
        .expect("deleted");
    stage.forget_calls();
    let activated = stage.activate().await;
    assert_eq!(stage.writes(), []);
    let says = held(&activated);
    assert!(says.contains("there is no load balancer"), "{says}");
}
