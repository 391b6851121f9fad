//! A value of the template together with its place, for errors that say where.

use super::TemplateError;
use yaml_serde::Value;

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    pub(super) value: &'a Value,
    place: String,
}

impl<'a> Node<'a> {
    pub(super) fn root(value: &'a Value) -> Self {
        Self {
            value,
            place: String::new(),
        }
    }

    /// An error at this place.
    pub(super) fn wrong(&self, what: impl Into<String>) -> TemplateError {
        let place = self.place.as_str();
        TemplateError {
            place: if place.is_empty() { "the top" } else { place }.to_owned(),
            what: what.into(),
        }
    }

    /// A key's value, if there is one.
    pub(super) fn get(&self, key: &str) -> Option<Node<'a>> {
        let value = match self.value {
            Value::Mapping(mapping) => mapping.get(key)?,
            _ => return None,
        };
        Some(self.below(key, value))
    }

    /// A key's value.
    pub(super) fn need(&self, key: &str) -> Result<Node<'a>, TemplateError> {
        self.get(key)
            .ok_or_else(|| self.wrong(format!("{key} is missing")))
    }

    /// Refuses every key that is not listed.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), TemplateError> {
        for (key, _) in self.entries()? {
            if !known.contains(&key) {
                return Err(self.wrong(format!("{key} is not known here")));
            }
        }
        Ok(())
    }

    /// Keys and values of a mapping.
    pub(super) fn entries(&self) -> Result<Vec<(&'a str, Node<'a>)>, TemplateError> {
        let Value::Mapping(mapping) = self.value else {
            return Err(self.wrong("a mapping is wanted"));
        };
        mapping
            .iter()
            .map(|(key, value)| {
                let key = key
                    .as_str()
                    .ok_or_else(|| self.wrong("a key is not a text"))?;
                Ok((key, self.below(key, value)))
            })
            .collect()
    }

    /// The values of a list.
    pub(super) fn items(&self) -> Result<Vec<Node<'a>>, TemplateError> {
        let Value::Sequence(values) = self.value else {
            return Err(self.wrong("a list is wanted"));
        };
        Ok(values
            .iter()
            .enumerate()
            .map(|(index, value)| Node {
                value,
                place: format!("{}[{index}]", self.place),
            })
            .collect())
    }

    /// What stands behind the tag of this value.
    pub(super) fn untagged(&self, value: &'a Value) -> Node<'a> {
        Node {
            value,
            place: self.place.clone(),
        }
    }

    fn below(&self, key: &str, value: &'a Value) -> Node<'a> {
        // A logical id is unique in a template, so the place begins with it.
        let place = match self.place.as_str() {
            "" | "Resources" => key.to_owned(),
            place => format!("{place}.{key}"),
        };
        Node { value, place }
    }
}
