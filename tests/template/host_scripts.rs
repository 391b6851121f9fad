//! What runs on brokers' hosts: SSM documents with the texts of `infra/host`, each by one step, and a
//! parameter that no agent puts into them.

use crate::stack::{Complaints, Stack, TEXT, complains, holds};
use host::{DOCUMENTS, text};
use std::collections::BTreeSet;

const DOCUMENT: &str = "AWS::SSM::Document";

/// Every script is a document, and every document a script.
pub fn documents_run_the_scripts(stack: &Stack) -> Complaints {
    let mut complaints = Complaints::new();
    let mut seen = BTreeSet::new();
    for (id, document) in stack.all(DOCUMENT) {
        let content = &document["Content"];
        let step = &content["mainSteps"][0];
        let name = step["name"].as_str().unwrap_or_default();
        let Some((name, _)) = DOCUMENTS.iter().find(|(known, _)| *known == name) else {
            complaints.push(format!("{id}: there is no script for {name:?}"));
            continue;
        };
        seen.insert(*name);
        let commands = step["inputs"]["runCommand"].as_sequence();
        let commands = commands.map(|all| all.iter().map(|line| line.as_str()).collect());
        if commands != Some(vec![Some(text(name).as_str())]) {
            let how = "SAVE=1 cargo test -p host --test host documents";
            complaints.push(format!("{id} is not the text of infra/host: {how}"));
        }
        let payload = &content["parameters"]["payload"];
        for (key, expected) in [
            ("type", "String"),
            ("interpolationType", "ENV_VAR"),
            ("allowedPattern", "^[A-Za-z0-9_-]+$"),
        ] {
            if payload[key].as_str() != Some(expected) {
                complaints.push(format!("{id}: {key} is {:?}", payload[key]));
            }
        }
        if document["UpdateMethod"].as_str() != Some("NewVersion") {
            complaints.push(format!("{id}: a new text must be a new version"));
        }
        // A number is refused: the step's inputs are strings.
        if step["inputs"]["timeoutSeconds"].as_str().is_none() {
            complaints.push(format!("{id}: its time-out is no string"));
        }
    }
    let all: BTreeSet<&str> = DOCUMENTS.iter().map(|(name, _)| *name).collect();
    complaints.extend(
        all.difference(&seen)
            .map(|name| format!("{name} is no document")),
    );
    complaints
}

#[test]
fn each_document_runs_its_script_and_nothing_is_put_into_it() {
    holds(documents_run_the_scripts);
}

#[test]
fn a_template_with_a_bad_document_is_complained_of() {
    for (old, new, complaint) in [
        (
            "            name: inspect\n",
            "            name: look\n",
            "InspectDocument: there is no script for \"look\"",
        ),
        (
            "            name: inspect\n",
            "            name: stop\n",
            "inspect is no document",
        ),
        (
            "      UpdateMethod: NewVersion\n",
            "      UpdateMethod: Replace\n",
            "InspectDocument: a new text must be a new version",
        ),
        (
            "            interpolationType: ENV_VAR\n",
            "",
            "InspectDocument: interpolationType is",
        ),
        (
            "              timeoutSeconds: \"120\"\n",
            "              timeoutSeconds: 120\n",
            "InspectDocument: its time-out is no string",
        ),
        (
            "                  set -eu\n",
            "                  set -u\n",
            "InspectDocument is not the text of infra/host",
        ),
    ] {
        complains(documents_run_the_scripts, TEXT, old, new, complaint);
    }
}
