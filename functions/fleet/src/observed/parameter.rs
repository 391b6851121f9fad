//! A parameter of SSM Parameter Store.

use super::spelled::spelled;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A parameter, as `GetParametersByPath` shows it without decryption.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// The full name, with its leading slash.
    pub name: String,
    /// Its type.
    pub kind: ParameterKind,
    /// The value; empty of what is no text ([`without_cipher_text`](Self::without_cipher_text)).
    pub value: String,
    /// Counts up with each write; begins again at 1 when re-created (F41).
    pub version: i64,
    /// When it was last written; goes on when re-created (F41).
    pub last_modified: Timestamp,
}

/// The type of a parameter (API reference, `Parameter`, field `Type`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ParameterKind {
    /// A text.
    String,
    /// Texts with commas between them, in one value.
    StringList,
    /// A secret.
    SecureString,
    /// A type that AWS added later.
    Unknown(String),
}

impl ParameterKind {
    /// Reads the API's spelling.
    pub fn parse(text: &str) -> Self {
        match text {
            "String" => Self::String,
            "StringList" => Self::StringList,
            "SecureString" => Self::SecureString,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The API's spelling.
    pub fn as_str(&self) -> &str {
        match self {
            Self::String => "String",
            Self::StringList => "StringList",
            Self::SecureString => "SecureString",
            Self::Unknown(other) => other,
        }
    }
}

spelled!(ParameterKind);

impl Parameter {
    /// The same without the cipher text of a secret, which nobody needs and which would be saved. Both
    /// doors to AWS take it off.
    pub fn without_cipher_text(self) -> Self {
        let value = self.text().map(str::to_owned).unwrap_or_default();
        Self { value, ..self }
    }

    /// The text that a person wrote; `None` if it is a secret, or nobody knows what it is.
    pub fn text(&self) -> Option<&str> {
        match self.kind {
            ParameterKind::String | ParameterKind::StringList => Some(&self.value),
            ParameterKind::SecureString | ParameterKind::Unknown(_) => None,
        }
    }

    /// How its type is put right. The type of a parameter that is there cannot be changed
    /// (`HierarchyTypeMismatchException` of `PutParameter`), so it is deleted first.
    pub fn as_string(&self, value: &str) -> String {
        let name = &self.name;
        format!(
            "aws ssm delete-parameter --name {name} && aws ssm put-parameter --type String --name {name} --value {value}"
        )
    }
}

/// No secret gets into a log by a value that is printed for a programmer.
impl fmt::Debug for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            kind,
            value: _,
            version,
            last_modified,
        } = self;
        f.debug_struct("Parameter")
            .field("name", name)
            .field("kind", kind)
            .field("value", &self.text().unwrap_or("***"))
            .field("version", version)
            .field("last_modified", last_modified)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_neither_read_nor_printed() {
        for (text, shown) in [
            ("String", true),
            ("StringList", true),
            ("SecureString", false),
            ("FutureString", false),
        ] {
            let parameter = Parameter {
                name: "/a/b".to_owned(),
                kind: ParameterKind::parse(text),
                value: "hunter2".to_owned(),
                version: 1,
                last_modified: Timestamp::UNIX_EPOCH,
            };
            assert_eq!(parameter.kind.as_str(), text);
            assert_eq!(parameter.text(), shown.then_some("hunter2"));
            let kept = parameter.clone().without_cipher_text().value;
            assert_eq!(kept, if shown { "hunter2" } else { "" });
            assert_eq!(
                format!("{parameter:?}").contains("hunter2"),
                shown,
                "{text}"
            );
            assert_eq!(
                parameter.as_string("false"),
                "aws ssm delete-parameter --name /a/b && aws ssm put-parameter --type String --name /a/b --value false"
            );
        }
    }
}
