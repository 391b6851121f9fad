//! SSM Parameter Store: versions, dates and events of parameters, and secrets.

use super::asked::Asked;
use super::moment::after;
use super::paging::page;
use super::parameter_rules::{check_name, check_value};
use super::{ApiError, Model};
use cloud::call::Call;
use cloud::calls::{Page, PageToken};
use fleet::observed::{Parameter, ParameterKind};
use fleet::words::ParameterName;
use jiff::{Timestamp, Unit};
use serde_json::json;
use std::time::Duration;

/// `GetParametersByPath` gives 10 on a page (API reference, MaxResults).
const PAGE: usize = 10;
/// What a name begins with that stands for a secret of Secrets Manager ("Referencing AWS Secrets
/// Manager secrets from Parameter Store parameters").
pub(super) const SECRET_REFERENCE: &str = "/aws/reference/secretsmanager/";
/// What `GetParametersByPath` shows of a `SecureString` that it does not decrypt: the blob of KMS in
/// base64 (aws/aws-cli #5918 and tellerops/teller #310 show one).
const CIPHERTEXT: &str = "AQICAHhN0tDecrypted==";

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

    /// SSM `GetParameter` of one parameter, decrypted.
    pub fn get_parameter(
        &mut self,
        now: Timestamp,
        name: &ParameterName,
    ) -> Result<String, ApiError> {
        self.read(now, Asked::parameter(Call::GetParameter, name), |model| {
            let plain = || Some(&model.parameters.get(name.as_str())?.value);
            let found = model.secrets.get(name).or_else(plain);
            found.cloned().ok_or_else(|| not_found(name.as_str()))
        })
    }

    /// SSM `PutParameter` of type `String`, over what is there; answers the version. A re-created one
    /// begins again at version 1, with a later date (F41).
    pub fn put_parameter(
        &mut self,
        now: Timestamp,
        name: &ParameterName,
        value: &str,
    ) -> Result<i64, ApiError> {
        self.put_parameter_of(now, name, &ParameterKind::String, value)
    }

    /// SSM `PutParameter` of a type, over what is there. Of a `SecureString` the value is kept apart:
    /// only `GetParameter` decrypts it.
    pub fn put_parameter_of(
        &mut self,
        now: Timestamp,
        name: &ParameterName,
        kind: &ParameterKind,
        value: &str,
    ) -> Result<i64, ApiError> {
        let asked = Asked::parameter(Call::PutParameter, name);
        self.write(now, asked, name.to_string(), |model| {
            model.store(name, value, kind)
        })
    }

    /// Writes a `SecureString`, or a secret of Secrets Manager by its reference.
    pub fn put_secret(
        &mut self,
        now: Timestamp,
        name: &ParameterName,
        secret: &str,
    ) -> Result<(), ApiError> {
        self.advance(now);
        match name.as_str().starts_with(SECRET_REFERENCE) {
            true => {
                self.secrets.insert(name.clone(), secret.to_owned());
            }
            false => {
                self.store(name, secret, &ParameterKind::SecureString)?;
            }
        }
        self.changed();
        Ok(())
    }

    /// A parameter as it is there, of a secret the ciphertext.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.get(name)
    }

    fn store(
        &mut self,
        name: &ParameterName,
        value: &str,
        kind: &ParameterKind,
    ) -> Result<i64, ApiError> {
        let path = name.as_str();
        check_name(&self.settings, path)?;
        check_value(&self.settings, value)?;
        // "You can't change a parameter from a String type to a SecureString type" (API reference of
        // PutParameter, Errors).
        let old = self.parameters.get(path);
        if old.is_some_and(|old| old.kind != *kind) {
            return Err(ApiError::refused(
                "HierarchyTypeMismatchException",
                format!("{path} is of another type, which cannot be changed"),
            ));
        }
        let version = old.map_or(1, |old| old.version + 1);
        let last_modified = self.next_modification();
        let shown = match kind {
            ParameterKind::SecureString => {
                self.secrets.insert(name.clone(), value.to_owned());
                CIPHERTEXT
            }
            ParameterKind::String | ParameterKind::StringList | ParameterKind::Unknown(_) => value,
        };
        self.parameters.insert(
            path.to_owned(),
            Parameter {
                name: path.to_owned(),
                kind: kind.clone(),
                value: shown.to_owned(),
                version,
                last_modified,
            },
        );
        let operation = if version == 1 { "Create" } else { "Update" };
        self.tell_parameter(path, operation, kind);
        Ok(version)
    }

    /// Deletes a parameter.
    pub fn delete_parameter(&mut self, now: Timestamp, name: &str) -> Result<(), ApiError> {
        self.advance(now);
        let Some(deleted) = self.parameters.remove(name) else {
            return Err(not_found(name));
        };
        self.secrets.remove(&ParameterName::new(name));
        self.tell_parameter(name, "Delete", &deleted.kind);
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
    fn tell_parameter(&mut self, name: &str, operation: &str, kind: &ParameterKind) {
        let arn = self.settings.arn("ssm", &format!("parameter{name}"));
        self.emit(
            "aws.ssm",
            "Parameter Store Change",
            &[arn],
            json!({"operation": operation, "name": name, "type": kind.as_str()}),
        );
    }
}

fn not_found(name: &str) -> ApiError {
    ApiError::refused("ParameterNotFound", format!("Parameter {name} not found."))
}

pub(super) fn invalid(message: String) -> ApiError {
    ApiError::refused("ValidationException", message)
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

    fn put(model: &mut Model, second: i64, name: &str, value: &str) -> Result<(), ApiError> {
        let name = ParameterName::new(name);
        model.put_parameter(at(second), &name, value).map(|_| ())
    }

    #[test]
    fn a_re_created_parameter_begins_at_version_1_with_a_later_date_f41() {
        let mut model = world();
        for value in ["a", "b"] {
            assert_eq!(put(&mut model, 0, "/k/c/listeners/E", value), Ok(()));
        }
        let before = read(&mut model, "/k/c/")[0].clone();
        assert_eq!((before.version, before.value.as_str()), (2, "b"));
        assert_eq!(model.delete_parameter(at(0), "/k/c/listeners/E"), Ok(()));
        assert_eq!(put(&mut model, 0, "/k/c/listeners/E", "c"), Ok(()));
        let again = read(&mut model, "/k/c")[0].clone();
        assert_eq!(again.version, 1);
        assert!(again.last_modified > before.last_modified);
    }

    #[test]
    fn a_path_holds_what_is_below_it_in_pages_of_ten() {
        let mut model = world();
        for n in 0..23 {
            let name = format!("/k/c/listeners/G{n:02}");
            assert_eq!(put(&mut model, 0, &name, "x"), Ok(()));
        }
        assert_eq!(put(&mut model, 0, "/k/cc/paused", "true"), Ok(()));
        assert_eq!(read(&mut model, "/k/c/").len(), 23);
        assert_eq!(read(&mut model, "/k/nothing"), []);
    }

    #[test]
    fn changes_are_told_without_value_and_version_p43() {
        let mut model = world();
        assert_eq!(put(&mut model, 1, "/k/c/paused", "true"), Ok(()));
        assert_eq!(put(&mut model, 1, "/k/c/paused", "false"), Ok(()));
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

    #[test]
    fn a_secret_is_shown_decrypted_by_its_name_only() {
        let mut model = world();
        let (name, reference) = (
            ParameterName::from("/k/c/secrets/probe"),
            ParameterName::from("/aws/reference/secretsmanager/k/c/probe"),
        );
        for name in [&name, &reference] {
            assert_eq!(model.put_secret(at(0), name, "hunter2"), Ok(()));
            assert_eq!(model.get_parameter(at(0), name), Ok("hunter2".to_owned()));
        }
        let below = read(&mut model, "/k/c/");
        assert_eq!(below.len(), 1);
        assert_eq!(below[0].value, CIPHERTEXT);
        assert_eq!(below[0].kind, ParameterKind::SecureString);
        assert_eq!(read(&mut model, "/aws/"), []);
        assert_eq!(
            put(&mut model, 1, name.as_str(), "open").map_err(|e| e.code),
            Err("HierarchyTypeMismatchException")
        );
        let nothing = ParameterName::from("/aws/reference/secretsmanager/k/c/other");
        let nothing = model.get_parameter(at(1), &nothing);
        assert_eq!(nothing.map_err(|e| e.code), Err("ParameterNotFound"));
    }

    #[test]
    fn a_parameter_keeps_its_type_until_it_is_deleted() {
        let mut model = world();
        let name = ParameterName::from("/k/c/paused");
        let mut put = |second, kind| {
            let put = model.put_parameter_of(at(second), &name, &kind, "false");
            put.map_err(|error| error.code)
        };
        assert_eq!(put(1, ParameterKind::StringList), Ok(1));
        assert_eq!(put(1, ParameterKind::StringList), Ok(2));
        for other in [ParameterKind::String, ParameterKind::SecureString] {
            assert_eq!(put(1, other), Err("HierarchyTypeMismatchException"));
        }
        assert_eq!(model.delete_parameter(at(1), name.as_str()), Ok(()));
        let put = model.put_parameter_of(at(1), &name, &ParameterKind::SecureString, "false");
        assert_eq!(put, Ok(1));
        let types = model.take_events().into_iter().map(|event| {
            let detail = &event["detail"];
            (detail["operation"].clone(), detail["type"].clone())
        });
        let told: Vec<_> = types.collect();
        assert_eq!(
            told[2..],
            [
                (json!("Delete"), json!("StringList")),
                (json!("Create"), json!("SecureString")),
            ]
        );
    }
}
