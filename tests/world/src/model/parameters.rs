//! SSM Parameter Store: versions, dates and events of parameters.

use super::moment::after;
use super::paging::page;
use super::permission::Asked;
use super::{ApiError, Model};
use cloud::calls::{Page, PageToken};
use fleet::observed::Parameter;
use jiff::{Timestamp, Unit};
use serde_json::json;
use std::time::Duration;

/// `GetParametersByPath` gives 10 on a page (API reference, MaxResults).
const PAGE: usize = 10;
/// A standard parameter holds 4 KB (F46).
const VALUE_BYTES: usize = 4096;

impl Model {
    /// SSM `GetParametersByPath`, recursive, not decrypted. A path without parameters is no error.
    pub fn get_parameters_by_path(
        &mut self,
        now: Timestamp,
        path: &str,
        token: Option<&PageToken>,
    ) -> Result<Page<Parameter>, ApiError> {
        self.read(now, Asked::below(path), |model| {
            if !path.starts_with('/') {
                return Err(ApiError::refused(
                    "ValidationException",
                    "The parameter path must begin with a forward slash (/)",
                ));
            }
            let prefix = format!("{}/", path.trim_end_matches('/'));
            let below = model
                .parameters
                .iter()
                .filter(|(name, _)| name.starts_with(&prefix))
                .map(|(name, parameter)| (name.clone(), parameter.clone()));
            page(below, token, model.page_size(PAGE), "InvalidNextToken")
        })
    }

    /// Writes a parameter. A re-created one begins again at version 1, with a later date (F41).
    pub fn put_parameter(
        &mut self,
        now: Timestamp,
        name: &str,
        value: &str,
    ) -> Result<(), ApiError> {
        self.advance(now);
        if !name.starts_with('/') || value.is_empty() || value.len() > VALUE_BYTES {
            return Err(ApiError::refused(
                "ValidationException",
                format!("{name} must begin with a slash and hold 1 to {VALUE_BYTES} bytes"),
            ));
        }
        let version = self.parameters.get(name).map_or(1, |old| old.version + 1);
        let last_modified = self.next_modification();
        self.parameters.insert(
            name.to_owned(),
            Parameter {
                name: name.to_owned(),
                value: value.to_owned(),
                version,
                last_modified,
            },
        );
        self.tell_parameter(name, if version == 1 { "Create" } else { "Update" });
        self.changed();
        Ok(())
    }

    /// Deletes a parameter.
    pub fn delete_parameter(&mut self, now: Timestamp, name: &str) -> Result<(), ApiError> {
        self.advance(now);
        if self.parameters.remove(name).is_none() {
            return Err(ApiError::refused(
                "ParameterNotFound",
                format!("Parameter {name} not found."),
            ));
        }
        self.tell_parameter(name, "Delete");
        self.changed();
        Ok(())
    }

    /// Milliseconds, and no two writes in the same one.
    fn next_modification(&mut self) -> Timestamp {
        let to_ms = jiff::TimestampRound::new()
            .smallest(Unit::Millisecond)
            .mode(jiff::RoundMode::Floor);
        let now = self.at.round(to_ms).unwrap_or(self.at);
        let later = after(self.parameters_modified, Duration::from_millis(1));
        self.parameters_modified = now.max(later);
        self.parameters_modified
    }

    /// The event has neither value nor version (P-43).
    fn tell_parameter(&mut self, name: &str, operation: &str) {
        let arn = self.settings.arn("ssm", &format!("parameter{name}"));
        self.emit(
            "aws.ssm",
            "Parameter Store Change",
            &[arn],
            json!({"operation": operation, "name": name, "type": "String"}),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{at, world};
    use super::*;

    fn read(model: &mut Model, path: &str) -> Vec<Parameter> {
        let mut all = Vec::new();
        let mut token = None;
        loop {
            match model.get_parameters_by_path(at(9), path, token.as_ref()) {
                Ok(page) => {
                    assert!(page.items.len() <= PAGE);
                    all.extend(page.items);
                    token = page.next;
                }
                Err(error) => panic!("{error}"),
            }
            if token.is_none() {
                return all;
            }
        }
    }

    #[test]
    fn a_re_created_parameter_begins_at_version_1_with_a_later_date_f41() {
        let mut model = world();
        for value in ["a", "b"] {
            assert_eq!(
                model.put_parameter(at(0), "/k/c/listeners/E", value),
                Ok(())
            );
        }
        let before = read(&mut model, "/k/c/")[0].clone();
        assert_eq!((before.version, before.value.as_str()), (2, "b"));
        assert_eq!(model.delete_parameter(at(0), "/k/c/listeners/E"), Ok(()));
        assert_eq!(model.put_parameter(at(0), "/k/c/listeners/E", "c"), Ok(()));
        let again = read(&mut model, "/k/c")[0].clone();
        assert_eq!(again.version, 1);
        assert!(again.last_modified > before.last_modified);
    }

    #[test]
    fn a_path_holds_what_is_below_it_in_pages_of_ten() {
        let mut model = world();
        for n in 0..23 {
            let name = format!("/k/c/listeners/G{n:02}");
            assert_eq!(model.put_parameter(at(0), &name, "x"), Ok(()));
        }
        assert_eq!(model.put_parameter(at(0), "/k/cc/paused", "true"), Ok(()));
        assert_eq!(read(&mut model, "/k/c/").len(), 23);
        assert_eq!(read(&mut model, "/k/nothing"), []);
    }

    #[test]
    fn changes_are_told_without_value_and_version_p43() {
        let mut model = world();
        assert_eq!(model.put_parameter(at(1), "/k/c/paused", "true"), Ok(()));
        assert_eq!(model.put_parameter(at(1), "/k/c/paused", "false"), Ok(()));
        assert_eq!(model.delete_parameter(at(1), "/k/c/paused"), Ok(()));
        let details: Vec<_> = model
            .take_events()
            .into_iter()
            .map(|event| event["detail"].clone())
            .collect();
        let told =
            |operation| json!({"operation": operation, "name": "/k/c/paused", "type": "String"});
        assert_eq!(details, [told("Create"), told("Update"), told("Delete")]);
        assert_eq!(
            model
                .delete_parameter(at(1), "/k/c/paused")
                .map_err(|e| e.code),
            Err("ParameterNotFound")
        );
    }
}
