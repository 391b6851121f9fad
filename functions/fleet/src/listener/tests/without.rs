//! Who is left out of a group.

use super::{PATTERN, refused, served};
use crate::words::{InstanceId, NodeId};

fn json(without: &str) -> String {
    format!(r#"{{"pattern": "{PATTERN}", "without": {without}}}"#)
}

#[test]
fn brokers_are_left_out_by_node_id_and_by_instance() {
    let without = served(&json(
        r#"[4, "11", "i-0123456789abcdef0", " i-12345678 ", 4]"#,
    ))
    .without;
    let node = |id| NodeId::new(id).expect("a node id");
    let other = InstanceId::from("i-99999999999999999");
    assert!(without.names(node(4), &other));
    assert!(without.names(node(11), &other));
    assert!(without.names(node(1), &"i-0123456789abcdef0".into()));
    assert!(!without.names(node(1), &other));
    assert!(!without.is_empty());
    assert_eq!(
        without.to_string(),
        "4, 11, i-0123456789abcdef0, i-12345678"
    );
    for nobody in [served(PATTERN).without, served(&json("[]")).without] {
        assert!(nobody.is_empty());
        assert_eq!(nobody.to_string(), "");
    }
}

#[test]
fn an_entry_that_names_nobody_is_refused_by_what_stands_there() {
    for (entries, told) in [
        (
            r#"["b4"]"#,
            "\"b4\": is neither a node.id nor an instance ID",
        ),
        (r#"["i-0123"]"#, "\"i-0123\": is neither"),
        (
            r#"["i-0123456789ABCDEF0"]"#,
            "\"i-0123456789ABCDEF0\": is neither",
        ),
        (r#"["*"]"#, "\"*\": is neither"),
        ("[1, -1]", "\"-1\": is neither"),
        ("[4.0]", "\"4.0\": is neither"),
        ("[null]", "\"null\": is neither"),
        ("[[4]]", "\"[4]\": is neither"),
        (r#"[""]"#, "is empty; \"without\""),
        (r#"["04"]"#, "\"04\": has a leading zero"),
        ("[2147483648]", "\"2147483648\": is above 2147483647"),
    ] {
        let refusal = refused(&json(entries));
        assert!(refusal.contains(told), "{entries}: {refusal}");
        assert!(refusal.ends_with("a list such as [4, \"i-0123456789abcdef0\"]"));
    }
    for other in ["4", "\"4\"", "{}", "null"] {
        assert!(refused(&json(other)).contains("expected a sequence"));
    }
}
