//! Several brokers: who is restarted first, who waits for whom, and what the gate says.

use crate::documents::Document;
use crate::look::{Look, put_out};
use crate::observed::GateAnswer;
use crate::plan::{asked, gate};
use fleet::gate::{Few, Obstacle, Restarted, Verdict};
use fleet::look::{id, instance, node, noon, owner, port, target_group};
use fleet::observed::{CommandStatus, Gap, InstanceState};
use fleet::shown::{Shown, Voters};
use jiff::SignedDuration;
use serde_json::json;

/// The edit of a broker, as a sentence.
fn edit(number: u32) -> String {
    format!("edit the file of broker {number} on i-{number} and restart it")
}

/// The only step.
fn does(look: &Look, step: &str) {
    assert_eq!(look.steps(), [step], "{:?}", look.plan().held);
}

/// Nothing is done, and all of this is said.
fn waits(look: &Look, all: &[&str]) {
    let plan = look.plan();
    let held: Vec<&str> = plan.held.iter().map(|it| it.sentence.as_str()).collect();
    assert!(plan.steps.is_empty(), "{:?} {held:?}", plan.steps);
    for said in all {
        assert!(
            held.iter().any(|it| it.contains(said)),
            "{said:?} is not in {held:?}"
        );
    }
}

/// Three brokers that differ, and were inspected; none is the controller.
fn ready() -> Look {
    let mut look = Look::three().all_inspected();
    for answer in look.observed.shown.as_mut().expect("seen") {
        if let Shown::Itself(itself) = &mut answer.shown {
            itself.controller = None;
        }
    }
    look
}

fn controlled_by(mut look: Look, number: u32) -> Look {
    for answer in look.observed.shown.as_mut().expect("seen") {
        if let Shown::Itself(itself) = &mut answer.shown {
            itself.controller = Some(node(number));
        }
    }
    look
}

#[test]
fn of_three_brokers_one_is_restarted_and_the_others_wait_for_it() {
    let look = ready();
    does(&look, &edit(1));
    let plan = look.plan();
    let held: Vec<&str> = plan.held.iter().map(|it| it.sentence.as_str()).collect();
    assert_eq!(
        held,
        [
            "broker 2 waits for broker 1, which is restarted first",
            "broker 3 waits for broker 1, which is restarted first"
        ]
    );
    let picture = plan.picture.to_string();
    assert!(picture.contains("    it is its turn\n"), "{picture}");
    let waits = picture.matches("    it waits for broker 1, which is restarted first\n");
    assert_eq!(waits.count(), 2, "{picture}");
}

#[test]
fn every_broker_that_differs_is_inspected_before_the_first_restart() {
    let look = Look::three();
    does(&look, "inspect broker 1 on i-1");
    let look = look.of(1).inspected().of(2).inspected();
    does(&look, "inspect broker 3 on i-3");
    let told = &look.plan().held[0].sentence;
    assert_eq!(
        told,
        "broker 1 waits for broker 3, which is inspected first"
    );
    does(&look.of(3).inspected(), &edit(2));
    // Who shows what it should is not looked at.
    let right = Look::three().of(1).serving().of(2).serving();
    does(&right.of(3).inspected(), &edit(3));
}

#[test]
fn the_active_controller_comes_last() {
    does(&controlled_by(ready(), 1), &edit(2));
    does(&controlled_by(ready(), 3), &edit(1));
    // Brokers that do not agree on it say nothing of the order; the gate will.
    let differ = controlled_by(ready(), 1)
        .of(2)
        .showing_itself(|it| it.controller = Some(node(2)));
    does(&differ, &edit(1));
    // Who knows none says nothing against the others.
    let untold = controlled_by(ready(), 1)
        .of(2)
        .showing_itself(|it| it.controller = None);
    does(&untold, &edit(2));
}

#[test]
fn who_was_restarted_for_an_older_generation_is_not_restarted_again_before_the_others() {
    // All three differ again: the pattern was changed in the middle.
    let look = Look::three().of(1).restarted(900, Some(60)).all_inspected();
    does(&look, &edit(2));
    let look = look.of(2).restarted(800, Some(60)).inspected();
    does(&look, &edit(3));
    let look = look.of(3).restarted(700, Some(60)).inspected();
    // Each was restarted since: the one whose generation is the oldest is first.
    does(&look, &edit(1));
    let question = gate(&look.observed).expect("a question");
    assert!(!question.others_wait);
    // The controller's place counts among equals only.
    does(&controlled_by(look, 1), &edit(1));
}

#[test]
fn an_order_that_its_host_refused_moves_no_broker_to_the_end() {
    let mut look = Look::three().of(1).restarted(900, Some(60));
    let outputs = look.observed.outputs.values_mut().flatten().flatten();
    for output in outputs.filter(|it| it.command.as_str() == "c1-apply-900") {
        output.stdout = put_out(&json!({"outcome": "refused", "why": "process"}));
    }
    let look = controlled_by(look.all_inspected(), 3);
    does(&look, &edit(1));
}

#[test]
fn nobody_is_restarted_for_parameters_that_are_older_than_those_of_a_command() {
    let written = |mut look: Look, age: i64| {
        let at = noon() - SignedDuration::from_secs(age);
        look.observed.parameters.as_mut().expect("seen")[0].last_modified = at;
        look
    };
    // Broker 1 was restarted for what was written a day before; a read shows what was there before that (P-44).
    let look = |age| {
        let look = Look::three().of(1).serving().restarted(age, Some(20));
        look.of(2).inspected().of(3).inspected()
    };
    let day = 24 * 3600;
    let lags = written(look(200), day + 201);
    waits(
        &lags,
        &[
            "the listener parameters are read as they were before 2026-11-21T11:56:40Z, and a command of ours was sent for what was written then; a read may lag, so no broker is restarted for the older ones until 2026-11-22T12:06:40Z",
        ],
    );
    assert_eq!(gate(&lags.observed), None);
    does(&written(look(200), day + 200), &edit(2));
    // Not for ever: the newest parameter may have been deleted.
    does(&written(look(600), day + 601), &edit(2));
}

#[test]
fn the_gate_is_told_whether_others_come_before_the_controller() {
    let question = |look: &Look| gate(&look.observed).expect("a question");
    assert!(question(&ready()).others_wait);
    let last = ready().of(1).serving().of(2).serving();
    let question = question(&last);
    assert_eq!(
        (question.next, question.others_wait, question.restarted),
        (node(3), false, None)
    );
    assert_eq!(question.expected, [node(1), node(2), node(3)].into());
}

#[test]
fn the_gate_is_asked_only_when_its_answer_decides() {
    assert_eq!(gate(&Look::three().observed), None);
    assert_eq!(gate(&ready().without("restarts").observed), None);
    let in_flight = ready().commanded(Document::Inspect, 1, CommandStatus::InProgress, "");
    assert_eq!(gate(&in_flight.observed), None);
    assert_eq!(gate(&ready().of(3).silent().observed), None);
    let settling = Look::three().of(1).serving().restarted(30, Some(20));
    assert_eq!(gate(&settling.all_inspected().observed), None);
    assert!(gate(&ready().observed).is_some());
}

#[test]
fn who_was_restarted_last_has_to_be_back_with_the_listeners_of_its_groups() {
    let look = Look::three().of(1).serving().restarted(200, Some(40));
    let look = look.of(2).inspected().of(3).inspected();
    does(&look, &edit(2));
    let restarted = |look: &Look| gate(&look.observed).expect("a question").restarted;
    let first = Restarted {
        node: node(1),
        ports: [port(39092)].into(),
    };
    assert_eq!(restarted(&look), Some(first.clone()));
    // A newer order that its host refused restarted nobody.
    let refused = put_out(&json!({"outcome": "refused", "why": "busy"}));
    let after = look
        .clone()
        .of(2)
        .commanded(Document::Apply, 180, CommandStatus::Failed, &refused);
    let after = after.inspected();
    let question = gate(&after.observed);
    assert_eq!(
        question.map(|it| it.restarted),
        None,
        "it is held for ten minutes"
    );
    let other = look.clone().of(3).serving();
    let other = other.commanded(Document::Apply, 180, CommandStatus::Failed, &refused);
    assert_eq!(restarted(&other), Some(first.clone()));
    // One that answers nothing may have restarted its broker.
    let other = look.clone().of(3).serving();
    let other = other.commanded(Document::Apply, 180, CommandStatus::Success, "");
    assert_eq!(restarted(&other).map(|it| it.node), Some(node(3)));
    // It hides no older one, which has to be in sync, too.
    let question = gate(&other.observed).expect("a question");
    assert_eq!(question.touched, [node(1), node(3)].into());
    // Nor does a start of the broker itself.
    let itself = look.clone().of(2).restarted(180, Some(20)).inspected();
    let question = gate(&itself.of(3).serving().observed).expect("a question");
    assert_eq!(question.next, node(2));
    assert_eq!(question.restarted.as_ref(), Some(&first));
    assert_eq!(question.touched, [node(1)].into());
    // Nobody waits for the broker itself, or for an instance that is gone.
    let again = Look::three().of(1).restarted(900, Some(40)).inspected();
    let again = again.of(2).serving().of(3).serving();
    assert_eq!(restarted(&again), None);
    let mut gone = look;
    let commands = gone.observed.commands.as_mut().expect("seen");
    for it in commands
        .iter_mut()
        .filter(|it| it.instances.contains(&id(1)))
    {
        it.instances = [id(9)].into();
    }
    assert_eq!(restarted(&gone), None);
}

#[test]
fn as_long_as_a_broker_is_not_up_nobody_is_restarted() {
    let why = "denied".to_owned();
    for shown in [
        Shown::Silent {
            why: "it hangs".to_owned(),
        },
        Shown::Another { reached: node(9) },
        Shown::Untold { why },
    ] {
        let look = ready().of(3).serving().showing(shown);
        waits(
            &look,
            &[
                "broker 1 waits for broker 3, which is not up: nobody is restarted beside it",
                "broker 2 waits for broker 3",
            ],
        );
    }
    let mut stopped = ready();
    stopped.observed.shown.as_mut().expect("seen").pop();
    stopped.observed.instances.as_mut().expect("seen")[2].state = InstanceState::Stopped;
    waits(
        &stopped,
        &["broker 1 waits for broker 3", "instance i-3 is stopped"],
    );
    let mut twins = ready();
    let twin = instance("i-33", 3, InstanceState::Running);
    twins.observed.instances.as_mut().expect("seen").push(twin);
    waits(
        &twins,
        &["broker 1 waits for broker 3", "all tagged as broker 3"],
    );
}

#[test]
fn whoever_other_brokers_know_counts_whatever_the_tags_say() {
    for look in [
        ready()
            .of(2)
            .showing_itself(|it| _ = it.listed.insert(node(7))),
        ready()
            .of(2)
            .showing_itself(|it| _ = it.replicas.insert(node(7))),
    ] {
        waits(
            &look,
            &[
                "broker 1 waits for broker 7, which is not up",
                "broker 7 is not up: other brokers know it, and no live instance is tagged as it",
            ],
        );
    }
    // Who only follows the quorum is one that starts, or a controller without a vote.
    let follower = ready()
        .of(2)
        .showing_itself(|it| _ = it.followers.insert(node(7)));
    waits(
        &follower,
        &[
            "broker 1 waits for broker 7, which is not up",
            "broker 7 is not up: it follows the metadata quorum without a vote, other brokers do not list it, and no live instance is tagged as it; if it is a controller, let it vote (kafka-metadata-quorum.sh add-controller), write its node.id and controller into the tags",
        ],
    );
    let controller = |mut look: Look, state| {
        let mut seventh = instance("i-7", 7, state);
        let role = fleet::tags::ROLE.to_owned();
        seventh.tags.insert(role, "controller".to_owned());
        let instances = look.observed.instances.as_mut().expect("seen");
        instances.push(seventh);
        look
    };
    does(
        &controller(follower.clone(), InstanceState::Running),
        &edit(1),
    );
    let gone = controller(follower.clone(), InstanceState::Terminated);
    waits(&gone, &["broker 7 is not up: it follows"]);
    // Who is listed is no controller, whatever its tag says.
    let listed = follower.showing_itself(|it| _ = it.listed.insert(node(7)));
    waits(
        &controller(listed, InstanceState::Running),
        &["broker 7 is not up: other brokers know it"],
    );
    // A voter that is no broker by any sign is a controller, and the gate's matter.
    let voter = |look: Look| {
        look.of(2).showing_itself(|it| {
            it.voters = Voters::Are([node(1), node(2), node(7)].into());
        })
    };
    does(&voter(ready()), &edit(1));
    // If all show what they should, nobody waits for it.
    let right = Look::three()
        .of(1)
        .serving()
        .of(2)
        .serving()
        .of(3)
        .serving();
    let right = right.showing_itself(|it| _ = it.listed.insert(node(7)));
    assert_eq!((right.steps().len(), right.held()), (0, Vec::new()));
    // By its tag it is a broker, which its Auto Scaling group or a person takes out.
    let mut leaves = voter(ready());
    let mut seventh = instance("i-7", 7, InstanceState::Running);
    seventh
        .tags
        .insert(fleet::tags::RELEASE.to_owned(), "i-7".to_owned());
    leaves
        .observed
        .instances
        .as_mut()
        .expect("seen")
        .push(seventh);
    waits(
        &leaves,
        &["broker 7 is not up: it is being taken out by the tag"],
    );
}

#[test]
fn a_roll_that_cannot_be_finished_is_not_begun() {
    let odd = Look::three().of(1).inspected().of(2).inspected();
    let odd = odd.of(3).host("/file/symlink", json!(true)).inspected();
    waits(
        &odd,
        &[
            "broker 1 waits for broker 3, which is held: nobody is restarted as long as the roll cannot come to its end",
            "its file, /opt/kafka/config/server.properties, is a link to",
        ],
    );
    let mut portless = ready();
    portless
        .observed
        .target_groups
        .as_mut()
        .expect("seen")
        .pop();
    waits(
        &portless,
        &[
            "broker 3 gets EXTERNAL when register-brokers has given it a port",
            "broker 1 waits for broker 3",
        ],
    );
}

#[test]
fn the_roll_stops_at_the_first_failure_until_a_parameter_is_written() {
    let revision = |look: &Look| {
        let order = look.plan().steps[0].change.order.to_string();
        let line = order
            .lines()
            .find_map(|line| line.strip_prefix("revision "));
        line.expect("a revision").to_owned()
    };
    let own = revision(&ready());
    for (phase, outcome) in [("back", "taken-back"), ("held", ""), ("done", "undone")] {
        let failed = Look::three().of(1).restarted(900, Some(60));
        let failed = failed.left(phase, outcome, &own, json!([])).inspected();
        let failed = failed.of(2).inspected().of(3).inspected();
        waits(
            &failed,
            &[
                "broker 2 waits for broker 1, which was restarted and failed, so the roll stopped there",
            ],
        );
        let picture = failed.plan().picture.to_string();
        assert!(
            picture.contains("it waits for broker 1, which was restarted and failed"),
            "{picture}"
        );
        // The same text again is a newer generation.
        let mut again = failed;
        again.observed.parameters.as_mut().expect("seen")[0].last_modified =
            noon() - SignedDuration::from_secs(10);
        does(&again, &edit(2));
    }
}

#[test]
fn what_was_begun_is_ended_first_without_consent_and_gate() {
    let look = Look::three()
        .of(2)
        .silent()
        .left("stopped", "", "any", json!([]))
        .gone();
    let look = look.restarted(200, Some(20)).inspected();
    let look = look.of(1).inspected().of(3).inspected().without("restarts");
    does(
        &Look {
            gate: None,
            ..look.clone()
        },
        "start broker 2 on i-2",
    );
    let consented = look.with("restarts", "any-time");
    let told = consented.held();
    assert_eq!(told, ["RollWaits", "RollWaits"]);
    does(&consented, "start broker 2 on i-2");
    // It comes before a look at another one, too.
    let look = Look::three()
        .of(2)
        .silent()
        .left("stopped", "", "any", json!([]))
        .gone();
    does(
        &look.restarted(200, Some(20)).inspected(),
        "start broker 2 on i-2",
    );
}

#[test]
fn nothing_stops_until_the_cluster_has_settled() {
    let after = |age: i64, took: Option<i64>| {
        let look = Look::three().of(1).serving().restarted(age, took);
        look.of(2).inspected().of(3).inspected()
    };
    waits(
        &after(100, Some(41)),
        &[
            "broker 2 waits until 2026-11-22T12:00:01Z: the cluster settles after a command of ours: apply broker 1, order",
        ],
    );
    let picture = after(100, Some(41)).plan().picture.to_string();
    assert!(picture.contains("it is next, and waits"), "{picture}");
    assert!(picture.contains("it waits for broker 2"), "{picture}");
    does(&after(100, Some(40)), &edit(2));
    // Its end is not known: AWS gives it up after 660 s.
    waits(
        &after(719, None),
        &["broker 2 waits until 2026-11-22T12:00:01Z"],
    );
    does(&after(720, None), &edit(2));
    // One that ended late counts, although a newer one has settled.
    let older = after(500, None).of(3).restarted(300, Some(60)).inspected();
    waits(&older, &["broker 2 waits until 2026-11-22T12:03:40Z"]);
    // A host whose clock is wrong neither shortens nor stretches it.
    waits(
        &after(30, Some(-900)),
        &["broker 2 waits until 2026-11-22T12:00:30Z"],
    );
    waits(
        &after(100, Some(9000)),
        &["broker 2 waits until 2026-11-22T12:10:20Z"],
    );
    // A person sent it to two hosts.
    let mut two = after(200, Some(40));
    _ = two.observed.commands.as_mut().expect("seen")[0]
        .instances
        .insert(id(9));
    waits(&two, &["broker 2 waits until 2026-11-22T12:08:40Z"]);
    // What it said could not be read.
    let mut blind = after(200, Some(40));
    let command = blind.observed.commands.as_ref().expect("seen")[0]
        .id
        .clone();
    let gap = Gap {
        read: "a read".to_owned(),
        reason: "denied".to_owned(),
    };
    blind.observed.outputs.insert(command, Err(gap));
    waits(&blind, &["what our command said could not be read"]);
}

#[test]
fn what_has_to_settle_is_asked_for_and_nothing_if_all_is_right() {
    let look = Look::three().of(1).serving().restarted(100, Some(40));
    let asked = |look: &Look| {
        let asked = asked(&look.observed).into_iter();
        asked
            .map(|(command, host)| format!("{command} {host}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(asked(&look), ["c1-apply-100 i-1"]);
    let right = look.of(2).serving().of(3).serving();
    assert!(asked(&right).is_empty());
}

#[test]
fn each_obstacle_holds_with_its_sentence() {
    let shut = |obstacles: Vec<Obstacle>| {
        ready().gated(Verdict {
            obstacles,
            ..Verdict::default()
        })
    };
    let partitions = Few::of(&["orders-0".to_owned()].into());
    let in_sync = Obstacle::NotInSync {
        node: node(3),
        partitions: partitions.clone(),
    };
    waits(
        &shut(vec![in_sync.clone()]),
        &[
            "broker 1 is not stopped now: broker 3 was restarted, and is not back in sync: orders-0",
            "broker 2 waits for broker 1, which is restarted first",
        ],
    );
    waits(
        &shut(vec![in_sync, Obstacle::NoController]),
        &["with kafka-reassign-partitions.sh; no controller is active; see that"],
    );
    let many = (1..=23).map(|it| Obstacle::Controller { node: node(it) });
    waits(
        &shut(many.collect()),
        &["broker 20 is the active controller, and is restarted last; and 3 more"],
    );
    let picture = shut(vec![Obstacle::NoController])
        .plan()
        .picture
        .to_string();
    assert!(picture.contains("it is next, and waits"), "{picture}");
}

#[test]
fn what_no_gate_can_save_needs_a_word() {
    let partitions = Few::of(&["orders-0".to_owned()].into());
    let lost = |look: Look| {
        look.gated(Verdict {
            unavailable: partitions.clone(),
            ..Verdict::default()
        })
    };
    waits(
        &lost(ready()),
        &[
            r#"could not be written or read, since they have no replicas to spare: orders-0; give them more replicas, or write {"when": "any-time", "allow_unavailable": true} into /kafka-privatelink/orders/restarts"#,
        ],
    );
    let alone = |look: Look| {
        look.gated(Verdict {
            without_quorum: Some(1),
            ..Verdict::default()
        })
    };
    waits(
        &alone(ready()),
        &[
            r#"the metadata quorum would be lost, since it has no more than 1 voter; add voters until it has three or more, or write {"when": "any-time", "allow_unavailable": true} into"#,
        ],
    );
    let word = r#"{"when": "any-time", "allow_unavailable": true}"#;
    does(&lost(ready().with("restarts", word)), &edit(1));
    does(&alone(ready().with("restarts", word)), &edit(1));
    // It is no word for what is in the way.
    let shut = Verdict {
        obstacles: vec![Obstacle::NoController],
        ..Verdict::default()
    };
    waits(
        &ready().with("restarts", word).gated(shut),
        &["no controller is active"],
    );
    let no_word = r#"{"when": "any-time", "allow_unavailable": false}"#;
    assert_eq!(lost(ready().with("restarts", no_word)).steps().len(), 0);
}

#[test]
fn an_answer_about_another_broker_is_none() {
    let look = Look {
        gate: None,
        ..ready()
    };
    waits(
        &look,
        &["broker 1 is not restarted: it was not asked whether it may be stopped now"],
    );
    let question = gate(&look.observed).expect("a question");
    let answered = |change: fn(&mut GateAnswer)| {
        let mut look = look.clone();
        let mut answer = GateAnswer {
            question: question.clone(),
            answered_at: noon(),
            verdict: Verdict::default(),
        };
        change(&mut answer);
        look.observed.gate = Ok(Some(answer));
        look
    };
    does(&answered(|_| ()), &edit(1));
    for other in [
        answered(|it| it.question.next = node(2)),
        answered(|it| it.question.others_wait = false),
        answered(|it| _ = it.question.expected.pop_last()),
        answered(|it| {
            let ports = [port(9092)].into();
            it.question.restarted = Some(Restarted {
                node: node(2),
                ports,
            });
        }),
    ] {
        assert_eq!(other.steps().len(), 0);
        assert!(other.held().contains(&"GateUnasked".to_owned()));
    }
    let mut blind = look;
    let gap = Gap {
        read: "Invoke".to_owned(),
        reason: "it took too long".to_owned(),
    };
    blind.observed.gate = Err(gap.clone());
    waits(&blind, &["what the gate says could not be read"]);
    assert_eq!(blind.plan().gaps, [gap]);
}

#[test]
fn a_window_that_closes_ends_the_roll_after_the_broker_in_hand() {
    let look = Look::three()
        .of(1)
        .silent()
        .restarted(200, Some(20))
        .left("starting", "", "any", json!([]))
        .gone();
    let look = look.inspected().of(2).inspected().of(3).inspected();
    let closed = look.with("restarts", "Sun 10:00-11:59 UTC");
    does(&closed, "start broker 1 on i-1");
    let done = Look::three()
        .of(1)
        .serving()
        .restarted(200, Some(20))
        .of(2)
        .inspected()
        .of(3)
        .inspected();
    let closed = done.with("restarts", "Sun 10:00-11:59 UTC");
    waits(
        &closed,
        &[
            "broker 2 waits until brokers may restart, at 2026-11-29T10:00:00Z",
            "broker 3 waits until",
        ],
    );
}

#[test]
fn what_a_new_pattern_costs_is_said_first() {
    let serving = Look::three()
        .of(1)
        .serving()
        .of(2)
        .serving()
        .of(3)
        .serving();
    let renamed = serving
        .clone()
        .with("listeners/EXTERNAL", "<b>.<az>.new.example.com:<p>");
    let told = "Note: the names of EXTERNAL change: clients that resolve only the old names lose brokers from the first restart to the last; the way without interruption is a second group";
    assert!(renamed.plan().picture.to_string().starts_with(told));
    // A group that nobody has yet changes no name, nor does a port.
    assert!(ready().plan().picture.notes.is_empty());
    let port = serving.showing_itself(|it| {
        let value = it.advertised.value.as_mut().expect("a value");
        *value = value.replace(":9095", ":9099");
    });
    assert!(!port.plan().picture.brokers[2].differs.is_empty());
    assert!(port.plan().picture.notes.is_empty());
}

/// A further group, for which each broker has a port.
fn and_group(mut look: Look, name: &str, bind_port: u16) -> Look {
    let json = json!({
        "pattern": "<b>.<az>.two.example.com:<p>", "bind_port": bind_port, "bootstrap_port": 9192,
        "broker_ports": "9193-9199",
    });
    for number in 1..=3 {
        let at = 9192 + u16::try_from(number).expect("a small number");
        let mut entry = target_group(name, owner(number), at, Some(number));
        entry.port = port(bind_port);
        let entries = look.observed.target_groups.as_mut().expect("seen");
        entries.push(entry);
    }
    look.with(&format!("listeners/{name}"), &json.to_string())
}

#[test]
fn of_two_groups_with_one_bind_port_the_second_one_is_refused_and_the_first_one_is_rolled() {
    let two = and_group(ready(), "EXTERNAL2", 39092);
    does(&two, &edit(1));
    let told = "listeners/EXTERNAL2 is refused, and brokers keep what they have of its group: \"bind_port\" is that of EXTERNAL too";
    assert!(two.plan().held[0].sentence.contains(told));
    let revision = |look: &Look| look.plan().steps[0].change.order.nonce.clone();
    assert_eq!(revision(&two), revision(&ready()));
}

#[test]
fn a_group_that_is_named_like_a_listener_of_the_cluster_itself_is_held() {
    let free = |port: u16| json!({"port": port, "sockets": 0, "listeners": []});
    for name in ["INTERNAL", "CONTROLLER"] {
        let mut look = and_group(Look::three(), name, 39093);
        for number in 1..=3 {
            let ports = json!([free(39092), free(39093)]);
            look = look.of(number).host("/ports", ports).inspected();
        }
        let held = look.plan().held;
        assert_eq!((look.steps().len(), held.len()), (0, 3), "{held:?}");
        waits(
            &look,
            &[
                "the file of broker 1, /opt/kafka/config/server.properties, is not edited",
                name,
            ],
        );
    }
}

#[test]
fn a_listener_of_the_cluster_itself_that_is_retired_is_held_with_the_way_out() {
    for name in ["INTERNAL", "CONTROLLER"] {
        let parameter = format!("listeners/{name}");
        let look = Look::three().without("listeners/EXTERNAL").all_inspected();
        let retired = look.clone().with(&parameter, r#"{"retired": true}"#);
        let told = format!("{name} is a listener of the cluster itself, and stays; delete the");
        waits(&retired, &[&told]);
        // What is left to say is of the group that is mapped.
        assert_eq!(look.held(), ["GroupDeleted"]);
    }
}
