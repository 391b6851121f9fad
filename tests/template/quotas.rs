//! What CloudFormation itself takes (user guide, "Understand CloudFormation quotas"; the sections
//! Description, Parameters and Outputs of its template reference), and Lambda of an environment.

use crate::longest::{is_allowed, longest};
use crate::stack::{Complaints, PRIVATELINK, Rule, Stack, TEXT, complains, holds_everywhere, said};
use yaml_serde::Value;

/// A template that is passed in the request; a larger one has to come from S3, as `sam deploy` does it.
const BODY: usize = 51_200;
/// A template that comes from S3.
const FROM_S3: usize = 1_000_000;

/// Numbers and lengths of the sections.
pub fn sections_are_small_enough(stack: &Stack) -> Complaints {
    let mut complaints = Complaints::new();
    let mut most = |what: String, length: usize, most: usize| {
        if length > most {
            complaints.push(format!("{what}: {length}, and {most} are allowed"));
        }
    };
    let by_sam = !stack.top("Transform").is_null();
    let size = if by_sam { FROM_S3 } else { BODY };
    most("bytes of the template".to_owned(), stack.text().len(), size);
    let description = said(stack.top("Description")).unwrap_or_default();
    most("bytes of Description".to_owned(), description.len(), 1024);
    for (section, items, of_each) in [
        ("Parameters", 200, 4000),
        ("Outputs", 200, 1024),
        ("Resources", 500, usize::MAX),
    ] {
        let all = stack.section(section);
        most(section.to_owned(), all.len(), items);
        for (name, value) in all {
            most(format!("characters of {name}"), name.len(), 255);
            let description = said(&value["Description"]).unwrap_or_default();
            most(format!("Description of {name}"), description.len(), of_each);
        }
    }
    let names = ["Parameters", "Outputs", "Resources", "Conditions", "Rules"];
    let names = names.iter().flat_map(|section| stack.section(section));
    let odd = names.filter(|(name, _)| !name.chars().all(|c| c.is_ascii_alphanumeric()));
    complaints.extend(odd.map(|(name, _)| format!("{name} is not alphanumeric")));
    complaints
}

#[test]
fn every_template_is_within_the_quotas_of_cloudformation() {
    holds_everywhere(sections_are_small_enough);
}

/// CloudFormation shows other characters as `?` (cloudformation-coverage-roadmap #814, #1220), and EC2
/// refuses them ("Character sets beyond ASCII are not supported").
pub fn it_is_ascii(stack: &Stack) -> Complaints {
    let lines = (1..).zip(stack.text().lines());
    let odd = lines.filter(|(_, line)| !line.is_ascii());
    odd.map(|(number, line)| format!("line {number} is not ASCII: {line}"))
        .collect()
}

#[test]
fn every_template_is_ascii() {
    holds_everywhere(it_is_ascii);
}

/// A default that its own parameter refuses fails every deployment that does not give a value.
pub fn defaults_are_allowed(stack: &Stack) -> Complaints {
    let mut complaints = Complaints::new();
    for (name, parameter) in stack.section("Parameters") {
        let Some(default) = parameter.get("Default").and_then(text) else {
            continue;
        };
        let number = default.parse::<i64>().ok();
        let least = parameter["MinValue"].as_i64();
        let most = parameter["MaxValue"].as_i64();
        let within = least.is_none_or(|least| number >= Some(least))
            && most.is_none_or(|most| number.is_some_and(|number| number <= most));
        let listed = parameter["AllowedValues"].as_sequence();
        let listed =
            listed.is_none_or(|all| all.iter().any(|one| text(one).as_ref() == Some(&default)));
        if !is_allowed(parameter, &default) || !within || !listed {
            complaints.push(format!("{name}: its default {default:?} is not allowed"));
        }
    }
    complaints
}

fn text(value: &Value) -> Option<String> {
    let number = || value.as_i64().map(|number| number.to_string());
    said(value).map(str::to_owned).or_else(number)
}

#[test]
fn every_default_is_one_that_its_parameter_allows() {
    holds_everywhere(defaults_are_allowed);
}

/// Lambda: "the total size of all environment variables doesn't exceed 4 KB".
pub fn environments_are_small_enough(stack: &Stack) -> Complaints {
    const PATH: &str = "Environment.Variables.";
    let texts = match stack.with(&longest()).map(|template| template.texts()) {
        Ok(Ok(texts)) => texts,
        Ok(Err(error)) => return vec![error.to_string()],
        Err(error) => return vec![error],
    };
    let mut complaints = Complaints::new();
    for (function, _) in stack.all("AWS::Serverless::Function") {
        let of_it = texts.iter().filter(|text| text.resource == function);
        let lengths = of_it.filter_map(|text| {
            let name = text.path.strip_prefix(PATH)?;
            Some(name.len() + text.text.len())
        });
        let all: usize = lengths.sum();
        if all > 4096 {
            complaints.push(format!("{function}: {all} bytes of environment"));
        }
    }
    complaints
}

#[test]
fn the_longest_environment_is_within_lambdas_limit() {
    holds_everywhere(environments_are_small_enough);
}

#[test]
fn templates_that_are_too_large_or_odd_are_complained_of() {
    let long = "w".repeat(4001);
    let broken: &[(Rule, &str, &str, &str, &str)] = &[
        (
            sections_are_small_enough,
            TEXT,
            "One stack serves one cluster.",
            &*long,
            "bytes of Description",
        ),
        (
            sections_are_small_enough,
            TEXT,
            "Days after which",
            &*long,
            "Description of LogRetentionDays",
        ),
        (
            sections_are_small_enough,
            PRIVATELINK,
            "For a test from inside",
            &*long,
            "Description of LoadBalancerDnsName",
        ),
        (
            sections_are_small_enough,
            PRIVATELINK,
            "# Listeners",
            &format!("# {}", "w".repeat(BODY)),
            "bytes of the template",
        ),
        (
            sections_are_small_enough,
            TEXT,
            "  RegisterBrokersQueueArn:",
            "  Queue-Arn:",
            "Queue-Arn is not alphanumeric",
        ),
        (
            it_is_ascii,
            PRIVATELINK,
            "# Listeners",
            "# \u{c4}",
            "is not ASCII",
        ),
        (
            defaults_are_allowed,
            TEXT,
            "Default: EXTERNAL",
            "Default: EXTERNAL GROUP",
            "AlarmListenerGroup: its default",
        ),
        (
            defaults_are_allowed,
            TEXT,
            "Default: 39092",
            "Default: 0",
            "FirstBindPort: its default",
        ),
        (
            defaults_are_allowed,
            TEXT,
            "Default: 30\n",
            "Default: 31\n",
            "LogRetentionDays: its default",
        ),
        (
            environments_are_small_enough,
            TEXT,
            "          ADDRESS_RANGES: ",
            &format!("          X: {long}\n          ADDRESS_RANGES: "),
            "bytes of environment",
        ),
    ];
    for (rule, template, old, new, complaint) in broken {
        complains(*rule, template, old, new, complaint);
    }
}
