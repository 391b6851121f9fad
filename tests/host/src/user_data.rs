//! User data as CloudFormation makes it of the template.

use std::collections::BTreeMap;
use yaml_serde::Value;

const TEMPLATE: &str = include_str!("../../../infra/example-cluster.yaml");

/// What the template's names stand for.
pub type Given = BTreeMap<String, String>;

/// The user data of a launch template.
///
/// # Panics
///
/// If the template has none of this name, or has a name in it that stands for nothing.
#[must_use]
pub fn user_data(launch_template: &str, given: &Given) -> String {
    let root: Value = yaml_serde::from_str(TEMPLATE).expect("a template in YAML");
    let data = &root["Resources"][launch_template]["Properties"]["LaunchTemplateData"];
    resolved(&data["UserData"]["Fn::Base64"], &root, given)
}

fn resolved(value: &Value, root: &Value, given: &Given) -> String {
    let Value::Tagged(tagged) = value else {
        return value.as_str().expect("a text").to_owned();
    };
    let at = |index: usize| tagged.value[index].as_str().expect("a name");
    match tagged.tag.to_string().as_str() {
        "!Join" => {
            assert_eq!(at(0), "", "nothing between");
            let parts = tagged.value[1].as_sequence().expect("parts");
            parts.iter().map(|it| resolved(it, root, given)).collect()
        }
        "!FindInMap" => resolved(&root["Mappings"][at(0)][at(1)][at(2)], root, given),
        "!Sub" => substituted(tagged.value.as_str().expect("a text"), given),
        other => panic!("what is {other}?"),
    }
}

fn substituted(text: &str, given: &Given) -> String {
    let mut parts = text.split("${");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, after) = part.split_once('}').expect("its end");
        out += given.get(name).unwrap_or_else(|| panic!("what is {name}?"));
        out += after;
    }
    out
}

/// Names and values as a map.
#[must_use]
pub fn given(all: &[(&str, &str)]) -> Given {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    all.iter().map(owned).collect()
}
