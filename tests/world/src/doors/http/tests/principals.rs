//! Who may connect to an endpoint service, in EC2's words.

use super::*;
use crate::model::{Consumer, service_id};
use fleet::words::EndpointServiceId;

fn ec2(door: &Door, parameters: &[(&str, &str)]) -> (u16, String) {
    query(door, "ec2", "2016-11-15", parameters)
}

fn with_service() -> (Door, EndpointServiceId, String) {
    let (door, nlb) = with_nlb();
    let made = lock(&door.model).create_endpoint_service(at_start(), &nlb);
    let name = made.unwrap();
    (door, service_id(&name), name)
}

#[tokio::test(start_paused = true)]
async fn a_principal_is_added_tagged_and_removed() {
    let (door, service, _) = with_service();
    let modify = |list, principal| {
        let action = ("Action", "ModifyVpcEndpointServicePermissions");
        let parameters = [action, ("ServiceId", service.as_str()), (list, principal)];
        ec2(&door, &parameters)
    };
    let root = "arn:aws:iam::111122223333:root";
    let (status, body) = modify("AddAllowedPrincipals.1", root);
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("<addedPrincipalSet><item><principalType>Account<"));
    assert!(body.contains("<return>true</return>"), "{body}");
    let id = text_of(&body, "servicePermissionId");
    let (status, body) = ec2(
        &door,
        &[
            ("Action", "CreateTags"),
            ("ResourceId.1", &id),
            ("Tag.1.Key", "k"),
            ("Tag.1.Value", "v"),
        ],
    );
    assert_eq!(status, 200, "{body}");
    let describe = || {
        let action = ("Action", "DescribeVpcEndpointServicePermissions");
        let size = ("MaxResults", "1000");
        ec2(&door, &[action, ("ServiceId", service.as_str()), size])
    };
    let (_, body) = describe();
    assert_eq!(text_of(&body, "principal"), root);
    assert!(body.contains("<tagSet><item><key>k</key><value>v</value></item></tagSet>"));
    let (status, _) = modify("RemoveAllowedPrincipals.1", root);
    assert_eq!(status, 200);
    assert!(
        describe()
            .1
            .contains("<allowedPrincipals></allowedPrincipals>")
    );
    assert_eq!(door.surprises(), Vec::<String>::new());
    let (status, body) = modify("AddAllowedPrincipals.1", "arn:aws:iam::1:root");
    assert_eq!(
        (status, text_of(&body, "Code").as_str()),
        (400, "InvalidPrincipal")
    );
    assert_eq!(door.surprises(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_shown_accepted_and_rejected_and_who_is_not_is_named() {
    let (door, service, name) = with_service();
    let end = {
        let mut model = lock(&door.model);
        let put = model.allow_by_hand(at_start(), &service, "*", Default::default());
        put.unwrap();
        let ann = Consumer::of("111122223333");
        model.consumer_connects(at_start(), &ann, &name).unwrap()
    };
    let describe = || {
        let action = ("Action", "DescribeVpcEndpointConnections");
        let name = ("Filter.1.Name", "service-id");
        let value = ("Filter.1.Value.1", service.as_str());
        ec2(&door, &[action, name, value, ("MaxResults", "1000")]).1
    };
    let body = describe();
    assert_eq!(text_of(&body, "vpcEndpointId"), end.as_str());
    assert_eq!(text_of(&body, "vpcEndpointOwner"), "111122223333");
    assert_eq!(text_of(&body, "vpcEndpointState"), "pendingAcceptance");
    assert_eq!(
        text_of(&body, "creationTimestamp"),
        "2026-05-01T12:00:00.25Z"
    );
    let answer = |action| {
        let action = ("Action", action);
        let end = ("VpcEndpointId.1", end.as_str());
        ec2(&door, &[action, ("ServiceId", service.as_str()), end])
    };
    let (status, body) = answer("AcceptVpcEndpointConnections");
    assert_eq!(status, 200);
    assert!(body.contains("<unsuccessful></unsuccessful>"), "{body}");
    let (status, body) = answer("AcceptVpcEndpointConnections");
    assert_eq!(
        (status, text_of(&body, "code").as_str()),
        (200, "InvalidState")
    );
    assert_eq!(text_of(&body, "resourceId"), end.as_str());
    let (_, body) = answer("RejectVpcEndpointConnections");
    assert!(body.contains("<unsuccessful></unsuccessful>"), "{body}");
    assert_eq!(text_of(&describe(), "vpcEndpointState"), "rejected");
    assert_eq!(door.surprises(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn what_nobody_here_asks_for_is_a_surprise() {
    let (door, service, _) = with_service();
    let service = ("ServiceId", service.as_str());
    let filter = |name, value| [("Filter.1.Name", name), ("Filter.1.Value.1", value)];
    let asked: [Vec<(&str, &str)>; 6] = [
        vec![
            ("Action", "DescribeVpcEndpointServicePermissions"),
            service,
            ("MaxResults", "5"),
        ],
        [
            vec![("Action", "DescribeVpcEndpointConnections")],
            filter("vpc-endpoint-state", "pending").into(),
        ]
        .concat(),
        vec![("Action", "DescribeVpcEndpointConnections")],
        [
            vec![("Action", "DescribeSecurityGroupRules")],
            filter("security-group-rule-id", "sgr-1").into(),
        ]
        .concat(),
        vec![
            ("Action", "CreateTags"),
            ("ResourceId.1", "vol-1"),
            ("Tag.1.Key", "k"),
            ("Tag.1.Value", "v"),
        ],
        vec![
            ("Action", "AcceptVpcEndpointConnections"),
            service,
            ("DryRun", "true"),
        ],
    ];
    for (place, parameters) in asked.iter().enumerate() {
        let (status, body) = ec2(&door, parameters);
        assert_eq!(status, 400, "{body}");
        assert_eq!(door.surprises().len(), place + 1, "{parameters:?}");
    }
}
