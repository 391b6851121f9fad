//! Golden tests: each saved world has its whole plan beside it, as text. `tests/scenarios/saved.rs` makes
//! both files.

use activation::mask::Mask;
use regex_lite::Regex;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A saved world: its name, what was observed, and its plan as text.
struct World {
    name: String,
    saved: String,
    text: String,
}

fn worlds() -> Vec<World> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("worlds");
    let entries = std::fs::read_dir(folder).expect("a folder");
    let files: BTreeSet<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    let saved = files
        .iter()
        .filter(|file| file.extension().is_some_and(|end| end == "json"));
    let read = |file: &Path| std::fs::read_to_string(file).expect("a text");
    let world = |file: &PathBuf| World {
        name: file.display().to_string(),
        saved: read(file),
        text: read(&file.with_extension("txt")),
    };
    saved.map(world).collect()
}

#[test]
fn every_saved_world_is_planned_as_its_text_says() {
    let worlds = worlds();
    assert!(worlds.len() >= 10);
    for World { name, saved, text } in worlds {
        let planned = replay::replay(&saved).expect(&name);
        assert_eq!(planned.text, text, "{name}");
    }
}

/// Between two words of a sentence there may be a name that is shorter or longer than the one before, and
/// only addresses are: columns do not move.
#[test]
fn the_plan_of_a_masked_world_is_the_masked_plan() {
    for World { name, saved, text } in worlds() {
        let saved: Value = serde_json::from_str(&saved).expect("JSON");
        let mask = Mask::of(&saved);
        let masked = mask.value(&saved).to_string();
        let of_masked = replay::replay(&masked).expect(&name);
        let plan = replay::replay(&saved.to_string()).expect(&name).plan;
        assert_eq!(of_masked.plan, mask.value(&plan), "{name}");
        assert_eq!(of_masked.text, mask.text(&text), "{name}");
    }
}

/// What nobody may learn: by its form wherever it stands, and the names of these worlds.
#[test]
fn no_masked_world_tells_whose_it_is() {
    let forms = [
        r"\b[0-9]{12}\b",
        r"\b(?:i|vpc|vpce-svc)-[0-9a-f]{17}\b",
        r"\b[0-9a-f]{16}\b",
        r"\b10\.171\.[0-9]+\.[0-9]+\b",
        r"kpl-[0-9a-f]{8}",
        r"(?i)\b(?:orders|sales|abc|xyz|acme[0-9]*|second|theirs|jane|doe|3199015|4405121|777|4711)\b",
        r"MkU3OEVBNTcwNTJENDM2Qg|kafka-of|probe-of|broker_of",
    ];
    let mut told = BTreeSet::new();
    for World { name, saved, .. } in worlds() {
        let saved: Value = serde_json::from_str(&saved).expect("JSON");
        let masked = Mask::of(&saved).value(&saved).to_string();
        for form in forms {
            let regex = Regex::new(form).expect("a form");
            let text = saved.to_string();
            for token in regex.find_iter(&text).map(|found| found.as_str()) {
                // The hash of a group and a broker says nothing of the cluster.
                if text.contains(&format!("-{token}")) && form == forms[2] {
                    continue;
                }
                told.insert(form);
                let stands = Regex::new(&format!(r"\b{}\b", regex_lite::escape(token)));
                let stands = stands.expect("a token").find(&masked);
                assert!(stands.is_none(), "{name}: {token} in {masked}");
            }
        }
    }
    assert_eq!(told.len(), forms.len(), "each form is tried");
}
