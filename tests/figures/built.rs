//! `cargo figures built PATH…`: files that `sam build` made, or cargo-lambda, are started as Lambda would
//! start them, and asked one question that changes nothing.

use crate::mapped::empty;
use crate::sandbox::Sandbox;
use crate::table::ms;
use fleet::proof::Inquiry;
use serde_json::{Value, json};
use std::path::Path;
use tests::deployed;
use world::deployment::Deployment;
use world::lambda::environment::{Account, environment};
use world::template::FunctionSettings;

/// One line for each file that asked for work and answered; an error names the first that did not.
pub async fn start(paths: &[String]) -> Result<(), String> {
    if paths.is_empty() {
        return Err("no file is named; for example: .aws-sam/build/*/bootstrap".to_owned());
    }
    let aws = empty().await?;
    for path in paths {
        println!("{path}: {}", started(&aws, Path::new(path)).await?);
    }
    match aws.surprises().first() {
        Some(first) => Err(format!("the AWS door did not understand: {first}")),
        None => Ok(()),
    }
}

async fn started(aws: &Deployment, path: &Path) -> Result<String, String> {
    let folder = path.parent().and_then(Path::file_name);
    let folder = folder.unwrap_or_default().to_string_lossy();
    let template = deployed(tests::TEMPLATE)?;
    let probe = template
        .function_settings("probe-brokers")
        .map_err(|error| error.to_string())?;
    let woken = aws.names().filter_map(|name| aws.stack(name).ok());
    let woken: Vec<&FunctionSettings> = woken.map(|stack| &stack.function).collect();
    // SAM's folders have logical ids, cargo-lambda's have names of binaries.
    let named = woken.iter().find(|function| function.is_named(&folder));
    let (question, sandbox) = if let Some(function) = named {
        let started = Sandbox::start(path, None, |runtime_api| {
            environment(function, aws.account(), runtime_api)
        });
        (json!({ "action": "plan" }), started.await?)
    } else if probe.is_named(&folder) {
        let account = Account {
            region: "us-west-2".to_owned(),
            account: "123456789012".to_owned(),
            // It has no SDK, and asks nobody.
            endpoint_url: String::new(),
        };
        let nobody = Inquiry {
            cluster_id: None,
            questions: Vec::new(),
            groups: [].into(),
        };
        let question = serde_json::to_value(nobody).map_err(|error| error.to_string())?;
        let started = Sandbox::start(path, None, |runtime_api| {
            environment(&probe, &account, runtime_api)
        });
        (question, started.await?)
    } else {
        let names = woken.into_iter().chain([&probe]);
        let names = names.map(|function| format!("{} or {}", function.name, function.binary));
        return Err(format!(
            "{}: which function is it? Its folder has to be named {}",
            path.display(),
            names.collect::<Vec<_>>().join(", ")
        ));
    };
    ask(sandbox, question).await
}

async fn ask(mut sandbox: Sandbox, question: Value) -> Result<String, String> {
    let asked = question.to_string();
    let answer = sandbox.invoke(question).await?;
    let told = format!(
        "asks for work after {}, and answers {asked} with {answer}",
        ms(sandbox.init)
    );
    sandbox.end().await?;
    Ok(told)
}
