//! Who may connect: adding, tagging, removing.

use super::super::world::{at, world};
use super::*;
use crate::iam::{Attached, Caller, Condition, Effect, Policies, Policy, Statement};
use crate::model::service_id;
use std::sync::Arc;

const ANN: &str = "arn:aws:iam::111122223333:root";
const BOB: &str = "arn:aws:iam::444455556666:role/reader";

fn with_service() -> (Model, EndpointServiceId) {
    let mut model = world();
    let nlb = model.with_nlb();
    let name = model.create_endpoint_service(at(0), &nlb).unwrap();
    (model, service_id(&name))
}

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(|text| (*text).to_owned()).collect()
}

fn add(model: &mut Model, service: &EndpointServiceId, who: &[&str]) -> Vec<ServicePermission> {
    let added = model.modify_service_permissions(at(1), service, &texts(who), &[]);
    added.unwrap()
}

fn seen(model: &mut Model, service: &EndpointServiceId) -> Vec<ServicePermission> {
    let page = model.describe_service_permissions(at(1), service, None);
    page.unwrap().items
}

fn code<T>(answer: Result<T, ApiError>) -> Option<&'static str> {
    answer.err().map(|error| error.code)
}

fn a_tag() -> Tags {
    [("kafka-privatelink:cluster".to_owned(), "orders".to_owned())].into()
}

#[test]
fn a_principal_is_allowed_once_whatever_is_asked_for_twice() {
    let (mut model, service) = with_service();
    let added = add(&mut model, &service, &[ANN, BOB, ANN]);
    assert_eq!(added.len(), 2);
    assert_eq!(added[0].kind, PrincipalType::Account);
    assert!(added[0].id.as_str().starts_with("vpce-svc-perm-"));
    assert_eq!(added[1].kind, PrincipalType::Role);
    assert_eq!(add(&mut model, &service, &[BOB]), []);
    assert_eq!(seen(&mut model, &service), added);
    let everybody = add(&mut model, &service, &["*"]);
    assert_eq!(everybody[0].kind, PrincipalType::All);
}

#[test]
fn removing_what_is_not_there_is_no_error_and_who_comes_back_is_another_one() {
    let (mut model, service) = with_service();
    let first = add(&mut model, &service, &[ANN]).remove(0);
    model
        .tag_permissions(at(1), std::slice::from_ref(&first.id), &a_tag())
        .unwrap();
    for _ in 0..2 {
        let removed = model.modify_service_permissions(at(1), &service, &[], &texts(&[ANN]));
        assert_eq!(removed, Ok(Vec::new()));
        assert_eq!(seen(&mut model, &service), []);
    }
    let again = add(&mut model, &service, &[ANN]).remove(0);
    assert_ne!(again.id, first.id);
    assert_eq!(again.tags, Tags::new());
    let gone = model.tag_permissions(at(1), &[first.id], &a_tag());
    assert_eq!(code(gone), Some("InvalidID"));
}

#[test]
fn a_call_that_makes_no_sense_changes_nothing() {
    let (mut model, service) = with_service();
    for (add, remove, expected) in [
        (&[][..], &[][..], "MissingParameter"),
        (&[ANN][..], &[ANN][..], "InvalidParameter"),
        (&[ANN, "111122223333"][..], &[][..], "InvalidPrincipal"),
        (&[ANN][..], &["everybody"][..], "InvalidPrincipal"),
    ] {
        let (add, remove) = (texts(add), texts(remove));
        let refused = model.modify_service_permissions(at(1), &service, &add, &remove);
        assert_eq!(code(refused), Some(expected));
    }
    assert_eq!(seen(&mut model, &service), []);
    let unknown = "vpce-svc-unknown".into();
    let refused = model.modify_service_permissions(at(1), &unknown, &texts(&[ANN]), &[]);
    assert_eq!(code(refused), Some("InvalidVpcEndpointServiceId.NotFound"));
    assert!(model.writes().is_empty());
}

#[test]
fn f43_tags_come_by_a_second_call_and_all_or_none_of_it_is_done() {
    let (mut model, service) = with_service();
    let ids = add(&mut model, &service, &[ANN, BOB]).into_iter();
    let ids: Vec<_> = ids.map(|permission| permission.id).collect();
    let with_unknown = [ids[0].clone(), "vpce-svc-perm-unknown".into()];
    let many: Tags = (0..51).map(|n| (format!("k{n}"), String::new())).collect();
    let of_aws = Tags::from([("aws:cluster".to_owned(), String::new())]);
    for (ids, tags, expected) in [
        (&with_unknown[..], a_tag(), "InvalidID"),
        (&ids[..], many, "TagLimitExceeded"),
        (&ids[..], of_aws, "InvalidParameterValue"),
        (&ids[..], Tags::new(), "InvalidParameterValue"),
        (&[][..], a_tag(), "InvalidParameterValue"),
    ] {
        let refused = model.tag_permissions(at(1), ids, &tags);
        assert_eq!(code(refused), Some(expected));
    }
    let tagged = |model: &mut Model| -> Vec<usize> {
        let all = seen(model, &service).into_iter();
        all.map(|permission| permission.tags.len()).collect()
    };
    assert_eq!(tagged(&mut model), [0, 0]);
    assert_eq!(model.tag_permissions(at(1), &ids, &a_tag()), Ok(()));
    assert_eq!(tagged(&mut model), [1, 1]);
}

#[test]
fn a_persons_permission_has_the_tags_and_the_form_that_it_has() {
    let (mut model, service) = with_service();
    for (principal, tags) in [("111122223333", Tags::new()), (BOB, a_tag())] {
        let put = model.allow_by_hand(at(1), &service, principal, tags);
        assert_eq!(put, Ok(()));
    }
    let retagged = model.retag_permission(at(1), &service, BOB, Tags::clear);
    assert_eq!(retagged, Ok(()));
    let kinds = seen(&mut model, &service).into_iter();
    let kinds: Vec<_> = kinds.map(|found| (found.kind, found.tags.len())).collect();
    let unknown = PrincipalType::Unknown(String::new());
    assert_eq!(kinds, [(unknown, 0), (PrincipalType::Role, 0)]);
    assert!(model.is_allowed(&service, &"111122223333".into()));
    assert!(model.is_allowed(&service, &"444455556666".into()));
    assert!(!model.is_allowed(&service, &"777788889999".into()));
    let none = model.retag_permission(at(1), &service, ANN, Tags::clear);
    assert!(none.is_err());
}

#[test]
fn a_thousand_permissions_come_in_pages_without_a_gap() {
    let (mut model, service) = with_service();
    let who: Vec<String> = (0..1001)
        .map(|n| format!("arn:aws:iam::{n:012}:root"))
        .collect();
    let added = model.modify_service_permissions(at(1), &service, &who, &[]);
    assert_eq!(added.map(|added| added.len()), Ok(1001));
    let first = model.describe_service_permissions(at(1), &service, None);
    let first = first.unwrap();
    assert_eq!(first.items.len(), 1000);
    let rest = model.describe_service_permissions(at(1), &service, first.next.as_ref());
    let rest = rest.unwrap();
    assert_eq!((rest.items.len(), rest.next), (1, None));
}

/// A role that may change one service, and tag permissions that are nobody's or its own.
fn role(service: &EndpointServiceId) -> Arc<Caller> {
    let statement = |actions: &[Call], resource: String, conditions: &[(&str, &str, &str)]| {
        let condition = |(operator, key, value): &(&str, &str, &str)| {
            Condition::new(operator, key, vec![(*value).to_owned()]).unwrap()
        };
        Statement {
            sid: String::new(),
            effect: Effect::Allow,
            principals: Vec::new(),
            actions: actions
                .iter()
                .map(|call| call.action().to_owned())
                .collect(),
            resources: vec![resource],
            conditions: conditions.iter().map(condition).collect(),
        }
    };
    let arn = |rest: &str| format!("arn:aws:ec2:us-west-2:123456789012:{rest}");
    let request = "aws:RequestTag/kafka-privatelink:cluster";
    let on_it = "ec2:ResourceTag/kafka-privatelink:cluster";
    let tag = |conditions: &[(&str, &str, &str)]| {
        let all = arn("vpc-endpoint-service-permission/*");
        statement(&[Call::CreateTags], all, conditions)
    };
    let calls = [
        Call::DescribeVpcEndpointServicePermissions,
        Call::ModifyVpcEndpointServicePermissions,
        Call::AcceptVpcEndpointConnections,
        Call::RejectVpcEndpointConnections,
    ];
    let of_cluster = "aws:ResourceTag/kafka-privatelink:cluster";
    let one = arn(&format!("vpc-endpoint-service/{service}"));
    let statements = vec![
        statement(&calls, one, &[("StringEquals", of_cluster, "orders")]),
        tag(&[("StringEquals", request, "orders"), ("Null", on_it, "true")]),
        tag(&[
            ("StringEquals", request, "orders"),
            ("StringEquals", on_it, "orders"),
            ("StringEquals", "ec2:Region", "us-west-2"),
        ]),
    ];
    let role = "arn:aws:iam::123456789012:role/SyncPrincipalsRole";
    let attached = Attached::Role(role.to_owned());
    let policy = Policy {
        attached,
        statements,
    };
    Caller::new("sync-principals", role, Arc::new(Policies(vec![policy])))
}

#[test]
fn iam_is_asked_of_the_service_and_of_each_permission_with_the_tags_that_it_has() {
    let (mut model, service) = with_service();
    let name = model.endpoint_services.keys().next().unwrap().clone();
    let caller = role(&service);
    let caller = Some(&caller);
    let denied = Some("UnauthorizedOperation");
    let call = model.called_by(caller, |model| {
        model.modify_service_permissions(at(1), &service, &texts(&[ANN]), &[])
    });
    assert_eq!(code(call), denied, "the service is nobody's");
    let tagged = model.edit_endpoint_service(at(1), &name, |record| record.tags = a_tag());
    assert_eq!(tagged, Ok(()));
    let added = model.called_by(caller, |model| add(model, &service, &[ANN, BOB]));
    let ids: Vec<_> = added.into_iter().map(|permission| permission.id).collect();
    let tag = |model: &mut Model, tags: &Tags| {
        model.called_by(caller, |model| model.tag_permissions(at(1), &ids, tags))
    };
    let other = Tags::from([("kafka-privatelink:cluster".to_owned(), "theirs".to_owned())]);
    assert_eq!(code(tag(&mut model, &other)), denied);
    // Once to take them, once more because they are its own.
    for _ in 0..2 {
        assert_eq!(tag(&mut model, &a_tag()), Ok(()));
    }
    let theirs = model.retag_permission(at(1), &service, BOB, |tags| *tags = other);
    assert_eq!(theirs, Ok(()));
    assert_eq!(code(tag(&mut model, &a_tag())), denied);
    let end = ["vpce-unknown".into()];
    let accepted = model.called_by(caller, |model| {
        model.accept_connections(at(1), &service, &end)
    });
    assert_eq!(code(accepted), None);
    let unknown = "vpce-svc-unknown".into();
    let call = model.called_by(caller, |model| {
        model.reject_connections(at(1), &unknown, &end)
    });
    assert_eq!(code(call), denied, "permission comes before existence");
    let connections = model.called_by(caller, |model| {
        model.describe_endpoint_connections(at(1), &service, None)
    });
    assert_eq!(code(connections), denied, "it is allowed on * only");
}
