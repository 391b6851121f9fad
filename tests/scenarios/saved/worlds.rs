//! The worlds whose observations are saved.

mod healing;
mod listeners;
mod principals;

use cloud::call::Call;
use fleet::plan::{Change, Plan};
use fleet::tags::{self, Tags};
use fleet::words::InstanceId;
use serde::Serialize;
use serde_json::Value;
use std::fmt::Display;
use std::future::Future;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::time::Duration;
use tests::healing::Healing;
use tests::listeners::Listeners;
use tests::principals::Principals;
use tests::scaling::hook;
use tests::{CLUSTER, Stage, ZONES, tagged};
use world::model::{
    ApiError, Hook, KafkaState, Launch, NewAutoScalingGroup, NewLoadBalancer, Settings, Transition,
};

/// Which function looks at a world.
#[derive(Clone, Copy)]
pub(super) enum Looks {
    HealBrokers,
    PushListeners,
    RegisterBrokers,
    SyncPrincipals,
}

/// A world by its name.
pub(super) struct World {
    pub(super) name: &'static str,
    pub(super) looks: Looks,
    pub(super) play: fn() -> Pin<Box<dyn Future<Output = Stage>>>,
}

impl World {
    /// Played, and looked at.
    pub(super) async fn observed(&self, masked: bool) -> Value {
        let stage = (self.play)().await;
        stage.forget_calls();
        let saved = match self.looks {
            Looks::HealBrokers => Healing::on(&stage).observe(&stage, masked).await,
            Looks::PushListeners => Listeners::on(&stage).observe(&stage, masked).await,
            Looks::RegisterBrokers => stage.observe(masked).await,
            Looks::SyncPrincipals => Principals::on(&stage).observe(&stage, masked).await,
        };
        assert_eq!(
            stage.writes(),
            [],
            "{}: observing writes nothing",
            self.name
        );
        saved
    }

    /// Played, and the plan as a person asks for it: in text, and as JSON.
    pub(super) async fn planned(&self) -> (String, Value) {
        let stage = (self.play)().await;
        match self.looks {
            Looks::HealBrokers => shown(&Healing::on(&stage).plan(&stage).await.plan),
            Looks::PushListeners => shown(&Listeners::on(&stage).plan(&stage).await.plan),
            Looks::RegisterBrokers => shown(&stage.plan().await.plan),
            Looks::SyncPrincipals => shown(&Principals::on(&stage).plan(&stage).await.plan),
        }
    }
}

fn shown<C, D, P>(plan: &Plan<C, D, P>) -> (String, Value)
where
    C: Change + Serialize,
    D: Serialize,
    P: Display + Serialize,
{
    let json = serde_json::to_value(plan).expect("JSON");
    (activation::text::plan_text(plan), json)
}

macro_rules! worlds {
    ($($looks:ident { $($name:literal: $play:path,)* })*) => {
        pub(super) const WORLDS: &[World] = &[$($(World {
            name: $name,
            looks: Looks::$looks,
            play: || Box::pin($play()),
        }),*),*];
    };
}

worlds! { RegisterBrokers {
    "resting": resting,
    "new-broker": new_broker,
    "broker-gone": broker_gone,
    "instance-replaced": instance_replaced,
    "crossed-wires": crossed_wires,
    "mistyped-tag": mistyped_tag,
    "twins": twins,
    "full-nlb": full_nlb,
    "changed-pattern": changed_pattern,
    "health-not-read": health_not_read,
    "permission-missing": permission_missing,
    "paused": paused,
    "group-retired": group_retired,
    "parameter-refused": parameter_refused,
    "users-and-passwords": users_and_passwords,
    "wrong-broker-answers": wrong_broker_answers,
    "other-kafka-cluster": other_kafka_cluster,
    "auto-scaling": auto_scaling,
    "waits-for-a-hook": waits_for_a_hook,
    "among-strangers": among_strangers,
} SyncPrincipals {
    "who-may-connect": principals::who_may_connect,
    "nobody-is-said": principals::nobody_is_said,
    "many-leave": principals::many_leave,
    "accounts-leave": principals::accounts_leave,
    "refused-list": principals::refused_list,
    "reaches-nothing": principals::reaches_nothing,
} PushListeners {
    "listener-missing": listeners::listener_missing,
} HealBrokers {
    "instance-ill": healing::instance_ill,
} }

pub(super) const PASSWORD: &str = "hunter2-of-this-test";
const MINUTE: Duration = Duration::from_secs(60);
/// A consumer's names by zone, as a console shows them.
const BY_ZONE: &str =
    "usw2-az1 => <broker_id>.usw2-az1.acme7.us-west-2.aws.4405121.tidbcloud.com:<port>
usw2-az2 => <broker_id>.usw2-az2.acme7.us-west-2.aws.4405121.tidbcloud.com:<port>
usw2-az3 => <broker_id>.usw2-az3.acme7.us-west-2.aws.4405121.tidbcloud.com:<port>";
const SECOND: &str = r#"{"pattern": "<broker_id>.<az_id>.xyz.us-west-2.aws.777.tidbcloud.com:<port>",
 "bootstrap_port": 9192, "broker_ports": "9193-9240", "bind_port": 39093}"#;

/// Three brokers, in networks that no mask leaves as they are.
async fn resting() -> Stage {
    let mut settings = Settings::default();
    for (zone, place) in settings.zones.iter_mut().zip([37, 38, 140]) {
        zone.network = Ipv4Addr::new(10, 171, place, 64);
    }
    Stage::three_with(settings).await
}

fn behind(stage: &Stage, port: u16) -> InstanceId {
    stage.behind(port).first().cloned().expect("a broker")
}

fn tag(stage: &Stage, instance: &InstanceId, more: &[(&str, &str)]) {
    let mut tags = Tags::from([(tags::CLUSTER.to_owned(), CLUSTER.to_owned())]);
    tags.extend(
        more.iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned())),
    );
    stage
        .edit(|model, _| model.set_tags(instance, tags))
        .expect("tagged");
}

async fn new_broker() -> Stage {
    let stage = resting().await;
    stage.broker(4, ZONES[0]);
    stage.pass(MINUTE).await;
    stage
}

async fn broker_gone() -> Stage {
    let stage = resting().await;
    stage.terminate(&behind(&stage, 9094));
    stage.pass(MINUTE).await;
    stage
}

async fn instance_replaced() -> Stage {
    let stage = broker_gone().await;
    stage.settle().await;
    stage.broker(2, ZONES[1]);
    stage.pass(MINUTE).await;
    stage
}

async fn crossed_wires() -> Stage {
    let stage = resting().await;
    stage.repoint(9093, 9094);
    stage
}

async fn mistyped_tag() -> Stage {
    let stage = resting().await;
    tag(&stage, &behind(&stage, 9094), &[(tags::NODE_ID, "b2")]);
    tag(&stage, &behind(&stage, 9095), &[(tags::NODE_ID, "33")]);
    stage
}

async fn twins() -> Stage {
    let stage = resting().await;
    stage.broker(2, ZONES[0]);
    stage.broker(5, ZONES[0]);
    stage.broker(5, ZONES[2]);
    stage.pass(MINUTE).await;
    stage
}

async fn full_nlb() -> Stage {
    let stage = resting().await;
    for port in 20_000..20_046 {
        stage.foreign_listener(port);
    }
    stage.terminate(&behind(&stage, 9095));
    stage.broker(4, ZONES[0]);
    stage.pass(MINUTE).await;
    stage.activate().await;
    stage.pass(MINUTE).await;
    stage
}

/// The brokers still advertise the old names.
async fn changed_pattern() -> Stage {
    let stage = resting().await;
    for (node, (port, az)) in (1..).zip([9093, 9094, 9095].into_iter().zip(ZONES)) {
        let old = format!("b{node}.{az}.abc.us-west-2.aws.3199015.tidbcloud.com:{port}");
        let instance = behind(&stage, port);
        let edit = |kafka: &mut world::model::KafkaProcess| {
            kafka.endpoints.insert("EXTERNAL".into(), Some(old));
        };
        stage
            .edit(|model, _| model.edit_kafka(&instance, edit))
            .expect("edited");
    }
    stage.put("listeners/EXTERNAL", BY_ZONE);
    stage
}

async fn health_not_read() -> Stage {
    let stage = instance_replaced().await;
    let call = Call::DescribeTargetHealth;
    stage.model().fail_next(call, ApiError::internal(call), 1);
    stage
}

async fn permission_missing() -> Stage {
    let stage = new_broker().await;
    stage.model().deny(Call::DescribeAutoScalingGroups);
    stage
}

async fn paused() -> Stage {
    let stage = new_broker().await;
    stage.put("paused", "true");
    stage
}

async fn group_retired() -> Stage {
    let stage = resting().await;
    stage.put("listeners/EXTERNAL2", SECOND);
    stage.settle().await;
    stage.put("listeners/EXTERNAL2", r#"{"retired": true}"#);
    stage.settle().await;
    stage.pass(Duration::from_secs(16 * 60)).await;
    stage
}

async fn parameter_refused() -> Stage {
    let stage = new_broker().await;
    let unfilled = "<broker_id>.<az_id>.unique_name.us-west-2.aws.3199015.tidbcloud.com:<port>";
    stage.put("listeners/EXTERNAL", unfilled);
    stage.put("listners/EXTERNAL2", SECOND);
    stage
}

async fn users_and_passwords() -> Stage {
    let stage = resting().await;
    let place = format!("/kafka-privatelink/{CLUSTER}/secrets/probe-of-acme");
    let user = format!(
        r#"{{"mechanism": "SCRAM-SHA-512", "username": "probe", "password": "{PASSWORD}"}}"#
    );
    stage.put_secret(&place, &user);
    let group = SECOND.replace(
        r#""bind_port""#,
        &format!(r#""protocol": "SASL_PLAINTEXT", "secret": "{place}", "bind_port""#),
    );
    stage.put("listeners/EXTERNAL2", &group);
    stage.settle().await;
    stage
}

async fn wrong_broker_answers() -> Stage {
    let stage = resting().await;
    let instance = behind(&stage, 9095);
    stage
        .edit(|model, _| {
            model.edit_kafka(&instance, |kafka| {
                kafka.node_id = fleet::words::NodeId::new(2);
            })
        })
        .expect("edited");
    stage
}

async fn other_kafka_cluster() -> Stage {
    let stage = resting().await;
    let [one, two] = [9093, 9094].map(|port| behind(&stage, port));
    let id = "MkU3OEVBNTcwNTJENDM2Qg";
    tag(
        &stage,
        &one,
        &[(tags::NODE_ID, "1"), (tags::CLUSTER_ID, id)],
    );
    let hangs = |kafka: &mut world::model::KafkaProcess| kafka.state = KafkaState::Hangs;
    stage
        .edit(|model, _| model.edit_kafka(&two, hangs))
        .expect("edited");
    stage
}

/// Broker 4 is of an Auto Scaling group, which takes it out of service.
async fn auto_scaling() -> Stage {
    let stage = resting().await;
    let name = fleet::words::AutoScalingGroupName::from("acme brokers 4");
    let new = NewAutoScalingGroup {
        name: name.clone(),
        zones: vec![ZONES[0].into()],
        desired_capacity: 1,
        tags: tagged(ZONES[0], "4").tags,
    };
    stage
        .edit(|model, now| model.create_auto_scaling_group(now, new))
        .expect("a group");
    stage.settle().await;
    let fourth = behind(&stage, 9096);
    let theirs = NewAutoScalingGroup {
        name: "acme-theirs".into(),
        zones: vec![ZONES[0].into()],
        desired_capacity: 0,
        tags: Tags::new(),
    };
    let group = stage.group(9094);
    stage
        .edit(|model, now| {
            model.create_auto_scaling_group(now, theirs)?;
            model.set_target_groups(now, &"acme-theirs".into(), [group].into())?;
            model.set_lifecycle_state(now, &fourth, "Terminating:Wait")
        })
        .expect("set");
    stage
}

/// A broker that does not come up, by a hook whose owner wants it given up, beside somebody else's hook.
async fn waits_for_a_hook() -> Stage {
    let stage = resting().await;
    let group = "acme brokers 4";
    stage.scaling_group(group, 4, &[("acme-backup", Transition::Launching)]);
    let metadata = r#"{"at_limit": "abandon", "owner": "acme"}"#;
    let ours = Hook {
        notification_metadata: Some(metadata.to_owned()),
        ..hook("kafka-privatelink-acme", Transition::Launching)
    };
    stage.put_hook(group, ours);
    stage.scale(group, 1);
    stage.pass(MINUTE).await;
    let (fourth, _) = stage.lifecycle(group).pop_first().expect("broker 4");
    stage.kafka_is(&fourth, KafkaState::Down);
    stage.pass(MINUTE).await;
    stage.activate().await;
    stage
}

/// Other clusters, other people's listeners, load balancers, tags and names.
async fn among_strangers() -> Stage {
    let stage = resting().await;
    stage.foreign_listener(9100);
    let one = behind(&stage, 9093);
    tag(
        &stage,
        &one,
        &[
            (tags::NODE_ID, "1"),
            ("Name", "acme kafka 1"),
            ("owner", "jane.doe@acme.example.com"),
            ("acme:cost-center", "4711"),
        ],
    );
    let stranger = stage.launch(
        Launch::in_zone(ZONES[1])
            .tag(tags::CLUSTER, "sales")
            .tag(tags::NODE_ID, "1"),
    );
    stage.pass(MINUTE).await;
    stage.register(&stranger, 9094, None);
    let service = stage.endpoint_service();
    stage
        .edit(|model, now| {
            let second = model.create_load_balancer(now, NewLoadBalancer::named("acme-second"))?;
            model.add_to_endpoint_service(now, &service, &second)?;
            model.edit_endpoint_service(now, &service, |service| {
                service.private_dns_name = Some("kafka.acme.example.com".to_owned());
            })
        })
        .expect("edited");
    stage.pass(MINUTE).await;
    stage
}
