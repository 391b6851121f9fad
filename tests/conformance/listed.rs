//! What `--list` shows, held against the repository.

use crate::account::{Account, root};
use std::collections::BTreeSet;

/// One question as `--list` shows it.
pub struct Question {
    /// Its name.
    pub name: String,
    /// The numbers of its facts.
    pub facts: Vec<String>,
    /// What we assume.
    pub sentence: String,
    /// The paths that have to change if AWS says something else.
    pub places: String,
}

/// All of them, in the order in which they are asked.
pub fn questions() -> Vec<Question> {
    let said = Account::faithful().run("--list").said;
    let lines: Vec<&str> = said.lines().collect();
    let one = |lines: &[&str]| {
        let [head, sentence, places] = lines else {
            panic!("{lines:?}")
        };
        let (name, rest) = head.split_once(" (").expect("facts");
        let (facts, _) = rest.split_once(')').expect("facts");
        Question {
            name: name.to_owned(),
            facts: facts.split(", ").map(str::to_owned).collect(),
            sentence: sentence.trim().to_owned(),
            places: places.trim().to_owned(),
        }
    };
    lines.chunks(3).map(one).collect()
}

#[test]
fn each_question_has_a_name_of_its_own_facts_and_places_that_are_there() {
    let facts = std::fs::read_to_string(root().join("functions/facts/aws.md")).expect("the facts");
    let questions = questions();
    assert!(questions.len() > 60);
    let names: BTreeSet<&String> = questions.iter().map(|one| &one.name).collect();
    assert_eq!(names.len(), questions.len());
    for Question {
        name,
        facts: cited,
        sentence,
        places,
    } in &questions
    {
        assert!(!sentence.is_empty() && !cited.is_empty(), "{name}");
        for fact in cited {
            assert!(
                facts.contains(&format!("\n| {fact} |")),
                "{name} cites {fact}"
            );
        }
        for place in places.split(", ") {
            assert!(root().join(place).exists(), "{name}: there is no {place}");
        }
    }
}

#[test]
fn its_attributes_are_those_of_the_model_and_of_register_brokers() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).expect(path);
    let writes = read("infra/conformance/writes.py");
    let table = |name: &str| -> BTreeSet<(String, String)> {
        let (_, rest) = writes.split_once(&format!("\n{name} = {{\n")).expect(name);
        let (rows, _) = rest.split_once("\n}\n").expect(name);
        let row = regex_lite::Regex::new(r#""([^"]+)": "([^"]+)""#).expect("a pattern");
        let rows = row.captures_iter(rows);
        rows.map(|row| (row[1].to_owned(), row[2].to_owned()))
            .collect()
    };
    // (key, value) pairs of a Rust text, in whatever lines rustfmt puts them.
    let pairs = |text: &str, pattern: &str| -> BTreeSet<(String, String)> {
        let row = regex_lite::Regex::new(pattern).expect("a pattern");
        let rows = row.captures_iter(text);
        rows.map(|row| (row[1].to_owned(), row[2].to_owned()))
            .collect()
    };
    let settings = read("functions/register-brokers/src/settings.rs");
    let (settings, _) = settings
        .split_once("fn listener_attributes")
        .expect("listeners");
    assert_eq!(
        table("OURS"),
        pairs(settings, r#"\(\s*"([a-z0-9_.]+)",\s*"([a-z0-9_]+)",?\s*\)"#)
    );
    let model = read("tests/world/src/model/attributes.rs");
    let (model, _) = model.split_once("const OF_LISTENER").expect("listeners");
    let mut defaults = pairs(model, r#"attribute\(\s*"([a-z0-9_.]+)",\s*"([a-z0-9_]+)","#);
    let named = pairs(model, r#"const ([A-Z_]+): &str = "([a-z0-9_.]+)""#);
    for (name, key) in named {
        let of_it = pairs(
            model,
            &format!(r#"attribute\(\s*({name}),\s*"([a-z0-9_]+)","#),
        );
        defaults.extend(of_it.into_iter().map(|(_, default)| (key.clone(), default)));
    }
    assert_eq!(table("DEFAULTS"), defaults);
    assert_eq!(defaults.len(), 13);
}
