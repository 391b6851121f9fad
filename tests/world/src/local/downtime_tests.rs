//! Lines of real logs, without the hundreds between them.

use super::*;

const V3_7_1: &str = "\
[2026-11-29 08:23:10,341] INFO Registered kafka:type=kafka.Log4jController MBean (kafka.utils.Log4jControllerRegistration$)
[2026-11-29 08:23:13,772] INFO [BrokerLifecycleManager id=2] The broker has been unfenced. Transitioning from RECOVERY to RUNNING. (kafka.server.BrokerLifecycleManager)
[2026-11-29 08:23:13,778] INFO [KafkaRaftServer nodeId=2] Kafka Server started (kafka.server.KafkaRaftServer)
[2026-11-29 08:23:17,685] INFO Terminating process due to signal SIGTERM (org.apache.kafka.common.utils.LoggingSignalHandler)
[2026-11-29 08:23:18,216] INFO [BrokerServer id=2] shut down completed (kafka.server.BrokerServer)
[2026-11-29 08:23:18,482] INFO Registered kafka:type=kafka.Log4jController MBean (kafka.utils.Log4jControllerRegistration$)
\tadvertised.listeners = INTERNAL://10.0.64.11:9092
[2026-11-29 08:23:20,383] INFO [BrokerLifecycleManager id=2] The broker has been unfenced. Transitioning from RECOVERY to RUNNING. (kafka.server.BrokerLifecycleManager)
[2026-11-29 08:23:20,388] INFO [KafkaRaftServer nodeId=2] Kafka Server started (kafka.server.KafkaRaftServer)
";

const V4_2_1: &str = "\
2026-11-29T08:23:35.852721934Z main ERROR Reconfiguration failed: No configuration found for '4e0e2f2a' at 'null' in 'null'
[2026-11-29 08:23:36,004] INFO Registered `kafka:type=kafka.Log4jController` MBean (kafka.utils.Log4jControllerRegistration$)
[2026-11-29 08:23:39,009] INFO [KafkaRaftServer nodeId=2] Kafka Server started (kafka.server.KafkaRaftServer)
[2026-11-29 08:23:42,116] INFO Terminating process due to signal SIGTERM (org.apache.kafka.common.utils.LoggingSignalHandler)
[2026-11-29 08:23:43,741] INFO Registered `kafka:type=kafka.Log4jController` MBean (kafka.utils.Log4jControllerRegistration$)
[2026-11-29 08:23:45,816] INFO [KafkaRaftServer nodeId=2] Kafka Server started (kafka.server.KafkaRaftServer)
";

const WITH_ZOOKEEPER: &str = "\
[2026-11-29 12:01:34,109] INFO Registered kafka:type=kafka.Log4jController MBean (kafka.utils.Log4jControllerRegistration$)
[2026-11-29 12:01:48,154] INFO [KafkaServer id=1] started (kafka.server.KafkaServer)
[2026-11-29 12:02:25,480] INFO Terminating process due to signal SIGTERM (org.apache.kafka.common.utils.LoggingSignalHandler)
[2026-11-29 12:02:28,382] INFO Registered kafka:type=kafka.Log4jController MBean (kafka.utils.Log4jControllerRegistration$)
[2026-11-29 12:02:34,087] INFO [KafkaServer id=1] started (kafka.server.KafkaServer)
";

fn down(from: &str, to: Option<&str>) -> Down {
    let at = |time: &str| format!("2026-11-29T{time}").parse().unwrap();
    let (from, to) = (at(from), to.map(at));
    Down { from, to }
}

#[test]
fn all_versions_say_when_they_were_told_to_end_and_when_they_serve_again() {
    let expected = down("08:23:17.685", Some("08:23:20.388"));
    let life = Life::told_by(V3_7_1);
    assert_eq!((life.starts, &life.down[..]), (2, &[expected][..]));
    assert_eq!(life.longest(), Some(Duration::from_millis(2703)));
    let expected = down("08:23:42.116", Some("08:23:45.816"));
    let life = Life::told_by(V4_2_1);
    assert_eq!((life.starts, &life.down[..]), (2, &[expected][..]));
    let expected = down("12:02:25.480", Some("12:02:34.087"));
    let life = Life::told_by(WITH_ZOOKEEPER);
    assert_eq!((life.starts, &life.down[..]), (2, &[expected][..]));
}

#[test]
fn the_first_start_is_no_outage() {
    let lines: Vec<&str> = V3_7_1.lines().take(3).collect();
    let life = Life::told_by(&lines.join("\n"));
    assert_eq!((life.starts, life.down.len()), (1, 0));
    assert_eq!(life.longest(), Some(Duration::ZERO));
}

#[test]
fn a_process_that_was_killed_was_down_since_its_last_word() {
    let lines = V3_7_1.lines();
    let lines: Vec<&str> = lines.filter(|line| !line.contains("SIGTERM")).collect();
    let killed: Vec<&str> = lines
        .into_iter()
        .filter(|line| !line.contains("shut down completed"))
        .collect();
    let life = Life::told_by(&killed.join("\n"));
    assert_eq!(life.down, [down("08:23:13.778", Some("08:23:20.388"))]);
}

#[test]
fn a_process_that_exits_before_it_serves_is_a_start_and_the_outage_goes_on() {
    let exited: Vec<&str> = V3_7_1.lines().take(6).collect();
    let life = Life::told_by(&exited.join("\n"));
    assert_eq!((life.starts, life.longest()), (2, None));
    assert_eq!(life.down, [down("08:23:17.685", None)]);
    let back: Vec<&str> = V3_7_1.lines().skip(5).collect();
    let life = Life::told_by(&[exited, back].concat().join("\n"));
    assert_eq!((life.starts, life.unserved), (3, 1));
    assert_eq!(life.down, [down("08:23:17.685", Some("08:23:20.388"))]);
}

#[test]
fn two_brokers_that_were_down_at_one_moment_are_found() {
    let of = |downs: [Down; 2]| {
        let lives = ["1", "2"].into_iter().zip(downs).map(|(node, down)| {
            let life = Life {
                starts: 2,
                unserved: 0,
                down: vec![down],
                ..Life::default()
            };
            (node.to_owned(), life)
        });
        Downtime(lives.collect())
    };
    let first = down("08:00:00", Some("08:00:05"));
    for (second, meet) in [
        (down("08:00:05", Some("08:00:09")), false),
        (down("07:59:00", Some("08:00:00")), false),
        (down("08:00:04.999", Some("08:00:09")), true),
        (down("08:00:01", Some("08:00:02")), true),
        (down("07:00:00", Some("09:00:00")), true),
        (down("08:00:04", None), true),
        (down("08:00:06", None), false),
        (down("07:00:00", None), true),
    ] {
        for downs in [[first, second], [second, first]] {
            let found = of(downs);
            assert_eq!(found.two_at_once().is_some(), meet, "{found:?}");
        }
    }
    // One broker twice is not two brokers.
    let life = Life {
        starts: 3,
        unserved: 0,
        down: vec![first, down("08:00:04", Some("08:00:06"))],
        ..Life::default()
    };
    assert_eq!(
        Downtime([("1".to_owned(), life)].into()).two_at_once(),
        None
    );
}

#[test]
fn the_active_controller_is_who_became_it_last() {
    let leads = |time: &str| {
        let line = "INFO [QuorumController id=1] Becoming the active controller at epoch 2, next write offset 1. (org.apache.kafka.controller.QuorumController)";
        Life::told_by(&format!("[2026-11-29 {time}] {line}\n"))
    };
    let (first, second) = (leads("08:00:01,000"), leads("08:00:05,000"));
    let told = Downtime([("1".to_owned(), second), ("2".to_owned(), first)].into());
    for (time, node) in [
        ("08:00:01", None),
        ("08:00:05", Some("2")),
        ("08:00:05.001", Some("1")),
    ] {
        let moment = format!("2026-11-29T{time}").parse().unwrap();
        assert_eq!(told.controller_at(moment), node, "{time}");
    }
}

#[test]
fn it_is_told_in_a_line_for_each_broker() {
    let lines = V3_7_1.lines();
    let failed: Vec<&str> = lines.clone().take(6).chain(lines.skip(5)).collect();
    let failed = Life::told_by(&failed.join("\n"));
    let told = Downtime(
        [
            ("2".to_owned(), Life::told_by(V3_7_1)),
            ("3".to_owned(), Life::default()),
            ("4".to_owned(), failed),
        ]
        .into(),
    );
    let lines: Vec<String> = told.lines().collect();
    assert_eq!(
        lines,
        [
            "broker 2: 1 first start + 1 restart, down for 2.7 s",
            "broker 3: never started, never down",
            "broker 4: 1 first start + 2 restarts (1 of them exited before it served), down for 2.7 s"
        ]
    );
}
