//! The policies of a stack: what its roles may do, who may take them on, who may use its queues.

use super::TemplateError;
use super::node::Node;
use super::properties::of_type;
use super::resolve::Resolver;
use crate::iam::{Attached, Condition, Effect, Policies, Policy, Statement};
use serde_json::Value as Json;
use yaml_serde::Value;

const ROLE: &[&str] = &["Description", "AssumeRolePolicyDocument", "Policies"];

/// Every policy of the stack.
pub(super) fn policies(
    resources: &Node<'_>,
    resolver: &Resolver<'_>,
) -> Result<Policies, TemplateError> {
    let mut all = Vec::new();
    for (name, role) in of_type(resources, resolver, "AWS::IAM::Role")? {
        role.only(ROLE)?;
        let arn = resolver.attribute(&role, &format!("{name}.Arn"))?;
        let trust = role.need("AssumeRolePolicyDocument")?;
        let on = Attached::Resource(arn.clone());
        all.push(policy(&trust, resolver, on, Form::Trust)?);
        for inline in role.get("Policies").map_or(Ok(Vec::new()), |p| p.items())? {
            inline.only(&["PolicyName", "PolicyDocument"])?;
            let document = inline.need("PolicyDocument")?;
            let on = Attached::Role(arn.clone());
            all.push(policy(&document, resolver, on, Form::Identity)?);
        }
    }
    for (_, policies) in of_type(resources, resolver, "AWS::IAM::Policy")? {
        policies.only(&["PolicyName", "PolicyDocument", "Roles"])?;
        for role in policies.need("Roles")?.items()? {
            let on = Attached::Role(arn_of(&role, resolver)?);
            let document = policies.need("PolicyDocument")?;
            all.push(policy(&document, resolver, on, Form::Identity)?);
        }
    }
    for (_, queues) in of_type(resources, resolver, "AWS::SQS::QueuePolicy")? {
        queues.only(&["Queues", "PolicyDocument"])?;
        for queue in queues.need("Queues")?.items()? {
            let on = Attached::Resource(arn_of(&queue, resolver)?);
            let document = queues.need("PolicyDocument")?;
            all.push(policy(&document, resolver, on, Form::Resource)?);
        }
    }
    Ok(Policies(all))
}

/// Which keys a statement must have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Identity,
    Resource,
    /// Without a resource: the role itself.
    Trust,
}

fn policy(
    document: &Node<'_>,
    resolver: &Resolver<'_>,
    attached: Attached,
    form: Form,
) -> Result<Policy, TemplateError> {
    document.only(&["Version", "Statement"])?;
    let version = document.need("Version")?;
    if resolver.text(&version)? != "2012-10-17" {
        return Err(version.wrong("only the language of 2012-10-17 is known here"));
    }
    let statements = document.need("Statement")?.items()?;
    let statements = statements.iter();
    Ok(Policy {
        attached,
        statements: statements
            .map(|each| statement(each, resolver, form))
            .collect::<Result<_, _>>()?,
    })
}

fn statement(
    node: &Node<'_>,
    resolver: &Resolver<'_>,
    form: Form,
) -> Result<Statement, TemplateError> {
    let mut known = vec!["Sid", "Effect", "Action", "Condition"];
    if form != Form::Identity {
        known.push("Principal");
    }
    if form != Form::Trust {
        known.push("Resource");
    }
    node.only(&known)?;
    let effect = node.need("Effect")?;
    let effect = match resolver.text(&effect)?.as_str() {
        "Allow" => Effect::Allow,
        "Deny" => Effect::Deny,
        other => return Err(effect.wrong(format!("{other} is neither Allow nor Deny"))),
    };
    let mut principals = Vec::new();
    if form != Form::Identity {
        let who = node.need("Principal")?;
        who.only(&["Service", "AWS"])?;
        for (_, each) in who.entries()? {
            principals.extend(texts(&each, resolver)?);
        }
    }
    let resources = match form {
        Form::Identity | Form::Resource => texts(&node.need("Resource")?, resolver)?,
        Form::Trust => vec!["*".to_owned()],
    };
    let mut conditions = Vec::new();
    if let Some(section) = node.get("Condition") {
        for (operator, keys) in section.entries()? {
            for (key, values) in keys.entries()? {
                let condition = Condition::new(operator, key, texts(&values, resolver)?);
                conditions.push(condition.map_err(|what| values.wrong(what))?);
            }
        }
    }
    Ok(Statement {
        sid: resolver.text(&node.need("Sid")?)?,
        effect,
        principals,
        actions: texts(&node.need("Action")?, resolver)?,
        resources,
        conditions,
    })
}

/// A list of texts, or the one text that stands for a list of one.
fn texts(node: &Node<'_>, resolver: &Resolver<'_>) -> Result<Vec<String>, TemplateError> {
    let wrong = |other: &Json| node.wrong(format!("a text is wanted, not {other}"));
    match resolver.json(node)? {
        Json::String(text) => Ok(vec![text]),
        Json::Array(items) => {
            let texts = items.iter();
            texts
                .map(|item| item.as_str().map(str::to_owned).ok_or_else(|| wrong(item)))
                .collect()
        }
        other => Err(wrong(&other)),
    }
}

/// `Queues` and `Roles` have URLs and names, which `!Ref` gives; what is wanted here is the ARN.
fn arn_of(named: &Node<'_>, resolver: &Resolver<'_>) -> Result<String, TemplateError> {
    match named.value {
        Value::Tagged(tagged) if tagged.tag == "!Ref" => {
            let name = tagged.value.as_str().unwrap_or_default();
            resolver.attribute(named, &format!("{name}.Arn"))
        }
        _ => Err(named.wrong("!Ref of a resource is wanted")),
    }
}
