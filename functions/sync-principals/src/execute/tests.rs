//! Each change is its calls, and what AWS leaves out of one is told.

use super::*;
use cloud::calls::Unsuccessful;
use cloud::fake::{Fake, soon};
use cloud::pacing::Pace;
use cloud::steps::Hands as _;

async fn take(aws: &Fake, action: Action) -> Outcome {
    let pace = &Pace::default();
    let aws = Paced { aws, pace };
    let until = soon();
    let service = "vpce-svc-1".into();
    Hands { aws, until }.take(&Change { service, action }).await
}

fn allow<const N: usize>(principals: [&str; N]) -> Action {
    Action::Allow {
        principals: principals.map(str::to_owned).into(),
        tags: [("k".to_owned(), "v".to_owned())].into(),
    }
}

fn accept() -> Action {
    Action::Accept {
        endpoints: [("vpce-1".into(), "1".into()), ("vpce-2".into(), "2".into())].into(),
    }
}

#[tokio::test(start_paused = true)]
async fn each_change_is_its_call_with_all_that_it_names() {
    let aws = Fake::default();
    let actions = [
        allow(["a", "b"]),
        Action::Tag {
            permissions: [("vpce-svc-perm-9".into(), "c".to_owned())].into(),
            tags: [("k".to_owned(), "v".to_owned())].into(),
        },
        accept(),
        Action::Reject {
            account: "1".into(),
            endpoints: ["vpce-3".into()].into(),
        },
        Action::Disallow {
            principals: ["d".to_owned()].into(),
        },
    ];
    for action in actions {
        assert_eq!(take(&aws, action).await, Outcome::Done);
    }
    assert_eq!(
        aws.written(),
        [
            "ModifyVpcEndpointServicePermissions vpce-svc-1 +a +b",
            "CreateTags vpce-svc-perm-a vpce-svc-perm-b: k=v",
            "CreateTags vpce-svc-perm-9: k=v",
            "AcceptVpcEndpointConnections vpce-svc-1: vpce-1 vpce-2",
            "RejectVpcEndpointConnections vpce-svc-1: vpce-3",
            "ModifyVpcEndpointServicePermissions vpce-svc-1 -d",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn one_principal_that_aws_refuses_keeps_no_other_out_and_fails_the_step() {
    let aws = Fake::default();
    let (call, code) = (
        Call::ModifyVpcEndpointServicePermissions,
        "InvalidPrincipal",
    );
    aws.fails(call, "vpce-svc-1 +a +b", code);
    aws.fails(call, "vpce-svc-1 +b", code);
    let outcome = take(&aws, allow(["a", "b"])).await;
    assert!(
        matches!(&outcome, Outcome::Failed(why) if why.contains(code)),
        "{outcome:?}"
    );
    assert_eq!(
        aws.written().last().map(String::as_str),
        Some("CreateTags vpce-svc-perm-a: k=v")
    );
    aws.fails(call, "", code);
    let outcome = take(&aws, allow(["c"])).await;
    assert!(
        matches!(&outcome, Outcome::Failed(why) if why.contains(code)),
        "{outcome:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_permission_that_could_not_be_tagged_is_told_and_left_to_the_next_run() {
    let aws = Fake::default();
    aws.fails(Call::CreateTags, "", "InternalFailure");
    let outcome = take(&aws, allow(["a"])).await;
    assert!(
        matches!(&outcome, Outcome::Partly(why) if why.contains("CreateTags")),
        "{outcome:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_aws_leaves_out_is_never_swallowed() {
    let not = |endpoint: &str| Unsuccessful {
        endpoint: endpoint.into(),
        code: "InvalidState".to_owned(),
        message: "no".to_owned(),
    };
    let mut aws = Fake::default();
    aws.unsuccessful.push(not("vpce-2"));
    let why = "vpce-2: InvalidState: no".to_owned();
    assert_eq!(take(&aws, accept()).await, Outcome::Partly(why));
    aws.unsuccessful.push(not("vpce-1"));
    assert!(matches!(take(&aws, accept()).await, Outcome::Failed(_)));
}

fn reject() -> Action {
    Action::Reject {
        account: "1".into(),
        endpoints: ["vpce-1".into(), "vpce-2".into()].into(),
    }
}

fn disallow<const N: usize>(principals: [&str; N]) -> Action {
    Action::Disallow {
        principals: principals.map(str::to_owned).into(),
    }
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_is_gone_is_as_good_as_rejected_and_any_other_fails_the_step() {
    let not = |code: &str| Unsuccessful {
        endpoint: "vpce-2".into(),
        code: code.to_owned(),
        message: "no".to_owned(),
    };
    let mut aws = Fake::default();
    aws.unsuccessful.push(not("InvalidVpcEndpointId.NotFound"));
    assert_eq!(take(&aws, reject()).await, Outcome::Done);
    aws.unsuccessful = vec![not("InvalidState")];
    let why = "vpce-2: InvalidState: no".to_owned();
    assert_eq!(take(&aws, reject()).await, Outcome::Failed(why));
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_of_many_is_partly_and_what_is_not_asked_any_more_is_not_done_either() {
    let call = Call::ModifyVpcEndpointServicePermissions;
    let refused = "InvalidPrincipal";
    let aws = Fake::default();
    aws.fails(call, "-a -b", refused);
    aws.fails(call, "-b", refused);
    let outcome = take(&aws, disallow(["a", "b"])).await;
    assert!(
        matches!(&outcome, Outcome::Partly(why) if why.contains(refused)),
        "{outcome:?}"
    );
    // Of four one is done, one is refused, and the last two meet a refusal that is about none of them.
    let aws = Fake::default();
    for of in ["-a -b -c -d", "-a -b", "-b"] {
        aws.fails(call, of, refused);
    }
    aws.fails(call, "-c -d", "UnauthorizedOperation");
    let outcome = take(&aws, disallow(["a", "b", "c", "d"])).await;
    assert!(matches!(&outcome, Outcome::Partly(_)), "{outcome:?}");
    // Without the one it is nothing.
    let aws = Fake::default();
    for of in ["-a -b -c -d", "-a -b", "-a", "-b"] {
        aws.fails(call, of, refused);
    }
    aws.fails(call, "-c -d", "UnauthorizedOperation");
    let outcome = take(&aws, disallow(["a", "b", "c", "d"])).await;
    assert!(matches!(&outcome, Outcome::Failed(_)), "{outcome:?}");
    // Nor if what is not asked any more is most of it.
    let aws = Fake::default();
    aws.fails(call, "-a -b -c -d", refused);
    aws.fails(call, "-a -b", "UnauthorizedOperation");
    let outcome = take(&aws, disallow(["a", "b", "c", "d"])).await;
    assert!(matches!(&outcome, Outcome::Failed(_)), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_for_which_aws_refuses_the_whole_call_as_gone_is_as_good_as_rejected() {
    let call = Call::RejectVpcEndpointConnections;
    let aws = Fake::default();
    for of in ["vpce-1 vpce-2", "vpce-2"] {
        aws.fails(call, of, "InvalidVpcEndpointId.NotFound");
    }
    assert_eq!(take(&aws, reject()).await, Outcome::Done);
    // The endpoint service is no endpoint.
    aws.fails(call, "", "InvalidVpcEndpointServiceId.NotFound");
    let outcome = take(&aws, reject()).await;
    assert!(matches!(outcome, Outcome::Superseded(_)), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_of_the_last_step_has_a_moment_more_than_the_run() {
    let aws = &Fake::default();
    let pace = &Pace::default();
    let until = soon();
    tokio::time::sleep_until(until + LAST_CALL / 2).await;
    let aws = Paced { aws, pace };
    let change = Change {
        service: "vpce-svc-1".into(),
        action: disallow(["a"]),
    };
    assert_eq!(Hands { aws, until }.take(&change).await, Outcome::Done);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_our_credentials_is_asked_once() {
    let aws = Fake::default();
    let call = Call::ModifyVpcEndpointServicePermissions;
    for _ in 0..10 {
        aws.fails(call, "", "InvalidClientTokenId");
    }
    let outcome = take(&aws, disallow(["a", "b", "c", "d"])).await;
    assert!(matches!(&outcome, Outcome::Failed(_)), "{outcome:?}");
    assert_eq!(aws.asked_of(call).len(), 1);
}
