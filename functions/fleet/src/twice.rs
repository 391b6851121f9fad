//! JSON in which a field stands twice: readers take the last one and say nothing, so it is looked for.

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeSet;
use std::fmt;

/// The first field of a JSON text that stands twice in one object, however deep; none if the text is no
/// JSON.
pub fn twice(text: &str) -> Option<String> {
    const MARK: &str = "stands twice: ";
    struct Once;
    impl<'de> Deserialize<'de> for Once {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            from.deserialize_any(Self)
        }
    }
    impl<'de> Visitor<'de> for Once {
        type Value = Self;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("JSON")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
            let mut seen = BTreeSet::new();
            while let Some(field) = map.next_key::<String>()? {
                if seen.contains(&field) {
                    return Err(A::Error::custom(format!("{MARK}{field}{MARK}")));
                }
                seen.insert(field);
                map.next_value::<Self>()?;
            }
            Ok(self)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self, A::Error> {
            while list.next_element::<Self>()?.is_some() {}
            Ok(self)
        }

        fn visit_str<E: Error>(self, _: &str) -> Result<Self, E> {
            Ok(self)
        }

        fn visit_bool<E: Error>(self, _: bool) -> Result<Self, E> {
            Ok(self)
        }

        fn visit_i64<E: Error>(self, _: i64) -> Result<Self, E> {
            Ok(self)
        }

        fn visit_u64<E: Error>(self, _: u64) -> Result<Self, E> {
            Ok(self)
        }

        fn visit_f64<E: Error>(self, _: f64) -> Result<Self, E> {
            Ok(self)
        }

        fn visit_unit<E: Error>(self) -> Result<Self, E> {
            Ok(self)
        }
    }
    let error = serde_json::from_str::<Once>(text).err()?.to_string();
    let (_, field) = error.split_once(MARK)?;
    let (field, _) = field.rsplit_once(MARK)?;
    Some(field.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_field_that_stands_twice_is_found_at_every_depth() {
        for (text, field) in [
            (r#"{"a": 1, "b": 2, "a": 1}"#, "a"),
            (r#"{"a": [null, {"b": true, "\u0062": -1.5}]}"#, "b"),
            (r#"{"a": {"10.0": [], "10.0": []}}"#, "10.0"),
        ] {
            assert_eq!(twice(text).as_deref(), Some(field), "{text}");
        }
        let once = r#"{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}], "A": "stands twice: "}"#;
        for text in [once, "no JSON", ""] {
            assert_eq!(twice(text), None, "{text}");
        }
    }
}
