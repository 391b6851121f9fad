//! Exactly those of the list are allowed, and recorded as ours.

use crate::access::PrincipalState;
use crate::look::{Look, OLD, account, root};
use fleet::tags::{self, Tags};

#[test]
fn who_is_listed_is_allowed_and_recorded_and_then_nothing_is_left_to_do() {
    let look = Look::saying(&format!("{}\n{}", account(1), account(2)));
    let allow = format!(
        "allow {}, {}: listed, and not allowed yet",
        root(1),
        root(2)
    );
    assert_eq!(look.steps(), [allow]);
    let done = look.ours(&root(1), 3600).ours(&root(2), 3600);
    assert_eq!(done.steps(), [""; 0]);
    assert_eq!(done.held(), [""; 0]);
}

#[test]
fn f43_a_listed_permission_without_our_tag_is_tagged_whoever_made_it() {
    let tag = |n| {
        let why = "listed, and the permission does not say that this list keeps it";
        format!("tag the permission of {}: {why}", root(n))
    };
    let look = Look::saying(&account(1)).foreign(&root(1));
    assert_eq!(look.steps(), [tag(1)]);
    // And one whose second tag was taken away.
    let half = Tags::from([(tags::CLUSTER.to_owned(), "orders".to_owned())]);
    assert_eq!(
        Look::saying(&account(1)).permission(&root(1), half).steps(),
        [tag(1)]
    );
    // Another cluster's stays that cluster's.
    let theirs = Tags::from([(tags::CLUSTER.to_owned(), "sales".to_owned())]);
    let look = Look::saying(&account(1)).permission(&root(1), theirs);
    assert_eq!(look.steps(), [""; 0]);
    assert!(
        look.held()[0].contains("is tagged for cluster sales"),
        "{:?}",
        look.held()
    );
}

#[test]
fn what_other_hands_allowed_is_left_alone_unless_it_is_adopted() {
    let look = |adopt| {
        let text = format!(r#"{{"principals": ["{}"], "adopt": {adopt}}}"#, account(1));
        Look::saying(&text)
            .ours(&root(1), OLD)
            .foreign("arn:aws:iam::333333333333:role/tidb")
            .foreign("*")
            .agreed()
    };
    assert_eq!(look(false).steps_but_in_force(), [""; 0]);
    assert_eq!(
        look(true).steps_but_in_force(),
        ["take the permission of *, arn:aws:iam::333333333333:role/tidb away: off the list"]
    );
}

#[test]
fn p44_an_old_read_of_the_parameter_takes_nobody_away() {
    // The permission was recorded by a version of ten minutes ago; what is read is an hour old.
    let look = Look::saying(&account(1))
        .ours(&root(1), OLD)
        .ours(&root(2), 600)
        .agreed();
    assert_eq!(look.steps(), [""; 0]);
    let held = look.held().join("\n");
    assert!(
        held.contains("is already in force; the next run reads again"),
        "{held}"
    );
}

#[test]
fn a_thousand_permissions_are_changed_in_calls_of_fifty() {
    let all: Vec<String> = (0..600)
        .map(|n| format!("{:012}", n + 100_000_000_000_u64))
        .collect();
    let look = Look::saying(&all.join("\n"));
    assert_eq!(look.plan().steps.len(), 12);
    let all = (0..1000).fold(Look::saying(&account(1)), |look, n| {
        look.foreign(&format!(
            "arn:aws:iam::{:012}:root",
            n + 200_000_000_000_u64
        ))
    });
    assert_eq!(all.plan().steps.len(), 1, "what is not ours stays");
}

#[test]
fn a_time_that_has_not_come_yet_was_written_by_hand_and_is_put_right() {
    let look = Look::saying(&account(1)).ours(&root(1), -7200);
    assert_eq!(look.held(), [""; 0]);
    assert!(look.steps()[0].starts_with("tag the permission of"));
    // Two clocks may be a little apart.
    let look = Look::saying(&account(1)).ours(&root(1), -30);
    assert!(look.held()[0].contains("is already in force"));
}

#[test]
fn p44_which_list_is_in_force_is_known_again_if_the_tag_was_refused_when_others_went() {
    // They are gone, and the tag of the one who stays is of an older list.
    let look = Look::saying(&account(1)).ours(&root(1), OLD);
    assert_eq!(
        look.steps(),
        [format!(
            "tag the permission of {}: so that an older read of the list is known for one",
            root(1)
        )]
    );
}

#[test]
fn a_time_to_come_in_either_tag_is_put_right() {
    let tagged = |tag: &str| {
        let mut look = Look::saying(&account(1)).ours(&root(1), 3600);
        let permissions = look.0.permissions.as_mut().expect("permissions");
        let future = "2099-01-01T00:00:00Z".to_owned();
        permissions[0].tags.insert(tag.to_owned(), future);
        look.steps()
    };
    for tag in [tags::LISTED_AT, tags::IN_FORCE] {
        let steps = tagged(tag);
        assert!(
            matches!(&steps[..], [one] if one.starts_with("tag the permission of")),
            "{tag}: {steps:?}"
        );
    }
}

#[test]
fn a_tag_of_the_future_freezes_nothing_for_ever() {
    // A person edited one tag. The sentence says: write the parameter once more.
    let future = Tags::from([
        (tags::CLUSTER.to_owned(), "orders".to_owned()),
        (
            tags::LISTED_AT.to_owned(),
            "2099-01-01T00:00:00Z".to_owned(),
        ),
    ]);
    let text = [1, 2].map(account).join(",");
    let look = Look::saying("x").permission(&root(1), future);
    // Written once more, now.
    let look = look.rewritten(&text, 0);
    let allows = format!("allow {}: listed, and not allowed yet", root(2));
    assert!(look.steps().contains(&allows), "{:?}", look.steps());
}

#[test]
fn another_clusters_permission_is_never_shown_as_leaving() {
    let theirs = Tags::from([(tags::CLUSTER.to_owned(), "sales".to_owned())]);
    let text = format!(r#"{{"principals": ["{}"], "adopt": true}}"#, account(1));
    let look = Look::saying(&text)
        .ours(&root(1), 3600)
        .permission(&root(2), theirs)
        .agreed();
    assert_eq!(look.steps(), [""; 0]);
    assert_eq!(look.held(), [""; 0]);
    let states: Vec<_> = look.plan().picture.principals;
    assert_eq!(states[1].state, PrincipalState::OtherHands);
}
