//! The local NLB with real hosts: what a consumer and the brokers see while the mapping changes.

use crate::inside::{CEILING, ask, host, inside, sh};
use crate::stage::{ENDPOINT, Held, Stage, forward, says, target};
use fleet::observed::TargetState::{Draining, Healthy, Initial, Unhealthy};
use fleet::words::{Port, TargetGroupArn};
use std::net::Ipv4Addr;
use world::hosts::Bridge;
use world::model::forwarding::HealthCheckDue;
use world::nlb::Endpoint;

#[test]
fn each_port_leads_to_its_broker_by_the_endpoints_names() {
    inside!(
        each_port_leads_to_its_broker_by_the_endpoints_names,
        async {
            let stage = Stage::open().await;
            let (_one, _two) = (stage.broker(1).await, stage.broker(2).await);
            stage
                .map(vec![
                    forward(9093, vec![target(1, Healthy)]),
                    forward(9094, vec![target(2, Healthy)]),
                ])
                .await;
            for (name, n) in [
                ("b1.usw2-az1.example.test:9093", 1),
                ("b2.usw2-az2.example.test:9094", 2),
                ("172.20.2.10:9093", 1),
            ] {
                assert_eq!(stage.consumer_asks(name).await, Ok(says(n)), "{name}");
            }
            let closed = stage.consumer_asks("172.20.1.10:9095").await.unwrap_err();
            assert!(closed.contains("refused"), "{closed}");
        }
    );
}

#[test]
fn f21_a_rejected_connection_is_cut_on_its_socket_and_a_second_consumers_is_not() {
    inside!(
        f21_a_rejected_connection_is_cut_on_its_socket_and_a_second_consumers_is_not,
        async {
            let stage = Stage::open().await;
            let _one = stage.broker(1).await;
            stage
                .map(vec![forward(9093, vec![target(1, Healthy)])])
                .await;
            // Another account's endpoint, which waits to be accepted.
            let address = Ipv4Addr::new(172, 20, 11, 10);
            let add = stage.network.add_address(Bridge::Consumer, address);
            add.await.unwrap();
            stage.nlb.add_endpoint(Endpoint {
                id: "vpce-2".into(),
                addresses: [("usw2-az1".into(), address)].into(),
            });
            let second = host(&stage.network, "second", [172, 20, 0, 12], "").await;
            let pending = ask(&second, "172.20.11.10:9093").await.unwrap_err();
            assert!(pending.contains("refused"), "{pending}");

            // It is accepted.
            stage.carry(&[(ENDPOINT, 0), ("vpce-2", 0)]).await;
            let mut first = Held::open(&stage.consumer, "172.20.1.10:9093").await;
            let mut second = Held::open(&second, "172.20.11.10:9093").await;
            assert_eq!(first.next().await, says(1));
            assert_eq!(second.next().await, says(1));

            // The first one is rejected.
            stage.carry(&[("vpce-2", 0)]).await;
            let mut line = first.next().await;
            while line == says(1) {
                line = first.next().await;
            }
            assert!(line.contains("reset"), "{line}");
            let refused = first.next().await;
            assert!(refused.contains("refused"), "{refused}");
            assert_eq!(first.end().await.1, 1);
            assert_eq!(second.next().await, says(1));
            assert_eq!(second.end().await.1, 0);
        }
    );
}

#[test]
fn a_target_sees_the_node_as_its_client() {
    inside!(a_target_sees_the_node_as_its_client, async {
        let stage = Stage::open().await;
        let one = stage.broker(1).await;
        stage
            .map(vec![forward(9093, vec![target(1, Healthy)])])
            .await;
        let mut held = Held::open(&stage.consumer, "172.20.2.10:9093").await;
        assert_eq!(held.next().await, says(1));
        // 10.0.64.5 in the kernel's spelling.
        let table = sh(&one, "cat /proc/net/tcp").await;
        assert!(table.contains("0540000A:"), "{table}");
        assert!(!table.contains("0B0014AC:"), "{table}");
    });
}

#[test]
fn changes_of_one_listener_disturb_no_other_and_no_connection() {
    inside!(
        changes_of_one_listener_disturb_no_other_and_no_connection,
        async {
            let stage = Stage::open().await;
            let (_one, _two) = (stage.broker(1).await, stage.broker(2).await);
            let first = || forward(9093, vec![target(1, Healthy)]);
            let second = || forward(9094, vec![target(2, Healthy)]);
            stage.map(vec![first(), second()]).await;
            let mut to_first = Held::open(&stage.consumer, "172.20.1.10:9093").await;
            let mut to_second = Held::open(&stage.consumer, "172.20.1.10:9094").await;
            assert_eq!(to_first.next().await, says(1));
            assert_eq!(to_second.next().await, says(2));

            // The second listener is re-pointed: new connections go to the new group.
            let mut moved = first();
            moved.port = Port::new(9094).unwrap();
            stage.map(vec![first(), moved]).await;
            assert_eq!(stage.consumer_asks("172.20.1.10:9094").await, Ok(says(1)));
            assert_eq!(to_second.next().await, says(2));

            // It is deleted: there are no new connections.
            stage.map(vec![first()]).await;
            stage.consumer_asks("172.20.1.10:9094").await.unwrap_err();
            assert_eq!(to_second.next().await, says(2));
            assert_eq!(to_first.next().await, says(1));
            assert_eq!(to_first.end().await.1, 0);
            let (answers, breaks) = to_second.end().await;
            assert!(answers >= 3 && breaks == 0, "{answers} {breaks}");
        }
    );
}

#[test]
fn deregistering_lets_connections_live_until_the_delay_ends() {
    inside!(
        deregistering_lets_connections_live_until_the_delay_ends,
        async {
            let stage = Stage::open().await;
            let (_one, _two) = (stage.broker(1).await, stage.broker(3).await);
            stage
                .map(vec![forward(9093, vec![target(1, Healthy)])])
                .await;
            let mut held = Held::open(&stage.consumer, "172.20.1.10:9093").await;
            assert_eq!(held.next().await, says(1));

            let both = vec![target(1, Draining), target(3, Initial)];
            stage.map(vec![forward(9093, both)]).await;
            assert_eq!(stage.consumer_asks("172.20.1.10:9093").await, Ok(says(3)));
            assert_eq!(held.next().await, says(1));

            stage
                .map(vec![forward(9093, vec![target(3, Healthy)])])
                .await;
            while held.next().await == says(1) {}
            assert_eq!(held.next().await, says(3));
            assert_eq!(held.end().await.1, 1);
        }
    );
}

#[test]
fn becoming_unhealthy_resets_connections_and_then_fails_open() {
    inside!(
        becoming_unhealthy_resets_connections_and_then_fails_open,
        async {
            let stage = Stage::open().await;
            let _one = stage.broker(1).await;
            stage
                .map(vec![forward(9093, vec![target(1, Healthy)])])
                .await;
            let mut held = Held::open(&stage.consumer, "172.20.1.10:9093").await;
            assert_eq!(held.next().await, says(1));
            stage
                .map(vec![forward(9093, vec![target(1, Unhealthy)])])
                .await;
            let mut line = held.next().await;
            while line == says(1) {
                line = held.next().await;
            }
            assert!(line.contains("reset"), "{line}");
            assert_eq!(held.next().await, says(1));
            stage.nlb.caught_up().await;
            assert_eq!(held.next().await, says(1));
            assert_eq!(held.end().await.1, 1);
        }
    );
}

#[test]
fn with_cross_zone_off_a_broker_is_reached_through_its_own_zone_only() {
    inside!(
        with_cross_zone_off_a_broker_is_reached_through_its_own_zone_only,
        async {
            let stage = Stage::open().await;
            let _one = stage.broker(1).await;
            let mut own_zone = forward(9093, vec![target(1, Healthy)]);
            own_zone.cross_zone = false;
            stage.map(vec![own_zone]).await;
            assert_eq!(stage.consumer_asks("172.20.1.10:9093").await, Ok(says(1)));
            let reset = stage.consumer_asks("172.20.2.10:9093").await.unwrap_err();
            assert!(reset.contains("reset"), "{reset}");
        }
    );
}

#[test]
fn a_broker_reaches_itself_only_without_client_addresses() {
    inside!(
        a_broker_reaches_itself_only_without_client_addresses,
        async {
            let stage = Stage::open().await;
            let (one, two) = (stage.broker(1).await, stage.broker(2).await);
            let mut mapping = forward(9093, vec![target(1, Healthy)]);
            stage.map(vec![mapping.clone()]).await;
            assert_eq!(ask(&one, "10.0.0.5:9093").await, Ok(says(1)));
            mapping.preserve_client_ip = true;
            stage.map(vec![mapping]).await;
            ask(&one, "10.0.0.5:9093").await.unwrap_err();
            assert_eq!(ask(&two, "10.0.0.5:9093").await, Ok(says(1)));
            assert_eq!(stage.consumer_asks("172.20.1.10:9093").await, Ok(says(1)));
        }
    );
}

#[test]
fn health_checks_are_real_connections_from_the_node() {
    inside!(health_checks_are_real_connections_from_the_node, async {
        let stage = Stage::open().await;
        let one = stage.broker(1).await;
        // Up, without a broker; and an address without a host.
        let _two = host(&stage.network, "empty", [10, 0, 0, 12], "").await;
        stage.told.0.lock().unwrap().due = (1..4)
            .map(|n| target(n, Initial))
            .map(|target| HealthCheckDue {
                group: TargetGroupArn::from("group"),
                instance: target.instance,
                from: Ipv4Addr::new(10, 0, 64, 5),
                address: target.address,
                port: target.port,
            })
            .collect();
        let mut checked = Vec::new();
        while checked.len() < 3 {
            stage.nlb.caught_up().await;
            checked.clone_from(&stage.told.0.lock().unwrap().checked);
        }
        checked.sort();
        let at = |n| target(n, Initial).address;
        assert_eq!(checked, [(at(1), true), (at(2), false), (at(3), false)]);
        // The broker sees a connection that came and went.
        while sh(&one, "cat /proc/net/tcp").await.contains("0540000A:") {
            stage.nlb.caught_up().await;
        }
    });
}

#[test]
fn the_death_of_a_host_is_seen_by_who_is_connected() {
    inside!(the_death_of_a_host_is_seen_by_who_is_connected, async {
        let stage = Stage::open().await;
        let one = stage.broker(1).await;
        stage
            .map(vec![forward(9093, vec![target(1, Healthy)])])
            .await;
        let mut held = Held::open(&stage.consumer, "172.20.1.10:9093").await;
        assert_eq!(held.next().await, says(1));
        assert_eq!(stage.nlb.connections(), 1);
        one.kill().await.unwrap();
        while held.next().await == says(1) {}
        assert!(held.end().await.1 >= 1);
        let forgotten = async {
            while stage.nlb.connections() > 0 {
                stage.nlb.caught_up().await;
            }
        };
        tokio::time::timeout(CEILING, forgotten).await.unwrap();
    });
}
