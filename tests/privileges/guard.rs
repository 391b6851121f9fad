//! What IAM cannot see, the code guards (F44): which instances are registered, and which group a
//! listener forwards to. To IAM, such a request is the one that the function makes all the time.

use cloud::calls::MappingWrites;
use fleet::tags::{self, Tags};
use fleet::words::{InstanceId, ListenerArn, Port, TargetGroupArn};
use std::time::Duration;
use tests::{CLUSTER, Stage, ZONES, tagged};
use world::iam::Request;
use world::model::Launch;

fn asked(stage: &Stage) -> Vec<Request> {
    let model = stage.model();
    model.caller().expect("a role").asked()
}

/// Instances that look like ours: of another cluster, of none, of ours without a node id or in
/// another role.
fn foreign_instances(stage: &Stage) -> Vec<InstanceId> {
    let zone = ZONES[1];
    let theirs = Launch::in_zone(zone).tag(tags::CLUSTER, "payments");
    let launches = [
        theirs.tag(tags::NODE_ID, "2"),
        Launch::in_zone(zone).tag(tags::NODE_ID, "2"),
        Launch::in_zone(zone).tag(tags::CLUSTER, CLUSTER),
        tagged(zone, "100").tag(tags::ROLE, "controller"),
    ];
    launches.map(|launch| stage.launch(launch)).into()
}

/// A target group that looks like the one of broker 2.
fn foreign_group(stage: &Stage, name: &str, cluster: Option<&str>) -> TargetGroupArn {
    let arn = stage.group(9094);
    let ours = stage.model().target_groups().find_map(|record| {
        let group = &record.group;
        (group.arn == arn).then(|| group.clone())
    });
    let ours = ours.expect("the group of broker 2");
    let mut tags = ours.tags;
    tags.remove(tags::CLUSTER);
    let cluster = cluster.map(|cluster| (tags::CLUSTER.to_owned(), cluster.to_owned()));
    tags.extend(cluster);
    let new = cloud::calls::NewTargetGroup {
        name: name.into(),
        vpc: ours.vpc,
        port: ours.port,
        health_check: ours.health_check,
        tags,
    };
    stage
        .edit(|model, now| model.create_target_group(now, &new))
        .expect("a group")
}

#[tokio::test(start_paused = true)]
async fn f44_to_iam_foreign_instances_and_forwarding_to_foreign_groups_are_nothing_new() {
    let stage = Stage::seed().await;
    let (ours, listener) = (stage.group(9094), stage.listener(9094));
    // Each of the requests has been made for something of ours.
    let door = stage.door();
    let broker = stage.behind(9094);
    let broker: Vec<InstanceId> = broker.into_iter().collect();
    assert_eq!(door.register_targets(&ours, &broker).await, Ok(()));
    assert_eq!(door.modify_listener(&listener, &ours).await, Ok(()));
    let before = asked(&stage);
    let theirs = foreign_group(&stage, "theirs", None);
    let foreign = foreign_instances(&stage);
    stage.pass(Duration::from_secs(60)).await;
    assert_eq!(door.register_targets(&ours, &foreign).await, Ok(()));
    assert_eq!(door.modify_listener(&listener, &theirs).await, Ok(()));
    assert_eq!(asked(&stage), before);
    let cluster = [(tags::CLUSTER.to_owned(), CLUSTER.to_owned())];
    let cluster = Tags::from(cluster);
    let port = Port::new(9999).expect("a port");
    let nlb = stage.nlb();
    let made = door.create_listener(&nlb, port, &theirs, &cluster).await;
    assert!(made.is_ok(), "{made:?}");
}

#[tokio::test(start_paused = true)]
async fn f44_the_code_never_writes_a_foreign_instance_group_or_listener() {
    let stage = Stage::seed().await;
    let groups = [
        foreign_group(&stage, "theirs", None),
        foreign_group(&stage, "kpl-theirs", Some("payments")),
        foreign_group(&stage, "also-theirs", Some(CLUSTER)),
    ];
    let listeners: Vec<ListenerArn> = [9096, 9097].map(|port| stage.foreign_listener(port)).into();
    let instances = foreign_instances(&stage);
    let mut foreign: Vec<&str> = groups.iter().map(TargetGroupArn::as_str).collect();
    foreign.extend(listeners.iter().map(ListenerArn::as_str));
    foreign.extend(instances.iter().map(InstanceId::as_str));
    stage.forget_calls();
    // Broker 2 is gone, and everything that could be taken for it is there.
    let broker = stage.behind(9094).pop_first().expect("a broker");
    stage.terminate(&broker);
    stage.settle().await;
    stage.broker(4, ZONES[0]);
    stage.settle().await;
    stage.pass(Duration::from_secs(25 * 3600)).await;
    stage.settle().await;
    stage.broker(2, ZONES[1]);
    stage.settle().await;
    stage.put("listeners/EXTERNAL", r#"{"retired": true}"#);
    stage.settle().await;
    stage.pass(Duration::from_secs(16 * 60)).await;
    stage.settle().await;
    let model = stage.model();
    assert!(model.writes().len() > 20, "{:?}", model.writes());
    for (_, call, what) in model.writes() {
        let touched = foreign.iter().find(|foreign| what.contains(**foreign));
        assert_eq!(touched, None, "{call}: {what}");
    }
    // That no step came to nothing only because the role forbids it.
    assert_eq!(model.caller().expect("a role").denied(), []);
}
