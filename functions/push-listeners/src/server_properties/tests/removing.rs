//! Taking groups away, also from files that people changed in between.

use super::*;
use crate::server_properties::{Kept, Key, Rule};

fn listeners(value: &str) -> String {
    let protocols = "listener.security.protocol.map=INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,X:SSL";
    with(&[
        ("listeners", &format!("listeners={value}")),
        ("listener.security.protocol.map", protocols),
    ])
}

#[test]
fn a_group_leaves_from_the_front_the_middle_and_the_end() {
    let (i, c, x) = ("INTERNAL://:9092", "CONTROLLER://:29092", "X://:9");
    for (before, after) in [
        (format!("{x},{i},{c}"), format!("{i},{c}")),
        (format!("{x} ,\\\n {i},{c}"), format!("{i},{c}")),
        (format!("{i} , {x} ,{c}"), format!("{i}  ,{c}")),
        (format!("{i},{c},{x}"), format!("{i},{c}")),
        (format!("{i},{c},\\\n  {x}"), format!("{i},{c}")),
        (format!("{i},{c},x://:9,"), format!("{i},{c},")),
    ] {
        let (found, removal) = removed(&listeners(&before), "X", None).expect("a removal");
        assert!(found.contains(&format!("\nlisteners={after}\n")), "{found}");
        assert!(!found.contains("X:SSL"));
        assert_eq!(removal.explicit, []);
    }
}

#[test]
fn a_group_that_is_not_there_leaves_nothing_to_do() {
    let (after, removal) = removed(FILE, "EXTERNAL", None).expect("a removal");
    assert_eq!((after.as_str(), removal.spans.len()), (FILE, 0));
}

#[test]
fn without_the_record_the_keys_stay_and_it_is_said() {
    let file = with(&[
        (
            "listeners",
            "listeners=INTERNAL://:9092,CONTROLLER://:29092",
        ),
        ("advertised.listeners", ""),
    ]);
    let (added, edit) = edited(&file, &[external()]).expect("an edit");
    let (after, removal) = removed(&added, "EXTERNAL", None).expect("a removal");
    assert_eq!(
        after,
        format!("{file}advertised.listeners=INTERNAL://:9092\n")
    );
    assert_eq!(removal.explicit, [Key::Advertised]);
    assert_eq!(
        removed(&added, "EXTERNAL", Some(&edit))
            .expect("a removal")
            .1
            .explicit,
        []
    );
}

#[test]
fn what_a_person_changed_in_between_stays() {
    let file = with(&[
        (
            "listeners",
            "listeners=INTERNAL://:9092,CONTROLLER://:29092",
        ),
        ("advertised.listeners", ""),
    ]);
    let (added, edit) = edited(file.trim_end(), &[external()]).expect("an edit");
    let kept = Some(&edit);
    // Another name for INTERNAL: Kafka would not take it without the key.
    let changed = added.replace(
        "advertised.listeners=INTERNAL://:9092",
        "advertised.listeners=INTERNAL://b1:9092",
    );
    let (after, _) = removed(&changed, "EXTERNAL", kept).expect("a removal");
    assert_eq!(
        after,
        format!("{file}advertised.listeners=INTERNAL://b1:9092\n")
    );
    // A line behind ours: the line end that was added is now its.
    let (after, _) = removed(&format!("{added}a=b"), "EXTERNAL", kept).expect("a removal");
    assert_eq!(after, format!("{file}a=b"));
    // The last line end is gone.
    let (after, _) = removed(added.trim_end(), "EXTERNAL", kept).expect("a removal");
    assert_eq!(after, file.trim_end());
    // The key stands twice: without the last line the first one would count.
    let twice = format!("advertised.listeners=INTERNAL://wrong:1\n{added}");
    let (after, removal) = removed(&twice, "EXTERNAL", kept).expect("a removal");
    assert!(
        after.ends_with("advertised.listeners=INTERNAL://:9092\n"),
        "{after}"
    );
    assert_eq!(removal.explicit, [Key::Advertised]);
}

#[test]
fn of_two_groups_the_other_one_stays() {
    let (added, edit) = edited(FILE, &[external(), external2()]).expect("an edit");
    let (only, _) = edited(FILE, &[external2()]).expect("an edit");
    assert_eq!(
        removed(&added, "EXTERNAL", Some(&edit))
            .expect("a removal")
            .0,
        only
    );
}

#[test]
fn what_was_there_before_the_edit_stays() {
    let map =
        "listener.security.protocol.map=INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT";
    let file = with(&[("listener.security.protocol.map", map)]);
    let (added, edit) = edited(&file, &[external()]).expect("an edit");
    assert!(
        edit.kept
            .contains(&Kept::Present(Key::Protocols, "EXTERNAL".into()))
    );
    assert_eq!(
        removed(&added, "EXTERNAL", Some(&edit))
            .expect("a removal")
            .0,
        file
    );
    assert!(
        !removed(&added, "EXTERNAL", None)
            .expect("a removal")
            .0
            .contains("EXTERNAL")
    );
}

#[test]
fn the_listeners_of_the_cluster_itself_are_not_taken_away() {
    for name in ["INTERNAL", "controller"] {
        let refusal = removed(FILE, name, None).expect_err("refused");
        assert_eq!(refusal.rule, Rule::Reserved, "{refusal}");
        let way_out = "stays; delete the listener parameter that retires it";
        assert!(refusal.to_string().ends_with(way_out), "{refusal}");
    }
}
