//! Partitions: every ARN and every service name in templates, texts and code, for each of them. The
//! partitions with their Regions are those of the SDKs (`partitions.json`).

use crate::longest::{is_allowed, longest};
use crate::stack::{PRIVATELINK, Stack, TEMPLATES, TEXT};
use register_brokers::Scope;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tests::Stage;
use world::iam::Attached;
use world::model::Settings;
use world::template::Template;

/// Partition, one of its Regions, and what it begins the name of an endpoint service with: aws-cdk,
/// region-info (`cn.com.amazonaws.vpce`); landing-zone-accelerator-on-aws, its tests of VPC endpoints
/// (`eu.amazonaws.vpce`); Databricks' documentation has names of GovCloud. The isolated partitions
/// publish none.
const PARTITIONS: [(&str, &str, Option<&str>); 8] = [
    ("aws", "us-west-2", Some("com.amazonaws.vpce")),
    ("aws-cn", "cn-northwest-1", Some("cn.com.amazonaws.vpce")),
    ("aws-us-gov", "us-gov-west-1", Some("com.amazonaws.vpce")),
    ("aws-eusc", "eusc-de-east-1", Some("eu.amazonaws.vpce")),
    ("aws-iso", "us-iso-east-1", None),
    ("aws-iso-b", "us-isob-east-1", None),
    ("aws-iso-e", "eu-isoe-west-1", None),
    ("aws-iso-f", "us-isof-south-1", None),
];

/// Parameters of a deployment in this partition.
fn values(partition: &str, region: &str) -> BTreeMap<String, String> {
    let arn = |service: &str, rest: &str| {
        format!("arn:{partition}:{service}:{region}:123456789012:{rest}")
    };
    let load_balancer = "loadbalancer/net/kafka/0123456789abcdef";
    let mut values = longest();
    let of_partition = [
        ("AWS::Partition", partition.to_owned()),
        ("AWS::Region", region.to_owned()),
        (
            "AWS::StackId",
            arn("cloudformation", "stack/a/01234567-89ab"),
        ),
        (
            "LoadBalancerArn",
            arn("elasticloadbalancing", load_balancer),
        ),
        ("AlarmTopicArn", arn("sns", "alarms")),
    ];
    values.extend(of_partition.map(|(name, value)| (name.to_owned(), value)));
    values
}

fn deployed(template: &str, partition: &str, region: &str) -> Template {
    let stack = Stack::of(template);
    stack.with(&values(partition, region)).expect("a template")
}

#[test]
fn arns_of_every_partition_are_taken_as_parameters() {
    for (partition, region, _) in PARTITIONS {
        let values = values(partition, region);
        for (name, parameter) in Stack::of(TEXT).section("Parameters") {
            assert!(
                is_allowed(parameter, &values[name]),
                "{name} in {partition}"
            );
        }
        let scope = Scope::read(|name| match name {
            "LOAD_BALANCER_ARN" => Some(values["LoadBalancerArn"].clone()),
            _ => Some("orders".to_owned()),
        });
        assert!(scope.is_ok(), "{scope:?}");
    }
}

#[test]
fn every_arn_of_the_templates_is_one_of_the_partition_that_they_are_deployed_in() {
    for (partition, region, _) in PARTITIONS {
        let mut count = 0;
        for template in TEMPLATES {
            for text in deployed(template, partition, region)
                .texts()
                .expect("texts")
            {
                for arn in text
                    .text
                    .match_indices("arn:")
                    .map(|(at, _)| &text.text[at..])
                {
                    let own = format!("arn:{partition}:");
                    assert!(
                        arn.starts_with(&own),
                        "{} {}: {arn}",
                        text.resource,
                        text.path
                    );
                    count += 1;
                }
            }
        }
        assert!(count > 15, "{count} ARNs");
        let policies = deployed(TEXT, partition, region)
            .policies()
            .expect("policies")
            .0;
        for policy in policies {
            let (Attached::Role(on) | Attached::Resource(on)) = &policy.attached;
            let resources = policy.statements.iter().flat_map(|each| &each.resources);
            for arn in resources.chain([on]).filter(|arn| *arn != "*") {
                assert!(arn.starts_with(&format!("arn:{partition}:")), "{arn}");
            }
        }
    }
}

/// Inside of every partition, a service's principal is `<service>.amazonaws.com` (aws-cdk, region-info:
/// "service principals are now globally `<SERVICE>.amazonaws.com`").
#[test]
fn services_are_principals_by_their_one_name() {
    let policies = deployed(TEXT, "aws-cn", "cn-north-1")
        .policies()
        .expect("policies");
    let principals = policies.statements().flat_map(|each| &each.principals);
    let principals: Vec<_> = principals.collect();
    assert!(principals.len() >= 4, "{principals:?}");
    for principal in principals {
        assert!(principal.ends_with(".amazonaws.com"), "{principal}");
    }
}

#[test]
fn the_name_of_the_endpoint_service_is_that_of_its_partition_or_is_not_guessed() {
    for (partition, region, prefix) in PARTITIONS {
        let name = deployed(PRIVATELINK, partition, region).output("EndpointServiceName");
        let expected = prefix.map(|prefix| format!("{prefix}.{region}.vpce-svc-0123456789abcdef0"));
        assert_eq!(name, Ok(expected), "{partition}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_cluster_of_every_partition_is_mapped_and_handed_over_by_awss_own_name() {
    for (partition, region, prefix) in PARTITIONS {
        let stage = Stage::three_with(Settings {
            partition: partition.to_owned(),
            region: region.to_owned(),
            ..Settings::default()
        })
        .await;
        assert_eq!(stage.mapping().len(), 4, "{partition}");
        let nlb = stage.nlb();
        assert!(
            nlb.as_str().starts_with(&format!("arn:{partition}:")),
            "{nlb}"
        );
        let model = stage.model();
        let handed_over = model.parameter("/kafka-privatelink/orders/handover/EXTERNAL");
        let value = &handed_over.expect("the hand-over").value;
        let prefix = prefix.unwrap_or("com.amazonaws.vpce");
        assert!(
            value.contains(&format!("\"{prefix}.{region}.vpce-svc-")),
            "{value}"
        );
    }
}

/// Lines of what people read and of what is shipped that name a partition, or the domain of one.
fn naming(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).expect("a file");
    let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
    let names = ["arn:aws:", "arn:aws-", "amazonaws", "aws.amazon"];
    let lines = shipped
        .lines()
        .filter(|line| names.iter().any(|name| line.contains(name)));
    lines.map(|line| line.trim().to_owned()).collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_test =
            name.contains("test") || ["look", "look.rs", "fake", "examples"].contains(&&*name);
        if path.is_dir() && !is_test {
            files.extend(files_below(&path));
        } else if !is_test && (name.ends_with(".rs") || name.ends_with(".md")) {
            files.push(path);
        }
    }
    files
}

/// What may name one: an example that is shown for AWS's own text, or for a variable that takes the
/// ARN of any partition; the labels of every partition's names that a masked
/// observation keeps; and what is said of one partition.
fn is_example(line: &str) -> bool {
    let examples = [
        "const OF_NAMES: &str = \"amazonaws aws",
        "vpce-svc-",
        "us-west-2:123456789012:loadbalancer/net/kafka/0123456789abcdef",
        "| F86 | In China the endpoint of EC2 is",
    ];
    line.starts_with("//") || examples.iter().any(|example| line.contains(example))
}

#[test]
fn no_shipped_code_and_no_text_assumes_a_partition() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let files = files_below(&root.join("functions"));
    assert!(files.len() > 100, "{} files", files.len());
    for file in files.iter().chain([&root.join("README.md")]) {
        for line in naming(file) {
            assert!(is_example(&line), "{}: {line}", file.display());
        }
    }
    // The endpoints that the example cluster may have are named so in `aws` and `aws-us-gov`; elsewhere it takes a NAT gateway.
    let by_partition = [
        "arn:aws[a-z-]*:",
        "cn.com.amazonaws",
        ".amazonaws.com }",
        "com.amazonaws.${AWS::Region}.",
    ];
    for template in TEMPLATES {
        let names = ["arn:aws", "amazonaws"];
        for line in template
            .lines()
            .filter(|line| names.iter().any(|name| line.contains(name)))
        {
            assert!(
                by_partition.iter().any(|known| line.contains(known)),
                "{line}"
            );
        }
    }
    let readme = std::fs::read_to_string(root.join("infra/README.md")).expect("a README");
    assert!(
        !readme.contains("arn:aws:"),
        "infra/README.md names arn:aws:"
    );
}
