//! The account of the stand-in, and the program before it.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use tempfile::TempDir;

const NLB: &str = "net/orders/50dc6c495c0c9188";
const REGION: &str = "us-west-2";

/// Runs what follows as a terminal does it: who runs tests in the background may have these signals ignored.
const IN_FOREGROUND: &str = "import os, signal, sys
for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(one, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable] + sys.argv[1:])";

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The interpreter itself, not a script that looks for one.
fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let asked = Command::new("python3")
            .args(["-c", "import sys; print(sys.executable)"])
            .output();
        let told = asked.expect("python3, which README.md asks for").stdout;
        PathBuf::from(String::from_utf8(told).expect("a path").trim())
    })
}

/// An account, a folder for the state, and a way to run the program.
pub struct Account {
    folder: TempDir,
}

/// How a run ended.
pub struct Ended {
    /// Its exit code; `None` after a signal.
    pub code: Option<i32>,
    /// What it said, first on stdout and then on stderr.
    pub said: String,
}

impl Account {
    /// A faithful one: an NLB with three listeners, three brokers, an endpoint service.
    pub fn faithful() -> Self {
        let account = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        account.write(&faithful());
        account
    }

    /// One in which this goes wrong (`aws` has the words).
    pub fn wrong(wrong: Value) -> Self {
        let account = Self::faithful();
        account.edit(|value| value["wrong"] = wrong);
        account
    }

    /// The account as it is now.
    pub fn read(&self) -> Value {
        let text = std::fs::read_to_string(self.file()).expect("the account");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Somebody changes it.
    pub fn edit(&self, edit: impl FnOnce(&mut Value)) {
        let mut value = self.read();
        edit(&mut value);
        self.write(&value);
    }

    /// From here on this goes wrong, and calls are counted from one.
    pub fn goes_wrong(&self, wrong: Value) {
        self.edit(|value| {
            value["wrong"] = wrong;
            value["calls"] = json!(0);
        });
    }

    /// What others have in it: all but the stand-in's own notes.
    pub fn others(&self) -> Value {
        let mut value = self.read();
        let all = value.as_object_mut().expect("an object");
        for own in ["wrong", "calls", "made", "writes", "young", "failovers"] {
            all.remove(own);
        }
        value
    }

    /// The writes that were taken, each with the ARNs that it named.
    pub fn writes(&self) -> Vec<String> {
        let account = self.read();
        let writes = account["writes"].as_array().expect("a list").iter();
        writes.map(ToString::to_string).collect()
    }

    /// Runs the program with these words, separated by blanks.
    pub fn run(&self, words: &str) -> Ended {
        self.run_on(&self.path(), words)
    }

    /// The same with another PATH.
    pub fn run_on(&self, path: &str, words: &str) -> Ended {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(python())
            .args(["-ISc", IN_FOREGROUND])
            .arg(root().join("infra/conformance/run"))
            .args(words.split(' '))
            .current_dir(self.folder.path())
            .env("PATH", path)
            .env("ACCOUNT", self.file())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .output()
            .expect("the program");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Ended {
            code: status.code(),
            said: text(stdout) + &text(stderr),
        }
    }

    /// What the state file says of each question that was put.
    pub fn outcomes(&self) -> Vec<(String, String)> {
        let text = std::fs::read_to_string(self.state()).expect("a state");
        let state: Value = serde_json::from_str(&text).expect("JSON");
        let checks = state["checks"].as_object().expect("checks").iter();
        let outcome = |check: &Value| check["outcome"].as_str().expect("an outcome").to_owned();
        checks
            .map(|(name, check)| (name.clone(), outcome(check)))
            .collect()
    }

    /// The state file.
    pub fn state(&self) -> PathBuf {
        self.folder.path().join("conformance-orders.json")
    }

    fn path(&self) -> String {
        let interpreter = python().parent().expect("a folder");
        let rest = std::env::var("PATH").unwrap_or_default();
        format!(
            "{}:{}:{rest}",
            env!("CARGO_MANIFEST_DIR"),
            interpreter.display()
        )
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("account.json")
    }

    fn write(&self, value: &Value) {
        std::fs::write(self.file(), value.to_string()).expect("the account");
    }
}

/// A listener of the NLB, which leads to a target group of its own; the group, too.
pub fn port_of_ours(port: u16) -> (Value, Value) {
    let group = elb(&format!("targetgroup/kpl-0a0a0a0a-{port}/{port:016x}"));
    let tags = json!([{"Key": "kafka-privatelink:cluster", "Value": "orders"}]);
    let listener = json!({
        "ListenerArn": elb(&format!("listener/{NLB}/{port:016x}")), "Port": port, "Protocol": "TCP",
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": group}], "Tags": tags, "Attributes": {},
    });
    let group = json!({
        "TargetGroupArn": group, "TargetGroupName": format!("kpl-0a0a0a0a-{port}"), "Tags": tags,
        "Attributes": {}, "Settings": {},
    });
    (listener, group)
}

/// An ARN of Elastic Load Balancing in this account.
pub fn elb(resource: &str) -> String {
    format!("arn:aws:elasticloadbalancing:{REGION}:123456789012:{resource}")
}

/// A stack of `infra/template.yaml` for a cluster.
pub fn stack(name: &str, cluster: &str) -> Value {
    let functions = [
        ("RegisterBrokers", "register-brokers"),
        ("SyncPrincipals", "sync-principals"),
        ("PushListeners", "push-listeners"),
        ("HealBrokers", "heal-brokers"),
    ];
    let outputs = functions.map(|(logical, function)| {
        json!({"OutputKey": format!("{logical}FunctionName"), "OutputValue": format!("fn-{function}")})
    });
    let parameter = |key, value| json!({"ParameterKey": key, "ParameterValue": value});
    json!({
        "StackName": name, "Outputs": outputs,
        "StackId": format!("arn:aws:cloudformation:{REGION}:123456789012:stack/{name}/12345678-0000-4000-8000-000000000000"),
        "Parameters": [
            parameter("ClusterName", cluster), parameter("FirstPort", "9092"), parameter("LastPort", "9140"),
            parameter("FirstBindPort", "39092"), parameter("LastBindPort", "39092"),
        ],
    })
}

fn faithful() -> Value {
    let (listeners, groups): (Vec<_>, Vec<_>) =
        [9092, 9093, 9094].map(port_of_ours).into_iter().unzip();
    let zones = ["a", "b", "c"].map(|zone| format!("{REGION}{zone}"));
    let numbered = || zones.iter().zip(1..);
    let interfaces = numbered().map(|(zone, n)| json!({
        "NetworkInterfaceId": format!("eni-{n}"), "AvailabilityZone": zone, "AvailabilityZoneId": format!("usw2-az{n}"),
        "InterfaceType": "network_load_balancer", "RequesterManaged": true, "Description": format!("ELB {NLB}"),
    }));
    let instances = numbered().map(|(zone, n)| {
        json!({
            "InstanceId": format!("i-{n:017x}"),
            "Placement": {"AvailabilityZone": zone, "AvailabilityZoneId": format!("usw2-az{n}")},
        })
    });
    json!({
        "region": REGION, "account": "123456789012", "cluster": "orders",
        "stacks": [stack("kafka-privatelink-orders", "orders"), stack("kafka-privatelink-bills", "bills")],
        "nlb": {
            "LoadBalancerArn": elb(&format!("loadbalancer/{NLB}")), "VpcId": "vpc-1", "Type": "network",
            "SecurityGroups": ["sg-1"], "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "on",
            "AvailabilityZones": zones.clone().map(|zone| json!({"ZoneName": zone})),
        },
        "listeners": listeners, "target_groups": groups,
        "interfaces": interfaces.collect::<Vec<_>>(), "instances": instances.collect::<Vec<_>>(),
        "services": [{
            "ServiceId": "vpce-svc-1", "AvailabilityZoneIds": ["usw2-az1", "usw2-az2", "usw2-az3"],
            "NetworkLoadBalancerArns": [elb(&format!("loadbalancer/{NLB}"))],
        }],
        "parameters": [
            {"Name": "/kafka-privatelink/orders/restarts", "Value": "never"},
            {"Name": "/kafka-privatelink/orders/listeners/EXTERNAL", "Value": "<broker_id>.example.org:<port>"},
        ],
        "limits": {
            "listeners-per-network-load-balancer": "50", "target-groups": "3000",
            "targets-per-network-load-balancer": "3000", "target-groups-per-action-on-network-load-balancer": "1",
            "targets-per-availability-zone-per-network-load-balancer": "500",
        },
        "group_attributes": {
            "deregistration_delay.timeout_seconds": "300", "stickiness.type": "source_ip",
            "deregistration_delay.connection_termination.enabled": "false",
            "preserve_client_ip.enabled": "true", "proxy_protocol_v2.enabled": "false", "stickiness.enabled": "false",
            "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
            "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
            "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
            "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
            "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
            "target_health_state.unhealthy.connection_termination.enabled": "true",
            "target_health_state.unhealthy.draining_interval_seconds": "0",
        },
        // What each call of CloudTrail's history answers a question about.
        "trail": {
            "register-brokers": {
                "CreateTargetGroup": ["did-create-groups"], "RegisterTargets": ["did-register"], "DeregisterTargets": [],
                "CreateListener": ["did-create-listeners"], "ModifyTargetGroupAttributes": ["did-see-new-tags"],
                "ModifyListenerAttributes": [], "CompleteLifecycleAction": ["did-complete-hooks"],
            },
            "sync-principals": {
                "ModifyVpcEndpointServicePermissions": [], "CreateTags": ["did-allow-principals"],
                "AcceptVpcEndpointConnections": ["did-accept"],
            },
            "push-listeners": {"SendCommand": ["did-send-commands"]},
        },
        "wrong": {}, "calls": 0, "made": 0, "writes": [], "young": false, "failovers": null,
    })
}
