//! SSM: documents that commands run. Only what the template's are: schema 2.2, one step
//! `aws:runShellScript`, parameters of type `String` ("Data elements and parameters", Systems Manager guide).

use super::{AllowedPattern, ApiError, Model};
use fleet::tags::Tags;
use fleet::words::DocumentName;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

/// "The size limit of a document is 64 KB" (API reference, `MaxDocumentSizeExceeded`). *Inferred:* what
/// counts at `SendCommand` is the document with the values of its parameters.
const MOST_BYTES: usize = 64 * 1024;

/// A document, in its default version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandDocument {
    /// Its name.
    pub name: DocumentName,
    /// Its tags.
    pub tags: Tags,
    /// What has to be given, or can be.
    pub parameters: BTreeMap<String, DocumentParameter>,
    /// `runCommand`, its lines joined.
    pub script: String,
    /// `timeoutSeconds` of its step: how long the script may take.
    pub execution_timeout: Duration,
}

/// A parameter of a document, of type `String`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentParameter {
    /// `interpolationType: ENV_VAR`: the script finds the value in `SSM_<name>`. Otherwise, and by an agent
    /// that does not know that property, `{{ name }}` in the script is replaced by the value (P-49).
    pub by_environment: bool,
    /// What the value must be like.
    pub allowed_pattern: Option<AllowedPattern>,
    /// How many characters the value may have (`minChars`, `maxChars`).
    pub length: RangeInclusive<usize>,
    /// The value if none is given.
    pub default: Option<String>,
}

impl Default for DocumentParameter {
    /// Any text, which has to be given.
    fn default() -> Self {
        Self {
            by_environment: false,
            allowed_pattern: None,
            length: 0..=usize::MAX,
            default: None,
        }
    }
}

impl CommandDocument {
    /// The values that the script gets: those that are given and, where none is, the defaults.
    pub(super) fn values(
        &self,
        given: &BTreeMap<String, Vec<String>>,
    ) -> Result<BTreeMap<String, String>, ApiError> {
        let invalid = |message: String| ApiError::refused("InvalidParameters", message);
        if let Some(unknown) = given
            .keys()
            .find(|name| !self.parameters.contains_key(*name))
        {
            return Err(invalid(format!(
                "Parameter \"{unknown}\" is not defined in the document"
            )));
        }
        let mut values = BTreeMap::new();
        for (name, parameter) in &self.parameters {
            let value = match given.get(name).map(Vec::as_slice) {
                Some([value]) => value.clone(),
                Some(_) => return Err(invalid(format!("Parameter \"{name}\" is not a String"))),
                None => parameter
                    .default
                    .clone()
                    .ok_or_else(|| invalid(format!("Parameter \"{name}\" requires a value")))?,
            };
            if let Some(pattern) = &parameter.allowed_pattern
                && !pattern.allows(&value)
            {
                return Err(invalid(format!(
                    "Parameter \"{name}\" has value \"{value}\" not matching \"{}\"",
                    pattern.text
                )));
            }
            if !parameter.length.contains(&value.chars().count()) {
                let (least, most) = (parameter.length.start(), parameter.length.end());
                return Err(invalid(format!(
                    "Parameter \"{name}\" has {} characters, and {least} to {most} are allowed",
                    value.chars().count()
                )));
            }
            values.insert(name.clone(), value);
        }
        let bytes = self.script.len() + values.values().map(String::len).sum::<usize>();
        if bytes > MOST_BYTES {
            return Err(ApiError::refused(
                "MaxDocumentSizeExceeded",
                "The size limit of a document is 64 KB",
            ));
        }
        Ok(values)
    }

    /// The script and its own environment variables, as an agent makes them: one that knows
    /// `interpolationType`, or an older one that replaces text (P-49). The former leaves `{{ … }}` as it is,
    /// where AWS writes the variable's name; ours have none.
    pub(super) fn rendered(
        &self,
        values: &BTreeMap<String, String>,
        knows_environment: bool,
    ) -> (String, BTreeMap<String, String>) {
        let (mut script, mut environment) = (self.script.clone(), BTreeMap::new());
        for (name, value) in values {
            let by_environment = self.parameters.get(name).is_some_and(|p| p.by_environment);
            if by_environment && knows_environment {
                environment.insert(format!("SSM_{name}"), value.clone());
            } else {
                for reference in [format!("{{{{{name}}}}}"), format!("{{{{ {name} }}}}")] {
                    script = script.replace(&reference, value);
                }
            }
        }
        (script, environment)
    }
}

impl Model {
    /// Makes a document, or its new default version.
    pub fn put_document(&mut self, now: Timestamp, document: CommandDocument) {
        self.advance(now);
        self.documents.insert(document.name.clone(), document);
        self.changed();
    }

    /// The documents of the account.
    pub fn documents(&self) -> impl Iterator<Item = &CommandDocument> {
        self.documents.values()
    }

    pub(super) fn document(&self, name: &DocumentName) -> Result<&CommandDocument, ApiError> {
        self.documents.get(name).ok_or_else(|| {
            let message = format!("Document with name {name} does not exist.");
            ApiError::refused("InvalidDocument", message)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(script: &str, by_environment: bool) -> CommandDocument {
        let parameter = DocumentParameter {
            by_environment,
            allowed_pattern: AllowedPattern::parse("^[A-Za-z0-9_-]{1,8}$").ok(),
            ..DocumentParameter::default()
        };
        CommandDocument {
            name: "inspect".into(),
            tags: Tags::new(),
            parameters: [("payload".to_owned(), parameter)].into(),
            script: script.to_owned(),
            execution_timeout: Duration::from_secs(60),
        }
    }

    fn given(value: &str) -> BTreeMap<String, Vec<String>> {
        [("payload".to_owned(), vec![value.to_owned()])].into()
    }

    #[test]
    fn values_are_those_that_the_document_asks_for() {
        let document = document("true", true);
        let code = |given| document.values(&given).map_err(|error| error.code);
        assert_eq!(code(given("abc")).unwrap()["payload"], "abc");
        let mut more = given("abc");
        more.insert("other".to_owned(), vec!["a".to_owned()]);
        let twice = [("payload".to_owned(), vec!["a".to_owned(), "b".to_owned()])];
        for wrong in [BTreeMap::new(), given("a b"), more, twice.into()] {
            assert_eq!(code(wrong), Err("InvalidParameters"));
        }
        let with_default = DocumentParameter {
            default: Some("none".to_owned()),
            ..DocumentParameter::default()
        };
        let parameters = [("payload".to_owned(), with_default)].into();
        let optional = CommandDocument {
            parameters,
            ..document
        };
        assert_eq!(
            optional.values(&BTreeMap::new()).unwrap()["payload"],
            "none"
        );
        let large = CommandDocument {
            script: "#".repeat(MOST_BYTES),
            ..optional
        };
        let refused = large.values(&given("a")).map_err(|error| error.code);
        assert_eq!(refused, Err("MaxDocumentSizeExceeded"));
    }

    #[test]
    fn p49_a_value_is_in_the_environment_and_with_an_older_agent_in_the_text() {
        let values = [("payload".to_owned(), "abc".to_owned())].into();
        let script = "echo $SSM_payload {{ payload }} {{payload}}";
        let replaced = "echo $SSM_payload abc abc".to_owned();
        let none = BTreeMap::new();
        for (by_environment, knows, expected) in [
            (false, true, (replaced.clone(), none.clone())),
            (true, false, (replaced.clone(), none)),
            (
                true,
                true,
                (
                    script.to_owned(),
                    [("SSM_payload".to_owned(), "abc".to_owned())].into(),
                ),
            ),
        ] {
            let document = document(script, by_environment);
            assert_eq!(document.rendered(&values, knows), expected);
        }
    }
}
