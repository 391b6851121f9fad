//! What is used: scenarios in which the functions make each of their calls, for each of their reasons.

use crate::services;
use cloud::call::Call;
use fleet::tags::{self, Tags};
use fleet::words::NodeId;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use std::time::Duration;
use tests::healing::Healing;
use tests::listeners::{Listeners, alone, file_of_many, first_file, kafka};
use tests::principals::{Principals, root};
use tests::{Stage, ZONES};
use world::iam::{Policies, Request};
use world::model::{KafkaState, Transition};
use world::template::{FunctionSettings, Template};

/// The template in this repository.
pub const TEXT: &str = include_str!("../../infra/template.yaml");
const SECOND: &str = r#"{"pattern": "<b>.<az>.xyz.us-west-2.aws.777.tidbcloud.com:<p>",
    "bootstrap_port": 9192, "broker_ports": "9193-9200", "bind_port": 39093}"#;
const RETIRED: &str = r#"{"retired": true}"#;

/// A user for the probe, and where it may be kept.
const USER: &str = r#"{"mechanism": "SCRAM-SHA-512", "username": "probe", "password": "…"}"#;
const PLACES: [&str; 2] = [
    "/kafka-privatelink/orders/secrets/probe",
    "/aws/reference/secretsmanager/kafka-privatelink/orders/probe",
];

/// Lists the calls; one that is missing here does not compile.
macro_rules! calls {
    ($($call:ident)*) => {
        const CALLS: &[Call] = &[$(Call::$call),*];
        const _: fn(Call) = |call| match call {
            $(Call::$call => (),)*
        };
    };
}

calls! {
    GetParametersByPath GetParameter PutParameter InvokeFunction
    DescribeLoadBalancers DescribeListeners DescribeListenerAttributes
    DescribeTargetGroups DescribeTargetGroupAttributes DescribeTargetHealth DescribeTags
    DescribeInstances DescribeAutoScalingGroups DescribeLifecycleHooks DescribeScalingActivities
    DescribeNetworkInterfaces
    DescribeVpcEndpointServiceConfigurations DescribeVpcEndpointServicePermissions
    DescribeVpcEndpointConnections DescribeSecurityGroupRules
    CreateTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes RegisterTargets DeregisterTargets
    CreateListener ModifyListener ModifyListenerAttributes DeleteListener AddTags RemoveTags
    DeleteTargetGroup CompleteLifecycleAction RecordLifecycleActionHeartbeat
    ModifyVpcEndpointServicePermissions CreateTags AcceptVpcEndpointConnections
    RejectVpcEndpointConnections
    ListCommands ListCommandInvocations GetCommandInvocation DescribeInstanceInformation SendCommand
    DescribeAlarms GetResources DescribeInstanceStatus CreateInstanceTags DeleteTags RebootInstances
    SetInstanceHealth DescribeSpotInstanceRequests FilterLogEvents
}

/// Those that no function makes yet.
const OF_NOBODY: [Call; 1] = [Call::ListCommandInvocations];

/// A template, deployed for the stage's cluster and load balancer.
pub fn deployed(text: &str) -> Result<Template, String> {
    let stage = Stage::new();
    let settings = stage.model().settings().clone();
    Template::deployed(text, &settings, tests::CLUSTER, &stage.nlb())
        .map_err(|error| error.to_string())
}

/// Everything that it allows.
pub fn policies(text: &str) -> Result<Policies, String> {
    let policies = deployed(text)?.policies();
    policies.map_err(|error| error.to_string())
}

/// Each different request, by the functions and by AWS's services.
pub fn used() -> &'static [Request] {
    static USED: OnceLock<Vec<Request>> = OnceLock::new();
    USED.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let mut used = runtime.block_on(by_the_functions());
        used.extend(services::requests(&deployed(TEXT).expect("the template")));
        used
    })
}

async fn by_the_functions() -> Vec<Request> {
    let stage = Stage::three().await;
    hand_edits(&stage).await;
    instance_answers_as_another(&stage).await;
    broker_goes_and_returns(&stage).await;
    group_is_retired(&stage).await;
    groups_have_users(&stage).await;
    consumers_come_and_go(&stage).await;
    the_doctor_is_asked(&stage).await;
    a_broker_is_launched(&stage).await;
    let alone = a_broker_gets_its_listener().await;
    let healed = a_broker_is_healed().await;
    let leaves = a_broker_comes_and_goes().await;
    let callers = stage
        .callers()
        .chain(alone.callers())
        .chain(leaves.callers())
        .chain(healed.callers());
    callers.flat_map(|caller| caller.asked()).collect()
}

/// Every setting is put right again.
async fn hand_edits(stage: &Stage) {
    stage.unsettle(9093);
    stage.repoint(9093, 9094);
    stage.settle().await;
}

/// It is noted on the group of the broker whose tag it has, and the note goes when it answers right.
async fn instance_answers_as_another(stage: &Stage) {
    let instance = stage.behind(9094).pop_first().expect("a broker");
    for node in [7, 2] {
        stage
            .edit(|model, _| model.edit_kafka(&instance, |kafka| kafka.node_id = NodeId::new(node)))
            .expect("edited");
        stage.settle().await;
    }
}

/// Its port is reserved, given back, and in the end taken away.
async fn broker_goes_and_returns(stage: &Stage) {
    for returns in [true, false] {
        let broker = stage.behind(9094).pop_first().expect("a broker");
        stage.terminate(&broker);
        stage.settle().await;
        if returns {
            stage.broker(2, ZONES[1]);
            stage.settle().await;
        }
    }
    stage.pass(Duration::from_secs(25 * 3600)).await;
    stage.settle().await;
}

/// Its retirement is taken back once, and then carried out.
async fn group_is_retired(stage: &Stage) {
    for value in [SECOND, RETIRED, SECOND, RETIRED] {
        stage.put("listeners/EXTERNAL2", value);
        stage.settle().await;
    }
    stage.pass(Duration::from_secs(16 * 60)).await;
    stage.settle().await;
}

/// The probe's user is read where each of the groups keeps it.
async fn groups_have_users(stage: &Stage) {
    for (number, place) in (3u16..).zip(PLACES) {
        stage.put_secret(place, USER);
        let port = 9000 + 100 * number;
        let group = format!(
            r#"{{"pattern": "<b>.<az>.xyz.us-west-2.aws.777.tidbcloud.com:<p>",
            "bootstrap_port": {port}, "broker_ports": "{}-{}", "bind_port": {},
            "protocol": "SASL_PLAINTEXT", "secret": "{place}"}}"#,
            port + 1,
            port + 9,
            30_000 + port,
        );
        stage.put(&format!("listeners/EXTERNAL{number}"), &group);
        stage.settle().await;
    }
}

/// Accounts are allowed, or taken over; their permissions are recorded, and recorded again when somebody
/// has cut the record down; they are accepted, and one of them is cut off.
async fn consumers_come_and_go(stage: &Stage) {
    let principals = Principals::on(stage);
    let (ann, bob) = ("111111111111", "222222222222");
    stage.allow(&root(ann));
    stage.put("principals", &format!("{ann}\n{bob}"));
    principals.settle(stage).await;
    let service = stage.service();
    let cut_down = |tags: &mut Tags| drop(tags.remove(tags::LISTED_AT));
    stage
        .edit(|model, now| model.retag_permission(now, &service, &root(bob), cut_down))
        .expect("edited");
    for account in [ann, bob] {
        stage.connect(account).expect("it may connect");
    }
    principals.settle(stage).await;
    stage.put("principals", ann);
    principals.settle(stage).await;
    assert_eq!(stage.allowed(), [root(ann)]);
}

/// It reads who may connect, who does, and whom the NLB lets in.
async fn the_doctor_is_asked(stage: &Stage) {
    let said = stage.doctor().await;
    for seen in [
        "✓ security groups: ",
        "✓ principals: ",
        "of account 111111111111 is available",
    ] {
        assert!(said.contains(seen), "{said}");
    }
}

/// Its Auto Scaling group makes it wait until it serves.
async fn a_broker_is_launched(stage: &Stage) {
    stage.scaling_group(
        "broker-9",
        9,
        &[("kafka-privatelink-launch", Transition::Launching)],
    );
    stage.scale("broker-9", 1);
    stage.settle().await;
    let states = stage.lifecycle("broker-9");
    assert!(states.values().eq(["InService"]), "{states:?}");
}

/// It is alone in its cluster: asked as the user that is kept in each of the places, inspected and edited.
async fn a_broker_gets_its_listener() -> Stage {
    let stage = Stage::new();
    let broker = stage.hosted(1, ZONES[0], &first_file(1));
    stage.settle().await;
    let listeners = Listeners::on(&stage);
    for place in PLACES {
        stage.put_secret(place, USER);
        let admin = format!(r#"{{"protocol": "SASL_PLAINTEXT", "secret": "{place}"}}"#);
        stage.put("admin", &admin);
        listeners.settle(&stage).await;
    }
    stage.put("restarts", &alone("any-time"));
    listeners.settle(&stage).await;
    assert!(stage.file_of(&broker).contains(",EXTERNAL://0.0.0.0:39092"));
    stage
}

/// A process hangs, and goes on; it is gone, and started again; an instance fails its check: it is rebooted, and later
/// replaced.
async fn a_broker_is_healed() -> Stage {
    let stage = Stage::new();
    stage.put("healing", "replace");
    let gone = stage.hosted(1, ZONES[0], &first_file(1));
    let ill = stage.member(2, ZONES[1]);
    stage.is_spot(&gone);
    stage.settle().await;
    stage.keeps_disk(&ill);
    let healing = Healing::on(&stage);
    stage.alarm(true);
    for place in PLACES {
        stage.put_secret(place, USER);
        let admin = format!(r#"{{"protocol": "SASL_PLAINTEXT", "secret": "{place}"}}"#);
        stage.put("admin", &admin);
        healing.run(&stage).await;
    }
    stage.inspect(&gone, 1, true);
    let is = |state: KafkaState| {
        stage
            .edit(|model, _| model.edit_kafka(&gone, |kafka| kafka.state = state))
            .expect("edited");
    };
    is(KafkaState::Hangs);
    stage.looked_at(&gone, 1).await;
    healing.run(&stage).await;
    is(KafkaState::Answers);
    healing.run(&stage).await;
    stage.on_host(&gone, |host, _| kafka::kill(host));
    stage.looked_at(&gone, 1).await;
    healing.run(&stage).await;
    stage.on_host(&gone, kafka::start);
    stage.ails(&ill, Some(false));
    for _ in 0..75 {
        stage.pass(Duration::from_secs(60)).await;
        healing.run(&stage).await;
    }
    let writes = stage.writes();
    for call in [Call::RebootInstances, Call::SetInstanceHealth] {
        assert!(writes.contains(&call), "{call}");
    }
    stage
}

/// Its group launches it, and terminates it again: it is started and stopped. One of the others is on a Spot Instance.
async fn a_broker_comes_and_goes() -> Stage {
    let stage = Stage::new();
    let (listeners, brokers) = stage.rolled(3).await;
    stage.is_spot(&brokers[0]);
    stage.put("restarts", "any-time");
    listeners.settle(&stage).await;
    let file = file_of_many(4, 3).replace("broker,controller", "broker");
    let file = file.replace(",CONTROLLER://0.0.0.0:29092", "");
    let (group, _) = stage.entering(4, &file).await;
    for size in [1, 0] {
        stage.scale(&group, size);
        for _ in 0..12 {
            stage.pass(Duration::from_secs(60)).await;
            stage.activate().await;
            listeners.run(&stage).await;
        }
    }
    stage
}

#[test]
fn every_function_of_the_template_calls_in_the_scenarios() {
    let template = deployed(TEXT).expect("the template");
    for stack in template.functions().expect("functions") {
        let FunctionSettings { binary, role, .. } = stack.function;
        let calls = used().iter().filter(|each| *each.by == *role);
        let by_itself = calls.filter(|each| !plumbing(each));
        assert!(by_itself.count() > 5, "{binary} is not played");
    }
}

/// What Lambda does in a function's name.
fn plumbing(request: &Request) -> bool {
    ["sqs:", "logs:"]
        .iter()
        .any(|service| request.action.starts_with(service))
}

#[test]
fn the_scenarios_make_every_call_and_nothing_is_denied() {
    let used: BTreeSet<&str> = used().iter().map(|each| &*each.action).collect();
    for call in CALLS {
        let is_made = used.contains(call.action());
        assert_eq!(
            is_made,
            !OF_NOBODY.contains(call),
            "{call} is made: {is_made}"
        );
    }
}
