//! What is never healed, each with its sentence.

use crate::look::Look;
use fleet::documents::Document;
use fleet::healing::Rung;
use fleet::look::parameter;
use fleet::observed::{
    Alarm, CheckStatus, CommandStatus, Gap, InstanceState, SpotRequest, SpotStatus, TargetState,
};
use fleet::tags;
use serde_json::{Value, json};

fn two() -> Look {
    Look::three().of(2)
}

/// Nothing is done, for this kind of reason, and the sentence has these words.
fn held(look: &Look, kind: &str, words: &str) {
    let plan = look.plan();
    let begins = plan.steps.iter().map(|it| it.change.to_string());
    let is_note = |it: &String| it.starts_with("take ") || it.starts_with("note since when");
    let begins: Vec<_> = begins.filter(|it| !is_note(it)).collect();
    assert!(begins.is_empty(), "{begins:?}");
    assert!(look.held().iter().any(|it| it == kind), "{:?}", look.held());
    assert!(look.says().contains(words), "{}", look.says());
}

#[test]
fn an_alarm_that_is_on_while_everybody_is_up_heals_nobody() {
    held(
        &two(),
        "NobodyIll",
        "every broker is up, so there is nobody to heal",
    );
}

#[test]
fn without_an_alarm_of_the_cluster_nobody_is_healed() {
    let other = two()
        .gone()
        .alarm(|it| it.name = "kafka-privatelink-orders2-ill".to_owned());
    assert!(other.steps().is_empty());
    let mut tagged = other.clone();
    let resource = fleet::observed::TaggedResource {
        arn: "arn:alarm:1".to_owned(),
        tags: tags::Tags::new(),
    };
    tagged.observed.tagged = Ok(vec![resource]);
    assert_eq!(tagged.steps().len(), 1);
}

#[test]
fn a_suppressed_alarm_is_maintenance_and_a_disabled_one_is_no_reason() {
    let suppressed = two()
        .gone()
        .alarm(|it| it.suppressed_by = Some("Alarm".to_owned()));
    held(&suppressed, "Suppressed", "taken as maintenance");
    let mut beside = suppressed.clone();
    let alarms = beside.observed.alarms.as_mut().expect("seen");
    let mut other = alarms[0].clone();
    other.suppressed_by = None;
    alarms.push(other);
    held(&beside, "Suppressed", "end the suppression when it is over");
    let disabled = two().gone().alarm(|it| it.actions_enabled = false);
    held(&disabled, "Disabled", "enable them when it may");
}

#[test]
fn nobody_is_healed_from_a_gap() {
    let gap = || Gap {
        read: "Call".to_owned(),
        reason: "throttled".to_owned(),
    };
    let gaps: [fn(&mut Look, Gap); 15] = [
        |it, gap| it.observed.now = Err(gap),
        |it, gap| it.observed.alarms = Err(gap),
        |it, gap| it.observed.tagged = Err(gap),
        |it, gap| it.ward().parameters = Err(gap),
        |it, gap| it.ward().instances = Err(gap),
        |it, gap| it.ward().spot_requests = Err(gap),
        |it, gap| it.ward().auto_scaling_groups = Err(gap),
        |it, gap| it.ward().target_groups = Err(gap),
        |it, gap| it.ward().commands = Err(gap),
        |it, gap| it.ward().shown = Err(gap),
        |it, gap| it.ward().statuses = Err(gap),
        |it, gap| _ = it.ward().health.insert("arn".into(), Err(gap)),
        |it, gap| _ = it.ward().activities.insert("group".into(), Err(gap)),
        |it, gap| _ = it.ward().outputs.insert("command".into(), Err(gap)),
        |it, gap| it.ward().holdings = Err(gap),
    ];
    for spoil in gaps {
        let mut look = two().gone();
        spoil(&mut look, gap());
        held(&look, "Blind", "see the gaps");
        assert_eq!(look.plan().gaps, [gap()]);
    }
}

#[test]
fn what_is_not_known_is_no_illness() {
    let nothing = two().silent(false);
    held(&nothing, "Unclear", "see whether the SSM agent is there");
    let gone = |host: &mut Value| {
        host["broker"] = Value::Null;
        host["processes"] = json!([]);
        host["matches"] = json!(0);
    };
    let once = two().silent(false).inspected(30, false, gone);
    held(&once, "Unclear", "twice within the last minutes");
    let old = two()
        .silent(false)
        .inspected(300, false, gone)
        .inspected(180, false, gone);
    held(&old, "Unclear", "twice within the last minutes");
    let odd = two()
        .silent(false)
        .inspected(150, false, |_| {})
        .inspected(30, false, gone);
    held(&odd, "Unclear", "say different things");
    let several = two()
        .silent(false)
        .inspected(150, false, |it| it["matches"] = json!(2));
    let several = several.inspected(30, false, |it| it["matches"] = json!(2));
    held(&several, "Unclear", "several processes of Kafka");
    let serving = two().gone().target(TargetState::Healthy);
    held(&serving, "Unclear", "see what listens on its bind port");
    let mut unknown = two().gone();
    unknown.ward().statuses.as_mut().expect("seen")[0]
        .system
        .status = CheckStatus::InsufficientData;
    held(&unknown, "Unclear", "EC2 does not tell");
    let untold = two().showing(fleet::shown::Shown::Untold {
        why: "denied".to_owned(),
    });
    held(&untold, "Untold", "nobody calls it ill");
}

#[test]
fn who_was_stopped_on_purpose_is_never_started() {
    let stopped = two().instance(|it| it.state = InstanceState::Stopped);
    held(
        &stopped,
        "OnPurpose",
        "start the instance when the broker may run",
    );
    let kept = two().gone().tag(tags::KEEP_STOPPED, "");
    held(&kept, "OnPurpose", "remove it when the broker may run");
    let unit = json!({"name": "", "active": "inactive", "result": "success", "stop_seconds": 90, "ours": false});
    let unit = two().gone_so(move |it| it["unit"] = unit.clone());
    held(&unit, "OnPurpose", "start it yourself when it may run");
    let disks = |closed: [bool; 2]| {
        two().gone_so(move |it| {
            it["disks"] = json!(closed.map(|closed| json!({
                "path": "", "there": true, "formatted": true, "node": 2, "cluster": "Ab", "partitions": 3, "closed": closed,
            })));
        })
    };
    held(
        &disks([true, true]),
        "OnPurpose",
        "told to end, and not by us",
    );
    assert_eq!(disks([true, false]).steps().len(), 1);
}

/// An instance that fails its status checks tells no more; what its host said last counts.
#[test]
fn who_was_stopped_on_purpose_is_not_started_by_a_reboot_or_a_replacement() {
    let stopped = |host: &mut Value| {
        host["broker"] = Value::Null;
        host["processes"] = json!([]);
        host["matches"] = json!(0);
        host["unit"] = json!({"name": "", "active": "inactive", "result": "success", "stop_seconds": 90, "ours": false});
    };
    let ill = |system, reachability| {
        let look = two().silent(false).checked(system, reachability);
        look.replaceable()
    };
    for look in [ill(None, Some(5000)), ill(Some(5000), None)] {
        let told = look.clone().inspected(5100, false, stopped);
        held(&told, "OnPurpose", "start it yourself when it may run");
        // What failed to look since tells nothing.
        let failed = (1..9).fold(told, |look, n| {
            look.inspected(n * 300, false, |it| it["outcome"] = json!("refused"))
        });
        held(&failed, "OnPurpose", "told to end, and not by us");
        let up = look.clone().inspected(9000, false, stopped);
        let up = up.inspected(5100, true, |_| {});
        assert_eq!(up.steps().len(), 2, "it was up since");
        let ran = look.inspected(5100, true, |_| {});
        assert_eq!(ran.steps().len(), 2);
    }
    // A reboot that was asked for after that is none that told it to end.
    let rebooted = ill(None, Some(5000)).healed(4000, Rung::Reboot);
    let rebooted = rebooted.inspected(5100, false, stopped);
    held(&rebooted, "OnPurpose", "told to end, and not by us");
}

#[test]
fn while_push_listeners_has_a_broker_in_hand_nobody_is_healed() {
    let edits = |age, status: CommandStatus| {
        let look = two().gone().of(3);
        let started = json!({"outcome": "started"});
        look.commanded(
            Document::Apply,
            age,
            status,
            "apply broker 3, order 1",
            &started,
        )
    };
    held(
        &edits(5, CommandStatus::InProgress),
        "InHand",
        "apply broker 3, order 1",
    );
    held(
        &edits(59, CommandStatus::Success),
        "InHand",
        "until that has settled",
    );
    assert_eq!(edits(60, CommandStatus::Success).steps().len(), 1);
    // What ails it is not known yet, and whose it is.
    let started = json!({"outcome": "started"});
    let comment = "apply broker 3, order 1";
    let unclear = Look::three().of(3).silent(false);
    let unclear = unclear.commanded(
        Document::Apply,
        90,
        CommandStatus::Success,
        comment,
        &started,
    );
    held(&unclear, "InHand", comment);
    // It was restarted, and is not up yet.
    let away = edits(300, CommandStatus::Success).of(3).starting();
    held(
        &away,
        "InHand",
        "see the report of push-listeners if it lasts",
    );
    let back = away.of(3).inspected(200, true, |_| {});
    assert_eq!(back.steps().len(), 1);
    // Its host refused.
    let refused = two().gone().of(3).starting();
    let no = json!({"outcome": "refused"});
    let refused = refused.commanded(
        Document::Apply,
        20,
        CommandStatus::Success,
        "apply broker 3",
        &no,
    );
    assert_eq!(refused.steps().len(), 1);
}

#[test]
fn what_push_listeners_left_unfinished_is_its_own() {
    for phase in ["stopping", "stopped", "held", "down"] {
        let state = json!({
            "phase": phase, "heading": "forth", "mode": "edit", "nonce": "0", "generation": "", "revision": "",
            "old-sha256": "", "new-sha256": "", "outcome": "", "said": null, "kept": [],
        });
        let look = two().gone_so(move |it| it["state"] = state.clone());
        held(&look, "Unclear", "did not come to a good end");
        // Others have started it since, and it was up.
        let recovered = look.inspected(1200, true, |_| {});
        assert_eq!(recovered.steps().len(), 1, "{phase}: {}", recovered.says());
    }
}

#[test]
fn since_when_it_hangs_is_noted_whatever_the_alarm_is_good_for() {
    for alarm in [
        (|it| it.suppressed_by = Some("Alarm".to_owned())) as fn(&mut Alarm),
        |it| it.actions_enabled = false,
    ] {
        let steps = two().hangs().alarm(alarm).steps();
        assert_eq!(steps.len(), 1, "{steps:?}");
        assert!(steps[0].contains("since when broker 2"), "{steps:?}");
    }
}

#[test]
fn several_that_are_ill_are_healed_by_nobody() {
    let one = two().silent(false).checked(None, Some(600));
    held(
        &one.clone().of(3).gone(),
        "Several",
        "brokers 2, 3 are ill or may be",
    );
    held(
        &one.clone().of(3).silent(false),
        "Several",
        "one cause may be behind it",
    );
    // Who may be ill otherwise needs more than a start, perhaps.
    held(&two().gone().of(3).silent(false), "Several", "brokers 2, 3");
    // Who was stopped on purpose is not ill.
    let stopped = one.of(3).instance(|it| it.state = InstanceState::Stopped);
    assert_eq!(stopped.steps().len(), 2);
}

#[test]
fn a_restart_and_a_replacement_need_every_other_broker() {
    for down in [
        Look::three().of(3).starting(),
        Look::three()
            .of(3)
            .instance(|it| it.state = InstanceState::Stopped),
        Look::three()
            .of(3)
            .showing(fleet::shown::Shown::Untold { why: String::new() }),
    ] {
        let hangs = down.clone().of(2).hangs_since(600);
        held(&hangs, "OthersDown", "broker 3 is not");
        let cut = down
            .of(2)
            .silent(false)
            .checked(Some(3600), None)
            .replaceable();
        held(
            &cut,
            "OthersDown",
            "needs a replacement, for which every other broker must be up",
        );
    }
}

#[test]
fn beside_a_spot_instance_that_aws_takes_back_nobody_is_healed() {
    let spot = |code: &str| {
        let mut look = two()
            .gone()
            .of(3)
            .instance(|it| it.spot_request = Some("sir-3".into()));
        look.ward().spot_requests = Ok(vec![SpotRequest {
            id: "sir-3".into(),
            instance: Some("i-3".into()),
            status: SpotStatus::parse(code),
            updated_at: None,
        }]);
        look
    };
    held(
        &spot("marked-for-termination"),
        "Interrupted",
        "AWS takes the Spot Instances of brokers 3 back within two minutes",
    );
    assert_eq!(spot("fulfilled").steps().len(), 1);
    let itself = spot("marked-for-termination").of(3).gone();
    held(&itself, "Interrupted", "nobody is healed meanwhile");
    assert!(!itself.held().contains(&"NobodyIll".to_owned()));
}

#[test]
fn beside_one_whose_healing_has_not_ended_another_one_is_not_started() {
    // The start of broker 3 belongs to its reboot.
    let look = two().gone().of(3).gone().healed(300, Rung::Reboot);
    assert_eq!(
        look.steps(),
        ["ask push-listeners to start broker 3 on i-3"]
    );
    assert_eq!(look.held(), ["Busy"]);
    // Starts are sent one after another.
    let starts = two().gone().of(3).gone().healed(1200, Rung::Start);
    assert_eq!(
        starts.steps(),
        ["ask push-listeners to start broker 2 on i-2"]
    );
}

#[test]
fn a_broker_without_an_instance_counts_as_down() {
    let gone = |mut look: Look| {
        let ward = look.ward();
        let instances = ward.instances.as_mut().expect("seen");
        instances.retain(|it| it.id.as_str() != "i-3");
        let shown = ward.shown.as_mut().expect("seen");
        shown.retain(|it| it.question.instance.as_str() != "i-3");
        look
    };
    let portless = |mut look: Look| {
        look.ward().target_groups.as_mut().expect("seen").pop();
        look
    };
    let hangs = two().hangs_since(600);
    // The others list it still, or it has its port still.
    for look in [gone(hangs.clone()), portless(gone(hangs.clone()))] {
        held(&look, "OthersDown", "and broker 3 is not; see to 3 first");
        held(&look, "Away", "nobody can tell how broker 3 is");
    }
    let mut forgotten = gone(hangs);
    for answer in forgotten.ward().shown.as_mut().expect("seen") {
        if let fleet::shown::Shown::Itself(itself) = &mut answer.shown {
            itself.listed.remove(&fleet::look::node(3));
        }
    }
    held(&forgotten, "OthersDown", "and broker 3 is not");
    let without = portless(forgotten);
    assert_eq!(without.steps().len(), 1, "nobody knows of broker 3");
    let cut = two().silent(false).checked(Some(3600), None).replaceable();
    held(&gone(cut), "OthersDown", "see to 3 first");
    // Its instance is just being replaced.
    let replaced = two().gone().of(3).replaced(300);
    let replaced = replaced.instance(|it| it.state = InstanceState::ShuttingDown);
    held(
        &replaced,
        "Busy",
        "broker 3 was healed within the last hour",
    );
    // Nobody says that every broker is up.
    let quiet = gone(two());
    assert_eq!(quiet.held(), ["Away"]);
    // Who went because its group shrank is not waited for, though its port is kept for a day.
    let mut left = gone(two().hangs_since(600));
    let ward = left.ward();
    for answer in ward.shown.as_mut().expect("seen") {
        if let fleet::shown::Shown::Itself(itself) = &mut answer.shown {
            itself.listed.remove(&fleet::look::node(3));
        }
    }
    let ports = ward.target_groups.as_mut().expect("seen");
    ports[2]
        .tags
        .insert(tags::SERVED_BY.to_owned(), "i-9".to_owned());
    let shrinks =
        "a difference between desired and actual capacity, shrinking the capacity from 3 to 2.";
    assert_eq!(left.taken_out(60, Some(shrinks)).steps().len(), 1);
}

/// Its group makes it wait for a hook: push-listeners starts its broker, once it has its port, its disk and an agent.
#[test]
fn who_enters_its_group_is_neither_ill_nor_stopped_and_keeps_nobody_from_a_start() {
    let unit = json!({"name": "", "active": "inactive", "result": "success", "stop_seconds": 90, "ours": false});
    let never_ran = move |it: &mut Value| it["unit"] = unit.clone();
    for state in ["Pending", "Pending:Wait", "Pending:Proceed"] {
        for enters in [
            two().gone_so(&never_ran),
            two().gone(),
            two().hangs_since(600),
            two().silent(false),
            two().silent(false).checked(None, Some(600)),
            two().showing(fleet::shown::Shown::Untold { why: String::new() }),
        ] {
            let enters = enters.lifecycle(state);
            held(
                &enters,
                "Entering",
                "broker 2 enters its Auto Scaling group",
            );
            assert_eq!(enters.held(), ["Entering"], "{}", enters.says());
            assert_eq!(enters.plan().picture.waits_for_you, 0);
            let other = enters.clone().of(3).gone();
            assert_eq!(
                other.steps().last().map(String::as_str),
                Some("ask push-listeners to start broker 3 on i-3")
            );
            let hangs = enters.of(3).hangs_since(600);
            held(&hangs, "OthersDown", "and broker 2 is not");
        }
        assert_eq!(two().lifecycle(state).held(), ["NobodyIll"]);
    }
    let stopped = two().instance(|it| it.state = InstanceState::Stopped);
    held(&stopped.lifecycle("Pending:Wait"), "OnPurpose", "stopped");
}

#[test]
fn nothing_is_replaced_whose_disk_does_not_come_along() {
    let cut = || two().silent(false).checked(Some(3600), None).replaceable();
    assert_eq!(cut().steps().len(), 2);
    let unnamed = cut().instance(|it| _ = it.tags.remove(tags::KEEPS_DISK));
    held(
        &unnamed,
        "NotReplaced",
        "no tag kafka-privatelink:keeps-disk names the volume",
    );
    let elsewhere = cut().tag(tags::KEEPS_DISK, "vol-2");
    held(
        &elsewhere,
        "NotReplaced",
        "is not attached to it; put the tag right",
    );
    let goes = cut().instance(|it| _ = it.volumes.insert("vol-1".into(), true));
    held(&goes, "NotReplaced", "set its DeleteOnTermination to false");
    let mut shared = cut();
    let groups = shared.ward().auto_scaling_groups.as_mut().expect("seen");
    groups[1]
        .instances
        .insert("i-3".into(), "InService".to_owned());
    groups.remove(2);
    held(
        &shared,
        "NotReplaced",
        "give each broker a group of its own",
    );
    let standby = cut().lifecycle("Standby");
    held(
        &standby,
        "NotReplaced",
        "it is Standby in its Auto Scaling group broker-2, which replaces only who is InService",
    );
    for process in ["ReplaceUnhealthy", "Terminate", "Launch"] {
        let suspended = cut().group(|it| _ = it.suspended.insert(process.to_owned()));
        let words =
            format!("the process {process} of its Auto Scaling group broker-2 is suspended");
        held(&suspended, "NotReplaced", &words);
        held(&suspended, "NotReplaced", "resume it");
    }
    // The checks of others have nothing to do with it (F67).
    let checks = cut().group(|it| _ = it.suspended.insert("HealthCheck".to_owned()));
    assert_eq!(checks.steps().len(), 2);
    // Its group replaces it for us only if it has the cluster's tag itself.
    for tags in [None, Some("sales")] {
        let tags = tags.map(|it| (tags::CLUSTER.to_owned(), it.to_owned()));
        let untagged = cut().group(|it| it.tags = tags.into_iter().collect());
        held(
            &untagged,
            "NotReplaced",
            "its Auto Scaling group broker-2 itself has no tag kafka-privatelink:cluster that says orders",
        );
        held(
            &untagged,
            "NotReplaced",
            "aws autoscaling create-or-update-tags --tags 'ResourceId=broker-2,ResourceType=auto-scaling-group,PropagateAtLaunch=true,Key=kafka-privatelink:cluster,Value=orders'",
        );
    }
    let mut single = cut();
    single.ward().auto_scaling_groups = Ok(Vec::new());
    held(&single, "NotReplaced", "in no Auto Scaling group");
    let mut alone = cut();
    let ward = alone.ward();
    let answer = ward
        .holdings
        .as_mut()
        .expect("seen")
        .as_mut()
        .expect("asked");
    answer.holdings.alone = fleet::gate::Few::of(&["orders-0".to_owned()].into());
    held(
        &alone,
        "NotReplaced",
        "partition orders-0 is without another replica in sync",
    );
    let below = |below: Option<&str>| {
        let mut look = cut();
        let answer = look.ward().holdings.as_mut().expect("seen").as_mut();
        let few = below.map(|it| fleet::gate::Few::of(&[it.to_owned()].into()));
        answer.expect("asked").holdings.below_min_isr = few;
        look
    };
    held(
        &below(Some("orders-0")),
        "NotReplaced",
        "of partition orders-0 fewer other replicas are in sync than min.insync.replicas",
    );
    held(
        &below(None),
        "NotReplaced",
        "did not tell what they have of it",
    );
    let mut unasked = cut();
    unasked.ward().holdings = Ok(None);
    held(&unasked, "NotReplaced", "did not tell what they have of it");
}

#[test]
fn only_what_the_parameter_allows_is_done_and_what_it_does_not_is_said() {
    let ill = [
        (Rung::Start, two().gone()),
        (Rung::Restart, two().hangs_since(600)),
        (Rung::Reboot, two().silent(false).checked(None, Some(600))),
        (
            Rung::Replace,
            two().silent(false).checked(Some(3600), None).replaceable(),
        ),
    ];
    for (rung, look) in ill {
        for word in [
            None,
            Some("off"),
            Some("start"),
            Some("restart"),
            Some("replace"),
        ] {
            let look = look.clone().healing(word);
            let allowed =
                fleet::wishes::Healing::read(&parameter("healing", word.unwrap_or("off"), 0));
            if allowed.expect("a word") >= rung.needs() {
                assert!(!look.steps().is_empty(), "{rung} with {word:?}");
            } else {
                let way = format!("write {} into it", rung.needs());
                held(&look, "NoConsent", &way);
            }
        }
        held(
            &look.clone().healing(Some("yes")),
            "ParameterRefused",
            "write off, start, restart or replace",
        );
        let paused = look.with("paused", "true").plan();
        assert!(paused.paused.is_some());
    }
    held(
        &two().hangs().healing(Some("start")),
        "NoConsent",
        "write restart into it",
    );
}

/// CloudFormation may give an alarm without a name one that begins like those of the cluster, and another cluster's name
/// may begin like this one's.
#[test]
fn alarms_that_only_begin_alike_are_none_of_the_cluster() {
    for name in [
        "kafka-privatelink-orders-HealBrokersHeldAlarm-1A2B3C4D5E6F",
        "kafka-privatelink-orders-eu-unhealthy-targets",
        "kafka-privatelink-orders-second-not-serving",
    ] {
        let mut look = two().gone();
        for alarm in look.observed.alarms.as_mut().expect("seen") {
            name.clone_into(&mut alarm.name);
        }
        assert!(look.steps().is_empty(), "{name}");
    }
}
