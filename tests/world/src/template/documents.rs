//! The documents of Systems Manager in a template, as Run Command knows them in the world: schema 2.2, one
//! step `aws:runShellScript`, parameters of type `String` ("Data elements and parameters", "Command document
//! plugin reference", Systems Manager guide).

use super::TemplateError;
use super::node::Node;
use super::properties::{of_type, seconds_or};
use super::resolve::Resolver;
use crate::model::{AllowedPattern, CommandDocument, DocumentParameter};
use fleet::tags::Tags;
use fleet::words::DocumentName;
use std::collections::BTreeMap;

/// The default of `timeoutSeconds` of `aws:runShellScript`.
const TIMEOUT_SECONDS: u32 = 3600;

/// Every document of the stack.
pub(super) fn documents(
    resources: &Node<'_>,
    resolver: &Resolver<'_>,
) -> Result<Vec<CommandDocument>, TemplateError> {
    let all = of_type(resources, resolver, "AWS::SSM::Document")?.into_iter();
    all.map(|(_, properties)| document(&properties, resolver))
        .collect()
}

fn document(
    properties: &Node<'_>,
    resolver: &Resolver<'_>,
) -> Result<CommandDocument, TemplateError> {
    properties.only(&[
        "Name",
        "Content",
        "DocumentFormat",
        "DocumentType",
        "TargetType",
        "UpdateMethod",
        "Tags",
    ])?;
    only(properties, resolver, "DocumentType", "Command")?;
    // Otherwise a change of a document that has a name is a failed update.
    only(properties, resolver, "UpdateMethod", "NewVersion")?;
    let content = properties.need("Content")?;
    content.only(&["schemaVersion", "description", "parameters", "mainSteps"])?;
    only(&content, resolver, "schemaVersion", "2.2")?;
    let steps = content.need("mainSteps")?;
    let [step] = &steps.items()?[..] else {
        return Err(steps.wrong("one step is wanted"));
    };
    step.only(&["action", "name", "precondition", "inputs"])?;
    only(step, resolver, "action", "aws:runShellScript")?;
    if let Some(precondition) = step.get("precondition") {
        precondition.only(&["StringEquals"])?;
        let equal = precondition.need("StringEquals")?;
        if texts(&equal, resolver)? != ["platformType", "Linux"] {
            return Err(equal.wrong("only platformType Linux is known here"));
        }
    }
    let inputs = step.need("inputs")?;
    inputs.only(&["timeoutSeconds", "runCommand"])?;
    Ok(CommandDocument {
        name: DocumentName::new(resolver.text(&properties.need("Name")?)?),
        tags: tags(properties, resolver)?,
        parameters: parameters(&content, resolver)?,
        script: texts(&inputs.need("runCommand")?, resolver)?.join("\n"),
        execution_timeout: seconds_or(&inputs, resolver, "timeoutSeconds", TIMEOUT_SECONDS)?,
    })
}

fn parameters(
    content: &Node<'_>,
    resolver: &Resolver<'_>,
) -> Result<BTreeMap<String, DocumentParameter>, TemplateError> {
    let Some(section) = content.get("parameters") else {
        return Ok(BTreeMap::new());
    };
    let mut parameters = BTreeMap::new();
    for (name, parameter) in section.entries()? {
        parameter.only(&[
            "type",
            "description",
            "default",
            "allowedPattern",
            "minChars",
            "maxChars",
            "interpolationType",
        ])?;
        only(&parameter, resolver, "type", "String")?;
        let by_environment = parameter.get("interpolationType").is_some();
        if by_environment {
            only(&parameter, resolver, "interpolationType", "ENV_VAR")?;
        }
        let text = |key: &str| {
            parameter
                .get(key)
                .map(|node| resolver.text(&node))
                .transpose()
        };
        let number = |key: &str, default: usize| match text(key)? {
            None => Ok(default),
            Some(text) => text
                .parse()
                .map_err(|_| parameter.wrong(format!("{key} is no number"))),
        };
        let pattern = text("allowedPattern")?.map(|pattern| AllowedPattern::parse(&pattern));
        let wrong = |what| parameter.wrong(what);
        let read = DocumentParameter {
            by_environment,
            allowed_pattern: pattern.transpose().map_err(wrong)?,
            length: number("minChars", 0)?..=number("maxChars", usize::MAX)?,
            default: text("default")?,
        };
        parameters.insert(name.to_owned(), read);
    }
    Ok(parameters)
}

fn tags(properties: &Node<'_>, resolver: &Resolver<'_>) -> Result<Tags, TemplateError> {
    let tags = properties.get("Tags");
    let tags = tags
        .map_or(Ok(Vec::new()), |tags| tags.items())?
        .into_iter();
    tags.map(|tag| {
        tag.only(&["Key", "Value"])?;
        let text = |key| resolver.text(&tag.need(key)?);
        Ok((text("Key")?, text("Value")?))
    })
    .collect()
}

/// The one value that is known here.
fn only(
    node: &Node<'_>,
    resolver: &Resolver<'_>,
    key: &str,
    known: &str,
) -> Result<(), TemplateError> {
    let value = node.need(key)?;
    match resolver.text(&value)? {
        text if text == known => Ok(()),
        text => Err(value.wrong(format!("only {known} is known here, not {text}"))),
    }
}

fn texts(node: &Node<'_>, resolver: &Resolver<'_>) -> Result<Vec<String>, TemplateError> {
    node.items()?
        .iter()
        .map(|item| resolver.text(item))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::Template;
    use super::*;
    use std::time::Duration;

    const STACK: &str = r#"
Parameters: {ClusterName: {Type: String}}
Resources:
  Inspect:
    Type: AWS::SSM::Document
    Properties:
      Name: !Sub kafka-privatelink-${ClusterName}-inspect
      DocumentType: Command
      UpdateMethod: NewVersion
      Tags: [{Key: "kafka-privatelink:cluster", Value: !Ref ClusterName}]
      Content:
        schemaVersion: "2.2"
        description: Looks.
        parameters:
          payload: {type: String, interpolationType: ENV_VAR, allowedPattern: "^[A-Za-z0-9_-]{1,64}$", minChars: 1, maxChars: 64}
        mainSteps:
          - action: aws:runShellScript
            name: inspect
            precondition: {StringEquals: [platformType, Linux]}
            inputs:
              timeoutSeconds: "60"
              runCommand:
                - |
                  #!/bin/sh
                  echo "${SSM_payload:?}"
"#;

    fn read(text: &str) -> Result<Vec<CommandDocument>, TemplateError> {
        let given = [("ClusterName".to_owned(), "orders".to_owned())];
        Template::parse(text, given.into())?.documents()
    }

    #[test]
    fn a_document_is_read_with_its_script_word_for_word() {
        let [document] = &read(STACK).unwrap()[..] else {
            panic!("one document");
        };
        assert_eq!(document.name.as_str(), "kafka-privatelink-orders-inspect");
        assert_eq!(document.script, "#!/bin/sh\necho \"${SSM_payload:?}\"\n");
        assert_eq!(document.execution_timeout, Duration::from_secs(60));
        assert_eq!(document.tags["kafka-privatelink:cluster"], "orders");
        let payload = &document.parameters["payload"];
        assert!(payload.by_environment && payload.allowed_pattern.is_some());
        assert_eq!(payload.length, 1..=64);
    }

    #[test]
    fn what_is_not_known_here_is_an_error_with_its_place() {
        for (old, new, place) in [
            ("Command", "Automation", "Inspect.Properties.DocumentType"),
            ("NewVersion", "Replace", "Inspect.Properties.UpdateMethod"),
            (
                "\"2.2\"",
                "\"1.2\"",
                "Inspect.Properties.Content.schemaVersion",
            ),
            (
                "type: String",
                "type: StringList",
                "Inspect.Properties.Content.parameters.payload.type",
            ),
            (
                "{1,64}$",
                "*$",
                "Inspect.Properties.Content.parameters.payload",
            ),
            (
                "timeoutSeconds: \"60\"",
                "workingDirectory: /",
                "Inspect.Properties.Content.mainSteps[0].inputs",
            ),
            (
                "Linux]",
                "Windows]",
                "Inspect.Properties.Content.mainSteps[0].precondition.StringEquals",
            ),
        ] {
            assert!(STACK.contains(old), "{old}");
            let error = read(&STACK.replacen(old, new, 1)).unwrap_err();
            assert_eq!(error.place, place, "{error}");
        }
    }
}
