//! Every text that a template gives to AWS, with the parameters put in.

use super::node::Node;
use super::resolve::Resolver;
use super::{Template, TemplateError};
use serde_json::Value as Json;
use yaml_serde::Value;

/// A text of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The logical id of the resource.
    pub resource: String,
    /// Its type.
    pub kind: String,
    /// The path to the text, without the places in lists: `SecurityGroupEgress.Description`.
    pub path: String,
    /// The text. A number or a truth value is as good as one.
    pub text: String,
}

impl Template {
    /// Each text in the properties of each resource. What names another resource as a whole (`!Ref` or
    /// `!GetAtt` of it) is AWS's text, not the template's, and is left out; and so is user data, which is a script.
    pub fn texts(&self) -> Result<Vec<Text>, TemplateError> {
        let (resources, resolver) = self.sections()?;
        let mut all = Vec::new();
        for (id, resource) in resources.entries()? {
            let kind = resolver.text(&resource.need("Type")?)?;
            let Some(properties) = resource.get("Properties") else {
                continue;
            };
            let mut found = Vec::new();
            walk(&properties, &resolver, "", &mut found)?;
            all.extend(found.into_iter().map(|(path, text)| Text {
                resource: id.to_owned(),
                kind: kind.clone(),
                path,
                text,
            }));
        }
        Ok(all)
    }
}

fn walk(
    node: &Node<'_>,
    resolver: &Resolver<'_>,
    path: &str,
    found: &mut Vec<(String, String)>,
) -> Result<(), TemplateError> {
    match node.value {
        Value::Mapping(_) => {
            for (key, inner) in node.entries()? {
                if key == "Fn::Base64" {
                    continue;
                }
                let path = match path {
                    "" => key.to_owned(),
                    path => format!("{path}.{key}"),
                };
                walk(&inner, resolver, &path, found)?;
            }
        }
        Value::Sequence(_) => {
            for item in node.items()? {
                walk(&item, resolver, path, found)?;
            }
        }
        Value::Tagged(tagged) if tagged.tag == "!If" => {
            let branches = node.untagged(&tagged.value).items()?;
            let [condition, then, or] = branches.as_slice() else {
                return Err(node.wrong("!If has a condition and two values"));
            };
            let branch = if resolver.condition(condition)? {
                then
            } else {
                or
            };
            walk(branch, resolver, path, found)?;
        }
        Value::Tagged(tagged) if is_a_resource(node, resolver, &tagged.value) => {}
        _ => match resolver.json(node)? {
            Json::Null => {}
            Json::String(text) => found.push((path.to_owned(), text)),
            Json::Number(number) => found.push((path.to_owned(), number.to_string())),
            Json::Bool(flag) => found.push((path.to_owned(), flag.to_string())),
            other => return Err(node.wrong(format!("a text is wanted, not {other}"))),
        },
    }
    Ok(())
}

/// Whether this is `!Ref` or `!GetAtt` of a resource.
fn is_a_resource(node: &Node<'_>, resolver: &Resolver<'_>, named: &Value) -> bool {
    let Value::Tagged(tagged) = node.value else {
        return false;
    };
    let name = named.as_str().and_then(|name| name.split('.').next());
    (tagged.tag == "!Ref" || tagged.tag == "!GetAtt")
        && name.is_some_and(|name| resolver.is_resource(name))
}
