//! What IAM cannot see, the code guards (F44): which instances are registered, and which group a
//! listener forwards to. To IAM, such a request is the one that the function makes all the time.

use cloud::call::Call;
use cloud::calls::{MappingWrites, NewTargetGroup};
use fleet::naming::{self, Owner};
use fleet::tags::{self, Tags};
use fleet::words::{InstanceId, ListenerArn, NodeId, Port, TargetGroupArn};
use std::time::Duration;
use tests::{CLUSTER, Stage, ZONES, tagged};
use world::deployment::REGISTER_BROKERS;
use world::iam::Request;
use world::model::{Launch, WriteRecord};

fn asked(stage: &Stage) -> Vec<Request> {
    stage.caller(REGISTER_BROKERS).asked()
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

/// A target group that looks like one of ours, of this broker.
fn foreign_group(stage: &Stage, name: &str, node: u16, cluster: Option<&str>) -> TargetGroupArn {
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
    tags.insert(tags::NODE_ID.to_owned(), node.to_string());
    tags.insert(tags::PORT.to_owned(), (9092 + node).to_string());
    let new = NewTargetGroup {
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

/// A person's own listener on our load balancer, to a group of ours.
fn foreign_listener_to(stage: &Stage, port: u16, group: &TargetGroupArn) -> ListenerArn {
    let (nlb, port) = (stage.nlb(), Port::new(port).expect("a port"));
    stage
        .edit(|model, now| model.create_listener(now, &nlb, port, group, &Tags::new()))
        .expect("a listener")
}

#[tokio::test(start_paused = true)]
async fn f44_to_iam_foreign_instances_and_forwarding_to_foreign_groups_are_nothing_new() {
    let stage = Stage::three().await;
    let (ours, listener) = (stage.group(9094), stage.listener(9094));
    // Each of the requests has been made for something of ours.
    let door = stage.door();
    let broker = stage.behind(9094);
    let broker: Vec<InstanceId> = broker.into_iter().collect();
    assert_eq!(door.register_targets(&ours, &broker).await, Ok(()));
    assert_eq!(door.modify_listener(&listener, &ours).await, Ok(()));
    let before = asked(&stage);
    let theirs = foreign_group(&stage, "theirs", 2, None);
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
    let stage = Stage::three().await;
    let name_of = |node| {
        let owner = Owner::Broker(NodeId::parse(node).expect("a node id"));
        naming::target_group_name(&CLUSTER.into(), &"EXTERNAL".into(), owner).to_string()
    };
    let groups = [
        foreign_group(&stage, "theirs", 2, None),
        foreign_group(&stage, "also-theirs", 2, Some(CLUSTER)),
        foreign_group(&stage, &name_of("4"), 4, None),
        foreign_group(&stage, &name_of("5"), 5, Some("payments")),
    ];
    // Where the one of broker 3 was.
    let ours = stage.listener(9095);
    stage
        .edit(|model, now| model.delete_listener(now, &ours))
        .expect("deleted");
    let listeners = [
        stage.foreign_listener(9095),
        foreign_listener_to(&stage, 9099, &stage.group(9093)),
    ];
    let instances = foreign_instances(&stage);
    stage.pass(Duration::from_secs(60)).await;
    // Somebody has put them where the function sees them.
    let targets: Vec<_> = instances.iter().map(|id| (id.clone(), None)).collect();
    let bootstrap = stage.group(9092);
    stage
        .edit(|model, now| model.register_targets(now, &bootstrap, &targets))
        .expect("registered");
    stage.forget_calls();
    // Broker 2 is gone, and everything that could be taken for it is there.
    let broker = stage.behind(9094).pop_first().expect("a broker");
    stage.terminate(&broker);
    stage.settle().await;
    for node in 4..=6 {
        stage.broker(node, ZONES[0]);
    }
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
    let of_theirs = groups.iter().map(TargetGroupArn::as_str);
    let of_theirs: Vec<&str> = of_theirs
        .chain(listeners.iter().map(ListenerArn::as_str))
        .collect();
    for WriteRecord { call, what, .. } in model.writes() {
        let touched = of_theirs.iter().find(|arn| what.contains(**arn));
        assert_eq!(touched, None, "{call}: {what}");
        // Out of our own groups they are taken.
        let taken = instances.iter().find(|id| what.contains(id.as_str()));
        assert!(
            taken.is_none() || *call == Call::DeregisterTargets,
            "{call}: {what}"
        );
    }
    // None of it came to nothing only because the role forbids it.
    assert_eq!(stage.caller(REGISTER_BROKERS).denied(), []);
}
