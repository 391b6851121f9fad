//! Who waits for a lifecycle hook of ours: broker 2 of three, as one look shows it.

use crate::look::{Look, shows};
use crate::mapping::WaitingInstance;
use crate::observed::Doubt;
use TargetState::{Draining, Healthy, Unhealthy};
use fleet::gate::{Few, Holdings};
use fleet::look::{id, node, noon, owner, target};
use fleet::naming::Owner;
use fleet::observed::{
    Gap, GroupLifecycle, Instance, InstanceState, LifecycleHook, LifecycleTransition,
    ScalingActivity, TargetState,
};
use fleet::shown::Shown;
use fleet::tags;
use jiff::SignedDuration;

const BEAT: &str = "keep i-2 waiting for kafka-privatelink-x in brokers: ";

fn silent() -> Shown {
    Shown::Silent {
        why: "it refused the connection".to_owned(),
        accepts: false,
    }
}

fn lifecycle(transition: LifecycleTransition, minutes: i64) -> GroupLifecycle {
    let hook = LifecycleHook {
        group: "brokers".into(),
        name: "kafka-privatelink-x".to_owned(),
        transition,
        heartbeat_timeout_seconds: 900,
        global_timeout_seconds: 90_000,
        default_result: "CONTINUE".to_owned(),
        notification_metadata: None,
    };
    let activity = ScalingActivity {
        group: "brokers".into(),
        instance: Some(id(2)),
        description: "it moves: i-2".to_owned(),
        started_at: noon() - SignedDuration::from_mins(minutes),
        ended_at: None,
        status: "MidLifecycleAction".to_owned(),
        cause: None,
    };
    GroupLifecycle {
        group: "brokers".into(),
        hooks: Ok(vec![hook]),
        activities: Ok(vec![activity]),
    }
}

/// What brokers 1 and 3 tell of broker 2.
fn told(change: impl FnOnce(&mut Holdings)) -> Holdings {
    let mut holdings = Holdings {
        heard: [node(1), node(3)].into(),
        ..Holdings::default()
    };
    change(&mut holdings);
    holdings
}

fn waits(state: &str, minutes: i64) -> Look {
    let transition = match state {
        "Pending:Wait" => LifecycleTransition::Launching,
        _ => LifecycleTransition::Terminating,
    };
    let instances = [("i-1", "InService"), ("i-2", state), ("i-3", "InService")];
    let mut look = Look::of(&[1, 2, 3]).scaled(&instances, &[]);
    look.0.lifecycles = vec![lifecycle(transition, minutes)];
    look
}

/// It serves, is proven, stands in bootstrap, and answers.
fn launching() -> Look {
    let mut look = waits("Pending:Wait", 1).showing(2, shows("EXTERNAL://b2:9094"));
    look.0.holdings = [(node(2), Ok(told(|_| {})))].into();
    look
}

/// It is out of bootstrap, and its process is gone.
pub(super) fn leaving() -> Look {
    let mut look = waits("Terminating:Wait", 1)
        .showing(2, silent())
        .health(owner(2), Vec::new())
        .health(
            Owner::Bootstrap,
            vec![target(1, Healthy), target(3, Healthy)],
        );
    look.0.holdings = [(node(2), Ok(told(|_| {})))].into();
    look
}

fn few(partitions: &[&str]) -> Few {
    Few::of(&partitions.iter().map(|it| (*it).to_owned()).collect())
}

/// The only step about who waits.
pub(super) fn step(look: &Look) -> String {
    let steps = look.steps();
    let about = steps.iter().filter(|it| it.contains("kafka-privatelink-x"));
    let about: Vec<&String> = about.collect();
    assert_eq!(about.len(), 1, "{steps:?}");
    about[0].clone()
}

#[track_caller]
pub(super) fn waits_for(look: &Look, why: &str) {
    let step = step(look);
    assert!(step.starts_with(BEAT) && step.contains(why), "{step}");
    let waiting = look.plan().picture.waiting;
    assert!(
        waiting.len() == 1 && waiting[0].why.contains(why),
        "{waiting:?}"
    );
}

#[test]
fn a_launch_goes_on_when_nothing_lacks() {
    let look = launching();
    assert_eq!(
        step(&look),
        "complete kafka-privatelink-x of i-2 in brokers: CONTINUE: broker 2 is up, and serves where it is wanted"
    );
    assert_eq!(look.held(), [""; 0]);
    assert_eq!(look.plan().picture.waiting, []);
}

#[test]
fn a_launch_waits_for_each_thing_that_lacks() {
    let behind = |partitions: &[&str]| {
        let mut look = launching();
        let partitions = few(partitions);
        look.0.holdings = [(node(2), Ok(told(|it| it.behind = partitions)))].into();
        look
    };
    waits_for(
        &behind(&["a-0", "b-7"]),
        "broker 2 is not in sync in a-0, b-7",
    );
    let mut unheard = launching();
    unheard.0.holdings = [(node(2), Ok(Holdings::default()))].into();
    waits_for(&unheard, "nobody tells whether broker 2 is in sync");
    unheard.0.holdings.clear();
    waits_for(&unheard, "nobody tells whether broker 2 is in sync");
    let mut mute = launching();
    mute.0.shown = Ok(Vec::new());
    waits_for(&mute, "broker 2 does not answer on its admin listener");
    let ill = launching().health(owner(2), vec![target(2, Unhealthy)]);
    waits_for(&ill, "it is not healthy behind port 9094 of EXTERNAL");
    let boots = [target(1, Healthy), target(3, Healthy)].to_vec();
    let outside = launching().health(Owner::Bootstrap, boots);
    waits_for(&outside, "it is not in the bootstrap of EXTERNAL yet");
    let new = launching().unmapped(owner(2));
    waits_for(&new, "it has no port in EXTERNAL yet");
    let tagless = launching().with_instance(2, |it| drop(it.tags.remove(tags::NODE_ID)));
    waits_for(&tagless, "its tags make no broker");
    let pending = launching().with_instance(2, |it| it.state = InstanceState::Pending);
    waits_for(&pending, "it is pending");
}

#[test]
fn nothing_is_wanted_of_a_controller_that_comes() {
    let look = launching().with_instance(2, |it| {
        it.tags
            .insert(tags::ROLE.to_owned(), "controller".to_owned());
    });
    assert!(step(&look).contains("CONTINUE: the instance is no broker"));
}

#[test]
fn p15_a_broker_that_is_gone_in_one_look_is_waited_for_and_in_two_completed() {
    let look = leaving();
    waits_for(&look, "broker 2 seems to be gone");
    assert!(look.plan().doubts.contains(&Doubt::Left(id(2))));
    let sure = leaving().doubted_before(&[Doubt::Left(id(2))]);
    assert_eq!(
        step(&sure),
        "complete kafka-privatelink-x of i-2 in brokers: CONTINUE: broker 2 is gone from the instance, in two looks"
    );
}

#[test]
fn whoever_shows_a_broker_keeps_its_instance_waiting() {
    let sure = || leaving().doubted_before(&[Doubt::Left(id(2))]);
    let told_so = |change: fn(&mut Holdings)| {
        let mut look = sure();
        look.0.holdings = [(node(2), Ok(told(change)))].into();
        look
    };
    let listed = told_so(|it| it.listed_by = [node(1), node(3)].into());
    waits_for(&listed, "broker 1, 3 still lists it");
    waits_for(
        &told_so(|it| it.heard.clear()),
        "no other broker could be asked whether it is gone",
    );
    let mut answers = sure();
    answers.0.shown = Ok(Vec::new());
    waits_for(&answers, "broker 2 could not be asked");
    let answers = answers.showing(2, shows("EXTERNAL://b2:9094"));
    waits_for(&answers, "it answers on its admin listener");
    let healthy = sure().health(owner(2), vec![target(2, Healthy)]);
    waits_for(&healthy, "its target is healthy");
    let drains = sure().health(owner(2), vec![target(2, Draining)]);
    waits_for(&drains, "it is draining in EXTERNAL 2");
}

#[test]
fn who_has_not_started_or_is_stopped_could_not_know_it() {
    let unheard = || {
        let mut look = leaving().doubted_before(&[Doubt::Left(id(2))]);
        look.0.holdings = [(node(2), Ok(told(|it| it.heard.clear())))].into();
        look
    };
    let why = "no other broker could be asked whether it is gone";
    let has = |look: &Look, begins: &str, why: &str| {
        let steps = look.steps();
        let mut own = steps.iter().filter(|it| it.starts_with(begins));
        assert!(own.any(|it| it.contains(why)), "{steps:?}");
    };
    let waits = |look: &Look| has(look, BEAT, why);
    let completes = |look: &Look| has(look, "complete kafka-privatelink-x of i-2", "CONTINUE: ");
    waits(&unheard());
    let of = |first: &str, third: &str| {
        let mut look = unheard();
        let groups = look.0.auto_scaling_groups.as_mut().expect("seen");
        let states = &mut groups[0].instances;
        states.insert(id(1), first.to_owned());
        states.insert(id(3), third.to_owned());
        look
    };
    let shut = |look: Look| look.showing(1, silent()).showing(3, silent());
    completes(&shut(of("Pending:Wait", "Terminating:Wait")));
    waits(&of("Pending:Wait", "Terminating:Wait"));
    // It hangs, or is ill, and could know it.
    waits(&shut(of("InService", "Pending:Wait")));

    let stopped = |it: &mut Instance| it.state = InstanceState::Stopped;
    let mut look = unheard()
        .with_instance(1, stopped)
        .with_instance(3, stopped);
    let instances = look.0.instances.as_mut().expect("seen");
    let mut next = instances[1].clone();
    next.id = id(9);
    instances.push(next);
    completes(&look);
}

#[test]
fn a_port_whose_broker_is_gone_for_sure_is_closed() {
    let look = leaving()
        .health(owner(2), vec![target(2, Unhealthy)])
        .doubted_before(&[Doubt::Left(id(2))]);
    let steps = look.steps();
    for wanted in [
        "deregister i-2 from EXTERNAL broker 2: broker 2 is gone from the instance, in two looks",
        "delete listener 9094 of EXTERNAL broker 2",
    ] {
        assert!(steps.iter().any(|it| it.starts_with(wanted)), "{steps:?}");
    }
    waits_for(&look, "it is unhealthy in EXTERNAL 2");
}

#[test]
fn a_broker_that_runs_is_kept_and_after_a_while_it_is_said_where_to_look() {
    let look = waits("Terminating:Wait", 1).showing(2, shows("EXTERNAL://b2:9094"));
    waits_for(&look, "broker 2 still runs");
    let held = look.held().concat();
    assert!(!held.contains("leaves with"), "{held}");
    let look = waits("Terminating:Wait", 16).showing(2, shows("EXTERNAL://b2:9094"));
    let held = look.held().concat();
    assert!(held.contains("and still runs"), "{held}");
    assert!(held.contains("2026-11-23T12:44:00Z"), "until when: {held}");
    assert!(
        held.contains("its report says what is in the way"),
        "{held}"
    );
}

#[test]
fn a_successor_of_its_number_shows_that_it_is_gone() {
    let mut look = leaving()
        .and("i-9", 2, InstanceState::Running)
        .doubted_before(&[Doubt::Left(id(2))]);
    look.0.holdings = [(node(2), Ok(told(|it| it.listed_by = [node(1)].into())))].into();
    waits_for(&look, "still lists it");
    let mut look = look.showing(2, shows("EXTERNAL://b2:9094"));
    let answers = look.0.shown.as_mut().expect("answers");
    answers[1].question.instance = "i-9".into();
    assert!(step(&look).starts_with("complete "), "{}", step(&look));
}

#[test]
fn on_a_gap_in_what_everything_depends_on_there_are_heart_beats_and_nothing_else() {
    let gap = || Gap {
        read: "a read".to_owned(),
        reason: "it failed".to_owned(),
    };
    let mut look = launching();
    look.0.parameters = Err(gap());
    assert!(step(&look).starts_with(BEAT));
    assert_eq!(look.steps().len(), 1);
    let mut look = launching();
    look.0.lifecycles[0].hooks = Err(gap());
    assert_eq!(look.steps(), [""; 0]);
    assert_eq!(look.plan().gaps, [gap()]);
}

#[test]
fn where_no_activity_shows_since_when_it_waits_its_time_never_ends() {
    let ends = |minutes| {
        let mut look = leaving().showing(2, shows("EXTERNAL://b2:9094"));
        look.0.shown.as_mut().expect("answers").remove(0);
        look.0.lifecycles = vec![lifecycle(LifecycleTransition::Terminating, minutes)];
        look
    };
    // 25 hours, and two minutes before.
    assert!(step(&ends(25 * 60 - 3)).starts_with(BEAT));
    assert!(step(&ends(25 * 60 - 2)).starts_with("complete "));
    let mut unknown = ends(25 * 60);
    unknown.0.lifecycles[0].activities = Ok(Vec::new());
    assert!(step(&unknown).contains("until when AWS lets it wait is not known"));
    assert!(
        unknown
            .plan()
            .picture
            .waiting
            .iter()
            .all(WaitingInstance::is_long)
    );
}

#[test]
fn a_heart_beat_comes_before_everything_else() {
    let look = launching().unmapped(owner(2)).ports_agreed();
    let steps = look.steps();
    assert!(steps.len() > 1 && steps[0].starts_with(BEAT), "{steps:?}");
}
