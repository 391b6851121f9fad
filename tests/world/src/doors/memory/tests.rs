//! The door as a caller sees it.

use super::{MemoryDoor, Strike, Versions};
use crate::clock::Clock;
use crate::iam::{Caller, Policies};
use crate::model::{ApiError, Model, NewLoadBalancer, Settings};
use cloud::call::Call;
use cloud::calls::{Dated, Ec2Reads, Elbv2Reads, InstanceFilter, MappingWrites, NewTargetGroup};
use cloud::error::ErrorKind;
use fleet::observed::HealthCheck;
use fleet::tags::Tags;
use fleet::words::{LoadBalancerArn, Port};
use jiff::Timestamp;
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn door() -> (MemoryDoor, Arc<Mutex<Model>>) {
    let model = Arc::new(Mutex::new(Model::new(Settings::default())));
    let start = Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_millis(1_700_000_000_750);
    let clock = Clock::new(start, 1);
    (MemoryDoor::new(Arc::clone(&model), clock), model)
}

#[tokio::test(start_paused = true)]
async fn the_time_of_an_answer_is_in_whole_seconds_and_a_refusal_is_an_answer() {
    let (door, _) = door();
    assert_eq!(door.take_dates(), []);
    let arn = LoadBalancerArn::from("arn:aws:elasticloadbalancing:x:1:loadbalancer/net/a/1");
    let refused = door.describe_load_balancer(&arn).await;
    assert_eq!(refused.map_err(|e| e.kind), Err(ErrorKind::NotFound));
    let seconds = || {
        let dates = door.take_dates().into_iter();
        dates.map(|at| at.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(seconds(), ["2023-11-14T22:13:20Z"]);
    tokio::time::advance(Duration::from_millis(1300)).await;
    assert!(door.describe_target_groups("", None).await.is_ok());
    if let Ok(mut model) = door.model.lock() {
        model.misdate_next(jiff::SignedDuration::from_hours(-24));
    }
    assert!(door.describe_target_groups("", None).await.is_ok());
    assert!(door.describe_target_groups("", None).await.is_ok());
    assert_eq!(
        seconds(),
        [
            "2023-11-14T22:13:22Z",
            "2023-11-13T22:13:22Z",
            "2023-11-14T22:13:22Z"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_before_it_went_out_has_no_effect() {
    let (door, model) = door();
    let count = || model.lock().map(|model| model.calls().len()).ok();
    let call = door.describe_target_groups("", None);
    assert!(futures::poll!(std::pin::pin!(call)).is_pending());
    assert_eq!(count(), Some(0));
    assert!(door.describe_target_groups("", None).await.is_ok());
    assert_eq!(count(), Some(1));
}

#[tokio::test(start_paused = true)]
async fn faults_of_the_model_come_out_as_what_they_mean() {
    let (door, model) = door();
    let call = Call::DescribeTargetGroups;
    if let Ok(mut model) = model.lock() {
        model.fail_next(call, ApiError::throttled(call), 1);
        model.deny(Call::DescribeInstances);
    }
    let throttled = door.describe_target_groups("", None).await;
    assert_eq!(throttled.map_err(|e| e.kind), Err(ErrorKind::Throttled));
    let nobody = InstanceFilter::Ids(Vec::new());
    let denied = door.describe_instances(&nobody, None).await;
    assert_eq!(denied.map_err(|e| e.kind), Err(ErrorKind::Denied));
}

#[tokio::test(start_paused = true)]
async fn a_listener_made_through_the_door_is_seen_through_it() {
    let (door, model) = door();
    let now = door.clock.now();
    let nlb = model.lock().ok().and_then(|mut model| {
        let new = NewLoadBalancer::named("kafka");
        model.create_load_balancer(now, new).ok()
    });
    let (Some(nlb), Some(port)) = (nlb, Port::new(9092)) else {
        panic!("no NLB");
    };
    let new = NewTargetGroup {
        name: "kpl-a-b".into(),
        vpc: Settings::default().vpc,
        port,
        health_check: HealthCheck {
            protocol: "TCP".to_owned(),
            port: "traffic-port".to_owned(),
            interval_seconds: 10,
            healthy_threshold: 2,
            unhealthy_threshold: 2,
        },
        tags: Tags::new(),
    };
    let Ok(group) = door.create_target_group(&new).await else {
        panic!("no group");
    };
    let made = door.create_listener(&nlb, port, &group, &Tags::new()).await;
    let seen = door.describe_listeners(&nlb, None).await;
    let seen = seen.map(|page| {
        page.items
            .into_iter()
            .map(|listener| listener.arn)
            .collect()
    });
    assert_eq!(seen, made.map(|arn| vec![arn]));
}

#[tokio::test(start_paused = true)]
async fn a_strike_ends_the_caller_around_the_call_or_loses_its_answer_or_refuses_it_p80() {
    for (strike, made) in [
        (Strike::EndBefore, 0),
        (Strike::EndAfter, 1),
        (Strike::LoseAnswer, 1),
        (Strike::Refuse, 0),
    ] {
        let (door, model) = door();
        assert!(door.describe_target_groups("", None).await.is_ok());
        door.strike(2, strike);
        let new = NewTargetGroup {
            name: "kpl-a-b".into(),
            vpc: Settings::default().vpc,
            port: Port::new(9092).unwrap(),
            health_check: fleet::look::health_check(),
            tags: Tags::new(),
        };
        let answer = tokio::select! {
            biased;
            () = door.ended() => None,
            answer = door.create_target_group(&new) => Some(answer.map_err(|error| error.kind)),
        };
        let told = match strike {
            Strike::LoseAnswer => Some(Err(ErrorKind::Retryable)),
            Strike::Refuse => Some(Err(ErrorKind::Denied)),
            Strike::EndBefore | Strike::EndAfter | Strike::OldAnswer(_) => None,
        };
        assert_eq!(answer, told, "{strike:?}");
        let calls: Vec<_> = door.calls().iter().map(|called| called.call).collect();
        assert_eq!(calls, [Call::DescribeTargetGroups, Call::CreateTargetGroup]);
        let groups = model.lock().map(|model| model.target_groups().count()).ok();
        assert_eq!(groups, Some(made), "{strike:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_old_answer_is_one_of_those_that_were_different_in_their_time_p15_p44() {
    let (door, model) = door();
    let versions = Arc::new(Versions::default());
    let door = door.with_versions(Arc::clone(&versions));
    versions.keep(true);
    let named = |name: &str| NewTargetGroup {
        name: name.into(),
        vpc: Settings::default().vpc,
        port: Port::new(9092).unwrap(),
        health_check: fleet::look::health_check(),
        tags: Tags::new(),
    };
    for name in ["kpl-a-b", "kpl-a-b", "kpl-a-c", "kpl-a-d"] {
        assert!(door.create_target_group(&named(name)).await.is_ok());
    }
    let seen = async || {
        let groups = door.describe_target_groups("", None).await;
        groups.map(|page| page.items.len())
    };
    assert_eq!(seen().await, Ok(3));
    // Before the first write, before the third one, before the fourth one; the second one changed
    // nothing, and of those that say the same the newest is taken.
    assert_eq!(door.calls()[4].older, [3, 2, 0]);
    versions.keep(false);
    door.strike(6, Strike::OldAnswer(2));
    assert_eq!(seen().await, Ok(1));
    assert_eq!(seen().await, Ok(3));
    assert!(door.calls()[6].older.is_empty());
    let groups = model.lock().map(|model| model.target_groups().count()).ok();
    assert_eq!(groups, Some(3));
}

#[tokio::test(start_paused = true)]
async fn two_doors_to_one_model_are_two_callers_and_by_hand_is_nobody() {
    let (open, model) = door();
    let nobody = Caller::new("nobody", "arn:role", Arc::new(Policies::default()));
    let shut = MemoryDoor::new(Arc::clone(&model), open.clock.clone());
    let shut = shut.as_caller(Arc::clone(&nobody));
    let refused = shut.describe_target_groups("", None).await;
    assert_eq!(refused.map_err(|error| error.kind), Err(ErrorKind::Denied));
    assert!(open.describe_target_groups("", None).await.is_ok());
    let mut model = model.lock().unwrap();
    let now = open.clock.now();
    let by_hand = model.called_by(Some(&nobody), |model| {
        model.by_hand(|model| model.describe_target_groups(now, None))
    });
    assert!(by_hand.is_ok());
    assert_eq!(nobody.asked().len(), 1);
    assert_eq!(model.calls()[&Call::DescribeTargetGroups], 2);
    assert_eq!(model.calls_of()["nobody"][&Call::DescribeTargetGroups], 1);
}
