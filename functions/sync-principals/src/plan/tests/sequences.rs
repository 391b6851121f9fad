//! Runs after each other, two looks that differ, and what AWS refuses for ever.

use super::executed::written;
use super::histories::{allows, apply, run};
use crate::look::{Look, OLD, account, root};
use cloud::call::Call;
use cloud::fake::Fake;
use fleet::look::noon;
use fleet::observed::ConnectionState::{self, Available, PendingAcceptance};
use fleet::tags::{self, Tags};
use jiff::SignedDuration;

const TYPO: &str = "arn:aws:iam::999999999999:role/no-such-role";

/// Takes the steps of a plan of which AWS refuses whatever names `refused`; what was written.
async fn refusing(look: &Look, call: Call, refused: &str, code: &str) -> Vec<String> {
    let aws = &Fake::default();
    for _ in 0..20 {
        aws.fails(call, refused, code);
    }
    written(aws, look).await
}

/// A role that does not exist is listed: each run asks for it and is refused, nothing is ever
/// done, and yet each run thinks that what it allows says which list is in force.
#[tokio::test(start_paused = true)]
async fn a_listed_role_that_does_not_exist_does_not_keep_it_unsaid_which_list_is_in_force() {
    let text = format!("{}\n{TYPO}", account(1));
    let look = (1..=4).fold(Look::saying(&text), |look, n| look.ours(&root(n), OLD));
    let look = look.connected("vpce-b", 2, PendingAcceptance).agreed();
    assert!(look.held()[0].starts_with("3 of 4"), "{:?}", look.held());
    // Nothing changes by this run, so no run ever changes anything: this is the settled world.
    let call = Call::ModifyVpcEndpointServicePermissions;
    let written = refusing(&look, call, "no-such-role", "InvalidPrincipal").await;
    let says = written.iter().any(|it| it.starts_with("CreateTags"));
    // A read from before this list accepts a connection of 2, which is off it.
    let all = (1..=4).map(account).collect::<Vec<_>>().join(",");
    let old = look.rewritten(&all, 5400);
    assert!(
        says || old.steps().is_empty(),
        "{written:#?}\n{:#?}",
        old.steps()
    );
}

/// The README: "A time in them that has not come yet is taken for a slip and written anew."
#[tokio::test(start_paused = true)]
async fn a_listed_role_that_does_not_exist_does_not_keep_a_time_to_come_from_being_put_right() {
    let text = format!("{}\n{TYPO}", account(1));
    let future = noon() + SignedDuration::from_hours(48);
    let look = Look::saying(&text).permission(
        &root(1),
        Tags::from([
            (tags::CLUSTER.to_owned(), "orders".to_owned()),
            (
                tags::LISTED_AT.to_owned(),
                (noon() - SignedDuration::from_secs(OLD)).to_string(),
            ),
            (tags::IN_FORCE.to_owned(), future.to_string()),
        ]),
    );
    let call = Call::ModifyVpcEndpointServicePermissions;
    let written = refusing(&look, call, "no-such-role", "InvalidPrincipal").await;
    let is_right = written.iter().any(|it| it.starts_with("CreateTags"));
    // Two days later the time has come: everything is frozen.
    let mut later = look;
    later.0.now = Ok(future + SignedDuration::from_mins(5));
    assert!(
        is_right || later.plan().held[0].kind != "ParameterOld",
        "{:?}",
        later.held()
    );
}

/// The one permission that is chosen to say which list is in force cannot be tagged.
/// Acceptance is off, or somebody's Lambda accepts whatever waits: a consumer whose endpoint
/// is rejected makes a new one each minute, and keeps its permission and its traffic for ever.
#[test]
fn who_makes_a_new_connection_for_each_that_is_rejected_does_not_keep_its_permission() {
    let mut look = Look::saying(&account(1))
        .ours(&root(1), OLD)
        .ours(&root(2), OLD)
        .connected("vpce-0", 2, Available);
    for services in look.0.endpoint_services.as_mut().expect("services") {
        services.acceptance_required = Some(false);
    }
    for run in 1..=30 {
        let sure = look.clone().agreed();
        let steps = sure.plan().steps;
        if apply(&mut look, &steps).contains(&root(2)) {
            return;
        }
        look = look.connected(&format!("vpce-{run}"), 2, Available);
        let connections = look.0.connections.as_mut().expect("connections");
        connections.last_mut().expect("one").created = Some(noon());
    }
    panic!("still allowed after 30 runs: {:?}", look.agreed().held());
}

/// "take it off one of the two lists". The other cluster's function reaches only services with its
/// own tag, so its list says nothing about this permission, and off this list it stays for ever, too.
///
/// what is told fits into a parameter that has ranges, too.
#[test]
fn names_that_do_not_fit_beside_ranges_are_not_asked_for() {
    let id = |n: u64| format!("{:012}", 100_000_000_000 + n);
    let stay: Vec<String> = (0..100).map(|n| format!("\"{}\"", id(n))).collect();
    let ranges: Vec<String> = (0..100)
        .map(|n| format!(r#""{}": ["10.{n}.128.0/17"]"#, id(n)))
        .collect();
    let text = |more: &str| {
        format!(
            r#"{{"principals": [{}], "ranges": {{{}}}{more}}}"#,
            stay.join(", "),
            ranges.join(", ")
        )
    };
    let look = (0..390).fold(Look::saying(&text("")), |look, n| {
        look.ours(&format!("arn:aws:iam::{}:root", id(n)), OLD)
    });
    let held = look.held().join("\n");
    let Some((_, told)) = held.split_once("write \"remove\": ") else {
        return;
    };
    let list = told.split_once(" into ").expect("a list").0;
    let text = text(&format!(r#", "remove": {list}"#));
    assert!(text.len() <= 8192, "{} bytes", text.len());
}

/// The tags of 1 to 3 are a minute old, and one read does not show them yet: those that the
/// slip adds are recorded as if nothing were held. Written once more, the slip takes 1 to 3 away.
/// The first look of a run has read the newer list, and the second one an older one: what the
/// run itself knows to be old is acted upon.
#[test]
fn a_second_look_that_reads_an_older_list_than_the_first_accepts_nobody() {
    let world = |text: &str, age| {
        Look::saying("x")
            .rewritten(text, age)
            .ours(&root(1), OLD)
            .ours(&root(2), OLD)
            .ours(&root(3), OLD)
            .connected("vpce-b", 2, PendingAcceptance)
    };
    let first = world(&account(1), 60);
    // It lists 2 and lacks 3; the newer one lists neither.
    let mut second = world(&[1, 2].map(account).join(","), 3600);
    second.1 = first.plan().doubts;
    let steps = second.steps().join("\n");
    assert!(!steps.contains("accept vpce-b"), "{steps}");
}

/// Nobody is listed any more, and a permission of ours stays all the same, because AWS says no state
/// of a connection: it could say which list is in force, and does not.
#[test]
fn while_a_permission_of_ours_is_kept_an_older_read_allows_nobody_again() {
    let mut look = Look::saying(r#"{"principals": []}"#)
        .ours(&root(1), OLD)
        .ours(&root(2), OLD)
        .connected("vpce-a", 1, ConnectionState::Unknown("odd".to_owned()));
    for _ in 0..3 {
        run(&mut look);
    }
    assert_eq!(look.0.permissions.as_ref().map(Vec::len), Ok(1));
    let old = look.rewritten(&[1, 2].map(account).join(","), 5400);
    assert_eq!(old.steps(), [""; 0]);
}

/// Other hands took away the permission of 2 as a whole, which is listed; the first look sees that, the
/// second one does not yet. It takes the roles away, and accepts: connected, and no permission is left.
#[test]
fn who_is_listed_and_not_allowed_in_one_of_the_looks_loses_no_other_permission() {
    let role = format!("arn:aws:iam::{}:role/a", account(2));
    let first = Look::saying(&[1, 2].map(account).join(","))
        .ours(&root(1), OLD)
        .ours(&role, OLD)
        .connected("vpce-b", 2, PendingAcceptance);
    let mut second = first.clone().ours(&root(2), OLD);
    second.1 = first.plan().doubts;
    let mut world = first;
    apply(&mut world, &second.plan().steps);
    assert!(allows(&world, &account(2)), "{:#?}", second.steps());
}
