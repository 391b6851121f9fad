//! What each step asks of AWS.

use super::{KEY, create, listen, port, register, step, take, target_group};
use crate::action::Action;
use crate::plan::Step;
use crate::reason::Reason;
use crate::settings;
use cloud::call::Call;
use cloud::error::CallError;
use cloud::fake::{Fake, arn, owner};
use cloud::steps;
use fleet::observed::{Attributes, LifecycleResult};
use fleet::plan::Said;
use fleet::report::Outcome;
use fleet::tags::{self, Tags};

#[tokio::test(start_paused = true)]
async fn each_step_is_its_call_with_all_that_it_names() {
    let health_check = settings::health_check();
    let attributes = Attributes::from([("a".to_owned(), "1".to_owned())]);
    let value = cloud::fake::noon().to_string();
    let (listener, from) = ("arn:listener:9093", vec![arn(owner(2))]);
    for (action, written) in [
        (
            Action::ModifyTargetGroup { health_check },
            "ModifyTargetGroup arn:group:1: check each 10 s",
        ),
        (
            Action::ModifyTargetGroupAttributes {
                attributes: attributes.clone(),
            },
            "ModifyTargetGroupAttributes arn:group:1: a=1",
        ),
        (
            register(["i-1", "i-2"]),
            "RegisterTargets arn:group:1: i-1 i-2",
        ),
        (
            Action::ModifyListener {
                listener: listener.into(),
                port: port(9093),
                from,
            },
            "ModifyListener arn:listener:9093 to arn:group:1",
        ),
        (
            Action::ModifyListenerAttributes {
                listener: listener.into(),
                port: port(9093),
                attributes,
            },
            "ModifyListenerAttributes arn:listener:9093: a=1",
        ),
        (
            Action::DeregisterTargets {
                targets: [("i-1".into(), port(9999)), ("i-2".into(), port(39092))].into(),
            },
            "DeregisterTargets arn:group:1: i-1:9999 i-2:39092",
        ),
        (
            Action::DeleteListener {
                listener: listener.into(),
                port: port(9093),
            },
            "DeleteListener arn:listener:9093",
        ),
        (
            Action::AddTag { key: KEY, value },
            "AddTags arn:group:1: kafka-privatelink:vacant-since=2026-11-22T12:00:00Z",
        ),
        (
            Action::RemoveTag { key: KEY },
            "RemoveTags arn:group:1: kafka-privatelink:vacant-since",
        ),
        (Action::DeleteTargetGroup, "DeleteTargetGroup arn:group:1"),
    ] {
        let aws = Fake::of(2);
        assert_eq!(
            take(&aws, vec![step(owner(1), action)]).await,
            [Outcome::Done]
        );
        assert_eq!(aws.written(), [written]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_hand_over_is_written_although_its_target_group_is_gone() {
    let aws = Fake::of(2);
    let put = Action::PutParameter {
        parameter: "/handover".into(),
        value: "x".to_owned(),
    };
    let taken = take(&aws, vec![step(owner(9), put), step(owner(9), create())]).await;
    assert_eq!(taken[0], Outcome::Done);
    assert_eq!(aws.written()[0], "PutParameter /handover = x");
    let other = take(&aws, vec![step(owner(9), Action::DeleteTargetGroup)]).await;
    assert!(matches!(other[..], [Outcome::Superseded(_)]), "{other:?}");
}

#[tokio::test(start_paused = true)]
async fn a_new_group_has_its_tags_from_the_start_and_the_steps_behind_it_find_it() {
    let mut aws = Fake::of(2);
    let steps = [create(), register(["i-7"]), listen(9099)].map(|action| step(owner(7), action));
    let seen = |port: &str| {
        let tags = [(tags::CLUSTER, "orders"), (tags::PORT, port)];
        let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned()));
        (format!("arn:new:{}", target_group(&steps[0])), tags.into())
    };
    // Made by another activation, by other hands, or too young to show its tags (F37, P-44).
    let theirs = (seen("9099").0, Tags::new());
    for others in [vec![seen("9100")], vec![theirs], Vec::new()] {
        aws.tags = others.into_iter().collect();
        let taken = take(&aws, steps.clone().into()).await;
        assert!(
            matches!(
                &taken[..],
                [Outcome::Superseded(_), Outcome::Skipped, Outcome::Skipped]
            ),
            "{taken:?}"
        );
    }
    let mut aws = Fake::of(2);
    aws.tags = [seen("9099")].into();
    assert_eq!(
        take(&aws, steps.clone().into()).await,
        [Outcome::Done, Outcome::Done, Outcome::Done]
    );
    let name = target_group(&steps[0]);
    assert_eq!(
        aws.written(),
        [
            format!(
                "CreateTargetGroup {name} in vpc-1 on 39092, checked each 10 s: kafka-privatelink:cluster=orders kafka-privatelink:group=EXTERNAL kafka-privatelink:node-id=7 kafka-privatelink:port=9099 kafka-privatelink:protocol=SSL"
            ),
            format!("RegisterTargets arn:new:{name}: i-7"),
            format!(
                "CreateListener arn:nlb 9099 to arn:new:{name}: kafka-privatelink:cluster=orders kafka-privatelink:group=EXTERNAL kafka-privatelink:node-id=7"
            ),
            "ModifyListenerAttributes arn:listener:9099: idle=660".to_owned(),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn who_waits_is_completed_or_kept_by_instance_and_what_is_over_is_done_p20() {
    let aws = Fake::of(2);
    let (scaling_group, hook) = ("brokers".into(), "kafka-privatelink-x".to_owned());
    let instance = "i-2".into();
    let beat = Action::RecordLifecycleActionHeartbeat {
        scaling_group,
        hook: hook.clone(),
        instance,
    };
    let complete = Action::CompleteLifecycleAction {
        scaling_group: "brokers".into(),
        hook,
        instance: "i-2".into(),
        result: LifecycleResult::Abandon,
    };
    let steps = [beat, complete].map(|action| Step {
        change: action.of_an_instance(),
        reason: Said::of(&Reason::NoBroker),
    });
    assert_eq!(
        take(&aws, steps.into()).await,
        [Outcome::Done, Outcome::Done]
    );
    assert_eq!(
        aws.written(),
        [
            "RecordLifecycleActionHeartbeat i-2 in brokers, kafka-privatelink-x",
            "CompleteLifecycleAction i-2 in brokers, kafka-privatelink-x: ABANDON",
        ]
    );
    let over = CallError::answered(
        Call::CompleteLifecycleAction,
        400,
        "ValidationError",
        "No active Lifecycle Action found with instance ID i-2",
    );
    assert_eq!(steps::outcome(Err(over)), Outcome::AlreadyDone);
}
