//! The template as data; intrinsics stand for what they name.

use std::collections::BTreeMap;
use world::iam::Policies;
use world::template::{FunctionSettings, FunctionStack, Template};
use yaml_serde::Value;

pub use tests::{CLUSTER, TEMPLATE as TEXT};

/// The template of load balancer and endpoint service.
pub const PRIVATELINK: &str = include_str!("../../infra/privatelink.yaml");
/// The template of a cluster for who has none.
pub const EXAMPLE: &str = include_str!("../../infra/example-cluster.yaml");
/// Every template that is deployed.
pub const TEMPLATES: [&str; 3] = [TEXT, PRIVATELINK, EXAMPLE];

/// What a rule has to complain of; nothing, if it is kept.
pub type Complaints = Vec<String>;
/// A rule about a template.
pub type Rule = fn(&Stack) -> Complaints;

/// A template.
pub struct Stack {
    text: String,
    root: Value,
}

impl Stack {
    /// Reads a template.
    pub fn of(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            root: yaml_serde::from_str(text).expect("a template in YAML"),
        }
    }

    /// The resources of a type: logical id and properties.
    pub fn all(&self, kind: &str) -> Vec<(&str, &Value)> {
        let resources = self.root["Resources"].as_mapping().expect("resources");
        let of_kind = resources
            .iter()
            .filter(|(_, resource)| resource["Type"].as_str() == Some(kind));
        of_kind
            .map(|(id, resource)| (id.as_str().expect("an id"), &resource["Properties"]))
            .collect()
    }

    /// The text of the whole.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names and values of a section.
    pub fn section(&self, name: &str) -> Vec<(&str, &Value)> {
        let section = self.root[name].as_mapping().into_iter().flatten();
        section
            .map(|(name, value)| (name.as_str().expect("a name"), value))
            .collect()
    }

    /// A value at the top.
    pub fn top(&self, name: &str) -> &Value {
        &self.root[name]
    }

    /// What a resource waits for before it is made, as `DependsOn` says.
    pub fn depends_on(&self, id: &str) -> Vec<&str> {
        let on = each(&self.root["Resources"][id]["DependsOn"]).into_iter();
        on.filter_map(said).collect()
    }

    /// The template with these parameters; those that it does not declare are left out.
    pub fn with(&self, values: &BTreeMap<String, String>) -> Result<Template, String> {
        let declared = self.section("Parameters");
        let is_known = |name: &str| {
            name.starts_with("AWS::") || declared.iter().any(|(declared, _)| *declared == name)
        };
        let known = values.iter().filter(|(name, _)| is_known(name));
        let known = known.map(|(name, value)| (name.clone(), value.clone()));
        Template::parse(&self.text, known.collect()).map_err(|error| error.to_string())
    }

    /// The properties of the resource of this type that a value names, as `!Ref X` or `!GetAtt X.Y`.
    pub fn named(&self, kind: &str, value: &Value) -> Option<&Value> {
        let name = said(value)?;
        let name = name.split('.').next().unwrap_or_default();
        let mut all = self.all(kind).into_iter();
        all.find(|(id, _)| *id == name)
            .map(|(_, properties)| properties)
    }

    /// What the local world makes of each function that a queue wakes.
    pub fn functions(&self) -> Result<Vec<FunctionStack>, String> {
        let functions = tests::deployed(&self.text)?.functions();
        functions.map_err(|error| error.to_string())
    }

    /// What it makes of a function, whatever wakes it.
    pub fn function_settings(&self, name: &str) -> Result<FunctionSettings, String> {
        let settings = tests::deployed(&self.text)?.function_settings(name);
        settings.map_err(|error| error.to_string())
    }

    /// What it makes of the policies.
    pub fn policies(&self) -> Result<Policies, String> {
        let policies = tests::deployed(&self.text)?.policies();
        policies.map_err(|error| error.to_string())
    }
}

/// A rule is kept by the template in this repository.
pub fn holds(rule: Rule) {
    assert_eq!(rule(&Stack::of(TEXT)), Complaints::new());
}

/// A rule is kept by every template.
pub fn holds_everywhere(rule: Rule) {
    for template in TEMPLATES {
        assert_eq!(rule(&Stack::of(template)), Complaints::new());
    }
}

/// A rule complains so of a template in which one text is replaced.
pub fn complains(rule: Rule, template: &str, old: &str, new: &str, complaint: &str) {
    assert!(template.contains(old), "the template has changed: {old}");
    let complaints = rule(&Stack::of(&template.replacen(old, new, 1)));
    assert!(
        complaints.iter().any(|said| said.contains(complaint)),
        "{new}: {complaints:?} instead of {complaint}"
    );
}

/// A text, or what `!Ref`, `!GetAtt` and `!Sub` of a text say.
pub fn said(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Tagged(tagged) => said(&tagged.value),
        _ => None,
    }
}

/// A rule of a security group. One under a condition is the second part of its `!If`.
pub fn rule(value: &Value) -> &Value {
    match value.get("IpProtocol") {
        Some(_) => value,
        None => &value[1],
    }
}

/// The values of a list, or the one value that stands for a list of one.
pub fn each(value: &Value) -> Vec<&Value> {
    match value {
        Value::Sequence(values) => values.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}
