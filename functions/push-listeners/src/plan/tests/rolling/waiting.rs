//! What nobody is restarted for: a broker that is not up, is held or has failed, and a cluster that settles.

use super::{does, edit, ready, waits};
use crate::look::Look;
use crate::plan::asked;
use fleet::look::{id, instance, node, noon};
use fleet::observed::{Gap, InstanceState};
use fleet::shown::{Shown, Voters};
use jiff::SignedDuration;
use serde_json::json;

#[test]
fn as_long_as_a_broker_is_not_up_nobody_is_restarted() {
    let why = "denied".to_owned();
    for shown in [
        Shown::Silent {
            why: "it hangs".to_owned(),
            accepts: true,
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
            "broker 1 waits for broker 3, which is held, as is said of it: nobody is restarted as long as the roll cannot come to its end",
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
