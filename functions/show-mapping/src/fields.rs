//! A report, read field by field: it may be of another release, or broken. What is missing or is something
//! else is named, and all the rest is read.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error};
use serde_json::{Map, Value};
use std::fmt;

/// The fields of one JSON object, and what was wrong with those that were asked for.
pub(crate) struct Fields<'v> {
    object: &'v Map<String, Value>,
    /// The names of fields that are missing or unreadable.
    pub(crate) amiss: Vec<String>,
}

impl<'v> Fields<'v> {
    /// Of this object.
    pub(crate) fn of(object: &'v Map<String, Value>) -> Self {
        let amiss = Vec::new();
        Self { object, amiss }
    }

    /// A field that every report has.
    pub(crate) fn get<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        if !self.object.contains_key(name) {
            self.amiss.push(name.to_owned());
        }
        self.may(name)
    }

    /// A field that a report may leave out.
    pub(crate) fn may<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let value = self.object.get(name).filter(|value| !value.is_null())?;
        let read = T::deserialize(value);
        if read.is_err() {
            self.amiss.push(name.to_owned());
        }
        read.ok()
    }

    /// A list that every report has; of its items those that can be read.
    pub(crate) fn list<T: DeserializeOwned>(&mut self, name: &str) -> Vec<T> {
        if !self.object.contains_key(name) {
            self.amiss.push(name.to_owned());
        }
        self.may_list(name)
    }

    /// A list that a report may leave out.
    pub(crate) fn may_list<T: DeserializeOwned>(&mut self, name: &str) -> Vec<T> {
        let items: Vec<Value> = self.may(name).unwrap_or_default();
        let read: Vec<T> = items
            .iter()
            .filter_map(|it| T::deserialize(it).ok())
            .collect();
        if read.len() < items.len() {
            let amiss = items.len() - read.len();
            self.amiss
                .push(format!("{amiss} of {} in {name}", items.len()));
        }
        read
    }

    /// An object in the object.
    pub(crate) fn object(&mut self, name: &str) -> Option<&'v Map<String, Value>> {
        let object = self.object.get(name).and_then(Value::as_object);
        if object.is_none() {
            self.amiss.push(name.to_owned());
        }
        object
    }
}

/// A word of a report: a text, or a number as a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Word(pub(crate) String);

impl Word {
    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => Ok(Self(number.to_string())),
            _ => Err(D::Error::custom("neither a text nor a number")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_amiss_is_named_and_the_rest_is_read() {
        let object = json!({ "a": 1, "b": ["x", 2, {}], "c": null, "d": "text", "e": {} });
        let mut fields = Fields::of(object.as_object().expect("an object"));
        assert_eq!(fields.get("a"), Some(1));
        let words: Vec<Word> = fields.list("b");
        assert_eq!(words, [Word("x".to_owned()), Word("2".to_owned())]);
        assert_eq!(fields.may::<u64>("c"), None);
        assert_eq!(fields.may::<u64>("none"), None);
        assert!(fields.object("e").is_some());
        assert_eq!(fields.amiss, ["1 of 3 in b"]);
        assert_eq!(fields.get::<u64>("d"), None);
        assert_eq!(fields.list::<u64>("missing"), [] as [u64; 0]);
        assert!(fields.object("a").is_none());
        assert_eq!(fields.amiss, ["1 of 3 in b", "d", "missing", "a"]);
    }
}
