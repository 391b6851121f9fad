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
    let asked = template.asked().map_err(|error| error.to_string())?;
    let woken = aws.names().filter_map(|name| aws.stack(name).ok());
    let woken: Vec<&FunctionSettings> = woken.map(|stack| &stack.function).collect();
    let nobody = nobody();
    // SAM's folders have logical ids, cargo-lambda's have names of binaries.
    let is_it = |function: &&FunctionSettings| function.is_named(&folder);
    let (function, account, question) = if let Some(function) = woken.iter().copied().find(is_it) {
        (function, aws.account(), json!({ "action": "plan" }))
    } else if let Some(function) = asked.iter().find(is_it) {
        (function, &nobody, harmless(&function.binary)?)
    } else {
        let names = woken.into_iter().chain(&asked);
        let names = names.map(|function| format!("{} or {}", function.name, function.binary));
        return Err(format!(
            "{}: which function is it? Its folder has to be named {}",
            path.display(),
            names.collect::<Vec<_>>().join(", ")
        ));
    };
    let environment = |runtime_api| environment(function, account, runtime_api);
    let sandbox = Sandbox::start(path, None, environment).await?;
    ask(sandbox, question).await
}

/// A question for a function that nobody wakes; it asks AWS nothing for it.
fn harmless(binary: &str) -> Result<Value, String> {
    let empty = Inquiry {
        cluster_id: None,
        questions: Vec::new(),
        groups: [].into(),
    };
    match binary {
        "probe-brokers" => serde_json::to_value(empty).map_err(|error| error.to_string()),
        "show-mapping" => Ok(json!({ "describe": true })),
        other => Err(format!(
            "no question is known that {other} answers without AWS"
        )),
    }
}

/// An account whose AWS answers nobody.
fn nobody() -> Account {
    Account {
        region: "us-west-2".to_owned(),
        account: "123456789012".to_owned(),
        endpoint_url: "http://127.0.0.1:9".to_owned(),
    }
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
