//! SSM Parameter Store: what parameters may be called and what they may hold (API reference,
//! PutParameter: Name, Value).

use super::parameters::invalid;
use super::{ApiError, Settings};

/// A standard parameter holds 4 KB (F46).
const STANDARD_BYTES: usize = 4096;
/// An advanced one 8 KB.
const ADVANCED_BYTES: usize = 8192;
/// The levels of a name.
const LEVELS: usize = 15;
/// The characters of a name, with those of the ARN before it.
const NAME_CHARACTERS: usize = 1011;

/// Only names with a path are known here.
pub(super) fn check_name(settings: &Settings, path: &str) -> Result<(), ApiError> {
    let Some(name) = path.strip_prefix('/') else {
        return Err(invalid(format!("the name {path} is not valid")));
    };
    let reserved = name.to_lowercase();
    if reserved.starts_with("aws") || reserved.starts_with("ssm") {
        return Err(invalid(
            "Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive)."
                .to_owned(),
        ));
    }
    let is_one = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let is_level = |level: &str| !level.is_empty() && level.chars().all(is_one);
    let levels: Vec<&str> = name.split('/').collect();
    if !levels.iter().all(|level| is_level(level)) {
        return Err(invalid(format!(
            "Parameter name: only a mix of letters, numbers and the symbols .-_ is allowed, not {path}"
        )));
    }
    if levels.len() > LEVELS {
        return Err(ApiError::refused(
            "HierarchyLevelLimitExceededException",
            format!("A hierarchy can have a maximum of {LEVELS} levels"),
        ));
    }
    let length = settings.arn("ssm", &format!("parameter{path}")).len();
    if length > NAME_CHARACTERS {
        return Err(invalid(format!(
            "the name has {length} characters with its ARN, and {NAME_CHARACTERS} are allowed"
        )));
    }
    Ok(())
}

pub(super) fn check_value(settings: &Settings, value: &str) -> Result<(), ApiError> {
    let (tier, bytes) = match settings.advanced_parameters {
        true => ("Advanced", ADVANCED_BYTES),
        false => ("Standard", STANDARD_BYTES),
    };
    if value.is_empty() || value.len() > bytes {
        return Err(invalid(format!(
            "{tier} tier parameters support a maximum parameter value of {bytes} characters."
        )));
    }
    // Double brackets would be a reference to another parameter.
    if value.contains("{{") {
        return Err(invalid(
            "Parameter value can't nest another parameter.".to_owned(),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::world::{at, world};
    use fleet::words::ParameterName;

    fn put(name: &str, value: &str) -> Option<&'static str> {
        let put = world().put_parameter(at(0), &ParameterName::new(name), value);
        put.err().map(|error| error.code)
    }

    #[test]
    fn f46_a_standard_parameter_holds_4_kb_and_no_reference() {
        let name = "/k/c/listeners/E";
        assert_eq!(put(name, &"x".repeat(4096)), None);
        assert_eq!(put(name, "{\"a\": {\"b\": 1}}"), None);
        let long = "x".repeat(4097);
        let umlauts = "\u{e4}".repeat(2049);
        for value in ["", &long, &umlauts, "{{ssm:x}}", "a {{b}}"] {
            assert_eq!(put(name, value), Some("ValidationException"), "{value}");
        }
    }

    #[test]
    fn names_have_characters_levels_and_a_length() {
        let levels = "/k".repeat(15);
        let long = format!("/k/{}", "n".repeat(1011 - 47));
        for name in ["/k/c.d_e-f/listeners/EXTERNAL2", &levels, &long] {
            assert_eq!(put(name, "x"), None, "{name}");
        }
        assert_eq!(
            put(&format!("{levels}/k"), "x"),
            Some("HierarchyLevelLimitExceededException")
        );
        let longer = format!("{long}n");
        for name in [
            "k/c",
            "/aws/c",
            "/AWS-x",
            "/ssm/c",
            "/k//c",
            "/k/c/",
            "/k/a b",
            "/k/{c}",
            "/k/\u{f6}",
            &longer,
        ] {
            assert_eq!(put(name, "x"), Some("ValidationException"), "{name}");
        }
    }
}
