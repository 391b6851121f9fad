//! Whether a file has exactly the fields that were read. A reader takes a field of an option that is missing
//! for none, and overlooks one that it does not know beside another record's: a file with either would be
//! another observation than the one that was saved.

use serde_json::Value;

/// The first field that only one of them has, and what is wrong with it in the file.
pub(super) fn differing(file: &Value, read: &Value) -> Option<(String, &'static str)> {
    match (file, read) {
        (Value::Object(file), Value::Object(read)) => {
            let unknown = file.keys().find(|key| !read.contains_key(*key));
            let missing = read.keys().find(|key| !file.contains_key(*key));
            match (unknown, missing) {
                (Some(key), _) => return Some((key.clone(), "unknown field")),
                (None, Some(key)) => return Some((key.clone(), "missing field")),
                (None, None) => {}
            }
            let mut both = file.iter().filter_map(|(key, value)| {
                let (path, why) = differing(value, read.get(key)?)?;
                Some((format!("{key}.{path}"), why))
            });
            both.next()
        }
        (Value::Array(file), Value::Array(read)) => {
            let mut both = (0_usize..).zip(file.iter().zip(read));
            both.find_map(|(at, (file, read))| {
                let (path, why) = differing(file, read)?;
                Some((format!("{at}.{path}"), why))
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_field_that_only_one_has_is_named_with_its_path() {
        let read = json!({ "a": { "seen": [{ "b": 1 }, { "b": null }] } });
        for (file, told) in [
            (read.clone(), None),
            (
                json!({ "a": { "seen": [{ "b": 1 }, {}] } }),
                Some(("a.seen.1.b", "missing field")),
            ),
            (
                json!({ "a": { "seen": [{ "b": 1, "c": 2 }, { "b": null }] } }),
                Some(("a.seen.0.c", "unknown field")),
            ),
            (json!({}), Some(("a", "missing field"))),
        ] {
            let found = differing(&file, &read);
            let found = found.as_ref().map(|(path, why)| (path.as_str(), *why));
            assert_eq!(found, told, "{file}");
        }
    }
}
