//! Resolves `!Ref`, `!Sub` and `!GetAtt` in those values that are read. Intrinsics of a list are in
//! `intrinsics.rs`, conditions in `conditions.rs`.

use super::TemplateError;
use super::node::Node;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use yaml_serde::Value;

/// What takes a property or an item of a list away.
pub(super) const NO_VALUE: &str = "AWS::NoValue";

/// What references resolve to.
#[derive(Debug)]
pub(super) struct Resolver<'a> {
    parameters: BTreeMap<String, String>,
    pub(super) conditions: Option<Node<'a>>,
    resources: Node<'a>,
}

impl<'a> Resolver<'a> {
    /// Takes the given parameters, and the defaults of those that are not given.
    pub(super) fn new(
        declared: Option<Node<'a>>,
        conditions: Option<Node<'a>>,
        resources: &Node<'a>,
        given: &BTreeMap<String, String>,
    ) -> Result<Self, TemplateError> {
        let mut resolver = Self {
            parameters: given.clone(),
            conditions,
            resources: resources.clone(),
        };
        let declared = match &declared {
            Some(section) => section.entries()?,
            None => Vec::new(),
        };
        for name in given.keys().filter(|name| !name.starts_with("AWS::")) {
            if !declared.iter().any(|(declared, _)| declared == name) {
                return Err(resources.wrong(format!("{name} is given and not a parameter")));
            }
        }
        for (name, parameter) in declared {
            if let (false, Some(default)) = (given.contains_key(name), parameter.get("Default")) {
                let default = resolver.text(&default)?;
                resolver.parameters.insert(name.to_owned(), default);
            }
        }
        Ok(resolver)
    }

    /// A text, or a number or truth value as text.
    pub(super) fn text(&self, node: &Node<'_>) -> Result<String, TemplateError> {
        match self.json(node)? {
            Json::String(text) => Ok(text),
            Json::Number(number) => Ok(number.to_string()),
            Json::Bool(flag) => Ok(flag.to_string()),
            other => Err(node.wrong(format!("a text is wanted, not {other}"))),
        }
    }

    /// A whole number; one that is written as text counts.
    pub(super) fn number(&self, node: &Node<'_>) -> Result<u32, TemplateError> {
        let text = self.text(node)?;
        text.parse()
            .map_err(|_| node.wrong(format!("a whole number is wanted, not {text}")))
    }

    /// A truth value.
    pub(super) fn flag(&self, node: &Node<'_>) -> Result<bool, TemplateError> {
        match self.text(node)?.as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            text => Err(node.wrong(format!("true or false is wanted, not {text}"))),
        }
    }

    /// Any value as JSON, with everything below resolved.
    pub(super) fn json(&self, node: &Node<'_>) -> Result<Json, TemplateError> {
        Ok(match node.value {
            Value::Null => Json::Null,
            Value::Bool(flag) => Json::Bool(*flag),
            Value::Number(number) => serde_json::to_value(number)
                .map_err(|error| node.wrong(format!("{number}: {error}")))?,
            Value::String(text) => Json::String(text.clone()),
            Value::Sequence(_) => {
                let items = node.items()?;
                let all: Vec<Json> = items
                    .iter()
                    .map(|i| self.json(i))
                    .collect::<Result<_, _>>()?;
                Json::Array(all.into_iter().filter(|item| !item.is_null()).collect())
            }
            Value::Mapping(_) => {
                let mut fields = Map::new();
                for (key, inner) in node.entries()? {
                    if key == "Ref" || key == "Condition" || key.starts_with("Fn::") {
                        return Err(node.wrong(format!("the long form {key} is not known here")));
                    }
                    let inner = self.json(&inner)?;
                    if !inner.is_null() {
                        fields.insert(key.to_owned(), inner);
                    }
                }
                Json::Object(fields)
            }
            Value::Tagged(tagged) => {
                let tag = tagged.tag.to_string();
                let Value::String(text) = &tagged.value else {
                    return self.of_list(&tag, &node.untagged(&tagged.value));
                };
                if tag == "!Ref" && text == NO_VALUE {
                    return Ok(Json::Null);
                }
                Json::String(match tag.as_str() {
                    "!Ref" => self.reference(node, text)?,
                    "!GetAtt" => self.attribute(node, text)?,
                    "!Sub" => self.substitute(node, text, &BTreeMap::new())?,
                    _ => return Err(node.wrong(format!("the intrinsic {tag} is not known here"))),
                })
            }
        })
    }

    /// Whether the template has a resource of this name.
    pub(super) fn is_resource(&self, name: &str) -> bool {
        self.resources.get(name).is_some()
    }

    /// The name of a queue: its `QueueName`, or its logical id.
    pub(super) fn queue_name(&self, logical_id: &str) -> Result<String, TemplateError> {
        let queue = self.resources.need(logical_id)?;
        let Some(properties) = queue.get("Properties") else {
            return Ok(logical_id.to_owned());
        };
        if let Some(name) = properties.get("QueueName") {
            return self.text(&name);
        }
        match properties.get("FifoQueue") {
            Some(fifo) if self.flag(&fifo)? => Ok(format!("{logical_id}.fifo")),
            _ => Ok(logical_id.to_owned()),
        }
    }

    fn reference(&self, node: &Node<'_>, name: &str) -> Result<String, TemplateError> {
        if let Some(value) = self.parameters.get(name) {
            return Ok(value.clone());
        }
        match self.kind_of(node, name)?.as_str() {
            "AWS::Serverless::Function" | "AWS::SSM::Parameter" => Ok(name.to_owned()),
            "AWS::Logs::LogGroup" => self.log_group(name),
            "AWS::EC2::VPCEndpointService" => Ok("vpce-svc-0123456789abcdef0".to_owned()),
            kind => Err(node.wrong(format!("!Ref of {name}, an {kind}, is not known here"))),
        }
    }

    /// What has no name of its own is named after its logical id here.
    pub(super) fn attribute(&self, node: &Node<'_>, path: &str) -> Result<String, TemplateError> {
        let (name, attribute) = path
            .split_once('.')
            .ok_or_else(|| node.wrong(format!("!GetAtt {path} names no attribute")))?;
        let kind = self.kind_of(node, name)?;
        match (kind.as_str(), attribute) {
            ("AWS::SQS::Queue", "QueueName") => self.queue_name(name),
            ("AWS::SQS::Queue", "Arn") => self.arn(node, "sqs", &self.queue_name(name)?),
            ("AWS::Serverless::Function", "Arn") => {
                self.arn(node, "lambda", &format!("function:{name}"))
            }
            ("AWS::IAM::Role", "Arn") => {
                // IAM has no Region.
                let partition = self.reference(node, "AWS::Partition")?;
                let account = self.reference(node, "AWS::AccountId")?;
                Ok(format!("arn:{partition}:iam::{account}:role/{name}"))
            }
            // A group's ARN ends in `:*` (CloudFormation reference, AWS::Logs::LogGroup).
            ("AWS::Logs::LogGroup", "Arn") => {
                let group = self.log_group(name)?;
                self.arn(node, "logs", &format!("log-group:{group}:*"))
            }
            _ => Err(node.wrong(format!(
                "{attribute} of {name}, an {kind}, is not known here"
            ))),
        }
    }

    fn log_group(&self, logical_id: &str) -> Result<String, TemplateError> {
        let group = self.resources.need(logical_id)?.need("Properties")?;
        self.text(&group.need("LogGroupName")?)
    }

    fn arn(&self, node: &Node<'_>, service: &str, rest: &str) -> Result<String, TemplateError> {
        let pseudo = |name: &str| self.reference(node, name);
        Ok(format!(
            "arn:{}:{service}:{}:{}:{rest}",
            pseudo("AWS::Partition")?,
            pseudo("AWS::Region")?,
            pseudo("AWS::AccountId")?,
        ))
    }

    /// `!Sub`; `given` has the names of its own.
    pub(super) fn substitute(
        &self,
        node: &Node<'_>,
        text: &str,
        given: &BTreeMap<String, String>,
    ) -> Result<String, TemplateError> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| node.wrong("!Sub with a ${ that is never closed"))?;
            match (name.strip_prefix('!'), given.get(name)) {
                // `${!Literal}` stands for `${Literal}`.
                (Some(literal), _) => {
                    out.push_str("${");
                    out.push_str(literal);
                    out.push('}');
                }
                (None, Some(value)) => out.push_str(value),
                (None, None) if name.contains('.') => out.push_str(&self.attribute(node, name)?),
                (None, None) => out.push_str(&self.reference(node, name)?),
            }
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }

    fn kind_of(&self, node: &Node<'_>, name: &str) -> Result<String, TemplateError> {
        let resource = self.resources.get(name).ok_or_else(|| {
            node.wrong(format!(
                "{name} is no resource, and no parameter with a value"
            ))
        })?;
        self.text(&resource.need("Type")?)
    }
}
