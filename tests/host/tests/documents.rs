//! The scripts in `infra/template.yaml` and `infra/example-cluster.yaml`. With `SAVE=1` they are written there.

use host::{BOOT_TEXTS, COMMON, DOCUMENTS, text, with_boot_texts, with_texts};
use std::collections::BTreeSet;
use std::path::Path;

/// A document and the parameters that it is given have 64 KB (SSM API, CreateDocument: Content);
/// longest payload: 16,000.
const MOST: usize = 65_536 - 16_000;

/// A template has what is made of it with the scripts put in, or gets that.
fn keeps(template: &str, with: fn(&str) -> Result<String, String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra");
    let path = path.join(template);
    let template = std::fs::read_to_string(&path).expect("the template");
    let written = with(&template).expect("its scripts");
    if std::env::var_os("SAVE").is_some() {
        std::fs::write(&path, &written).expect("written");
    } else {
        assert!(
            template == written,
            "run it again with SAVE=1 and look at what changes"
        );
    }
}

#[test]
fn the_template_has_the_scripts_as_they_are() {
    keeps("template.yaml", with_texts);
}

#[test]
fn the_example_cluster_has_the_scripts_as_they_are() {
    keeps("example-cluster.yaml", with_boot_texts);
}

#[test]
fn each_document_is_small_and_nothing_is_put_into_its_text() {
    for (name, _) in DOCUMENTS {
        let text = text(name);
        let json = serde_json::to_string(&text).expect("JSON");
        println!("{name}: {} bytes, {} in JSON", text.len(), json.len());
        assert!(json.len() + 1_000 < MOST, "{name}: {} bytes", json.len());
        assert!(
            !text.contains("{{"),
            "{name} has what an agent puts values into"
        );
        assert!(text.is_ascii() && !text.contains('\t'), "{name}");
        assert!(
            text.lines().all(|line| line == line.trim_end()),
            "{name}: blanks at a line's end"
        );
    }
}

/// Shellcheck sees the scripts as they run: those of each document together, and those of each user data.
#[test]
fn each_script_is_checked_together_with_those_that_it_runs_with() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let ci = std::fs::read_to_string(root.join(".ci/run")).expect("the checks");
    let common = COMMON.map(|file| file.trim_end_matches(".sh")).join(",");
    let mut lines = vec![format!("(cd infra/host && cat {{{common}}}.sh \"$@\")")];
    for (_, files) in DOCUMENTS {
        lines.push(format!("\nstep shellcheck_together {}\n", files.join(" ")));
    }
    for (name, files) in BOOT_TEXTS {
        let files = files.join(" ");
        lines.push(match name {
            "Common" => format!("(cd infra/broker && cat {files} \"$@\")"),
            _ => format!("\nstep shellcheck_boot {files}\n"),
        });
    }
    for line in lines {
        assert!(ci.contains(&line), ".ci/run has no {line:?}");
    }
    let known = |files: &[&'static str]| files.iter().copied().collect::<BTreeSet<_>>();
    let of_hosts = DOCUMENTS.iter().flat_map(|(_, files)| known(files));
    let of_brokers = BOOT_TEXTS.iter().flat_map(|(_, files)| known(files));
    for (folder, run) in [
        ("host", of_hosts.chain(COMMON).collect::<BTreeSet<_>>()),
        ("broker", of_brokers.collect()),
    ] {
        let files = std::fs::read_dir(root.join("infra").join(folder)).expect("the scripts");
        let names = files.map(|file| file.expect("a file").file_name());
        let names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
        let names: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(names, run, "infra/{folder}");
    }
}
