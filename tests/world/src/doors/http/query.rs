//! The query protocol's parameters as JSON values for serde: `Tags.member.1.Key=a` becomes
//! `{"Tags": [{"Key": "a"}]}`, and EC2's `Filter.1.Value.1=b` the same without `member`. All
//! leaves are texts.

use super::refusal::Refusal;
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

/// The action and its parameters, without `Action` and `Version`, which must be this one.
pub(super) fn read(body: &[u8], version: &str) -> Result<(String, Value), Refusal> {
    let mut tree = Tree::default();
    for (name, value) in form_urlencoded::parse(body) {
        tree.put(&name, &value)?;
    }
    let mut text = |name: &str| match tree.below.remove(name) {
        Some(Tree {
            value: Some(text), ..
        }) => Ok(text),
        _ => Err(Refusal::surprising(
            400,
            "MissingAction",
            format!("{name} is missing"),
        )),
    };
    let action = text("Action")?;
    let asked = text("Version")?;
    if asked != version {
        return Err(Refusal::surprising(
            400,
            "InvalidAction",
            format!("Could not find operation {action} for version {asked}"),
        ));
    }
    // An action without parameters has no names below, and is an empty mapping all the same.
    let parameters = match tree.below.is_empty() {
        true => Value::Object(Map::new()),
        false => tree.into_json("")?,
    };
    Ok((action, parameters))
}

/// The parameters as an action's struct, which denies unknown ones.
pub(super) fn parameters<T: DeserializeOwned>(asked: Value) -> Result<T, Refusal> {
    serde_json::from_value(asked).map_err(|error| Refusal::bad_parameter(error.to_string()))
}

/// For fields: a number or truth value from its text.
pub(super) fn parsed<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text = String::deserialize(deserializer)?;
    text.parse()
        .map_err(|error| D::Error::custom(format!("{text}: {error}")))
}

/// For fields that may be missing (with `default`): as [`parsed`].
pub(super) fn parsed_option<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    parsed(deserializer).map(Some)
}

/// For lists: an empty one is sent as an empty text (`Tags=`).
pub(super) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    match Value::deserialize(deserializer)? {
        Value::String(text) if text.is_empty() => Ok(Vec::new()),
        value => serde_json::from_value(value).map_err(D::Error::custom),
    }
}

#[derive(Debug, Default)]
struct Tree {
    value: Option<String>,
    below: BTreeMap<String, Tree>,
}

impl Tree {
    fn put(&mut self, name: &str, value: &str) -> Result<(), Refusal> {
        let mut place = self;
        for part in name.split('.') {
            place = place.below.entry(part.to_owned()).or_default();
        }
        if place.value.replace(value.to_owned()).is_some() {
            return Err(Refusal::bad_parameter(format!("{name} is given twice")));
        }
        Ok(())
    }

    fn into_json(self, name: &str) -> Result<Value, Refusal> {
        match (self.value, self.below) {
            (Some(text), below) if below.is_empty() => Ok(Value::String(text)),
            (Some(_), _) => Err(Refusal::bad_parameter(format!(
                "{name} is both a value and a structure"
            ))),
            (None, mut below) => {
                if let (1, Some(members)) = (below.len(), below.remove("member")) {
                    return members.into_list(name);
                }
                if below.keys().any(|key| is_index(key)) {
                    return Tree { value: None, below }.into_list(name);
                }
                let mut fields = Map::new();
                for (key, inner) in below {
                    let inner = inner.into_json(&format!("{name}.{key}"))?;
                    fields.insert(key, inner);
                }
                Ok(Value::Object(fields))
            }
        }
    }

    /// Members are counted from 1, without a gap.
    fn into_list(mut self, name: &str) -> Result<Value, Refusal> {
        let mut items = Vec::new();
        while let Some(item) = self.below.remove(&(items.len() + 1).to_string()) {
            items.push(item.into_json(&format!("{name}.{}", items.len() + 1))?);
        }
        match self.below.into_keys().next() {
            Some(odd) => Err(Refusal::bad_parameter(format!(
                "{name}.{odd} is out of order"
            ))),
            None => Ok(Value::Array(items)),
        }
    }
}

fn is_index(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read_all(body: &str) -> Result<(String, Value), Refusal> {
        read(format!("Action=A&Version=1&{body}").as_bytes(), "1")
    }

    #[test]
    fn members_and_plain_indexes_become_lists_in_order() {
        let body = "Name=a%2Fb+c&Tags.member.2.Key=k2&Tags.member.1.Key=k1&Tags.member.1.Value=\
                    &Filter.1.Name=f&Filter.1.Value.1=x&Filter.1.Value.2=y\
                    &Arns.member.1=1&Arns.member.2=2&Arns.member.3=3&Arns.member.4=4\
                    &Arns.member.5=5&Arns.member.6=6&Arns.member.7=7&Arns.member.8=8\
                    &Arns.member.9=9&Arns.member.10=10";
        let (action, asked) = read_all(body).unwrap();
        assert_eq!(action, "A");
        assert_eq!(
            asked,
            json!({
                "Name": "a/b c",
                "Tags": [{"Key": "k1", "Value": ""}, {"Key": "k2"}],
                "Filter": [{"Name": "f", "Value": ["x", "y"]}],
                "Arns": ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"],
            })
        );
    }

    #[test]
    fn an_action_without_parameters_has_an_empty_mapping() {
        assert_eq!(read_all("").unwrap().1, json!({}));
    }

    #[test]
    fn what_is_not_well_formed_is_refused_by_name() {
        for (body, what) in [
            ("Name=a&Name=b", "Name is given twice"),
            ("Tags.member.2.Key=a", "Tags.2 is out of order"),
            ("Name=a&Name.x=b", "Name is both"),
        ] {
            let refusal = read_all(body).unwrap_err();
            assert!(refusal.message().contains(what), "{}", refusal.message());
            assert!(refusal.is_surprise());
        }
        assert!(read(b"Version=1", "1").is_err());
        assert!(read(b"Action=A&Version=2", "1").is_err());
    }

    #[test]
    fn structs_read_numbers_and_empty_lists_and_deny_the_unknown() {
        #[derive(Debug, Deserialize, PartialEq)]
        #[serde(rename_all = "PascalCase", deny_unknown_fields)]
        struct Asked {
            #[serde(deserialize_with = "parsed")]
            port: u16,
            #[serde(default, deserialize_with = "parsed_option")]
            weight: Option<u8>,
            #[serde(default, deserialize_with = "list")]
            tags: Vec<String>,
        }
        let (_, asked) = read_all("Port=9092&Tags=").unwrap();
        assert_eq!(
            parameters::<Asked>(asked),
            Ok(Asked {
                port: 9092,
                weight: None,
                tags: Vec::new()
            })
        );
        for (body, what) in [
            ("Port=1&Colour=red", "Colour"),
            ("Port=70000", "70000"),
            ("Weight=1", "Port"),
        ] {
            let (_, asked) = read_all(body).unwrap();
            let refusal = parameters::<Asked>(asked).unwrap_err();
            assert!(refusal.message().contains(what), "{}", refusal.message());
        }
    }
}
