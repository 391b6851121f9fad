//! A small account behind both doors, and the SDK in front of one of them.

use aws::Aws;
use aws_config::{BehaviorVersion, ConfigLoader, Region};
use aws_credential_types::Credentials;
use cloud::calls::{CommandFilter, NewCommand, NewTargetGroup};
use fleet::observed::{HealthCheck, IngressRule, IngressSource, LifecycleResult, LoadBalancer};
use fleet::tags::{CLUSTER, NODE_ID, Tags};
use fleet::words::{
    AutoScalingGroupName, CommandId, EndpointServiceId, InstanceId, ListenerArn, LoadBalancerArn,
    Port, SecurityGroupId, ServicePermissionId, SpotRequestId, TargetGroupArn, VpcEndpointId,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use world::clock::Clock;
use world::doors::http::{Door, HttpDoor};
use world::doors::memory::MemoryDoor;
use world::iam::Caller;
use world::model::{
    AlarmState, AllowedPattern, CommandDocument, Consumer, DocumentParameter, FailedChecks, Hook,
    Launch, Model, NewAutoScalingGroup, NewLoadBalancer, Ran, ScriptRun, Scripted, SendCommand,
    Settings, Started, TakenBack, Transition, Watched, service_id,
};

/// A parameter as a person pastes it: every character that a wire format has to escape.
pub const PATTERN: &str = "<broker_id>.<az_id>.abc.us-west-2.aws.3199015.tidbcloud.com:<port>\n<ブローカーID> \"&\" 100%+\t;";

/// A secret in it, beside one of Secrets Manager.
pub const SECRET: &str = "/kafka-privatelink/orders/secrets/probe";
/// An Auto Scaling group with two hooks, one of whose instances waits for both.
pub const SCALING: &str = "brokers-1";
pub const HOOK: &str = "kafka-privatelink-launch é&";
/// A log group with reports whose texts have to be escaped.
pub const LOG: &str = "/kafka-privatelink/orders/register-brokers";
/// The function that can be invoked.
pub const PROBE: &str = "ProbeBrokersFunction";

/// A document that was run before, and one that is run now.
pub const INSPECT: &str = "kafka-privatelink-orders-inspect";
pub const APPLY: &str = "kafka-privatelink-orders-apply";

/// Asks for what was sent before.
pub fn sent_before() -> CommandFilter {
    CommandFilter {
        document: INSPECT.into(),
        invoked_after: start() - SignedDuration::from_hours(24),
        invoked_before: None,
    }
}

/// A command whose comment has to be escaped.
pub fn new_command(instance: &InstanceId) -> NewCommand {
    NewCommand {
        document: APPLY.into(),
        instance: instance.clone(),
        payload: "dmVyc2lvbiAx_-".to_owned(),
        comment: "apply \"é\" & {{x}} \\ generation=1".to_owned(),
    }
}

/// A question about the listener, and one about the running broker.
pub fn inquiry() -> String {
    let endpoint = serde_json::json!({"host": "b1.example.com", "port": 9093});
    let question = |path: &str, address: &str, port: u16| {
        serde_json::json!({"group": "EXTERNAL", "path": path, "broker": 1,
            "address": address, "port": port})
    };
    serde_json::json!({
        "groups": {"EXTERNAL": {"protocol": "PLAINTEXT", "parameter": "/kafka-privatelink/orders/listeners/EXTERNAL", "endpoints": {"1": endpoint}}},
        "questions": [
            question("port", "10.0.0.5", 9092),
            question("direct", "10.0.0.11", 39092),
        ],
    })
    .to_string()
}

/// What the account holds.
#[derive(Clone, Debug)]
pub struct Account {
    pub load_balancer: LoadBalancerArn,
    /// Has the listener and no target.
    pub group: TargetGroupArn,
    /// Has no listener.
    pub spare: TargetGroupArn,
    pub listener: ListenerArn,
    pub running: InstanceId,
    pub pending: InstanceId,
    /// Waits for the hooks.
    pub waiting: InstanceId,
    /// Of a Spot Instance that runs on, of one that AWS takes back, and of none.
    pub spot_requests: Vec<SpotRequestId>,
    /// The endpoint service, with two permissions and two connections that wait to be accepted.
    pub service: EndpointServiceId,
    pub permission: ServicePermissionId,
    pub endpoints: Vec<VpcEndpointId>,
    /// What it lets in are two rules.
    pub security_group: SecurityGroupId,
    /// The first of two that ended on the running instance long ago.
    pub command: CommandId,
}

impl Account {
    /// The NLB as it is read.
    pub fn nlb(&self) -> LoadBalancer {
        LoadBalancer {
            arn: self.load_balancer.clone(),
            kind: "network".to_owned(),
            vpc: Settings::default().vpc,
            zones: BTreeSet::new(),
            security_groups: BTreeSet::new(),
            enforces_inbound_on_private_link: None,
        }
    }
}

/// The account behind its two doors.
pub struct Wire {
    pub account: Account,
    pub model: Arc<Mutex<Model>>,
    pub clock: Clock,
    pub memory: MemoryDoor,
    pub sdk: Aws,
    pub door: HttpDoor,
}

impl Wire {
    /// With AWS's own page sizes.
    pub async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    pub async fn with(settings: Settings) -> Self {
        let (model, account) = filled(settings);
        let model = Arc::new(Mutex::new(model));
        let clock = Clock::new(start(), 1);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let door = Door::new(Arc::clone(&model), clock.clone());
        let door = HttpDoor::serve(listener, door).expect("the door listens on loopback");
        Self {
            account,
            memory: MemoryDoor::new(Arc::clone(&model), clock.clone()),
            sdk: Aws::from_config(config(&door.url())).await,
            model,
            clock,
            door,
        }
    }

    /// The same account before doors that this caller asks at.
    pub async fn called_by(self, caller: Arc<Caller>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let door = Door::new(Arc::clone(&self.model), self.clock.clone());
        let door = door.with_callers([(KEY.to_owned(), Arc::clone(&caller))].into());
        let door = HttpDoor::serve(listener, door).expect("the door listens on loopback");
        let memory = MemoryDoor::new(Arc::clone(&self.model), self.clock.clone());
        Self {
            memory: memory.as_caller(caller),
            sdk: Aws::from_config(config(&door.url())).await,
            door,
            ..self
        }
    }

    pub fn model(&self) -> MutexGuard<'_, Model> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The access key of the SDK here.
const KEY: &str = "AKIDEXAMPLE";

/// The SDK's configuration for a server of a test.
pub fn config(url: &str) -> ConfigLoader {
    aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new("us-west-2"))
        .endpoint_url(url)
        .credentials_provider(Credentials::new(KEY, "secret", None, None, "test"))
}

pub fn port(number: u16) -> Port {
    Port::new(number).expect("a port of a test")
}

pub fn every(interval_seconds: u32) -> HealthCheck {
    HealthCheck {
        protocol: "TCP".to_owned(),
        port: "traffic-port".to_owned(),
        interval_seconds,
        healthy_threshold: 3,
        unhealthy_threshold: 2,
    }
}

pub fn new_group(name: &str) -> NewTargetGroup {
    NewTargetGroup {
        name: name.into(),
        vpc: Settings::default().vpc,
        port: port(39092),
        health_check: every(10),
        tags: tags(),
    }
}

/// Two tags: one of ours, one that has to be escaped.
pub fn tags() -> Tags {
    [(CLUSTER, "orders"), ("a + b/c:d=e_f", "é @ +/=:._-")]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
}

pub fn start() -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 55)
}

/// Two of each kind, so that there are two pages of everything.
fn filled(settings: Settings) -> (Model, Account) {
    let long_ago = start() - SignedDuration::from_hours(1);
    let mut model = Model::new(settings);
    let account = model.by_hand(|model| {
        let load_balancer = model
            .create_load_balancer(long_ago, NewLoadBalancer::named("kafka"))
            .expect("a load balancer");
        let other = model
            .create_load_balancer(long_ago, NewLoadBalancer::named("other"))
            .expect("a load balancer");
        let mut service = |nlb: &LoadBalancerArn| {
            let made = model.create_endpoint_service(long_ago, nlb);
            made.expect("an endpoint service")
        };
        let (service, _) = (service(&load_balancer), service(&other));
        let shared = shared(model, &service);
        let mut group = |name: &str| {
            model
                .create_target_group(long_ago, &new_group(name))
                .expect("a target group")
        };
        let (group, spare) = (group("kpl-1-one"), group("kpl-1-two"));
        let mut listener = |number: u16| {
            model
                .create_listener(long_ago, &load_balancer, port(number), &group, &tags())
                .expect("a listener")
        };
        let (listener, _) = (listener(9092), listener(9093));
        let broker = |id: &str| {
            Launch::in_zone("usw2-az1")
                .tag(CLUSTER, "orders")
                .tag(NODE_ID, id)
        };
        let running = model
            .run_instance(long_ago, broker("1"))
            .expect("an instance");
        for name in ["brokers-1", "brokers-2"] {
            let new = NewAutoScalingGroup {
                name: AutoScalingGroupName::from(name),
                zones: vec!["usw2-az2".into()],
                desired_capacity: 1,
                tags: tags(),
            };
            model
                .create_auto_scaling_group(long_ago, new)
                .expect("an Auto Scaling group");
        }
        model
            .set_target_groups(
                long_ago,
                &AutoScalingGroupName::from("brokers-2"),
                [spare.clone()].into(),
            )
            .expect("attached");
        model
            .set_reuse(long_ago, &AutoScalingGroupName::from("brokers-2"), true)
            .expect("a warm pool");
        let processes = ["AZRebalance"];
        model
            .suspend_processes(
                long_ago,
                &AutoScalingGroupName::from("brokers-1"),
                &processes,
            )
            .expect("suspended");
        for name in ["EXTERNAL", "EXTERNAL2"] {
            let name = format!("/kafka-privatelink/orders/listeners/{name}");
            model
                .put_parameter(long_ago, &name.as_str().into(), PATTERN)
                .expect("a parameter");
        }
        model
            .put_secret(long_ago, &SECRET.into(), "hunter2 \"é\"")
            .expect("a secret");
        let second = Launch::in_zone("usw2-az2").tag(CLUSTER, "orders");
        let second = model.run_instance(long_ago, second).expect("an instance");
        let waiting = waiting(model);
        ailing(model, &running);
        let command = commanded(model, &running);
        let spot_requests = spot(model, [&running, &second]);
        for said in ["\"é\" & {{x}}", "", "<b>"] {
            let line = serde_json::json!({ "milliseconds": 1, "held": [said] });
            model.print(start(), &LOG.into(), &line.to_string());
        }
        let pending = model
            .run_instance(start(), broker("2"))
            .expect("an instance");
        let shown = model.describe_load_balancer(start(), &load_balancer);
        let groups = shown.expect("the load balancer").security_groups;
        let security_group = groups.into_iter().next().expect("a security group");
        model.edit_security_group(long_ago, &security_group, |rules| {
            let source = IngressSource::Group("sg-theirs".into());
            let rule = IngressRule {
                source,
                ..rules[0].clone()
            };
            rules.push(rule);
        });
        Account {
            load_balancer,
            command,
            service: service_id(&service),
            permission: shared.0,
            endpoints: shared.1,
            security_group,
            group,
            spare,
            listener,
            running,
            pending,
            waiting,
            spot_requests,
        }
    });
    (model, account)
}

/// An instance with a volume that fails a status check, and three alarms that are on: a composite one is suppressed,
/// and one is tagged and to do nothing.
fn ailing(model: &mut Model, instance: &InstanceId) {
    let long_ago = start() - SignedDuration::from_mins(30);
    for (volume, goes) in [("vol-1", true), ("vol-2", false)] {
        let attached = model.attach_volume(instance, volume.into(), goes);
        attached.expect("a volume");
    }
    let failed = FailedChecks {
        reachability: Some(long_ago),
        stays: true,
        ..FailedChecks::default()
    };
    let failing = model.fail_checks(long_ago, instance, failed);
    failing.expect("it is known");
    for (name, tagged, by) in [
        ("orders-ill", true, None),
        ("a composite one, \"é\"", false, Some("ExtensionPeriod")),
        ("kafka-privatelink-orders-status", false, None),
    ] {
        model.put_alarm(long_ago, name, Watched::ByHand, 1);
        model.edit_alarm(long_ago, name, |mut record| {
            record.tags = if tagged { tags() } else { Tags::new() };
            record.actions_enabled = !tagged;
            record.suppressed_by = by.map(str::to_owned);
            Some(record)
        });
        model.set_alarm(long_ago, name, AlarmState::Alarm);
    }
}

/// Both were launched as Spot Instances, and AWS takes the second one back.
fn spot(model: &mut Model, instances: [&InstanceId; 2]) -> Vec<SpotRequestId> {
    for id in instances {
        model.make_spot(id).expect("it is known");
    }
    let [_, second] = instances;
    let taken = model.take_back(start(), second, TakenBack::ForCapacity);
    taken.expect("it runs");
    let request = |id| {
        let spot = model.instance(id).and_then(|it| it.spot.as_ref());
        spot.expect("a Spot Instance").request.clone()
    };
    let known = instances.map(request).into_iter();
    known.chain(["sir-unknown".into()]).collect()
}

/// A second instance of the group, which waits to enter it, also when one of its two hooks is completed.
fn waiting(model: &mut Model) -> InstanceId {
    let (long_ago, group) = (start() - SignedDuration::from_mins(50), &SCALING.into());
    let second = long_ago + SignedDuration::from_secs(1);
    for name in [HOOK, "other"] {
        let hook = Hook {
            name: name.to_owned(),
            transition: Transition::Launching,
            heartbeat_timeout: Duration::from_secs(7200),
            default_result: LifecycleResult::Continue,
            notification_metadata: (name == HOOK).then(|| "{\"at_limit\": \"<é>\"}".to_owned()),
        };
        let put = model.put_lifecycle_hook(long_ago, group, hook);
        put.expect("a hook");
    }
    let scaled = model.set_desired_capacity(second, group, 2);
    scaled.expect("scaled out");
    let later = long_ago + SignedDuration::from_mins(10);
    let groups = model.describe_auto_scaling_groups(later, None);
    let instances = groups.expect("groups").items.into_iter();
    let mut instances = instances.flat_map(|group| group.instances);
    let waits = instances.find(|(_, state)| state == "Pending:Wait");
    waits.expect("an instance that waits").0
}

/// Two accounts may connect to the service, one by a tagged permission, and both ask for it.
fn shared(model: &mut Model, service: &str) -> (ServicePermissionId, Vec<VpcEndpointId>) {
    let (long_ago, id) = (start() - SignedDuration::from_hours(1), service_id(service));
    for (account, tags) in [("111122223333", tags()), ("000011112222", Tags::new())] {
        let principal = format!("arn:aws:iam::{account}:root");
        let allowed = model.allow_by_hand(long_ago, &id, &principal, tags);
        allowed.expect("a permission");
    }
    let permission = model.service_permissions(&id).next().expect("one");
    let permission = permission.id.clone();
    let connect = |account| {
        let connected = model.consumer_connects(long_ago, &Consumer::of(account), service);
        connected.expect("an endpoint")
    };
    let endpoints = ["111122223333", "000011112222"].map(connect);
    (permission, endpoints.into())
}

/// Two commands that ended on this instance, and documents for them and another one.
fn commanded(model: &mut Model, instance: &InstanceId) -> CommandId {
    let long_ago = start() - SignedDuration::from_mins(30);
    for name in [INSPECT, APPLY] {
        let payload = DocumentParameter {
            by_environment: true,
            allowed_pattern: AllowedPattern::parse("^[A-Za-z0-9_-]{1,64}$").ok(),
            ..DocumentParameter::default()
        };
        let document = CommandDocument {
            name: name.into(),
            tags: tags(),
            parameters: [("payload".to_owned(), payload)].into(),
            script: "true".to_owned(),
            execution_timeout: Duration::from_secs(600),
        };
        model.put_document(long_ago, document);
    }
    let ran = Ran {
        exit_code: Some(10),
        stdout: "{\"é\":\"\\u0000 & <\"}\n".to_owned(),
        stderr: "refused\n".to_owned(),
    };
    model.set_shell(Arc::new(Scripted(move |_: &ScriptRun, _: &mut _| {
        Started::Ends(Duration::from_millis(1500), ran.clone())
    })));
    let mut send = |comment: &str| {
        let new = NewCommand {
            document: INSPECT.into(),
            comment: comment.to_owned(),
            ..new_command(instance)
        };
        let sent = model.send_command(long_ago, &SendCommand::from(&new));
        sent.expect("a command").id
    };
    let first = send("look \"é\" & {{x}}");
    send("");
    model.advance(start());
    first
}
