//! Plans with their hands: what AWS refuses of one keeps nobody else.

use crate::change::{Action, Change};
use crate::execute::Hands;
use crate::look::{Look, OLD, account, root};
use cloud::call::Call;
use cloud::fake::{Fake, soon};
use cloud::pacing::{Pace, Paced};
use cloud::steps::{self, Hands as _};

/// What is written when this plan's steps are taken.
pub(super) async fn written(aws: &Fake, look: &Look) -> Vec<String> {
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
