//! Facts by their numbers: what is cited anywhere in the repository stands in `functions/facts/`, and
//! what stands there is cited. One spelling: a word of its own, `F` or `R` and digits, `P-` or `K-`
//! and digits.

mod citation;

use citation::{Word, words};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The files of the facts, and the letters of their numbers.
const FILES: [(&str, &str); 3] = [("aws.md", "FP"), ("kafka.md", "K"), ("consumers.md", "R")];

/// What is not read: what is built or fetched, and this test, which cites for practice.
const LEFT_OUT: [&str; 6] = [
    ".git",
    "target",
    "mutants.out",
    "mutants.out.old",
    ".aws-sam",
    "tests/facts",
];

fn root() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("the repository")
}

fn facts() -> PathBuf {
    root().join("functions/facts")
}

/// A row of a table of facts.
struct Fact {
    file: &'static str,
    number: String,
    source: String,
}

/// Every row that begins with a number.
fn rows() -> Vec<Fact> {
    let mut rows = Vec::new();
    for (file, _) in FILES {
        let text = std::fs::read_to_string(facts().join(file)).expect("a file of facts");
        for line in text.lines() {
            let cells: Vec<&str> = line.split(" | ").collect();
            let [number, _, source] = cells[..] else {
                continue;
            };
            let number = number.trim_start_matches("| ");
            if words(number).any(|word| matches!(word, Word::Fact(_))) {
                rows.push(Fact {
                    file,
                    number: number.to_owned(),
                    source: source.trim_end_matches('|').trim().to_owned(),
                });
            }
        }
    }
    rows
}

/// Code, tests, templates and texts, below a folder.
fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let inside = path.strip_prefix(root()).expect("inside");
        if LEFT_OUT.iter().any(|out| inside == Path::new(out)) {
            continue;
        }
        let kinds = ["rs", "md", "yaml", "yml", "sh", "py", "toml", "json"];
        if path.is_dir() {
            files_below(&path, files);
        } else if kinds
            .iter()
            .any(|kind| path.extension().is_some_and(|it| it == *kind))
        {
            files.push(path);
        }
    }
}

/// What each file has that looks like a number of a fact.
fn found() -> BTreeMap<PathBuf, BTreeSet<String>> {
    let mut files = Vec::new();
    files_below(root(), &mut files);
    assert!(files.len() > 500, "{} files", files.len());
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a text");
        let numbers = words(&text).map(|word| match word {
            Word::Fact(number) | Word::Other(number) => number.to_owned(),
        });
        let inside = path.strip_prefix(root()).expect("inside").to_owned();
        (inside, numbers.collect())
    };
    files.into_iter().map(read).collect()
}

#[test]
fn a_number_that_is_cited_stands_among_the_facts() {
    let known: BTreeSet<String> = rows().into_iter().map(|fact| fact.number).collect();
    let mut missing = Vec::new();
    for (file, numbers) in found() {
        let unknown = numbers.difference(&known);
        missing.extend(unknown.map(|number| format!("{} cites {number}", file.display())));
    }
    assert!(
        missing.is_empty(),
        "no file in functions/facts has a row for them (or they are ids of another kind):\n{}",
        missing.join("\n")
    );
}

#[test]
fn a_fact_that_stands_there_is_cited() {
    let elsewhere = |file: &PathBuf| !file.starts_with("functions/facts");
    let texts = found().into_iter().filter(|(file, _)| elsewhere(file));
    let cited: BTreeSet<String> = texts.flat_map(|(_, numbers)| numbers).collect();
    let facts = rows().into_iter().map(|fact| fact.number);
    let idle: Vec<String> = facts.filter(|number| !cited.contains(number)).collect();
    assert!(idle.is_empty(), "nobody cites {}", idle.join(", "));
}

#[test]
fn a_fact_stands_once_in_the_file_of_its_kind_with_its_source() {
    let mut known = BTreeSet::new();
    for fact in rows() {
        let letters = FILES.iter().find(|(file, _)| *file == fact.file);
        let kind = fact.number.chars().next().expect("a number");
        assert!(
            letters.is_some_and(|(_, letters)| letters.contains(kind)),
            "{} stands in {}",
            fact.number,
            fact.file
        );
        assert!(!fact.source.is_empty(), "{} has no source", fact.number);
        assert!(known.insert(fact.number.clone()), "{} twice", fact.number);
    }
    assert!(known.len() > 80, "{} facts", known.len());
}
