//! Many at once do not go by a slip.

use crate::change::Action;
use crate::held::Held;
use crate::look::{Look, OLD, account, root};

#[test]
fn many_at_once_are_kept_until_each_of_them_is_named() {
    let of = |text: &str| {
        let look = Look::saying(text);
        (1..=5)
            .fold(look, |look, n| look.ours(&root(n), OLD))
            .agreed()
    };
    // Two of five go; three of five are more than half.
    assert_eq!(
        of(&[1, 2, 3].map(account).join(","))
            .steps_but_in_force()
            .len(),
        1
    );
    let many = of(&[1, 2].map(account).join(","));
    assert_eq!(many.steps_but_in_force(), [""; 0]);
    let held = many.held().join("\n");
    assert!(
        held.starts_with("3 of 5 recorded principals are off the list"),
        "{held}"
    );
    let names = [3, 4, 5].map(|n| format!("\"{}\"", account(n))).join(", ");
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
        assert_eq!(
            of(&text).steps_but_in_force().len(),
            usize::from(done),
            "{named}"
        );
    }
    // Nobody is said, and two of two may go: few are always one's own wish.
    let two = Look::saying(r#"{"principals": []}"#)
        .ours(&root(1), OLD)
        .ours(&root(2), OLD);
    assert_eq!(two.agreed().steps_but_in_force().len(), 1);
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
    assert_eq!(look.steps_but_in_force(), [""; 0]);
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
    // 16 characters each in 8,192.
    let held = all(508).held().join("\n");
    let (_, list) = held.split_once("write \"remove\": ").expect("names");
    let (list, _) = list.split_once(" into ").expect("a list");
    let text = format!(r#"{{"principals": ["{}"], "remove": {list}}}"#, account(1));
    assert!((8100..=8192).contains(&text.len()), "{}", text.len());
    let held = all(509).held().join("\n");
    assert!(
        held.contains("take at most half of them off at a time: ") && held.contains("and 504 more"),
        "{held}"
    );
}

#[test]
fn a_removal_that_is_held_stays_held_when_the_same_text_is_written_once_more() {
    let text = (4..=9).map(account).collect::<Vec<_>>().join(",");
    let first = (1..=3).fold(Look::saying(&text), |look, n| look.ours(&root(n), OLD));
    let first = first.agreed();
    assert_eq!(first.removals(), [""; 0]);
    // Whoever is allowed meanwhile is recorded, and not counted.
    let given = first
        .plan()
        .steps
        .into_iter()
        .find_map(|step| match step.change.action {
            Action::Allow { tags, .. } => Some(tags),
            _ => None,
        });
    let given = given.expect("4 to 9 are allowed");
    let second = (4..=9).fold(first, |look, n| look.permission(&root(n), given.clone()));
    for age in [60, 0] {
        let again = second.clone().rewritten(&text, age).agreed();
        assert_eq!(again.removals(), [""; 0]);
        assert!(
            again.held()[0].starts_with("3 of 3 recorded"),
            "{:?}",
            again.held()
        );
        assert_eq!(
            again.steps_but_in_force(),
            [""; 0],
            "4 to 9 are as they should be"
        );
    }
    // When the three are listed again, the others are recorded as all are.
    let all = (1..=9).map(account).collect::<Vec<_>>().join(",");
    let all = second.rewritten(&all, 60);
    assert_eq!(all.steps().len(), 1, "{:?}", all.steps());
}

#[test]
fn half_of_them_is_not_many_and_one_more_is() {
    let text = (4..=6).map(account).collect::<Vec<_>>().join(",");
    let look = (1..=6).fold(Look::saying(&text), |look, n| look.ours(&root(n), OLD));
    assert_eq!(look.clone().agreed().removals().len(), 1);
    assert_eq!(look.ours(&root(7), OLD).agreed().removals(), [""; 0]);
}

#[test]
fn an_advanced_parameter_is_asked_for_when_a_standard_one_is_too_small() {
    let held = |needs| {
        let held = Held::ManyLeave {
            leave: [root(1)].into(),
            of: 1,
            needs,
            parameter: "/kafka-privatelink/orders/principals".to_owned(),
        };
        held.to_string()
    };
    assert!(!held(4096).contains("advanced"), "{}", held(4096));
    assert!(
        held(4097).ends_with("so make it an advanced one"),
        "{}",
        held(4097)
    );
}

#[test]
fn permissions_that_the_same_text_takes_over_do_not_make_a_removal_small() {
    let all: Vec<String> = (4..=9).map(|n| format!("\"{}\"", account(n))).collect();
    let text = |adopt| format!(r#"{{"principals": [{}], "adopt": {adopt}}}"#, all.join(","));
    let look = |adopt| {
        let look = (1..=3).fold(Look::saying(&text(adopt)), |look, n| {
            look.ours(&root(n), OLD)
        });
        (4..=9)
            .fold(look, |look, n| look.foreign(&root(n)))
            .agreed()
    };
    assert_eq!(look(false).removals(), [""; 0], "3 of 3 recorded ones");
    assert_eq!(look(true).removals(), [""; 0], "3 of 3 recorded ones");
}

#[test]
fn what_a_held_removal_tells_to_write_is_taken() {
    for odd in [
        "*",
        "AROAEXAMPLEEXAMPLE123",
        "arn:aws:iam::333333333333:role/team/tidb",
    ] {
        let look = Look::saying(&format!(
            r#"{{"principals": ["{}"], "adopt": true}}"#,
            account(1)
        ))
        .ours(&root(1), OLD)
        .ours(&root(4), OLD)
        .ours(&root(5), OLD)
        .foreign(odd)
        .agreed();
        let held = look.held();
        let told = held
            .iter()
            .find_map(|it| it.split_once("write \"remove\": "));
        let list = told
            .expect("3 of 4 are held")
            .1
            .split_once(" into ")
            .expect("a list")
            .0;
        let text = format!(
            r#"{{"principals": ["{}"], "adopt": true, "remove": {list}}}"#,
            account(1)
        );
        let look = look.rewritten(&text, 60).agreed();
        assert!(!look.removals().is_empty(), "{odd}: {:?}", look.held());
    }
}

#[test]
fn what_a_held_removal_tells_to_write_fits_into_a_parameter() {
    let id = |n: u64| format!("{:012}", 100_000_000_000 + n);
    let stay: Vec<String> = (0..200).map(|n| format!("\"{}\"", id(n))).collect();
    let text = format!(r#"{{"principals": [{}]}}"#, stay.join(","));
    let look = (0..500).fold(Look::saying(&text), |look, n| {
        look.ours(&format!("arn:aws:iam::{}:root", id(n)), OLD)
    });
    let held = look.held().join("\n");
    let told = held
        .split_once("write \"remove\": ")
        .expect("300 of 500 are held");
    let list = told.1.split_once(" into ").expect("a list").0;
    let text = format!(
        r#"{{"principals": [{}], "remove": {list}}}"#,
        stay.join(",")
    );
    // By account ids it would be 7.6 KB.
    assert!(text.len() <= 8192, "{} bytes", text.len());
}
