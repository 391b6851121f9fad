//! A host that is odd, and what it says that cannot be.

use super::{base64, says};
use crate::look::{FILE, Look, put_out};
use fleet::look::noon;
use fleet::observed::PingStatus;
use jiff::SignedDuration;
use serde_json::{Value, json};

#[test]
fn an_odd_host_is_told_and_not_touched() {
    let used = |pid: Value, sockets: u64| {
        let listens = json!([{"family": 6, "pid": pid, "name": base64("nginx")}]);
        json!([{"port": 39092, "sockets": sockets, "listeners": if sockets == 1 { json!([]) } else { listens }}])
    };
    let forced = json!([{"key": base64("advertised.listeners"), "value": base64("X://y:1")}]);
    for (pointer, value, said) in [
        ("/broker/container", json!(true), "runs in a container"),
        (
            "/broker/kind",
            json!("wrapped"),
            "let the unit start Kafka itself",
        ),
        (
            "/broker/kind",
            json!("user-unit"),
            "use a unit of the system",
        ),
        (
            "/broker/overrides",
            forced,
            "--override on its command line says advertised.listeners",
        ),
        ("/file/symlink", json!(true), "is a link to"),
        ("/file/links", json!(2), "has 2 names"),
        ("/file/writable", json!(false), "cannot be written"),
        (
            "/file/uid",
            json!(1001),
            "belongs to user 1001, and the broker runs as user 1000",
        ),
        (
            "/file/generated",
            json!(true),
            "says that a program writes it",
        ),
        ("/file/free", json!(1000), "has 1000 bytes free"),
        (
            "/file",
            json!({"path": base64("/etc/x"), "readable": false}),
            "its file, /etc/x, cannot be read",
        ),
        (
            "/hook",
            json!({"present": true, "safe": false}),
            "nobody else may write them",
        ),
        (
            "/ports",
            used(json!(77), 2),
            "process 77 (nginx) listens there on IPv6; free the port, and write the listener parameter again",
        ),
        (
            "/ports",
            used(Value::Null, 2),
            "something listens there on IPv6",
        ),
        (
            "/ports",
            used(Value::Null, 1),
            "a connection has it as its own port, or had it a moment ago",
        ),
    ] {
        says(&Look::alone().host(pointer, value).inspected(), said);
    }
}

#[test]
fn a_host_that_was_in_the_way_is_looked_at_again_once_a_listener_parameter_is_written() {
    let used = json!([{"port": 39092, "sockets": 1, "listeners": [{"family": 4, "pid": 77, "name": base64("nginx")}]}]);
    let taken = Look::alone().host("/ports", used);
    let broken = Look {
        file: format!("{FILE}listeners=\n"),
        ..Look::alone()
    };
    let gone = Look::alone()
        .host("/broker", Value::Null)
        .host("/matches", json!(0));
    for look in [taken, broken, gone] {
        let mut look = look.inspected_ago(60);
        assert!(look.steps().is_empty());
        assert!(!look.held().is_empty());
        let parameters = look.observed.parameters.as_mut().expect("seen");
        for it in parameters.iter_mut() {
            it.last_modified = noon() - SignedDuration::from_secs(40);
        }
        assert_eq!(look.steps(), ["inspect broker 1 on i-1"]);
        // One that is newer than the parameter says it all.
        let look = look.inspected_ago(20);
        assert!(look.steps().is_empty(), "{:?}", look.steps());
        assert!(!look.held().is_empty());
    }
    // Where nothing was in the way, nobody looks twice.
    let mut look = Look::alone().inspected_ago(60);
    let parameters = look.observed.parameters.as_mut().expect("seen");
    parameters[0].last_modified = noon();
    assert_eq!(
        look.steps(),
        ["edit the file of broker 1 on i-1 and restart it"]
    );
}

#[test]
fn a_port_that_only_a_connection_has_is_looked_at_again_soon() {
    // One that has ended may keep its port for a minute.
    let closing = json!([{"port": 39092, "sockets": 4, "listeners": []}]);
    let ago = |age| {
        let look = Look::alone().host("/ports", closing.clone());
        look.inspected_ago(age)
    };
    assert_eq!(ago(100).held(), ["PortUsed"]);
    assert_eq!(ago(121).steps(), ["inspect broker 1 on i-1"]);
    // Who listens does not go by himself.
    let listens = json!([{"port": 39092, "sockets": 2, "listeners": [{"family": 4, "pid": 77, "name": base64("nginx")}]}]);
    let look = Look::alone().host("/ports", listens).inspected_ago(1000);
    assert_eq!(look.held(), ["PortUsed"]);
}

#[test]
fn the_broker_itself_may_have_its_port() {
    let own = json!([{"port": 39092, "sockets": 3, "listeners": [{"family": 4, "pid": 12, "name": base64("java")}]}]);
    // But not for something else: its new process would find the port taken by itself.
    says(
        &Look::alone().host("/ports", own.clone()).inspected(),
        "the broker itself has it for something else, such as JMX",
    );
    let look = Look::alone().serving().host("/ports", own);
    let look = look.with("listeners/EXTERNAL", "<b>.<az>.new.example.com:<p>");
    assert!(
        look.inspected()
            .held()
            .iter()
            .all(|kind| kind != "PortUsed")
    );
}

/// Its clock showed this when it was inspected, 30 s ago.
fn clock_at(clock: i64) -> Look {
    let mut look = Look::alone().inspected();
    let output = look.observed.outputs.values_mut().next().expect("one");
    let output = output.as_mut().expect("seen").as_mut().expect("known");
    let line = output.stdout.lines().next().expect("a line");
    let mut host: Value = serde_json::from_str(line).expect("JSON");
    host["clock"] = json!(clock);
    output.stdout = put_out(&host);
    look
}

#[test]
fn a_host_whose_clock_is_off_is_not_touched() {
    let at = |seconds: i64| clock_at(noon().as_second() - 30 + seconds);
    for fine in [-5, 0, 30, 35] {
        assert_eq!(at(fine).steps().len(), 1, "{fine}");
    }
    says(&at(-6), "its clock is 6 s off");
    says(&at(36), "its clock is 6 s off");
}

#[test]
fn no_number_of_a_host_is_too_large_to_be_told() {
    let large = Look::alone().host("/file/size", json!(u64::MAX));
    says(&large.inspected(), "and 18446744073709551615 are needed");
    for clock in [i64::MIN, i64::MAX] {
        says(&clock_at(clock), "and 5 s are allowed; let chrony set it");
    }
}

#[test]
fn no_process_and_two_processes_are_told() {
    says(
        &Look::alone().gone().inspected(),
        "no process of Kafka there is broker 1",
    );
    let two = Look::alone()
        .host("/broker", Value::Null)
        .host("/matches", json!(2));
    says(&two.inspected(), "2 processes of Kafka there are broker 1");
}

#[test]
fn a_host_that_takes_no_command_is_told() {
    let mut look = Look::alone();
    look.observed.managed = Ok(Vec::new());
    says(&look, "Systems Manager does not know it");
    let with = |change: fn(&mut fleet::observed::ManagedInstance)| {
        let mut look = Look::alone();
        change(&mut look.observed.managed.as_mut().expect("seen")[0]);
        look
    };
    says(
        &with(|it| it.ping = PingStatus::ConnectionLost),
        "its SSM agent is ConnectionLost",
    );
    let old = with(|it| it.agent_version = "3.3.2299.0".to_owned());
    says(
        &old,
        "its SSM agent is 3.3.2299.0, and 3.3.2746.0 is needed",
    );
    says(
        &with(|it| it.agent_version = String::new()),
        "of a version that is not known",
    );
}

#[test]
fn what_holds_nothing_is_noted() {
    let look = Look::alone().host("/reserved", json!(""));
    let limit = json!({
        "name": base64("kafka.service"), "active": "active", "sub": "running", "main_pid": 12, "restart": "no",
        "restarts": 0, "kill_mode": "control-group", "stop_seconds": 90, "type": "simple",
        "fragment": base64("/etc/systemd/system/kafka.service"), "start_pre": false, "stop_command": false, "ours": false,
    });
    let look = look.host("/unit", limit).inspected();
    assert_eq!(look.steps().len(), 1);
    let picture = look.plan().picture.to_string();
    assert!(
        picture.contains("note: systemctl stop kafka.service kills the broker after 90 s"),
        "{picture}"
    );
    assert!(
        picture.contains("sysctl -w net.ipv4.ip_local_reserved_ports=39092, and for good"),
        "{picture}"
    );
}
