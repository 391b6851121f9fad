//! How [`Seen`] is written in a saved observation: `{"seen": …}`, or `{"gap": {"read": …, "reason": …}}`.
//! For fields, by `#[serde(with = "fleet::observed::seen")]`.

use super::{Gap, Seen};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Written<T> {
    Seen(T),
    Gap(Gap),
}

fn written<T>(seen: &Seen<T>) -> Written<&T> {
    match seen {
        Ok(seen) => Written::Seen(seen),
        Err(gap) => Written::Gap(gap.clone()),
    }
}

fn read<T>(written: Written<T>) -> Seen<T> {
    match written {
        Written::Seen(seen) => Ok(seen),
        Written::Gap(gap) => Err(gap),
    }
}

/// Writes it.
pub fn serialize<T: Serialize, S: Serializer>(
    seen: &Seen<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    written(seen).serialize(serializer)
}

/// Reads it.
pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Seen<T>, D::Error> {
    Written::deserialize(deserializer).map(read)
}

/// A map of them, by `#[serde(with = "fleet::observed::seen::each")]`.
pub mod each {
    use super::{Seen, Written};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::collections::BTreeMap;

    /// Writes it.
    pub fn serialize<K: Serialize, T: Serialize, S: Serializer>(
        all: &BTreeMap<K, Seen<T>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(all.iter().map(|(key, seen)| (key, super::written(seen))))
    }

    /// Reads it.
    pub fn deserialize<'de, K, T, D>(deserializer: D) -> Result<BTreeMap<K, Seen<T>>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        T: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        let all = BTreeMap::<K, Written<T>>::deserialize(deserializer)?;
        let read = all
            .into_iter()
            .map(|(key, written)| (key, super::read(written)));
        Ok(read.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Look {
        #[serde(with = "super")]
        one: Seen<Option<u8>>,
        #[serde(with = "super::each")]
        each: BTreeMap<String, Seen<u8>>,
    }

    fn gap() -> Gap {
        Gap {
            read: "DescribeTags".to_owned(),
            reason: "it was throttled".to_owned(),
        }
    }

    #[test]
    fn what_was_seen_and_what_was_not_are_written_in_words() {
        let each = [("a".to_owned(), Ok(7)), ("b".to_owned(), Err(gap()))];
        for (one, text) in [
            (Ok(Some(1)), r#"{"seen":1}"#),
            (Ok(None), r#"{"seen":null}"#),
            (
                Err(gap()),
                r#"{"gap":{"read":"DescribeTags","reason":"it was throttled"}}"#,
            ),
        ] {
            let each = each.clone().into();
            let look = Look { one, each };
            let json = serde_json::to_string(&look).expect("JSON");
            let all = r#"{"a":{"seen":7},"b":{"gap":{"read":"DescribeTags","reason":"it was throttled"}}}"#;
            assert_eq!(json, format!(r#"{{"one":{text},"each":{all}}}"#));
            assert_eq!(serde_json::from_str::<Look>(&json).expect("read"), look);
        }
    }

    #[test]
    fn anything_else_is_refused_by_its_name() {
        for (one, why) in [
            (r#"{"sen":1}"#, "unknown variant `sen`"),
            (r#"{"gap":{"read":"a"}}"#, "missing field `reason`"),
            (
                r#"{"gap":{"read":"a","reason":"b","more":1}}"#,
                "unknown field `more`",
            ),
            ("1", "expected"),
        ] {
            let json = format!(r#"{{"one":{one},"each":{{}}}}"#);
            let error = serde_json::from_str::<Look>(&json).expect_err(one);
            assert!(error.to_string().contains(why), "{error}");
        }
    }
}
