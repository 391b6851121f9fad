//! Reports of every kind of state, as the functions print them.

use serde_json::{Value, json};
use show_mapping::{Function, Newest, Reports};

/// The moment that every page is of.
const NOW: &str = "2026-11-22T12:05:00Z";

/// What an attacker would write into a tag or a parameter.
pub const ATTACKS: [&str; 8] = [
    "<script>document.title='broken'</script>",
    "\"><img src=x onerror=\"document.title='broken'\">",
    "'><svg onload=document.title='broken'>",
    "</style></title></p><iframe src=javascript:document.title='broken'></iframe>",
    "<!--",
    "javascript:document.title='broken'",
    "&lt;script&gt;document.title='broken'&lt;/script&gt;",
    "<a href=\"https://evil.example\" style=\"position:fixed;inset:0\">\u{202E}all ports are proven</a>",
];

/// Every sample, with its name.
pub fn all() -> Vec<(&'static str, Reports)> {
    vec![
        ("resting", resting()),
        ("wrong", wrong()),
        ("new-cluster", new_cluster()),
        ("rolling", rolling()),
        ("stopped", stopped()),
        ("ill", ill()),
        ("two-groups", two_groups()),
        ("many", many()),
        ("old", old()),
        ("broken", broken()),
        ("nothing", nothing()),
        ("hostile", hostile()),
        ("long", long()),
    ]
}

/// Of a cluster with these reports, each of them so many seconds old.
fn reports(all: [(Function, u64, Value); 4]) -> Reports {
    let newest = all.map(|(function, seconds, report)| {
        let mut report = report;
        let object = report.as_object_mut().expect("an object");
        for (field, value) in [
            ("function", json!(function.name())),
            ("cluster", json!("orders")),
        ] {
            object.insert(field.to_owned(), value);
        }
        for field in ["actions", "held", "gaps"] {
            object.entry(field).or_insert(json!([]));
        }
        let at = now() - jiff::SignedDuration::from_secs(seconds.try_into().expect("seconds"));
        let line = report.to_string();
        (function, Newest::Report { at, line })
    });
    Reports {
        cluster: "orders".to_owned(),
        now: now(),
        newest: newest.into(),
    }
}

fn now() -> jiff::Timestamp {
    NOW.parse().expect("a time")
}

/// The four functions, with what each of them tells.
fn told(mapping: Value, rollout: Value, access: Value, care: Value) -> Reports {
    reports([
        (Function::RegisterBrokers, 24, mapping),
        (Function::PushListeners, 31, rollout),
        (Function::SyncPrincipals, 18, access),
        (Function::HealBrokers, 40, care),
    ])
}

fn bootstrap(group: &str, port: u16, nodes: &[u16]) -> Value {
    let instances: Vec<String> = nodes.iter().map(|node| instance(*node)).collect();
    let state = if nodes.is_empty() {
        "waiting"
    } else {
        "serving"
    };
    json!({ "group": group, "port": port, "owner": "bootstrap", "instances": instances, "state": state })
}

fn broker(group: &str, port: u16, node: u16, state: &str) -> Value {
    let zone = format!("usw2-az{}", (node - 1) % 3 + 1);
    let host = format!("b{node}.{zone}.abc.us-west-2.aws.3199015.tidbcloud.com");
    json!({ "group": group, "port": port, "owner": node.to_string(), "az_id": zone, "state": state,
        "endpoint": { "host": host, "port": port }, "instances": [instance(node)] })
}

fn instance(node: u16) -> String {
    format!("i-0a1b2c3d4e5f{node:05x}")
}

/// Three brokers that serve.
fn three() -> Value {
    let mapping = [
        bootstrap("EXTERNAL", 9092, &[1, 2, 3]),
        broker("EXTERNAL", 9093, 1, "serving"),
        broker("EXTERNAL", 9094, 2, "serving"),
        broker("EXTERNAL", 9095, 3, "serving"),
    ];
    json!({ "mapping": mapping, "proof": { "proven": 7, "ports_proven": 3, "ports_wrong": 0,
        "proven_on": [9092, 9093, 9094, 9095], "rows": [] } })
}

fn shown(brokers: u64) -> Value {
    json!({ "brokers": brokers, "right": brokers, "others": [] })
}

fn access() -> Value {
    json!({ "service": "com.amazonaws.vpce.us-west-2.vpce-svc-0123456789abcdef0",
        "principals": [{ "principal": "arn:aws:iam::111122223333:root", "state": "allowed" }],
        "connections": [{ "endpoint": "vpce-0123456789abcdef0", "account": "111122223333",
            "state": "available", "created": "2026-11-02T09:00:00Z", "listed": true }] })
}

fn well() -> Value {
    json!({ "alarms": [], "brokers": [] })
}

fn with(mut value: Value, fields: Value) -> Value {
    let (object, fields) = (value.as_object_mut(), fields.as_object());
    object
        .expect("an object")
        .extend(fields.expect("an object").clone());
    value
}

/// All is as it should be.
pub fn resting() -> Reports {
    told(three(), shown(3), access(), well())
}

/// A port leads to the wrong broker; others are kept, wait, or were not asked.
fn wrong() -> Reports {
    let mapping = json!({
        "mapping": [
            bootstrap("EXTERNAL", 9092, &[1, 2]),
            broker("EXTERNAL", 9093, 1, "serving"),
            broker("EXTERNAL", 9094, 2, "serving"),
            broker("EXTERNAL", 9095, 3, "serving"),
            broker("EXTERNAL", 9096, 4, "waiting"),
            { "group": "EXTERNAL", "port": 9097, "owner": "5", "instances": [], "state": "reserved" },
            { "group": "EXTERNAL", "port": 9098, "owner": "6", "instances": [], "state": "warm" },
            broker("EXTERNAL", 9099, 7, "waiting"),
        ],
        "without": ["broker 8 is not exposed in EXTERNAL, because its parameter says so"],
        "waiting": [{ "instance": "i-0a1b2c3d4e5f00007", "auto_scaling_group": "orders-broker-7",
            "hook": "kafka-privatelink-launch", "transition": "launching", "seconds": 240,
            "until": "2026-11-22T13:05:00Z", "why": "broker 7 does not answer on its admin listener" }],
        "actions": [
            { "step": "deregister i-0a1b2c3d4e5f00003 from EXTERNAL broker 3",
                "reason": "another than broker 3 answers on the instance", "outcome": "done" },
            { "step": "create listener 9096 for EXTERNAL broker 4", "reason": "there is a target and no listener",
                "outcome": "failed", "detail": "CreateListener: AccessDenied: not authorized" },
        ],
        "held": [
            "instance i-0a1b2c3d4e5f00003 is tagged as broker 3, and on its own address: wrong broker: reached 2, expected 3; it is kept away from that broker's port until it answers as broker 3: put its tag kafka-privatelink:node-id right, or the node.id in its Kafka configuration",
            "EXTERNAL broker 3: the target is healthy, but port 9095 is not proven (wrong broker: reached 2, expected 3); a broker enters bootstrap when its port is proven, and one that is there stays",
        ],
        "gaps": [{ "read": "DescribeVpcEndpointServiceConfigurations", "reason": "throttled; the next run reads it again" }],
        "proof": { "proven": 5, "ports_proven": 2, "ports_wrong": 1, "proven_on": [9092, 9093, 9094], "rows": [
            "EXTERNAL broker 2 through the NLB, 10.0.64.4:9094: proven: broker 2 answered, and does not list broker 3 as wanted",
            "EXTERNAL broker 3 through the NLB, 10.0.128.4:9095: wrong broker: reached 2, expected 3",
            "EXTERNAL broker 3 directly (i-0a1b2c3d4e5f00003), 10.0.128.13:39092: wrong broker: reached 2, expected 3",
            "EXTERNAL broker 4 through the NLB, 10.0.0.4:9096: unreachable: connection refused",
        ] },
    });
    let access = with(
        access(),
        json!({ "connections": [
            { "endpoint": "vpce-0123456789abcdef0", "account": "111122223333", "state": "available",
                "created": "2026-11-02T09:00:00Z", "listed": true },
            { "endpoint": "vpce-0abcdef0123456789", "account": "222233334444", "state": "pendingAcceptance",
                "created": "2026-11-22T11:54:00Z", "listed": false },
        ], "principals": [
            { "principal": "arn:aws:iam::111122223333:root", "state": "allowed" },
            { "principal": "arn:aws:iam::333344445555:role/changefeed", "state": "missing" },
            { "principal": "arn:aws:iam::444455556666:root", "state": "other-hands" },
        ], "more_principals": 2,
        "held": ["connection vpce-0abcdef0123456789 of account 222233334444 has waited for 11 min, and that account is not listed in /kafka-privatelink/orders/principals; list it, or reject the connection"] }),
    );
    told(mapping, shown(7), access, well())
}

/// A cluster whose parameter was written a minute ago.
fn new_cluster() -> Reports {
    let mapping = json!({
        "mapping": [bootstrap("EXTERNAL", 9092, &[]), broker("EXTERNAL", 9093, 1, "waiting"),
            broker("EXTERNAL", 9094, 2, "waiting"), broker("EXTERNAL", 9095, 3, "waiting")],
        "held": ["the bootstrap of EXTERNAL opens when every broker is proven on its port and lists all of them, so that no client finds a part of the cluster; it waits for brokers 1, 2, 3"],
        "proof": { "proven": 0, "ports_proven": 0, "ports_wrong": 0, "proven_on": [], "rows": [] },
    });
    let rollout = json!({ "brokers": 3, "right": 0,
        "others": [[1, ["EXTERNAL is missing; wanted b1.usw2-az1.abc.us-west-2.aws.3199015.tidbcloud.com:9093"]],
            [2, ["EXTERNAL is missing; wanted b2.usw2-az2.abc.us-west-2.aws.3199015.tidbcloud.com:9094"]], [3, []]],
        "held": ["broker 1 waits for your word; write any-time, or windows such as \"Sat,Sun 02:00-05:00 UTC\", into /kafka-privatelink/orders/restarts to let brokers restart"] });
    let access = json!({ "service": "com.amazonaws.vpce.us-west-2.vpce-svc-0123456789abcdef0",
        "principals": [], "connections": [] });
    told(mapping, rollout, access, well())
}

/// The second broker of three is restarted.
fn rolling() -> Reports {
    let rollout = json!({ "brokers": 3, "right": 1,
        "notes": ["the names of EXTERNAL change: clients that resolve only the old names lose brokers from the first restart to the last"],
        "others": [[2, ["EXTERNAL advertises b2.old.example.com:9094, wanted b2.usw2-az2.abc.us-west-2.aws.3199015.tidbcloud.com:9094"]],
            [3, ["EXTERNAL advertises b3.old.example.com:9095, wanted b3.usw2-az3.abc.us-west-2.aws.3199015.tidbcloud.com:9095"]]],
        "actions": [{ "step": "edit the file of broker 2 on i-0a1b2c3d4e5f00002 and restart it",
            "reason": "it is its turn", "outcome": "done" }],
        "held": ["broker 3 waits for broker 2, which is restarted first"] });
    told(three(), rollout, access(), well())
}

/// The roll stopped, and writes are paused.
fn stopped() -> Reports {
    let paused = json!({ "paused": "/kafka-privatelink/orders/paused is true" });
    let rollout = json!({ "brokers": 3, "right": 1, "stopped_at": [2], "others": [[2, []], [3, ["EXTERNAL is missing"]]],
        "held": ["broker 2 was given its listeners, its new process exited, and its old file and process are back; it is not tried again for these parameters: put right what Kafka said, and write the listener parameter again"] });
    told(
        with(three(), paused.clone()),
        with(rollout, paused),
        access(),
        well(),
    )
}

/// Brokers fell ill.
fn ill() -> Reports {
    let care = json!({ "alarms": ["kafka-privatelink-orders-unhealthy-targets", "orders-broker-2-status"],
    "brokers": [
        { "node": 1, "instance": instance(1), "state": "up", "asked": false },
        { "node": 2, "instance": instance(2), "state": "hangs", "asked": true, "healed": "restart at 2026-11-22T12:02:00Z" },
        { "node": 3, "instance": instance(3), "state": "unwell", "asked": false },
    ], "held": ["broker 3 is not rebooted: broker 2 is in hand; one broker at a time"] });
    let mapping = with(
        three(),
        json!({ "proof": { "proven": 3, "ports_proven": 1, "ports_wrong": 0, "proven_on": [9092, 9093], "rows": [
            "EXTERNAL broker 2 through the NLB, 10.0.64.4:9094: unreachable: the connection was closed while waiting for ApiVersions; an NLB does so, too, whose target does not listen or hangs",
            "EXTERNAL broker 3 through the NLB, 10.0.128.4:9095: unreachable: no answer within 5 s",
        ] } }),
    );
    told(mapping, shown(3), access(), care)
}

/// Two listener groups, one of which is frozen.
fn two_groups() -> Reports {
    let mapping = json!({
        "mapping": [
            bootstrap("EXTERNAL", 9092, &[1, 2, 3]), broker("EXTERNAL", 9093, 1, "serving"),
            broker("EXTERNAL", 9094, 2, "serving"), broker("EXTERNAL", 9095, 3, "serving"),
            bootstrap("EXTERNAL2", 9192, &[1, 2]), broker("EXTERNAL2", 9193, 1, "serving"),
            broker("EXTERNAL2", 9194, 2, "serving"),
        ],
        "held": ["parameter /kafka-privatelink/orders/listeners/EXTERNAL2 is refused, and its group stays as it is: line 1: left-over unique_name"],
        "proof": { "proven": 7, "ports_proven": 5, "ports_wrong": 0,
            "proven_on": [9092, 9093, 9094, 9095, 9192, 9193, 9194], "rows": [] },
    });
    told(mapping, shown(3), access(), well())
}

/// As many brokers as an NLB has room for.
pub fn many() -> Reports {
    let nodes: Vec<u16> = (1..=49).collect();
    let mut mapping = vec![bootstrap("EXTERNAL", 9092, &nodes)];
    mapping.extend(
        nodes
            .iter()
            .map(|node| broker("EXTERNAL", 9092 + node, *node, "serving")),
    );
    let proven: Vec<u16> = (9092..=9141).filter(|port| *port != 9110).collect();
    let report = json!({ "mapping": mapping, "proof": { "proven": 97, "ports_proven": 48, "ports_wrong": 0,
        "proven_on": proven,
        "rows": ["EXTERNAL broker 18 through the NLB, 10.0.64.4:9110: unreachable: no answer within 5 s"] } });
    told(
        report,
        json!({ "brokers": 49, "right": 30, "others": [[18, []]] }),
        access(),
        well(),
    )
}

/// Nobody has reported for long.
fn old() -> Reports {
    reports([
        (Function::RegisterBrokers, 7 * 3_600, three()),
        (Function::PushListeners, 31, shown(3)),
        (Function::SyncPrincipals, 400, access()),
        (Function::HealBrokers, 3 * 86_400, well()),
    ])
}

/// Reports that are cut, of another release, and no reports.
fn broken() -> Reports {
    let mut reports = resting();
    let at = now();
    let line = |line: &str| Newest::Report {
        at,
        line: line.to_owned(),
    };
    reports.newest.insert(
        Function::RegisterBrokers,
        line(r#"{"function":"register-brokers","cluster":"orders","mapping":[{"group":"EXTERNAL","port":9093,"own"#),
    );
    reports.newest.insert(
        Function::PushListeners,
        line(r#"{"function":"push-listeners","cluster":"orders","release":"9.0","nodes":[],"held":["a sentence",{"kind":"New"}]}"#),
    );
    let why = "AccessDeniedException: not authorized to perform logs:FilterLogEvents; deploy the stack again";
    let unread = Newest::Unread {
        why: why.to_owned(),
    };
    reports.newest.insert(Function::SyncPrincipals, unread);
    reports.newest.insert(Function::HealBrokers, line("null"));
    reports
}

/// No function has run.
fn nothing() -> Reports {
    let since = now() - jiff::SignedDuration::from_hours(3);
    let newest = Function::ALL.map(|function| (function, Newest::None { since }));
    Reports {
        cluster: "orders".to_owned(),
        now: now(),
        newest: newest.into(),
    }
}

/// Every text is an attack.
pub fn hostile() -> Reports {
    attacked(&wrong(), &ATTACKS)
}

/// Every text has ten thousand characters without a blank.
fn long() -> Reports {
    let text = "W".repeat(10_000);
    attacked(&wrong(), &[&text])
}

/// The same reports, in which every text but the words of a state is one of these.
pub fn attacked(reports: &Reports, texts: &[&str]) -> Reports {
    let mut attacked = reports.clone();
    let mut turn = 0;
    for newest in attacked.newest.values_mut() {
        let line = match newest {
            Newest::Report { line, .. } => line,
            Newest::Unread { why } => {
                texts[0].clone_into(why);
                continue;
            }
            Newest::None { .. } => continue,
        };
        // A broken report stays as it is.
        let Ok(Value::Object(mut report)) = serde_json::from_str(line) else {
            continue;
        };
        for (name, value) in &mut report {
            if name == "cluster" {
                *value = texts[0].into();
            } else if name != "function" {
                replace(value, texts, &mut turn);
            }
        }
        *line = Value::from(report).to_string();
    }
    attacked.cluster = texts[0].to_owned();
    attacked
}

fn replace(value: &mut Value, texts: &[&str], turn: &mut usize) {
    match value {
        Value::String(text) => {
            *turn += 1;
            let is_time = text.parse::<jiff::Timestamp>().is_ok();
            if !is_time && !STATES.contains(&text.as_str()) {
                texts[*turn % texts.len()].clone_into(text);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, texts, turn)),
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|field| replace(field, texts, turn)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Words by which a state is known.
const STATES: [&str; 9] = [
    "bootstrap",
    "serving",
    "waiting",
    "reserved",
    "warm",
    "available",
    "pendingAcceptance",
    "done",
    "failed",
];
