//! What fails alone, stops alone: for every set of calls that fail.

use super::{KEY, create, listen, port, register, step, take, target_group};
use crate::action::Action;
use crate::settings;
use cloud::call::Call;
use cloud::fake::{Fake, noon, owner};
use fleet::naming;
use fleet::observed::Attributes;
use fleet::report::Outcome;
use fleet::tags::{self, Tags};

/// Every kind of step about one target group, in a plan's order, with its call.
fn all() -> Vec<(Call, Action)> {
    let listener = || "arn:listener:9099".into();
    let attributes = || Attributes::from([("a".to_owned(), "1".to_owned())]);
    let value = noon().to_string();
    vec![
        (Call::CreateTargetGroup, create()),
        (Call::AddTags, Action::AddTag { key: KEY, value }),
        (Call::RemoveTags, Action::RemoveTag { key: KEY }),
        (
            Call::ModifyTargetGroup,
            Action::ModifyTargetGroup {
                health_check: settings::health_check(),
            },
        ),
        (
            Call::ModifyTargetGroupAttributes,
            Action::ModifyTargetGroupAttributes {
                attributes: attributes(),
            },
        ),
        (Call::RegisterTargets, register(["i-7"])),
        (Call::CreateListener, listen(9099)),
        (
            Call::ModifyListener,
            Action::ModifyListener {
                listener: listener(),
                port: port(9099),
                from: Vec::new(),
            },
        ),
        (
            Call::ModifyListenerAttributes,
            Action::ModifyListenerAttributes {
                listener: listener(),
                port: port(9099),
                attributes: attributes(),
            },
        ),
        (
            Call::DeregisterTargets,
            Action::DeregisterTargets {
                targets: [("i-8".into(), port(39092))].into(),
            },
        ),
        (
            Call::DeleteListener,
            Action::DeleteListener {
                listener: listener(),
                port: port(9099),
            },
        ),
        (Call::DeleteTargetGroup, Action::DeleteTargetGroup),
        (
            Call::PutParameter,
            Action::PutParameter {
                parameter: "/handover".into(),
                value: String::new(),
            },
        ),
    ]
}

/// What makes a port serve.
const SERVING: [Call; 3] = [
    Call::RegisterTargets,
    Call::CreateListener,
    Call::ModifyListener,
];
const REMOVING: [Call; 3] = [
    Call::DeregisterTargets,
    Call::DeleteListener,
    Call::DeleteTargetGroup,
];

#[tokio::test(start_paused = true)]
async fn no_serving_step_waits_for_a_tidying_one_and_none_removes_before_what_it_needs() {
    let (calls, actions): (Vec<Call>, Vec<Action>) = all().into_iter().unzip();
    let steps: Vec<_> = actions
        .into_iter()
        .map(|action| step(owner(7), action))
        .collect();
    let new = format!("arn:new:{}", target_group(&steps[0]));
    let seen = naming::target_group_tags(
        &"orders".into(),
        &"EXTERNAL".into(),
        owner(7),
        port(9099),
        fleet::listener::Protocol::Ssl,
    );
    for failing in 0..1_u32 << calls.len() {
        let fails = |nth: usize| failing & (1 << nth) != 0;
        let mut aws = Fake::of(1);
        aws.tags = [(new.clone(), Tags::clone(&seen))].into();
        for (nth, call) in calls.iter().enumerate() {
            // A listener's attributes are set when it is made, too.
            let times = if *call == Call::ModifyListenerAttributes {
                2
            } else {
                1
            };
            for _ in 0..if fails(nth) { times } else { 0 } {
                aws.fails(*call, "", "InternalFailure");
            }
        }
        let outcomes = take(&aws, steps.clone()).await;
        let of = |call: Call| {
            let nth = calls.iter().position(|of| *of == call).expect("a step");
            (fails(nth), &outcomes[nth])
        };
        let (is_lost, _) = of(Call::CreateTargetGroup);
        for (nth, call) in calls.iter().enumerate() {
            let taken = outcomes[nth] != Outcome::Skipped;
            let needs = |before: &[Call]| before.iter().any(|call| !of(*call).1.lets_go_on());
            let must_wait = nth > 0
                && (is_lost
                    || match call {
                        call if REMOVING.contains(call) => {
                            needs(&[Call::AddTags])
                                || needs(&SERVING)
                                || (*call == Call::DeleteTargetGroup
                                    && needs(&[Call::DeleteListener]))
                        }
                        Call::CreateListener | Call::ModifyListener => {
                            needs(&[Call::RegisterTargets])
                        }
                        _ => false,
                    });
            assert_eq!(taken, !must_wait, "{call} with {failing:b}: {outcomes:?}");
        }
    }
    assert_eq!(tags::VACANT_SINCE, KEY);
}
