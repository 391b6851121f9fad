//! Brokers fall ill: heal-brokers before the model of AWS, under its own role. What push-listeners does for it, a hand
//! does here: it inspects hosts, and starts what it is asked to start.

use cloud::call::Call;
use fleet::healing::Cause;
use fleet::tags;
use fleet::words::InstanceId;
use std::time::Duration;
use tests::healing::{ALARM, Healed, Healing};
use tests::listeners::{file_of_many, kafka};
use tests::{CLUSTER, Stage, TEMPLATE, ZONES};
use world::model::{AlarmState, KafkaState, Settings, Watched};
use world::template::Template;

const MINUTE: Duration = Duration::from_secs(60);

/// Three brokers of one Kafka cluster that are up, and everything may be healed.
async fn up() -> (Stage, Healing, Vec<InstanceId>) {
    let stage = Stage::new();
    let (_, instances) = stage.rolled(3).await;
    stage.put("healing", "replace");
    let healing = Healing::on(&stage);
    (stage, healing, instances)
}

/// Three brokers, each in a group of its own, with disks that stay.
async fn grouped() -> (Stage, Healing, Vec<InstanceId>) {
    let stage = Stage::new();
    let members = (1..).zip(ZONES).map(|(node, az)| stage.member(node, az));
    let members: Vec<InstanceId> = members.collect();
    for (node, id) in (1..).zip(&members) {
        stage.keeps_disk(id);
        stage.machine(id, node, &file_of_many(node, 3));
    }
    for _ in 0..4 {
        stage.pass(MINUTE).await;
    }
    stage.put("healing", "replace");
    stage.forget_calls();
    let healing = Healing::on(&stage);
    (stage, healing, members)
}

fn steps(run: &Healed) -> Vec<String> {
    let actions = run.report.actions.iter();
    actions.map(|taken| taken.step.clone()).collect()
}

fn says(run: &Healed, told: &str) {
    let held: Vec<String> = run.report.held.iter().map(ToString::to_string).collect();
    let held = held.join("\n");
    assert!(held.contains(told), "{told:?} is not in\n{held}");
}

/// The process of a broker is killed, and two inspections say so.
async fn killed(stage: &Stage, id: &InstanceId, node: u32) {
    stage.on_host(id, |host, _| kafka::kill(host));
    stage.looked_at(id, node).await;
}

#[tokio::test(start_paused = true)]
async fn with_no_alarm_on_two_calls_are_made_and_nothing_is_looked_at() {
    let (stage, healing, brokers) = up().await;
    stage.alarm(false);
    killed(&stage, &brokers[1], 2).await;
    stage.forget_calls();
    let run = healing.run(&stage).await;
    assert!(run.is_complete() && steps(&run).is_empty());
    let calls: Vec<_> = stage.model().calls().clone().into_iter().collect();
    assert_eq!(calls, [(Call::DescribeAlarms, 1), (Call::GetResources, 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_was_killed_is_asked_to_be_started_and_the_request_goes_when_it_is_up() {
    let (stage, healing, brokers) = up().await;
    killed(&stage, &brokers[1], 2).await;
    stage.alarm(true);
    let run = healing.run(&stage).await;
    let asks = format!("ask push-listeners to start broker 2 on {}", brokers[1]);
    assert_eq!(steps(&run), [asks]);
    let asked = stage.asked(&brokers[1]).expect("a request");
    assert_eq!(asked.cause, Cause::Gone);
    // Nothing is asked twice.
    stage.pass(MINUTE).await;
    assert!(steps(&healing.run(&stage).await).is_empty());
    stage.on_host(&brokers[1], kafka::start);
    stage.pass(MINUTE).await;
    stage.alarm(false);
    let run = healing.run(&stage).await;
    assert_eq!(steps(&run).len(), 1, "{:?}", steps(&run));
    assert_eq!(stage.asked(&brokers[1]), None);
    // With its tag gone, and no alarm, nobody looks any more.
    stage.forget_calls();
    healing.run(&stage).await;
    assert_eq!(stage.model().calls().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_hangs_is_noted_and_restarted_five_minutes_later() {
    hangs(KafkaState::Hangs).await;
}

/// What a cluster with clients comes to within seconds (K-25).
#[tokio::test(start_paused = true)]
async fn one_whose_queues_are_full_is_no_other() {
    hangs(KafkaState::Full).await;
}

async fn hangs(state: KafkaState) {
    let (stage, healing, brokers) = up().await;
    stage.inspect(&brokers[2], 3, true);
    stage.alarm(true);
    stage
        .edit(|model, _| model.edit_kafka(&brokers[2], |it| it.state = state))
        .expect("edited");
    stage.looked_at(&brokers[2], 3).await;
    let run = healing.run(&stage).await;
    assert_eq!(
        steps(&run),
        [format!("note since when broker 3 on {} hangs", brokers[2])]
    );
    stage.looked_at(&brokers[2], 3).await;
    assert!(steps(&healing.run(&stage).await).is_empty());
    stage.looked_at(&brokers[2], 3).await;
    let run = healing.run(&stage).await;
    let asks = format!("ask push-listeners to restart broker 3 on {}", brokers[2]);
    assert_eq!(steps(&run), [asks]);
}

#[tokio::test(start_paused = true)]
async fn an_instance_that_fails_its_check_is_rebooted_and_an_hour_later_replaced() {
    let (stage, healing, brokers) = grouped().await;
    stage.ails(&brokers[0], Some(false));
    stage.alarm(true);
    let mut done = Vec::new();
    for _ in 0..75 {
        stage.pass(MINUTE).await;
        let run = healing.run(&stage).await;
        done.extend(steps(&run));
    }
    let [note, reboot, again, replace] = &done[..] else {
        panic!("{done:?}");
    };
    assert!(
        note.ends_with("has its reboot") && reboot.starts_with("reboot "),
        "{done:?}"
    );
    assert!(
        again.ends_with("has its replacement") && replace.contains("replaced by its"),
        "{done:?}"
    );
    let model = stage.model();
    let live = model.instances();
    let live = live.filter(|it| it.state.as_str() == "running");
    let live: Vec<&InstanceId> = live.map(|it| &it.id).collect();
    let is_replaced = live.len() == 3 && !live.contains(&&brokers[0]);
    assert!(is_replaced, "{live:?}");
}

#[tokio::test(start_paused = true)]
async fn a_reboot_that_helps_is_all_that_is_done() {
    let (stage, healing, brokers) = grouped().await;
    stage.ails(&brokers[0], Some(true));
    stage.alarm(true);
    for _ in 0..20 {
        stage.pass(MINUTE).await;
        healing.run(&stage).await;
    }
    let run = healing.run(&stage).await;
    says(&run, "every broker is up, so there is nobody to heal");
    let writes = stage.writes();
    assert_eq!(writes, [Call::CreateInstanceTags, Call::RebootInstances]);
}

/// What its host said before it fell ill decides, long after that is no longer listed.
#[tokio::test(start_paused = true)]
async fn who_was_stopped_on_purpose_is_neither_rebooted_nor_replaced() {
    let (stage, healing, brokers) = grouped().await;
    stage.on_host(&brokers[0], |host, _| kafka::exit(host));
    stage.looked_at(&brokers[0], 1).await;
    stage.alarm(true);
    stage.ails(&brokers[0], Some(false));
    for _ in 0..50 {
        stage.pass(5 * MINUTE).await;
        let run = healing.run(&stage).await;
        assert!(steps(&run).is_empty(), "{:?}", steps(&run));
        says(&run, "its process was told to end, and not by us");
    }
    assert_eq!(stage.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn a_group_whose_replacement_is_suspended_is_not_asked_for_it() {
    let (stage, healing, brokers) = grouped().await;
    let suspend = |processes: &[&str]| {
        stage
            .edit(|model, now| model.suspend_processes(now, &"broker-1".into(), processes))
            .expect("a group");
    };
    suspend(&["ReplaceUnhealthy"]);
    stage.ails(&brokers[0], Some(false));
    stage.alarm(true);
    let mut done = Vec::new();
    for _ in 0..75 {
        stage.pass(MINUTE).await;
        done.extend(steps(&healing.run(&stage).await));
    }
    assert_eq!(done.len(), 2, "{done:?}");
    let run = healing.run(&stage).await;
    says(
        &run,
        "the process ReplaceUnhealthy of its Auto Scaling group broker-1 is suspended",
    );
    suspend(&[]);
    let steps = steps(&healing.run(&stage).await);
    assert!(steps[1].contains("replaced by its"), "{steps:?}");
}

#[tokio::test(start_paused = true)]
async fn two_that_are_ill_at_once_are_healed_by_nobody() {
    let (stage, healing, brokers) = grouped().await;
    stage.ails(&brokers[0], Some(true));
    stage.ails(&brokers[1], Some(true));
    stage.alarm(true);
    for _ in 0..90 {
        stage.pass(MINUTE).await;
        let run = healing.run(&stage).await;
        assert!(steps(&run).is_empty());
        says(&run, "brokers 1, 2 are ill or may be");
    }
}

#[tokio::test(start_paused = true)]
async fn with_healing_off_it_says_what_it_would_do_and_forgets_nothing() {
    let (stage, healing, brokers) = grouped().await;
    stage.put("healing", "off");
    stage.ails(&brokers[0], Some(true));
    stage.alarm(true);
    stage.pass(10 * MINUTE).await;
    let run = healing.run(&stage).await;
    says(&run, "broker 1 needs a reboot");
    says(&run, "write restart into it to have it done");
    assert_eq!(stage.writes(), []);
    stage.put("healing", "restart");
    assert_eq!(steps(&healing.run(&stage).await).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn while_paused_nothing_is_written() {
    let (stage, healing, brokers) = grouped().await;
    stage.put("paused", "true");
    stage.ails(&brokers[0], Some(true));
    stage.alarm(true);
    stage.pass(10 * MINUTE).await;
    let run = healing.run(&stage).await;
    assert!(run.report.paused.is_some() && run.plan.steps.len() == 2);
    assert_eq!(stage.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn insufficient_data_and_alarms_of_others_wake_nobody_and_a_tagged_one_does() {
    let (stage, healing, brokers) = grouped().await;
    stage.ails(&brokers[0], Some(true));
    stage.pass(10 * MINUTE).await;
    let quiet = async |stage: &Stage| {
        let run = healing.run(stage).await;
        assert!(
            run.plan.picture.brokers.is_empty(),
            "{:?}",
            run.plan.picture
        );
    };
    stage.edit(|model, now| model.put_alarm(now, ALARM, Watched::ByHand, 1));
    quiet(&stage).await;
    for at in 0..500 {
        stage.edit(|model, now| {
            let name = format!("kafka-privatelink-payments-{at}");
            model.put_alarm(now, &name, Watched::ByHand, 1);
            model.set_alarm(now, &name, AlarmState::Alarm);
        });
    }
    quiet(&stage).await;
    stage.edit(|model, now| {
        model.edit_alarm(now, "kafka-privatelink-payments-7", |mut it| {
            let tag = (tags::CLUSTER.to_owned(), CLUSTER.to_owned());
            it.tags.extend([tag]);
            Some(it)
        });
    });
    assert_eq!(steps(&healing.run(&stage).await).len(), 2);
}

/// `orders` and `orders-second`: each has the alarms of its own stack, and no name of the one is a name of the other.
#[tokio::test(start_paused = true)]
async fn alarms_of_a_cluster_whose_name_begins_alike_heal_nobody() {
    let (stage, healing, brokers) = grouped().await;
    stage.ails(&brokers[0], Some(true));
    stage.pass(10 * MINUTE).await;
    let ring = |cluster: &str| {
        let settings = Settings::default();
        let template = Template::deployed(TEMPLATE, &settings, cluster, &stage.scope.load_balancer);
        for alarm in template.and_then(|it| it.alarms()).expect("alarms") {
            stage.edit(|model, now| {
                model.put_alarm(now, &alarm.name, Watched::ByHand, 1);
                model.set_alarm(now, &alarm.name, AlarmState::Alarm);
            });
        }
    };
    ring(&format!("{CLUSTER}-second"));
    let run = healing.run(&stage).await;
    let picture = &run.plan.picture;
    assert!(picture.brokers.is_empty(), "{picture:?}");
    ring(CLUSTER);
    assert_eq!(steps(&healing.run(&stage).await).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_suppressed_alarm_is_a_switch_for_maintenance() {
    let (stage, healing, brokers) = grouped().await;
    stage.ails(&brokers[0], Some(true));
    stage.alarm(true);
    stage.edit(|model, now| {
        model.edit_alarm(now, ALARM, |mut it| {
            it.suppressed_by = Some("Alarm".to_owned());
            Some(it)
        });
    });
    stage.pass(10 * MINUTE).await;
    let run = healing.run(&stage).await;
    says(&run, "suppressed by Alarm, which is taken as maintenance");
    assert_eq!(stage.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn nobody_is_healed_from_a_gap() {
    let (stage, healing, brokers) = grouped().await;
    stage.ails(&brokers[0], Some(true));
    stage.alarm(true);
    stage.pass(10 * MINUTE).await;
    for call in [
        Call::DescribeAlarms,
        Call::GetResources,
        Call::GetParametersByPath,
        Call::DescribeInstances,
        Call::DescribeAutoScalingGroups,
        Call::DescribeTargetGroups,
        Call::ListCommands,
        Call::InvokeFunction,
        Call::DescribeInstanceStatus,
        Call::DescribeScalingActivities,
    ] {
        stage.model().deny(call);
        let run = healing.run(&stage).await;
        assert!(
            !run.report.gaps.is_empty() && steps(&run).is_empty(),
            "{call}"
        );
        stage.model().allow(call);
    }
    assert_eq!(steps(&healing.run(&stage).await).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_stopped_instance_and_one_that_is_kept_stopped_are_left_alone() {
    let (stage, healing, brokers) = up().await;
    stage.retag(&brokers[1], tags::KEEP_STOPPED, "");
    killed(&stage, &brokers[1], 2).await;
    stage
        .edit(|model, now| model.stop_instance(now, &brokers[2]))
        .expect("stopped");
    stage.alarm(true);
    stage.pass(MINUTE).await;
    let run = healing.run(&stage).await;
    assert!(steps(&run).is_empty());
    says(&run, "remove it when the broker may run");
    says(&run, "start the instance when the broker may run");
}
