//! Two consumers of two accounts before one broker: allowed, pending, accepted, cut.

use crate::inside::{WORLD, inside};
use cloud::calls::NewTargetGroup;
use fleet::observed::{HealthCheck, InstanceState, TargetState};
use fleet::tags::Tags;
use fleet::words::{Port, TargetGroupArn};
use std::time::Duration;
use world::local::{BIND_PORT, DOMAIN, LocalAws, LocalSettings};
use world::model::Settings;

const TEMPLATE: &str = include_str!("../../../../infra/template.yaml");
/// One AWS minute in 0.2 s.
const SCALE: u32 = 300;
const SECOND: &str = "444455556666";
const ROOT: &str = "arn:aws:iam::444455556666:root";

/// Broker 1 on port 9093, mapped by hand: there is no function here.
async fn map(aws: &LocalAws) {
    let instance = aws.launch("1", "usw2-az1").unwrap();
    let state = |state: &InstanceState| {
        let model = aws.model();
        let mut all = model.instances();
        all.any(|record| record.id == instance && record.state == *state)
    };
    await_that(aws, || state(&InstanceState::Running)).await;
    let port = |number| Port::new(number).unwrap();
    let group = NewTargetGroup {
        name: "broker-1".into(),
        vpc: Settings::default().vpc,
        port: port(BIND_PORT),
        health_check: HealthCheck {
            protocol: "TCP".to_owned(),
            port: "traffic-port".to_owned(),
            interval_seconds: 10,
            healthy_threshold: 2,
            unhealthy_threshold: 2,
        },
        tags: Tags::new(),
    };
    let now = aws.clock.now();
    let nlb = aws.load_balancer.clone();
    let group: TargetGroupArn = aws.model().by_hand(|model| {
        let group = model.create_target_group(now, &group).unwrap();
        let listener = model.create_listener(now, &nlb, port(9093), &group, &Tags::new());
        listener.unwrap();
        let registered = model.register_targets(now, &group, &[(instance.clone(), None)]);
        registered.unwrap();
        group
    });
    let is_healthy = || {
        let now = aws.clock.now();
        let seen = aws
            .model()
            .by_hand(|model| model.describe_target_health(now, &group));
        seen.unwrap()[0].state == TargetState::Healthy
    };
    await_that(aws, is_healthy).await;
    aws.nlb.caught_up().await;
}

/// Lets time pass until something is so.
async fn await_that(aws: &LocalAws, is_so: impl Fn() -> bool) {
    loop {
        aws.model().advance(aws.clock.now());
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[test]
fn a_second_consumer_is_allowed_accepted_and_cut_and_the_first_one_never_notices() {
    inside!(
        a_second_consumer_is_allowed_accepted_and_cut_and_the_first_one_never_notices,
        async {
            let settings = LocalSettings::new(SCALE).roles(WORLD);
            let aws = LocalAws::start(TEMPLATE, settings).await.unwrap();
            map(&aws).await;
            let name = format!("b1.usw2-az1.{DOMAIN}:9093");
            let first = aws.consumer.hold(&name).await.unwrap();

            // Not allowed, it finds no service; allowed, it waits.
            let verb = async |line: &str| aws.verb(line).await;
            let refused = verb(&format!("connect {SECOND}")).await.unwrap_err();
            assert!(refused.starts_with("InvalidServiceName"), "{refused}");
            verb(&format!("allow {ROOT}")).await.unwrap();
            verb(&format!("connect {SECOND}")).await.unwrap();
            let ask = format!("ask-from {SECOND} {name}");
            let refused = verb(&ask).await.unwrap_err();
            assert!(refused.contains("refused"), "{refused}");

            // Accepted, it reaches the broker as soon as it is available.
            let second = aws.consumer_of(SECOND).await.unwrap();
            let end = second.endpoint().clone();
            verb(&format!("accept {end}")).await.unwrap();
            let carries = || aws.model().carrying(aws.clock.now()).contains_key(&end);
            await_that(&aws, carries).await;
            aws.nlb.caught_up().await;
            let answered = verb(&ask).await.unwrap();
            assert!(answered.starts_with("broker 1 on i-"), "{answered}");
            let mut held = second.hold(&name).await.unwrap();

            // Taking its permission away does nothing to it; rejecting it cuts it.
            verb(&format!("disallow {ROOT}")).await.unwrap();
            aws.nlb.caught_up().await;
            assert_eq!(verb(&ask).await, Ok(answered));
            verb(&format!("reject {end}")).await.unwrap();
            let broken = held.broken().await.unwrap();
            assert!(broken.contains("reset"), "{broken}");
            let refused = verb(&ask).await.unwrap_err();
            assert!(refused.contains("refused"), "{refused}");
            let again = verb(&format!("accept {end}")).await.unwrap_err();
            assert!(again.contains("InvalidState"), "{again}");
            let shown = verb("connections").await.unwrap();
            let line = format!("{end} of {SECOND}: rejected, cut 1 times");
            assert!(shown.lines().any(|shown| shown == line), "{shown}");

            assert!(first.release().await.unwrap() > 0);
        }
    );
}
