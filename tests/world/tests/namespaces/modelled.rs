//! The model and the data path together: real health checks decide, real connections follow.

use crate::inside::inside;
use crate::stage::{Stage, says};
use cloud::calls::NewTargetGroup;
use fleet::observed::HealthCheck;
use fleet::tags::Tags;
use fleet::words::{AzId, Port, TargetGroupArn, TargetGroupName};
use jiff::Timestamp;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use world::clock::Clock;
use world::model::{Consumer, Launch, Model, NewLoadBalancer, Settings, service_id};
use world::nlb::{Modelled, Nlb};

/// One AWS minute in 0.2 s.
const SCALE: u32 = 300;

#[test]
fn a_registered_broker_becomes_healthy_by_real_checks_and_is_reached() {
    inside!(
        a_registered_broker_becomes_healthy_by_real_checks_and_is_reached,
        async {
            let clock = Clock::new(Timestamp::UNIX_EPOCH, SCALE);
            let mut model = Model::new(Settings {
                simulated_health: false,
                ..Settings::default()
            });
            let now = clock.now();
            let nlb = NewLoadBalancer::named("kafka").zones(&["usw2-az1", "usw2-az2"]);
            let nlb = model.create_load_balancer(now, nlb).unwrap();
            let service = model.create_endpoint_service(now, &nlb).unwrap();
            let consumer = Consumer::of("111122223333");
            let endpoint = model.consumer_is_connected(now, &consumer, &service);
            let port = Port::new(39092).unwrap();
            let group = NewTargetGroup {
                name: TargetGroupName::from("broker-1"),
                vpc: Settings::default().vpc,
                port,
                health_check: HealthCheck {
                    protocol: "TCP".to_owned(),
                    port: "traffic-port".to_owned(),
                    interval_seconds: 10,
                    healthy_threshold: 3,
                    unhealthy_threshold: 2,
                },
                tags: Tags::new(),
            };
            let group = model.create_target_group(now, &group).unwrap();
            let listener = Port::new(9093).unwrap();
            model
                .create_listener(now, &nlb, listener, &group, &Tags::new())
                .unwrap();
            let launch = Launch::in_zone(AzId::from("usw2-az1")).private_ip([10, 0, 0, 11].into());
            let instance = model.run_instance(now, launch).unwrap();
            let running = Settings::default().boot_time + Duration::from_secs(1);
            clock.sleep(running).await;
            model
                .register_targets(clock.now(), &group, &[(instance, None)])
                .unwrap();

            let model = Arc::new(Mutex::new(model));
            let stage = Stage::open().await;
            let mut settings = world::nlb::Settings::new(&clock, vec![stage.endpoint.clone()]);
            settings.endpoints[0].id = endpoint.clone();
            let modelled = Modelled::new(Arc::clone(&model), clock.clone());
            let nlb = Nlb::start(modelled, settings);
            let broker = stage.broker(1).await;
            becomes(&model, &clock, &group, "healthy").await;
            nlb.caught_up().await;
            let answer = stage.consumer_asks("b1.usw2-az1.example.test:9093").await;
            assert_eq!(answer, Ok(says(1)));

            // The owner of the service rejects the consumer.
            let (now, ends) = (clock.now(), [endpoint]);
            let id = service_id(&service);
            let rejected = model.lock().unwrap().reject_connections(now, &id, &ends);
            assert_eq!(rejected, Ok(Vec::new()));
            nlb.caught_up().await;
            let refused = stage.consumer_asks("b1.usw2-az1.example.test:9093").await;
            assert!(refused.is_err(), "{refused:?}");

            // The broker's host dies; EC2 still says that it runs.
            broker.kill().await.unwrap();
            becomes(&model, &clock, &group, "unhealthy").await;
        }
    );
}

async fn becomes(model: &Mutex<Model>, clock: &Clock, group: &TargetGroupArn, wanted: &str) {
    let state = || {
        let mut model = model.lock().unwrap();
        let targets = model.describe_target_health(clock.now(), group).unwrap();
        targets[0].state.as_str().to_owned()
    };
    while state() != wanted {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
