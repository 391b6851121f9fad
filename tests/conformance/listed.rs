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
    let facts = read("functions/facts/aws.md");
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

/// A file of the repository.
fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect(path)
}

/// (key, value) pairs of a text, in whatever lines they stand.
fn pairs(text: &str, pattern: &str) -> BTreeSet<(String, String)> {
    let row = regex_lite::Regex::new(pattern).expect("a pattern");
    let rows = row.captures_iter(text);
    rows.map(|row| (row[1].to_owned(), row[2].to_owned()))
        .collect()
}

/// The pairs of a dictionary of the program.
fn table(file: &str, name: &str) -> BTreeSet<(String, String)> {
    let text = read(&format!("infra/conformance/{file}"));
    let (_, rest) = text.split_once(&format!("\n{name} = {{\n")).expect(name);
    let (rows, _) = rest.split_once("\n}\n").expect(name);
    pairs(rows, r#""([^"]+)": "?([^",]+)"?,"#)
}

/// What stands in a file behind these words, up to the end given.
fn behind(path: &str, words: &str, end: char) -> String {
    let text = read(path);
    let (_, rest) = text
        .split_once(words)
        .unwrap_or_else(|| panic!("{path} lacks {words:?}"));
    rest.split(end).next().expect("a part").trim().to_owned()
}

#[test]
fn its_attributes_are_those_of_the_model_and_of_register_brokers() {
    let settings = read("functions/register-brokers/src/settings.rs");
    let (settings, _) = settings
        .split_once("fn listener_attributes")
        .expect("listeners");
    assert_eq!(
        table("scratch.py", "OURS"),
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
    assert_eq!(table("writes.py", "DEFAULTS"), defaults);
    assert_eq!(defaults.len(), 13);
}

#[test]
fn its_limits_are_those_of_the_model() {
    let limits = "tests/world/src/model/limits.rs";
    let of_the_model = |name| behind(limits, &format!("const {name}: usize = "), ';');
    let named = [
        ("listeners-per-network-load-balancer", "LISTENERS"),
        ("target-groups", "TARGET_GROUPS"),
        ("targets-per-network-load-balancer", "TARGETS"),
        (
            "targets-per-availability-zone-per-network-load-balancer",
            "TARGETS_OF_ZONE",
        ),
    ];
    let expected = named.map(|(limit, name)| (limit.to_owned(), of_the_model(name)));
    assert_eq!(table("reads.py", "LIMITS"), BTreeSet::from(expected));
    assert_eq!(
        behind("infra/conformance/scratch.py", "\nMOST_LISTENERS = ", ' '),
        of_the_model("LISTENERS")
    );
}

#[test]
fn its_target_group_and_listener_are_set_as_register_brokers_sets_its_own() {
    let settings = "functions/register-brokers/src/settings.rs";
    let scratch = "infra/conformance/scratch.py";
    for (option, field) in [
        ("protocol", "protocol: "),
        ("port", "port: "),
        ("interval-seconds", "interval_seconds: "),
    ] {
        let option = format!("\"--health-check-{option}\": \"");
        let ours = behind(settings, &format!("        {field}"), ',');
        let ours = ours.trim_end_matches(".to_owned()").trim_matches('"');
        assert_eq!(behind(scratch, &option, '"'), ours, "{field}");
    }
    for (option, field) in [
        ("--healthy-threshold-count", "healthy_threshold: "),
        ("--unhealthy-threshold-count", "unhealthy_threshold: "),
    ] {
        let ours = behind(settings, &format!("        {field}"), ',');
        assert_eq!(behind(scratch, &format!("\"{option}\": \""), '"'), ours);
    }
    let idle = "tcp.idle_timeout.seconds";
    assert_eq!(
        behind(scratch, &format!("Key={idle},Value="), '"'),
        behind(settings, &format!("\"{idle}\", \""), '"')
    );
}

#[test]
fn it_knows_a_denied_read_by_the_words_of_the_functions() {
    let words = behind(
        "functions/fleet/src/observed.rs",
        "pub const DENIED: &str = \"",
        '"',
    );
    for (file, before) in [
        ("infra/conformance/roles.py", "if \""),
        ("tests/conformance/aws", "\"reason\": \""),
    ] {
        assert!(read(file).contains(&format!("{before}{words}")), "{file}");
    }
}
