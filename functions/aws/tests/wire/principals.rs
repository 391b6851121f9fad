//! Who may connect, and whose connection stands: what AWS refuses, what it does in part, and what
//! it says twice or not at all.

use crate::canned::answering;
use crate::wire::{Wire, config, tags};
use aws::Aws;
use cloud::calls::{Ec2Reads, Elbv2Reads, PrincipalWrites, Unsuccessful};
use cloud::error::{CallError, ErrorKind};
use fleet::observed::{ConnectionState, IngressSource};
use fleet::tags::Tags;

const ROOT: &str = "arn:aws:iam::444455556666:root";

fn kind(error: &CallError) -> (ErrorKind, &str) {
    (error.kind, &error.code)
}

#[tokio::test]
async fn what_is_no_principal_refuses_the_whole_call_in_awss_words() {
    let wire = Wire::new().await;
    let service = &wire.account.service;
    let who = [ROOT, "arn:aws:iam::444455556666:role/team/reader"].map(str::to_owned);
    let by_sdk = wire.sdk.allow_principals(service, &who).await.unwrap_err();
    let in_memory = wire.memory.allow_principals(service, &who).await;
    assert_eq!(Err(&by_sdk), in_memory.as_ref());
    assert_eq!(kind(&by_sdk), (ErrorKind::Refused, "InvalidPrincipal"));
    assert!(by_sdk.message.contains(&who[1]), "{by_sdk}");
    let there = wire.sdk.describe_service_permissions(service, None).await;
    assert_eq!(there.unwrap().items.len(), 2);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let wire = Wire::new().await;
    let service = "vpce-svc-unknown".into();
    let error = wire.sdk.describe_service_permissions(&service, None).await;
    let unknown = (ErrorKind::NotFound, "InvalidVpcEndpointServiceId.NotFound");
    assert_eq!(kind(&error.unwrap_err()), unknown);
    let ends = &wire.account.endpoints;
    let error = wire.sdk.accept_connections(&service, ends).await;
    assert_eq!(kind(&error.unwrap_err()), unknown);
    let none = wire.sdk.describe_endpoint_connections(&service, None).await;
    assert_eq!(none.unwrap().items, [], "it is filtered for");
    let permission = ["vpce-svc-perm-unknown".into()];
    let error = wire.sdk.tag_permissions(&permission, &tags()).await;
    let error = error.unwrap_err();
    assert_eq!(kind(&error), (ErrorKind::NotFound, "InvalidID"));
}

#[tokio::test]
async fn f43_a_principal_is_allowed_without_tags_and_tagged_by_its_permission() {
    let wire = Wire::new().await;
    let (sdk, service) = (&wire.sdk, &wire.account.service);
    let who = [ROOT.to_owned()];
    let added = sdk.allow_principals(service, &who).await.unwrap();
    let [(principal, id)] = added.as_slice() else {
        panic!("{added:?}");
    };
    assert_eq!(principal, ROOT);
    let tags_of = async |of: &str| {
        let all = sdk.describe_service_permissions(service, None).await;
        let mut all = all.unwrap().items.into_iter();
        let found = all.find(|permission| permission.principal == of);
        found.map(|found| found.tags)
    };
    assert_eq!(tags_of(ROOT).await, Some(Tags::new()));
    let ids = [id.clone()];
    assert_eq!(sdk.tag_permissions(&ids, &tags()).await, Ok(()));
    assert_eq!(tags_of(ROOT).await, Some(tags()));
    let again = sdk.allow_principals(service, &who).await;
    assert_eq!(again, Ok(Vec::new()), "it was there");
    assert_eq!(tags_of(ROOT).await, Some(tags()));
    assert_eq!(sdk.disallow_principals(service, &who).await, Ok(()));
    assert_eq!(sdk.disallow_principals(service, &who).await, Ok(()));
    assert_eq!(tags_of(ROOT).await, None);
    assert_eq!(wire.door.door().surprises(), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_accepted_in_part_says_what_is_not() {
    let wire = Wire::new().await;
    let (sdk, service) = (&wire.sdk, &wire.account.service);
    let [first, second] = wire.account.endpoints.as_slice() else {
        panic!("two endpoints");
    };
    let asked = [first.clone(), "vpce-unknown".into()];
    let not = sdk.accept_connections(service, &asked).await.unwrap();
    let expected = Unsuccessful {
        endpoint: "vpce-unknown".into(),
        code: "InvalidVpcEndpointId.NotFound".to_owned(),
        message: "The Vpc Endpoint Id 'vpce-unknown' does not exist".to_owned(),
    };
    assert_eq!(not, [expected]);
    let one = std::slice::from_ref(second);
    let rejected = sdk.reject_connections(service, one).await;
    assert_eq!(rejected, Ok(Vec::new()));
    let again = sdk.accept_connections(service, one).await;
    assert_eq!(again.unwrap()[0].code, "InvalidState");
    let all = sdk.describe_endpoint_connections(service, None).await;
    let states = all.unwrap().items.into_iter();
    let states = states.map(|found| (found.endpoint, found.state));
    assert_eq!(
        states.collect::<Vec<_>>(),
        [
            (first.clone(), ConnectionState::Pending),
            (second.clone(), ConnectionState::Rejected),
        ]
    );
}

#[tokio::test]
async fn a_state_of_tomorrow_and_one_that_is_missing_are_read_alike() {
    let wire = Wire::new().await;
    let (now, ends) = (wire.clock.now(), &wire.account.endpoints);
    for (end, state) in ends.iter().zip(["hovering", ""]) {
        let state = ConnectionState::Unknown(state.to_owned());
        let set = wire.model().set_connection_state(now, end, state);
        assert_eq!(set, Ok(()));
    }
    let service = &wire.account.service;
    let by_sdk = wire.sdk.describe_endpoint_connections(service, None).await;
    let in_memory = wire.memory.describe_endpoint_connections(service, None);
    assert_eq!(by_sdk, in_memory.await);
}

#[tokio::test]
async fn f13_what_the_nlb_lets_in_is_read_with_whether_it_counts() {
    let wire = Wire::new().await;
    let (nlb, group) = (&wire.account.load_balancer, &wire.account.security_group);
    let read = async || wire.sdk.describe_load_balancer(nlb).await.unwrap();
    for enforces in [Some(true), Some(false), None] {
        let now = wire.clock.now();
        let edited = wire
            .model()
            .edit_security_groups_of(now, nlb, |_, flag| *flag = enforces);
        assert_eq!(edited, Ok(()));
        assert_eq!(read().await.enforces_inbound_on_private_link, enforces);
        assert_eq!(read().await.security_groups, [group.clone()].into());
    }
    let groups = [group.clone()];
    let rules = wire.sdk.describe_security_group_rules(&groups, None).await;
    let sources = rules.unwrap().items.into_iter();
    let sources: Vec<_> = sources.map(|rule| rule.source).collect();
    assert_eq!(
        sources,
        [
            IngressSource::Ipv4("0.0.0.0/0".to_owned()),
            IngressSource::Group("sg-theirs".into()),
        ]
    );
}

#[tokio::test]
async fn an_item_without_its_error_is_not_taken_for_a_success() {
    let body = "<AcceptVpcEndpointConnectionsResponse><requestId>1</requestId><unsuccessful>\
                <item><resourceId>vpce-1</resourceId></item></unsuccessful>\
                </AcceptVpcEndpointConnectionsResponse>";
    let sdk = Aws::from_config(config(&answering("200 OK", body).await)).await;
    let ends = ["vpce-1".into()];
    let error = sdk.accept_connections(&"vpce-svc-1".into(), &ends).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Retryable);
    assert_eq!(error.message, "answer without Unsuccessful.Error");
}
