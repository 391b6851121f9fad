//! Systems Manager. Here its Parameter Store: the wanted listeners, secrets, the hand-over.

mod commands;
mod records;

use crate::Aws;
use crate::error;
use crate::fields::{Fields, page, token};
use aws_sdk_ssm::types;
use cloud::call::Call;
use cloud::calls::{Answer, Page, PageToken, SsmReads};
use fleet::observed::{Parameter, ParameterKind};
use fleet::words::ParameterName;

impl SsmReads for Aws {
    // Not decrypted: nothing that we read here is a secret, and so the role needs no key. Of a
    // `SecureString` AWS answers the cipher text, which only its type tells apart from a text.
    async fn get_parameters_by_path(
        &self,
        path: &str,
        next: Option<PageToken>,
    ) -> Answer<Page<Parameter>> {
        let call = Call::GetParametersByPath;
        let answer = self
            .ssm
            .get_parameters_by_path()
            .path(path)
            .recursive(true)
            .with_decryption(false)
            .max_results(10)
            .set_next_token(token(next))
            .send()
            .await
            .map_err(error::of(call))?;
        // A body that is empty is read as an answer without anything.
        let parameters = Fields(call).need("Parameters", answer.parameters)?;
        page(Some(parameters), answer.next_token, parameter)
    }

    // Decrypted: a secret. No error may quote the answer.
    async fn get_parameter(&self, name: &ParameterName) -> Answer<String> {
        let call = Call::GetParameter;
        let answer = self
            .ssm
            .get_parameter()
            .name(name.as_str())
            .with_decryption(true)
            .send()
            .await
            .map_err(error::of(call))?;
        let value = answer.parameter.and_then(|found| found.value);
        Fields(call).need("Parameter.Value", value)
    }
}

fn parameter(found: types::Parameter) -> Answer<Parameter> {
    let fields = Fields(Call::GetParametersByPath);
    // The SDK reads a missing version as 0; AWS counts from 1 (F41).
    let version = Some(found.version).filter(|version| *version > 0);
    let kind = fields.need("Parameters.Type", found.r#type)?;
    let found = Parameter {
        name: fields.text("Parameters.Name", found.name)?,
        kind: ParameterKind::parse(kind.as_str()),
        value: fields.need("Parameters.Value", found.value)?,
        version: fields.need("Parameters.Version", version)?,
        last_modified: fields.time("Parameters.LastModifiedDate", found.last_modified_date)?,
    };
    Ok(found.without_cipher_text())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ssm::types::ParameterType;
    use aws_smithy_types::DateTime;

    fn found() -> types::builders::ParameterBuilder {
        types::Parameter::builder()
            .name("/kafka-privatelink/orders/listeners/EXTERNAL")
            .r#type(ParameterType::String)
            .value("pattern")
            .version(3)
            .last_modified_date(DateTime::from_secs(1_735_689_600))
    }

    #[test]
    fn a_parameter_is_read_with_its_version_and_time() {
        assert_eq!(
            parameter(found().build()),
            Ok(Parameter {
                name: "/kafka-privatelink/orders/listeners/EXTERNAL".to_owned(),
                kind: ParameterKind::String,
                value: "pattern".to_owned(),
                version: 3,
                last_modified: "2025-01-01T00:00:00Z".parse().unwrap(),
            })
        );
    }

    #[test]
    fn a_parameter_is_read_with_its_type() {
        for kind in ["String", "StringList", "SecureString", "FutureString"] {
            let found = found().r#type(ParameterType::from(kind)).build();
            let kind = ParameterKind::parse(kind);
            let found = parameter(found).expect("a parameter");
            let value = found.text().map(|_| "pattern").unwrap_or_default();
            assert_eq!((found.value.as_str(), found.kind), (value, kind));
        }
        let error = parameter(found().set_type(None).build()).unwrap_err();
        assert_eq!(error.message, "answer without Parameters.Type");
    }

    #[test]
    fn a_parameter_without_a_version_is_an_error() {
        let error = parameter(found().version(0).build()).unwrap_err();
        assert_eq!(error.message, "answer without Parameters.Version");
    }
}
