//! The real binary in the whole world: what `cargo demo` shows is what holds, and what a person
//! types at a world that stays up works.

use std::io::Write;
use std::process::{Command, Output, Stdio};
use tests::built::binary;

fn demo(options: &[&str], typed: &str) -> (Output, String) {
    let world = binary("world");
    // Each demo has real brokers of its own.
    let _beside = world::kafka::beside().expect("its turn");
    let mut child = Command::new(world)
        .arg("demo")
        .args(options)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the demo starts");
    let mut input = child.stdin.take().expect("a standard input");
    input.write_all(typed.as_bytes()).expect("typed");
    drop(input);
    let output = child.wait_with_output().expect("the demo ends");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = said + &String::from_utf8_lossy(&output.stderr);
    (output, said)
}

#[test]
fn the_demo_rolls_and_renames_brokers_and_proves_every_port() {
    holds(
        "2,3,4,5",
        21,
        &[
            "\"endpoint_service_name\": \"com.amazonaws.vpce.us-west-2.vpce-svc-",
            "INTERNAL, from a client in the VPC: 10 messages produced, 10 read back from 3 partitions",
            "EXTERNAL, from the consumer, through its endpoint: 10 messages produced, 10 read back from 3 partitions",
            "allow arn:aws:iam::444455556666:root: listed, and not allowed yet",
            "of account 444455556666 is accepted when a listener group is handed over",
            "EXTERNAL, from account 444455556666: 10 messages produced, 10 read back from",
            "of account 777788889999 has waited for",
            "the connection that account 444455556666 kept open: it was cut: Connection reset by peer",
            "a new one of account 444455556666: b1.usw2-az1.xyz.us-west-2.aws.3199015.tidbcloud.com:9093: no connection: Connection refused",
            "✓ proven: broker ",
            "wrong broker: reached 2, expected 1",
            "point listener 9093 at EXTERNAL broker 1",
            "EXTERNAL broker 3: the target is healthy, but port 9095 is not proven (unreachable",
            "messages went through the endpoint meanwhile, all acknowledged",
            "what woke the function: {\"aws.scheduler/Scheduled Event\"}",
            "line 2 \"usw2-az2 => <broker_id>.usw2-az3.",
            "clients that resolve only the old names lose brokers from the first restart to the last",
            "only the old names reaches brokers 1, 2, 3; one that resolves only the new names reaches no broker",
            "only the old names reaches no broker; one that resolves only the new names reaches brokers 1, 2, 3",
            "EXTERNAL2, through the same endpoint: 10 messages produced, 10 read back from 3 partitions",
            "every file is what it was before EXTERNAL2, byte for byte, and nobody listens on 39093",
            "(metrics-agent) listens there on IPv4; free the port",
            "its new process exited, and its old file and process are back",
            "Socket server failed to bind to 0.0.0.0:39093: Address already in use",
            "so the roll stopped there",
            "and nothing more is tried",
            "the active controller was the last one",
        ],
    );
}

#[test]
fn the_demo_heals_brokers_or_not() {
    holds(
        "6",
        12,
        &[
            "and /kafka-privatelink/orders/healing says off or is missing; write start into it",
            "ask push-listeners to start broker 2 on ",
            "brokers 1, 3 are ill or may be, and not all of them only need a start, so none is healed",
            "ask push-listeners to restart broker 3 on ",
            ", which hangs",
            "every broker is up, so there is nobody to heal",
            "push-listeners has a broker in hand (apply broker ",
            "its new process exited, and its old file and process are back",
        ],
    );
}

#[test]
fn the_demo_lets_a_broker_come_be_replaced_and_go() {
    holds(
        "7",
        11,
        &[
            "the instance of broker 4 is in Pending:Wait: Kafka is installed there",
            "edit the file of broker 4 on",
            "and it leads 2",
            "replaced by its Auto Scaling group",
            "is in service with the volume that ",
            "push-listeners does: stop broker 4 on",
        ],
    );
}

/// Chapters 1, these, and 8 have so many steps, all of which hold, and say this.
fn holds(chapters: &str, steps: usize, all_of: &[&str]) {
    let (output, said) = demo(&["--only", chapters], "");
    assert!(output.status.success(), "{said}");
    let sum = format!("all {steps} steps checked, and this is their summary");
    let of_each = [
        sum.as_str(),
        " messages acknowledged, 0 lost, ",
        "every acknowledged message was read where it belongs",
        "and no broker was started more often than it had to be",
        "at no moment were two brokers down",
        "AWS writes        AcceptVpcEndpointConnections 1, AddTags ",
    ];
    for seen in of_each.iter().chain(all_of) {
        assert!(said.contains(seen), "{seen:?} is not in\n{said}");
    }
}

#[test]
fn the_demo_fails_when_the_function_does_not_work() {
    let (output, said) = demo(&["--function", "/bin/false"], "");
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("✗ register-brokers failed"), "{said}");
    assert!(said.contains("0 of 15 steps checked"), "{said}");
}

#[test]
fn a_world_that_stays_up_does_what_is_typed() {
    let register_brokers = binary("register-brokers");
    let options = [
        "--skip-steps",
        "--stay",
        "--function",
        register_brokers.to_str().expect("a path in UTF-8"),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    let page = folder.path().join("mapping.html");
    let typed = "add 7 usw2-az3\n\
                 add x nowhere\n\
                 send {\"not\": \"an event\"\n\
                 put-parameter paused true\n\
                 plan\n\
                 status\n\
                 terminate 9\n\
                 dance\n\
                 cross 9093\n\
                 help\n";
    let typed = format!("{typed}page {}\nquit\n", page.display());
    let (output, said) = demo(&options, &typed);
    assert!(output.status.success(), "{said}");
    let drawn = std::fs::read_to_string(&page).expect("the page");
    assert!(drawn.contains("<title>orders: Kafka behind PrivateLink</title>"));
    for seen in [
        "broker 7 is being launched in usw2-az3: i-",
        "nowhere",
        "a message is on every queue",
        "The mapping as a page: http://127.0.0.1:",
        "the mapping is drawn in /",
        "Paused: /kafka-privatelink/orders/paused is true. Nothing below is done.",
        "create target group of EXTERNAL broker 7 (port 9099, targets on 39092): broker 7 is new",
        "there is no broker 9",
        "not a verb: dance; help lists them",
        "cross needs a port and a broker: cross 9093 2",
        "cross PORT N          point the listener",
    ] {
        assert!(said.contains(seen), "{seen:?} is not in\n{said}");
    }
}
