//! What an adversary found in plans and in how they are executed; each of these tests failed first.

use crate::access::PrincipalState;
use crate::change::{Action, Change};
use crate::execute::Hands;
use crate::look::{Look, account, root};
use cloud::call::Call;
use cloud::fake::{Fake, soon};
use cloud::pacing::{Pace, Paced};
use cloud::steps::{self, Hands as _};
use fleet::observed::ConnectionState::{Available, Expired, PendingAcceptance, Unknown};
use fleet::observed::{IngressSource, PrincipalType};
use fleet::tags::{self, Tags};

const OLD: i64 = 7200;

fn removals(look: &Look) -> Vec<String> {
    let steps = look.plan().steps.into_iter().map(|it| it.change);
    let removes = steps.filter(|change| {
        matches!(
            change.action,
            Action::Reject { .. } | Action::Disallow { .. }
        )
    });
    removes.map(|change| change.to_string()).collect()
}

/// What is written when this plan's steps are taken.
async fn written(aws: &Fake, look: &Look) -> Vec<String> {
    let pace = &Pace::default();
    let mut hands = Hands {
        aws: Paced { aws, pace },
        until: soon(),
    };
    steps::take(&mut hands, &look.plan(), soon()).await;
    aws.written()
}

async fn take(aws: &Fake, action: Action) -> Vec<String> {
    let pace = &Pace::default();
    let mut hands = Hands {
        aws: Paced { aws, pace },
        until: soon(),
    };
    let service = "vpce-svc-1".into();
    hands.take(&Change { service, action }).await;
    aws.written()
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
    assert_eq!(removals(&look(false)), [""; 0], "3 of 3 recorded ones");
    assert_eq!(removals(&look(true)), [""; 0], "3 of 3 recorded ones");
}

#[test]
fn a_json_field_that_stands_twice_is_refused() {
    let text = format!(
        r#"{{"principals": ["{}"], "principals": ["{}"]}}"#,
        account(1),
        account(2)
    );
    let look = Look::saying(&text)
        .ours(&root(1), OLD)
        .ours(&root(2), OLD)
        .agreed();
    assert_eq!(look.plan().held[0].kind, "ParameterRefused");
    assert_eq!(removals(&look), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn an_account_whose_new_principal_was_refused_keeps_the_old_one_also_if_others_were_allowed()
{
    let (old, new) = (
        "arn:aws:iam::222222222222:role/old",
        "arn:aws:iam::222222222222:role/new",
    );
    let text = format!("{},{},{new}", account(1), account(3));
    let look = Look::saying(&text)
        .ours(&root(1), OLD)
        .ours(old, OLD)
        .agreed();
    let aws = Fake::default();
    let call = Call::ModifyVpcEndpointServicePermissions;
    aws.fails(call, new, "InvalidPrincipal"); // all together
    aws.fails(call, new, "InvalidPrincipal"); // it alone
    let written = written(&aws, &look).await;
    let lost = written
        .iter()
        .any(|it| it.contains(&format!("vpce-svc-1 -{old}")));
    assert!(!lost, "{written:#?}");
}

#[test]
fn a_permission_stays_while_a_connection_stands_whose_state_aws_does_not_say() {
    for state in ["", "migrating"] {
        let look = Look::saying(&account(1))
            .ours(&root(1), OLD)
            .ours(&root(2), OLD)
            .connected("vpce-a", 2, Unknown(state.to_owned()))
            .agreed();
        // Without its permission nobody will ever reject it.
        assert_eq!(removals(&look), [""; 0], "{state:?}");
    }
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
        assert!(!removals(&look).is_empty(), "{odd}: {:?}", look.held());
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
    let told = look.held().join("\n");
    let adds = look.steps().iter().any(|it| it.contains(&root(2)));
    assert!(adds || told.contains(&root(1)), "no way out of: {told}");
}

#[tokio::test(start_paused = true)]
async fn one_account_that_cannot_be_allowed_keeps_no_other_account_on_the_service() {
    let (old, new) = (
        "arn:aws:iam::222222222222:role/old",
        "arn:aws:iam::222222222222:role/new",
    );
    let text = format!("{},{},{new}", account(1), account(4));
    let look = [&root(1), &root(4), old, &root(3)]
        .into_iter()
        .fold(Look::saying(&text), |look, who| look.ours(who, OLD))
        .agreed();
    let aws = Fake::default();
    let call = Call::ModifyVpcEndpointServicePermissions;
    aws.fails(call, new, "InvalidPrincipal");
    let written = written(&aws, &look).await;
    // 3 is off the list, and has nothing to do with 2.
    let gone = written
        .iter()
        .any(|it| it.contains(&format!("-{}", root(3))));
    assert!(gone, "{written:#?}");
}

#[tokio::test(start_paused = true)]
async fn one_principal_whose_removal_aws_refuses_keeps_no_other_in() {
    let aws = Fake::default();
    let call = Call::ModifyVpcEndpointServicePermissions;
    aws.fails(call, "AROAEXAMPLE", "InvalidPrincipal");
    aws.fails(call, "AROAEXAMPLE", "InvalidPrincipal");
    let principals = ["AROAEXAMPLE".to_owned(), root(3)].into();
    let written = take(&aws, Action::Disallow { principals }).await;
    let alone = format!("{call} vpce-svc-1 -{}", root(3));
    assert!(written.contains(&alone), "{written:#?}");
}

#[tokio::test(start_paused = true)]
async fn one_permission_that_cannot_be_tagged_keeps_no_other_from_being_recorded() {
    let aws = Fake::default();
    // A permission that has 50 tags, or that is gone since the look.
    aws.fails(Call::CreateTags, "perm-1", "TagLimitExceeded");
    aws.fails(Call::CreateTags, "perm-1", "TagLimitExceeded");
    let written = take(
        &aws,
        Action::Tag {
            permissions: [("perm-1".into(), root(1)), ("perm-2".into(), root(2))].into(),
            tags: [("k".to_owned(), "v".to_owned())].into(),
        },
    )
    .await;
    assert!(
        written.contains(&"CreateTags perm-2: k=v".to_owned()),
        "{written:#?}"
    );
}

#[tokio::test(start_paused = true)]
async fn one_endpoint_that_is_gone_since_the_look_keeps_no_other_waiting() {
    let aws = Fake::default();
    let call = Call::AcceptVpcEndpointConnections;
    aws.fails(call, "vpce-1", "InvalidVpcEndpointId.NotFound");
    aws.fails(call, "vpce-1", "InvalidVpcEndpointId.NotFound");
    let endpoints = [("vpce-1".into(), "1".into()), ("vpce-2".into(), "2".into())].into();
    let written = take(&aws, Action::Accept { endpoints }).await;
    assert!(
        written.contains(&format!("{call} vpce-svc-1: vpce-2")),
        "{written:#?}"
    );
}

#[test]
fn an_account_off_the_list_that_asks_anew_each_minute_does_not_keep_its_permission() {
    // Its automation makes an endpoint whenever one is rejected; none of them carries anything.
    let look = Look::saying(&account(1))
        .ours(&root(1), OLD)
        .ours(&root(2), OLD)
        .connected("vpce-anew", 2, PendingAcceptance)
        .agreed();
    let gone = format!("take the permission of {} away", root(2));
    assert!(removals(&look).contains(&gone), "{:?}", removals(&look));
}

#[test]
fn a_live_connection_of_an_account_that_nobody_allows_is_named() {
    // Somebody took the permission away by hand, then the account off the list.
    let look = Look::saying(&account(1)).ours(&root(1), OLD);
    let look = look.connected("vpce-b", 2, Available).agreed();
    let held = look.held().join("\n");
    assert!(held.contains("vpce-b"), "{held:?}");
}

#[test]
fn an_account_that_stays_allowed_by_everybodys_permission_is_named_for_longer_than_one_run() {
    // Its own permission went a run ago; then the report said that `*` keeps the connection.
    let look = Look::saying(&account(1)).ours(&root(1), OLD).foreign("*");
    let look = look.connected("vpce-b", 2, Available).agreed();
    let held = look.held().join("\n");
    assert!(held.contains("vpce-b"), "{held:?}");
}

#[test]
fn a_permission_of_nobody_knows_whom_is_not_taken_away_beside_a_connection_that_it_may_carry() {
    // A role that was deleted, if AWS then shows its unique id as IAM policies do.
    let look = Look::saying(&account(1))
        .ours(&root(1), OLD)
        .ours("AROAEXAMPLEEXAMPLE123", OLD)
        .connected("vpce-b", 2, Available)
        .agreed();
    assert!(
        removals(&look).is_empty() || look.held().join("\n").contains("vpce-b"),
        "{:?} {:?}",
        removals(&look),
        look.held()
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_is_about_no_principal_is_not_asked_again_for_each_of_fifty() {
    let all: Vec<String> = (0..50)
        .map(|n| format!("{:012}", 100_000_000_000_u64 + n))
        .collect();
    let look = Look::saying(&all.join(","));
    let aws = Fake::default();
    // A quota, or a service that takes no change now: each minute anew, with 51 calls of an API that is
    // throttled by organization.
    let call = Call::ModifyVpcEndpointServicePermissions;
    for _ in 0..60 {
        aws.fails(call, "", "OperationNotPermitted");
    }
    let written = written(&aws, &look).await;
    assert!(written.len() <= 8, "{} calls", written.len());
}

#[test]
fn a_rule_for_members_of_a_security_group_lets_no_consumer_of_another_account_in() {
    // "The source of the traffic is the private IP address of the client" (Elastic Load Balancing, "Update
    // the security groups for your Network Load Balancer"). A rule for the company's own test host must not
    // hide that the consumers reach nothing.
    let text = format!(
        r#"{{"principals": ["{0}"], "ranges": {{"{0}": ["10.250.0.0/16"]}}}}"#,
        account(1)
    );
    let look = Look::saying(&text).ours(&root(1), 3600).lets_in(
        "tcp",
        (9000, 9999),
        IngressSource::Group("sg-2".into()),
    );
    assert_ne!(look.held(), [""; 0]);
}

#[test]
fn an_account_that_may_be_of_an_allowed_organizational_unit_is_not_cut_off_unsaid() {
    let mut look = Look::saying(&account(1))
        .ours(&root(1), OLD)
        .ours(&root(2), OLD)
        .foreign("arn:aws:organizations::999999999999:ou/o-a/ou-a-1")
        .connected("vpce-a", 2, Available);
    let permissions = look.0.permissions.as_mut().expect("permissions");
    permissions[2].kind = PrincipalType::OrganizationUnit;
    let look = look.agreed();
    let held = look.held().join("\n");
    assert!(
        !removals(&look).iter().any(|it| it.starts_with("reject")) || held.contains("ou-a-1"),
        "{:?} {held}",
        removals(&look)
    );
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
    assert_eq!(states[1].state, PrincipalState::Foreign);
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

#[test]
fn a_listed_accounts_connection_that_nobody_accepted_in_time_is_named() {
    let look = Look::saying(&account(1))
        .ours(&root(1), 3600)
        .connected("vpce-a", 1, Expired);
    let held = look.held().join("\n");
    assert!(held.contains("vpce-a"), "{held:?}");
}

#[test]
fn accounts_with_blanks_between_them_are_refused_with_what_works() {
    // The console's single-line field makes a blank of each line end.
    let look = Look::saying(&[1, 2].map(account).join(" "));
    let held = look.held().join("\n");
    assert!(held.contains("comma") || held.contains("a line"), "{held}");
}
