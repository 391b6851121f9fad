//! Many at once do not go by a slip.

use crate::look::{Look, account, root};

const OLD: i64 = 7200;

#[test]
fn p78_many_at_once_are_kept_until_each_of_them_is_named() {
    let of = |text: &str| {
        let look = Look::saying(text);
        (1..=5)
            .fold(look, |look, n| look.ours(&root(n), OLD))
            .agreed()
    };
    // Two of five go; three of five are more than half.
    assert_eq!(of(&[1, 2, 3].map(account).join(",")).steps().len(), 1);
    let many = of(&[1, 2].map(account).join(","));
    assert_eq!(many.steps(), [""; 0]);
    let held = many.held().join("\n");
    assert!(
        held.starts_with("3 of 5 recorded principals are off the list"),
        "{held}"
    );
    let names = [3, 4, 5].map(|n| format!("\"{}\"", root(n))).join(", ");
    assert!(
        held.contains(&format!("write \"remove\": [{names}] into")),
        "{held}"
    );
    // Naming two of the three is not enough; naming all is.
    for (named, done) in [(vec![3, 4], false), (vec![3, 4, 5], true)] {
        let named: Vec<String> = named
            .into_iter()
            .map(|n| format!("\"{}\"", account(n)))
            .collect();
        let named = named.join(", ");
        let text = format!(
            r#"{{"principals": ["{}", "{}"], "remove": [{named}]}}"#,
            account(1),
            account(2)
        );
        assert_eq!(of(&text).steps().len(), usize::from(done), "{named}");
    }
    // Nobody is said, and two of two may go: few are always one's own wish.
    let two = Look::saying(r#"{"principals": []}"#)
        .ours(&root(1), OLD)
        .ours(&root(2), OLD);
    assert_eq!(two.agreed().steps().len(), 1);
}

#[test]
fn whom_a_version_adds_does_not_make_what_it_takes_away_look_small() {
    let all: Vec<String> = (4..=9).map(account).collect();
    let look = Look::saying(&all.join(","));
    let look = (1..=3).fold(look, |look, n| look.ours(&root(n), OLD));
    // The six new ones were recorded by this version, an hour ago.
    let look = (4..=9)
        .fold(look, |look, n| look.ours(&root(n), 3600))
        .agreed();
    assert_eq!(look.steps(), [""; 0]);
    assert!(
        look.held()[0].starts_with("3 of 3 recorded principals"),
        "{:?}",
        look.held()
    );
}

#[test]
fn more_names_than_a_parameter_holds_are_not_asked_for() {
    let all = |count| {
        (0..count).fold(Look::saying(&account(1)), |look, n| {
            look.ours(&format!("arn:aws:iam::{:012}:root", n), OLD)
        })
    };
    let held = all(60).held().join("\n");
    assert!(held.contains("write \"remove\": ["), "{held}");
    let held = all(61).held().join("\n");
    assert!(
        held.contains("take at most half of them off at a time: ") && held.contains("and 56 more"),
        "{held}"
    );
}
