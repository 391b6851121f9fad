//! For each request that is used, those beside it that must be denied: the same on what is not ours,
//! without its tags, from somebody else, from another function.

use crate::services::{drawing, function_arn, probe};
use crate::used::{TEXT, deployed, used};
use fleet::tags;
use std::collections::BTreeSet;
use std::sync::{LazyLock, OnceLock};
use world::iam::Request;
use world::template::FunctionSettings;

const OTHER_CLUSTER: &str = "payments";
/// Every function of the template, the one that is invoked first.
static FUNCTIONS: LazyLock<Vec<FunctionSettings>> = LazyLock::new(|| {
    let template = deployed(TEXT).expect("the template");
    let woken = template.functions().expect("functions").into_iter();
    let woken = woken.map(|stack| stack.function);
    let asked = [probe(&template), drawing(&template)];
    asked.into_iter().chain(woken).collect()
});

/// Requests that nobody may make, each of them one step away from one that is used.
pub fn strangers() -> &'static BTreeSet<Request> {
    static STRANGERS: OnceLock<BTreeSet<Request>> = OnceLock::new();
    STRANGERS.get_or_init(|| {
        let mut all: BTreeSet<Request> = used().iter().flat_map(beside).collect();
        // What one function may not do, another may have to.
        for used in used() {
            all.remove(used);
        }
        all
    })
}

fn beside(used: &Request) -> Vec<Request> {
    let mut all = other_callers(used);
    all.extend(other_resources(used));
    all.extend(other_contexts(used));
    all.extend(other_tags(used));
    all.extend(others_permissions(used));
    all.extend(other_actions(used));
    all.extend(by_the_code(used));
    all
}

/// What takes no resource, as most of `Describe*`, is allowed on everything or not at all (F44).
fn is_fenced(used: &Request) -> bool {
    used.resource != "*"
}

fn other_callers(used: &Request) -> Vec<Request> {
    let others = [
        "sns.amazonaws.com",
        "arn:aws:iam::123456789012:role/SomebodyElse",
    ];
    let functions = FUNCTIONS.iter().map(|function| function.role.as_str());
    let others = others.into_iter().chain(functions);
    others
        .filter(|by| **by != *used.by)
        .map(|by| Request {
            by: by.into(),
            ..used.clone()
        })
        .collect()
}

fn other_resources(used: &Request) -> Vec<Request> {
    if !is_fenced(used) {
        return Vec::new();
    }
    let arn = &*used.resource;
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, _, service, region, account, resource] = parts[..] else {
        panic!("{arn} is no ARN");
    };
    let kind = resource.split(['/', ':']).next().unwrap_or_default();
    let others = match (service, kind) {
        ("elasticloadbalancing", "targetgroup") => vec!["targetgroup/theirs/0123456789abcdef"],
        ("elasticloadbalancing", "loadbalancer") => {
            vec!["loadbalancer/net/theirs/0123456789abcdef"]
        }
        ("elasticloadbalancing", "listener") => vec![
            "listener/net/theirs/0123456789abcdef/0123456789abcdef",
            "listener/app/kafka/0123456789abcdef/0123456789abcdef",
        ],
        ("ssm", "document") => vec![
            "document/kafka-privatelink-orders-stop",
            "document/kafka-privatelink-payments-apply",
            "document/kafka-privatelink-payments-inspect",
            "document/AWS-RunShellScript",
        ],
        ("ssm", _) => vec![
            "parameter/kafka-privatelink/payments",
            "parameter/kafka-privatelink/payments/secrets/probe",
            "parameter/kafka-privatelink/orders2",
            "parameter/kafka-privatelink/orders2/handover/EXTERNAL",
            "parameter/kafka-privatelink",
            "parameter/aws/reference/secretsmanager/kafka-privatelink/payments/probe",
            "parameter/aws/reference/secretsmanager/theirs",
            "parameter/",
        ],
        ("secretsmanager", _) => vec![
            "secret:kafka-privatelink/payments/probe-AbCdEf",
            "secret:kafka-privatelink/orders2/probe-AbCdEf",
            "secret:theirs-AbCdEf",
        ],
        ("lambda", _) => vec!["function:Theirs"],
        // Which service or permission of the account it is, only its tag says.
        ("ec2", "vpc-endpoint-service") => vec!["vpc-endpoint/vpce-0123456789abcdef0"],
        ("ec2", "vpc-endpoint-service-permission") => vec![
            "vpc-endpoint-service/vpce-svc-0123456789abcdef0",
            "instance/i-0123456789abcdef0",
            "security-group/sg-0123456789abcdef0",
        ],
        // Which instance of the account it is, only its tag says.
        ("ec2", "instance") => vec!["volume/vol-0123456789abcdef0"],
        // Which group of the account it is, only its tag says.
        ("autoscaling", _) => vec!["launchConfiguration:0a1b2c3d:launchConfigurationName/theirs"],
        ("sqs", _) => vec!["Theirs.fifo"],
        ("logs", _) => vec![
            "log-group:/theirs:log-stream:a",
            "log-group:/kafka-privatelink/payments/register-brokers:log-stream:a",
        ],
        ("iam", _) => vec!["role/Theirs"],
        _ => panic!("what is beside {arn}?"),
    };
    let others = others
        .into_iter()
        .map(|other| format!("arn:aws:{service}:{region}:{account}:{other}"));
    let elsewhere = [
        format!("arn:aws:{service}:{region}:999999999999:{resource}"),
        format!("arn:aws:{service}:eu-central-1:{account}:{resource}"),
    ];
    let functions = FUNCTIONS.iter().map(function_arn);
    let functions = functions.filter(|function| service == "lambda" && function != arn);
    let all = others.chain(elsewhere).chain(functions);
    all.map(|arn| Request {
        resource: arn.into(),
        ..used.clone()
    })
    .collect()
}

/// The keys that say whose something is, or in whose name it is asked for: without them, or with
/// somebody else's value.
fn other_contexts(used: &Request) -> Vec<Request> {
    let others = [
        (format!("aws:ResourceTag/{}", tags::CLUSTER), OTHER_CLUSTER),
        (format!("aws:RequestTag/{}", tags::CLUSTER), OTHER_CLUSTER),
        (format!("ssm:resourceTag/{}", tags::CLUSTER), OTHER_CLUSTER),
        ("elasticloadbalancing:CreateAction".to_owned(), "CreateRule"),
        ("aws:SourceAccount".to_owned(), "999999999999"),
        (
            "aws:SourceArn".to_owned(),
            "arn:aws:events:us-west-2:123456789012:rule/Theirs",
        ),
        (
            "aws:SourceArn".to_owned(),
            "arn:aws:events:us-west-2:123456789012:rule/kafka-privatelink-76543210-instance-state",
        ),
    ];
    let mut all = Vec::new();
    for (key, other) in others {
        // On the load balancer there is no tag of ours, and on what is being made none at all.
        if used.context.contains_key(&key) {
            let mut without = used.clone();
            without.context.remove(&key);
            // A permission without it is nobody's yet, and becomes ours by this very call.
            let is_permission = used.resource.contains(":vpc-endpoint-service-permission/");
            let is_nobodys = is_permission && key.starts_with("aws:ResourceTag/");
            all.push(used.clone().with(key, [other]));
            all.extend((!is_nobodys).then_some(without));
        }
    }
    all
}

/// A tag of EC2's is put on what is nobody's or ours already, and no other key beside it.
fn others_permissions(used: &Request) -> Vec<Request> {
    if used.action != "ec2:CreateTags" {
        return Vec::new();
    }
    let of_others = format!("aws:ResourceTag/{}", tags::CLUSTER);
    let mut more = used.clone();
    more.context.remove("aws:TagKeys");
    vec![
        used.clone().with(of_others, [OTHER_CLUSTER]),
        more.with("aws:TagKeys", [tags::CLUSTER, "Name"]),
    ]
}

/// What may be read of the cluster's own parameters is not for writing, and the reverse.
fn other_actions(used: &Request) -> Vec<Request> {
    let other = match &*used.action {
        "ssm:GetParameter" => "ssm:PutParameter",
        "ssm:PutParameter" => "ssm:GetParameter",
        "ssm:SendCommand" => "ssm:StartSession",
        _ => return Vec::new(),
    };
    vec![Request {
        action: other.into(),
        ..used.clone()
    }]
}

/// What Lambda does in the name of the probe's role, done by the probe's code (F40).
fn by_the_code(used: &Request) -> Vec<Request> {
    let probe = &FUNCTIONS[0];
    if *used.by != *probe.role || !used.action.starts_with("ec2:") {
        return Vec::new();
    }
    let code = used.clone();
    vec![code.with("lambda:SourceFunctionArn", [function_arn(probe)])]
}

/// On what there is already, only notes may be written.
fn other_tags(used: &Request) -> Vec<Request> {
    let creates = used
        .context
        .contains_key("elasticloadbalancing:CreateAction");
    let action = &*used.action;
    if creates
        || !["AddTags", "RemoveTags"]
            .iter()
            .any(|end| action.ends_with(end))
    {
        return Vec::new();
    }
    let tagging = |keys: &[&str]| {
        let mut request = used.clone();
        request.context.remove("aws:TagKeys");
        request.with("aws:TagKeys", keys.iter().copied())
    };
    vec![
        tagging(&[]),
        tagging(&[tags::CLUSTER]),
        tagging(&[tags::PORT]),
        tagging(&[tags::VACANT_SINCE, tags::CLUSTER]),
    ]
}
