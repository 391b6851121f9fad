//! Who asks at the door is known by the access key, and asks as its role allows.

use super::*;
use crate::iam::{Attached, Effect, Policies, Policy, Statement};

const ROLE: &str = "arn:aws:iam::123456789012:role/Reader";

/// A door for somebody who may read target groups and nothing else.
fn door_of_a_reader(key: &str) -> (Door, Arc<Caller>) {
    let reads = Statement {
        sid: "Read".to_owned(),
        effect: Effect::Allow,
        principals: Vec::new(),
        actions: vec!["elasticloadbalancing:DescribeTargetGroups".to_owned()],
        resources: vec!["*".to_owned()],
        conditions: Vec::new(),
    };
    let of_role = Policy {
        attached: Attached::Role(ROLE.to_owned()),
        statements: vec![reads],
    };
    let caller = Caller::new("reader", ROLE, Arc::new(Policies(vec![of_role])));
    let callers = [(key.to_owned(), Arc::clone(&caller))];
    let door = door(Settings::default()).with_callers(callers.into());
    (door, caller)
}

#[tokio::test(start_paused = true)]
async fn a_known_key_may_do_what_its_role_allows_and_is_counted_by_its_name() {
    let (door, caller) = door_of_a_reader("AKIA");
    let (status, _) = elb(&door, &[("Action", "DescribeTargetGroups")]);
    assert_eq!(status, 200);
    let tags = [
        ("Action", "DescribeTags"),
        ("ResourceArns.member.1", "arn:x"),
    ];
    let (status, body) = elb(&door, &tags);
    assert_eq!(
        (status, text_of(&body, "Code").as_str()),
        (403, "AccessDenied")
    );
    assert_eq!(caller.denied().len(), 1);
    let (_, _) = elb(&door, &[("Action", "DescribeRules")]);
    assert!(
        door.surprises()[0].starts_with("reader: "),
        "{:?}",
        door.surprises()
    );
    let model = lock(&door.model);
    assert_eq!(model.calls_of()["reader"].len(), 2);
    assert_eq!(model.calls_of().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_nobody_has_is_refused_in_each_services_own_words() {
    let (door, caller) = door_of_a_reader("ASIAREADER");
    for (service, status, code) in [
        ("elasticloadbalancing", 403, "InvalidClientTokenId"),
        ("autoscaling", 403, "InvalidClientTokenId"),
        ("ec2", 401, "AuthFailure"),
        ("ssm", 400, "UnrecognizedClientException"),
        ("lambda", 403, "UnrecognizedClientException"),
    ] {
        let response = at_once(&door, &signed(service).body(Bytes::new()).unwrap());
        assert_eq!(response.status().as_u16(), status, "{service}");
        let body = String::from_utf8_lossy(response.body());
        let header = response.headers().get("x-amzn-errortype");
        let in_header = header.is_some_and(|header| header == code);
        assert!(in_header || body.contains(code), "{service}: {body}");
    }
    assert_eq!(door.surprises().len(), 5);
    assert!(
        door.surprises()[0].contains("AKIA"),
        "{:?}",
        door.surprises()
    );
    assert!(lock(&door.model).calls().is_empty());
    assert_eq!(caller.asked(), []);
}
