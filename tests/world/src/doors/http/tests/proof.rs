//! What the proof asks: network interfaces, endpoint services, one parameter, an invocation.

use super::*;
use fleet::words::ParameterName;

fn ec2(door: &Door, parameters: &[(&str, &str)]) -> (u16, String) {
    query(door, "ec2", "2016-11-15", parameters)
}

#[tokio::test(start_paused = true)]
async fn interfaces_are_found_by_their_description_and_by_nothing_else() {
    let (door, nlb) = with_nlb();
    let end = nlb.as_str().split_once(":loadbalancer/").unwrap().1;
    let description = format!("ELB {end}");
    let by = |name: &str, value: &str| {
        let parameters = [
            ("Action", "DescribeNetworkInterfaces"),
            ("Filter.1.Name", name),
            ("Filter.1.Value.1", value),
            ("MaxResults", "1000"),
        ];
        ec2(&door, &parameters)
    };
    let (status, body) = by("description", &description);
    assert_eq!(status, 200, "{body}");
    assert_eq!(text_of(&body, "privateIpAddress"), "10.0.0.5");
    assert_eq!(text_of(&body, "availabilityZoneId"), "usw2-az1");
    assert_eq!(text_of(&body, "description"), description);
    assert_eq!(body.matches("<networkInterfaceId>").count(), 3);
    let (_, none) = by("description", "ELB net/other/1");
    assert!(none.contains("<networkInterfaceSet></networkInterfaceSet>"));
    assert_eq!(door.surprises(), Vec::<String>::new());
    for (name, value) in [("group-id", "sg-1"), ("requester-managed", "perhaps")] {
        assert_eq!(by(name, value).0, 400);
    }
    assert_eq!(door.surprises().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_service_shows_its_load_balancer_and_zones() {
    let (door, nlb) = with_nlb();
    let name = lock(&door.model)
        .create_endpoint_service(at_start(), &nlb)
        .unwrap();
    let action = ("Action", "DescribeVpcEndpointServiceConfigurations");
    let (status, body) = ec2(&door, &[action, ("MaxResults", "1000")]);
    assert_eq!(status, 200, "{body}");
    assert_eq!(text_of(&body, "serviceName"), name);
    assert!(body.contains(&format!(
        "<networkLoadBalancerArnSet><item>{nlb}</item></networkLoadBalancerArnSet>"
    )));
    assert!(body.contains("<availabilityZoneIdSet><item>usw2-az1</item>"));
    assert!(body.contains("<availabilityZoneSet><item>us-west-2a</item>"));
    assert_eq!(text_of(&body, "serviceState"), "Available");
    assert_eq!(text_of(&body, "region"), "us-west-2");
    let edited = lock(&door.model).edit_endpoint_service(at_start(), &name, |record| {
        record.state = fleet::observed::ServiceState::Failed;
        record.shows_az_ids = false;
        record.private_dns_name = Some("kafka.example.com".to_owned());
    });
    edited.unwrap();
    let (_, body) = ec2(&door, &[action, ("MaxResults", "1000")]);
    assert!(!body.contains("availabilityZoneIdSet"));
    assert_eq!(text_of(&body, "privateDnsName"), "kafka.example.com");
    assert!(body.contains("<serviceState>Failed</serviceState>"));
    assert_eq!(ec2(&door, &[action, ("ServiceId.1", "vpce-svc-1")]).0, 400);
    assert_eq!(door.surprises().len(), 1);
}

fn ssm(door: &Door, action: &str, body: &str) -> (u16, serde_json::Value) {
    let request = signed("ssm")
        .header("x-amz-target", format!("AmazonSSM.{action}"))
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .unwrap();
    let response = at_once(door, &request);
    let answer = serde_json::from_slice(response.body()).unwrap();
    (response.status().as_u16(), answer)
}

#[tokio::test(start_paused = true)]
async fn a_parameter_is_written_over_and_read_decrypted_and_in_no_other_way() {
    let (door, _) = with_nlb();
    let secret = ParameterName::from("/kafka-privatelink/orders/secrets/probe");
    lock(&door.model)
        .put_secret(at_start(), &secret, "hunter2")
        .unwrap();
    let put = r#"{"Name":"/k/c/handover/E","Value":"x","Type":"String","Overwrite":true}"#;
    for version in [1, 2] {
        assert_eq!(ssm(&door, "PutParameter", put).1["Version"], version);
    }
    let get = r#"{"Name":"/kafka-privatelink/orders/secrets/probe","WithDecryption":true}"#;
    let (status, answer) = ssm(&door, "GetParameter", get);
    assert_eq!(
        (status, &answer["Parameter"]["Value"]),
        (200, &"hunter2".into())
    );
    let path = r#"{"Path":"/kafka-privatelink/orders","Recursive":true}"#;
    let (_, below) = ssm(&door, "GetParametersByPath", path);
    assert_eq!(below["Parameters"][0]["Type"], "SecureString");
    assert_ne!(below["Parameters"][0]["Value"], "hunter2");
    assert_eq!(door.surprises(), Vec::<String>::new());
    for (action, wrong) in [
        ("GetParameter", get.replace("true", "false")),
        ("PutParameter", put.replace("true", "false")),
        ("PutParameter", put.replace("String", "SecureString")),
        ("PutParameter", put.replace("Overwrite", "Tier")),
    ] {
        assert_eq!(ssm(&door, action, &wrong).0, 400, "{wrong}");
    }
    assert_eq!(door.surprises().len(), 4, "{:?}", door.surprises());
}

#[tokio::test(start_paused = true)]
async fn an_invocation_is_a_path_and_its_error_a_header() {
    let (door, _) = with_nlb();
    let invoke = |name: &str, header: (&str, &str), body: &'static str| {
        let request = signed("lambda")
            .uri(format!("/2015-03-31/functions/{name}/invocations"))
            .header(header.0, header.1)
            .body(Bytes::from_static(body.as_bytes()))
            .unwrap();
        at_once(&door, &request)
    };
    let plain = ("x-amz-invocation-type", "RequestResponse");
    let probe = "ProbeBrokersFunction";
    let answer = invoke(probe, plain, r#"{"groups":{},"questions":[]}"#);
    assert_eq!(
        (answer.status().as_u16(), &answer.body()[..]),
        (200, &b"[]"[..])
    );
    assert!(answer.headers().get("x-amz-function-error").is_none());
    let failed = invoke(probe, plain, "{}");
    assert_eq!(failed.status(), 200);
    assert_eq!(failed.headers()["x-amz-function-error"], "Unhandled");
    let unknown = invoke("Other", plain, "{}");
    assert_eq!(unknown.status(), 404);
    let kind = &unknown.headers()["x-amzn-errortype"];
    assert_eq!(kind, "ResourceNotFoundException");
    assert_eq!(door.surprises(), Vec::<String>::new());
    for odd in [
        ("x-amz-invocation-type", "Event"),
        ("x-amz-log-type", "Tail"),
    ] {
        assert_eq!(invoke(probe, odd, "{}").status(), 400, "{odd:?}");
    }
    assert_eq!(invoke("a/b", plain, "{}").status(), 400);
    assert_eq!(door.surprises().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_took_long_has_the_date_at_which_it_is_given() {
    let (door, _) = with_nlb();
    door.deploy_probe(Arc::new(|_| {
        Box::pin(async {
            tokio::time::sleep(Duration::from_secs(90)).await;
            Ok(serde_json::json!([]))
        })
    }));
    let request = signed("lambda")
        .uri("/2015-03-31/functions/ProbeBrokersFunction/invocations")
        .body(Bytes::from_static(b"{}"))
        .unwrap();
    let answer = door.answer(&request).await;
    assert_eq!(answer.status(), 200);
    // It was asked at noon.
    assert_eq!(answer.headers()["date"], "Fri, 01 May 2026 12:01:30 GMT");
}
