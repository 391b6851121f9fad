//! What is asked, and what becomes of answers that are none.

use super::*;
use crate::look::scope;
use crate::observe::observe;
use cloud::call::Call;
use cloud::fake::{Fake, soon};
use cloud::pacing::{Pace, Paced};
use fleet::observed::{LoadBalancerNode, Seen};
use fleet::proof::Row;
use fleet::tags;
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::time::Instant;

const SASL: &str = r#"{"pattern":"<b>.<az>.abc.example.com:<p>","protocol":"SASL_PLAINTEXT","secret":"/kafka-privatelink/orders/secrets/probe"}"#;
const USER: &str = r#"{"mechanism":"SCRAM-SHA-256","username":"probe","password":"hunter2"}"#;

/// Two brokers that can be dialled.
fn two() -> Fake {
    let mut aws = Fake::of(2);
    aws.nodes.push(LoadBalancerNode {
        az_id: Some("usw2-az1".into()),
        az_name: Some("us-west-2a".into()),
        address: Ipv4Addr::new(10, 0, 0, 200),
    });
    for (node, instance) in (1u8..).zip(&mut aws.instances) {
        instance.private_ip = Some(Ipv4Addr::new(10, 0, 0, 10 + node));
        let node_id = (tags::NODE_ID.to_owned(), node.to_string());
        instance.tags.extend([node_id]);
    }
    aws
}

/// The same, with this parameter and protocol.
fn speaking(parameter: &str, protocol: &str) -> Fake {
    let mut aws = two();
    aws.parameters.clear();
    aws.parameter("listeners/EXTERNAL", parameter);
    for tags in aws.tags.values_mut() {
        tags.entry(tags::PROTOCOL.to_owned())
            .and_modify(|tag| *tag = protocol.to_owned());
    }
    aws
}

async fn table(aws: &Fake) -> Seen<Vec<Row>> {
    let pace = &Pace::default();
    observe(Paced { aws, pace }, &scope(), soon()).await.proof
}

fn told(table: Seen<Vec<Row>>) -> Vec<String> {
    let rows = table.expect("a table");
    rows.iter().map(ToString::to_string).collect()
}

#[tokio::test(start_paused = true)]
async fn every_port_bootstrap_and_every_broker_is_asked_in_one_invocation() {
    let aws = two();
    assert_eq!(
        told(table(&aws).await),
        [
            "EXTERNAL broker 1 through the NLB, 10.0.0.200:9093: proven",
            "EXTERNAL broker 2 through the NLB, 10.0.0.200:9094: proven",
            "EXTERNAL bootstrap through the NLB, 10.0.0.200:9092: proven: broker 1 answered",
            "EXTERNAL broker 1 directly (i-1), 10.0.0.11:39092: proven",
            "EXTERNAL broker 2 directly (i-2), 10.0.0.12:39092: proven",
        ]
    );
    assert_eq!(aws.asked_of(Call::InvokeFunction), ["probe"]);
    assert_eq!(aws.asked_of(Call::GetParameter), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn without_addresses_nobody_is_asked_and_each_row_says_why() {
    let mut aws = two();
    aws.nodes.clear();
    aws.instances[0].private_ip = None;
    let rows = told(table(&aws).await);
    let nlb =
        "not provable, because the NLB shows no network interface; it has some when it is active";
    assert_eq!(
        rows[0],
        format!("EXTERNAL broker 1 through the NLB, port 9093: {nlb}")
    );
    assert_eq!(
        rows[2],
        format!("EXTERNAL bootstrap through the NLB, port 9092: {nlb}")
    );
    assert_eq!(
        rows[3],
        "EXTERNAL broker 1 directly (i-1), port 39092: not provable, because EC2 shows no private address of its instance"
    );
    assert_eq!(
        rows[4],
        "EXTERNAL broker 2 directly (i-2), 10.0.0.12:39092: proven"
    );
}

#[tokio::test(start_paused = true)]
async fn a_secret_is_read_and_given_and_a_wrong_one_says_which() {
    let with = |secret: &str| {
        let mut aws = speaking(SASL, "SASL_PLAINTEXT");
        let name = "/kafka-privatelink/orders/secrets/probe".into();
        aws.secrets.insert(name, secret.to_owned());
        aws
    };
    let aws = with(USER);
    assert_eq!(told(table(&aws).await).len(), 5);
    assert_eq!(
        aws.asked_of(Call::GetParameter),
        ["/kafka-privatelink/orders/secrets/probe"]
    );

    let aws = with("hunter2");
    let rows = told(table(&aws).await);
    assert!(
        rows[0].contains("not provable, because the secret of EXTERNAL, /kafka-privatelink/orders/secrets/probe, is not the JSON"),
        "{rows:?}"
    );
    assert!(!rows.concat().contains("hunter2"));
    assert_eq!(aws.asked_of(Call::InvokeFunction), [""; 0]);

    for (code, says) in [
        ("ParameterNotFound", "does not exist"),
        (
            "AccessDeniedException",
            "could not be read: permission missing: allow ssm:GetParameter",
        ),
    ] {
        let aws = with(USER);
        aws.fails(Call::GetParameter, "", code);
        let rows = told(table(&aws).await);
        assert!(rows.iter().all(|row| row.contains(says)), "{rows:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn sasl_without_a_secret_is_said() {
    let parameter = r#"{"pattern":"<b>.<az>.abc.example.com:<p>","protocol":"SASL_SSL"}"#;
    let aws = speaking(parameter, "SASL_SSL");
    let rows = told(table(&aws).await);
    assert_eq!(rows.len(), 5);
    let parameter = "/kafka-privatelink/orders/listeners/EXTERNAL";
    assert!(
        rows[0].contains(&format!(
            "parameter {parameter} names no \"secret\", and its protocol needs a user"
        )),
        "{rows:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_fails_or_answers_something_else_is_a_gap() {
    let aws = two();
    aws.fails(Call::InvokeFunction, "", "AccessDeniedException");
    let gap = table(&aws).await.expect_err("a gap").to_string();
    assert!(gap.contains("allow lambda:InvokeFunction"), "{gap}");

    let mut aws = two();
    aws.probe = |_| "{}".to_owned();
    let gap = table(&aws).await.expect_err("a gap").to_string();
    assert!(
        gap.contains("the proof, by probe: its answer is not the proof"),
        "{gap}"
    );

    let mut aws = two();
    aws.probe = |_| "[]".to_owned();
    let gap = table(&aws).await.expect_err("a gap").to_string();
    assert!(gap.contains("0 rows to 5 questions"), "{gap}");
}

#[tokio::test(start_paused = true)]
async fn with_nothing_mapped_nobody_is_invoked() {
    let mut aws = two();
    aws.parameters.clear();
    assert_eq!(told(table(&aws).await), [""; 0]);
    assert_eq!(aws.asked_of(Call::InvokeFunction), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_never_answers_or_has_no_time_left_is_a_gap_in_time() {
    let mut aws = two();
    let pace = Pace::default();
    let seen = Paced {
        aws: &aws,
        pace: &pace,
    };
    let observed = observe(seen, &scope(), soon()).await;
    let asked_before = aws.asked_of(Call::InvokeFunction).len();
    aws.latency = Duration::from_secs(1_000_000);
    let prove_within = async |seconds| {
        let begin = Instant::now();
        let until = begin + Duration::from_secs(seconds);
        let paced = Paced {
            aws: &aws,
            pace: &pace,
        };
        let gap = prove(&Eyes { paced, until }, &scope(), &observed).await;
        (
            gap.expect_err("a gap").to_string(),
            begin.elapsed().as_secs(),
        )
    };
    let asked = || aws.asked_of(Call::InvokeFunction).len() - asked_before;
    let (hung, seconds) = prove_within(15).await;
    assert!(hung.contains("no time was left"), "{hung}");
    assert_eq!((seconds, asked()), (15, 1));
    let (late, seconds) = prove_within(14).await;
    assert_eq!(
        late,
        "the proof, by probe: not asked: less than 15 s of this run were left"
    );
    assert_eq!((seconds, asked()), (0, 1));
}
