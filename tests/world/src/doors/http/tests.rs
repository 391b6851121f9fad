//! Requests as the SDK sends them, answers as it reads them. (Each call through the real SDK is
//! tested at the workspace's wire level.)

mod callers;
mod commands;
mod mapping;
mod other_services;
mod principals;
mod proof;

use super::*;
use crate::model::{NewLoadBalancer, Settings};
use cloud::call::Call;
use fleet::words::LoadBalancerArn;
use futures::FutureExt;
use jiff::Timestamp;

fn at_start() -> Timestamp {
    "2026-05-01T12:00:00.250Z".parse().unwrap()
}

/// A door whose clock stands still: tests here run on paused time.
fn door(settings: Settings) -> Door {
    let model = Model::new(settings);
    Door::new(Arc::new(Mutex::new(model)), Clock::new(at_start(), 1))
}

fn with_nlb() -> (Door, LoadBalancerArn) {
    let door = door(Settings::default());
    let arn = lock(&door.model)
        .create_load_balancer(at_start(), NewLoadBalancer::named("kafka"))
        .unwrap();
    (door, arn)
}

/// The answer; only a process behind the door takes its time.
fn at_once(door: &Door, request: &Request<Bytes>) -> Response<Bytes> {
    let answer = door.answer(request).now_or_never();
    answer.expect("an answer at once")
}

fn signed(service: &str) -> http::request::Builder {
    let scope = format!("AKIA/20260501/us-west-2/{service}/aws4_request");
    Request::builder().method("POST").uri("/").header(
        "authorization",
        format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00"),
    )
}

/// Sends a query and answers status and body.
fn query(door: &Door, service: &str, version: &str, parameters: &[(&str, &str)]) -> (u16, String) {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.append_pair("Version", version);
    body.extend_pairs(parameters);
    let request = signed(service).body(Bytes::from(body.finish())).unwrap();
    let response = at_once(door, &request);
    let text = String::from_utf8(response.body().to_vec()).unwrap();
    (response.status().as_u16(), text)
}

fn elb(door: &Door, parameters: &[(&str, &str)]) -> (u16, String) {
    query(door, "elasticloadbalancing", "2015-12-01", parameters)
}

/// The text of the first element of this name.
fn text_of(xml: &str, element: &str) -> String {
    let (_, rest) = xml
        .split_once(&format!("<{element}>"))
        .unwrap_or_else(|| panic!("no {element} in {xml}"));
    rest.split('<').next().unwrap_or_default().to_owned()
}

fn create_group(door: &Door, name: &str) -> String {
    let (status, body) = elb(
        door,
        &[
            ("Action", "CreateTargetGroup"),
            ("Name", name),
            ("Protocol", "TCP"),
            ("Port", "39092"),
            ("VpcId", "vpc-00000000000000001"),
            ("HealthCheckProtocol", "TCP"),
            ("HealthCheckPort", "traffic-port"),
            ("HealthCheckIntervalSeconds", "10"),
            ("HealthyThresholdCount", "2"),
            ("UnhealthyThresholdCount", "2"),
            ("TargetType", "instance"),
            ("Tags.member.1.Key", "kafka-privatelink:cluster"),
            ("Tags.member.1.Value", "orders + more"),
        ],
    );
    assert_eq!(status, 200, "{body}");
    text_of(&body, "TargetGroupArn")
}

#[tokio::test(start_paused = true)]
async fn every_answer_has_the_worlds_date_and_a_request_id() {
    let (door, nlb) = with_nlb();
    let body =
        format!("Action=DescribeLoadBalancers&Version=2015-12-01&LoadBalancerArns.member.1={nlb}");
    let request = signed("elasticloadbalancing").body(body.into()).unwrap();
    let response = at_once(&door, &request);
    assert_eq!(response.headers()["date"], "Fri, 01 May 2026 12:00:00 GMT");
    let id = response.headers()["x-amzn-requestid"].to_str().unwrap();
    let body = String::from_utf8(response.body().to_vec()).unwrap();
    assert_eq!(text_of(&body, "RequestId"), id);
    assert!(body.starts_with(
        "<DescribeLoadBalancersResponse \
         xmlns=\"http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/\">\
         <DescribeLoadBalancersResult><LoadBalancers><member>"
    ));
    assert_eq!(text_of(&body, "LoadBalancerArn"), nlb.as_str());
    assert_eq!(text_of(&body, "ZoneName"), "us-west-2a");
}

#[tokio::test(start_paused = true)]
async fn an_error_of_the_model_has_its_code_and_is_no_surprise() {
    let (door, _) = with_nlb();
    let (status, body) = elb(
        &door,
        &[
            ("Action", "DescribeLoadBalancers"),
            (
                "LoadBalancerArns.member.1",
                "arn:aws:elasticloadbalancing:us-west-2:1:loadbalancer/net/no/0",
            ),
        ],
    );
    assert_eq!(status, 400);
    assert!(body.starts_with("<ErrorResponse"), "{body}");
    assert_eq!(text_of(&body, "Code"), "LoadBalancerNotFound");
    assert_eq!(door.surprises(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn lists_come_in_pages_with_a_marker() {
    let door = door(Settings {
        page_size: Some(1),
        ..Settings::default()
    });
    create_group(&door, "kpl-one");
    create_group(&door, "kpl-two");
    let action = ("Action", "DescribeTargetGroups");
    let (_, first) = elb(&door, &[action]);
    let marker = text_of(&first, "NextMarker");
    let (_, second) = elb(&door, &[action, ("Marker", &marker)]);
    assert!(!second.contains("NextMarker"));
    assert_ne!(
        text_of(&first, "TargetGroupName"),
        text_of(&second, "TargetGroupName")
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_not_known_is_refused_by_name_and_written_down() {
    let (door, nlb) = with_nlb();
    let unsigned = Request::new(Bytes::from(
        "Action=DescribeTargetGroups&Version=2015-12-01",
    ));
    assert_eq!(at_once(&door, &unsigned).status(), 403);
    let (status, body) = elb(&door, &[("Action", "DescribeRules")]);
    assert_eq!(
        (status, text_of(&body, "Code").as_str()),
        (400, "InvalidAction")
    );
    let (status, body) = elb(
        &door,
        &[
            ("Action", "DescribeListeners"),
            ("LoadBalancerArn", nlb.as_str()),
            ("Colour", "red"),
        ],
    );
    assert_eq!(
        (status, text_of(&body, "Code").as_str()),
        (400, "ValidationError")
    );
    let (_, body) = query(
        &door,
        "ec2",
        "2016-11-15",
        &[("Action", "DescribeInstances"), ("InstanceId.1", "i-1")],
    );
    assert_eq!(text_of(&body, "Code"), "UnknownParameter");
    let surprises = door.surprises();
    assert_eq!(surprises.len(), 4, "{surprises:?}");
    assert!(surprises[0].contains("Authentication Token"));
    assert!(surprises[1].contains("LoadBalancing DescribeRules"));
    assert!(surprises[2].contains("Colour"));
    assert!(surprises[3].contains("InstanceId"));
    assert_eq!(
        lock(&door.model).calls().len(),
        0,
        "the model saw none of them"
    );
}

#[tokio::test]
async fn the_door_is_served_over_tcp() {
    let (door, _) = with_nlb();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let http = HttpDoor::serve(listener, door).unwrap();
    let stream = tokio::net::TcpStream::connect(http.address())
        .await
        .unwrap();
    let io = hyper_util::rt::TokioIo::new(stream);
    let (mut client, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
    tokio::spawn(connection);
    let body = Bytes::from("Action=DescribeTargetGroups&Version=2015-12-01");
    let request = signed("elasticloadbalancing")
        .header("host", http.address().to_string())
        .body(http_body_util::Full::new(body))
        .unwrap();
    let response = client.send_request(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let dates = response.headers().get_all("date").iter().count();
    assert_eq!(dates, 1, "the world's date and not the server's");
    let calls = lock(&http.door().model).calls().clone();
    assert_eq!(calls.get(&Call::DescribeTargetGroups), Some(&1));
    assert!(http.url().starts_with("http://127.0.0.1:"));
}
