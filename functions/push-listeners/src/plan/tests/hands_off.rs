//! What is not touched, each with its sentence.

use crate::documents::Document;
use crate::look::{FILE, Look, put_out};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use fleet::look::{node, noon};
use fleet::observed::{CommandStatus, Gap, InstanceState, PingStatus};
use fleet::shown::Shown;
use fleet::tags::PROTOCOL;
use jiff::SignedDuration;
use serde_json::{Value, json};

fn base64(text: &str) -> String {
    BASE64_STANDARD.encode(text)
}

/// Nothing is done, and this is said.
fn says(look: &Look, said: &str) {
    let plan = look.plan();
    assert!(plan.steps.is_empty(), "{said}: {:?}", plan.steps);
    let held: Vec<&str> = plan.held.iter().map(|it| it.sentence.as_str()).collect();
    assert!(
        held.iter().any(|it| it.contains(said)),
        "{said:?} is not in {held:?}"
    );
}

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
fn a_file_that_cannot_be_edited_is_told_with_its_line() {
    let mut look = Look::alone();
    for (old, new) in [
        ("0.0.0.0:29092\n", "0.0.0.0:29092,EXTERNAL://:9094\n"),
        (
            "CONTROLLER:PLAINTEXT\n",
            "CONTROLLER:PLAINTEXT,EXTERNAL:PLAINTEXT\n",
        ),
    ] {
        look.file = look.file.replace(old, new);
    }
    let look = look.inspected();
    says(
        &look,
        "the file of broker 1, /opt/kafka/config/server.properties, is not edited: line 5",
    );
}

#[test]
fn what_kafka_itself_overrides_is_not_edited() {
    let look = Look::alone().showing_itself(|it| it.advertised.is_overridden = true);
    says(
        &look,
        "an override of advertised.listeners that no edit of its file changes; delete it: kafka-configs.sh",
    );
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
fn who_does_not_show_itself_is_told_and_not_touched() {
    let reached = node(2);
    says(
        &Look::alone().showing(Shown::Another { reached }),
        "broker 2 answers there",
    );
    let why = "denied".to_owned();
    says(
        &Look::alone().showing(Shown::Untold { why }),
        "what broker 1 runs with is not known, so it is not touched: denied",
    );
    says(&Look::alone().silent(), "that is not our doing");
    let mut stopped = Look::alone();
    stopped.observed.shown = Ok(Vec::new());
    stopped.observed.instances.as_mut().expect("seen")[0].state = InstanceState::Stopped;
    says(&stopped, "instance i-1 is stopped");
}

#[test]
fn a_broker_without_a_port_waits_for_it() {
    let mut look = Look::alone();
    look.observed.target_groups = Ok(Vec::new());
    says(
        &look,
        "broker 1 gets EXTERNAL when register-brokers has given it a port; its port is not given yet",
    );
}

#[test]
fn a_group_whose_parameter_is_gone_or_wrong_stays_as_it_is() {
    let gone = Look::alone().serving().without("listeners/EXTERNAL");
    says(&gone, "is gone, and brokers keep EXTERNAL as it is");
    let wrong = Look::alone()
        .serving()
        .with("listeners/EXTERNAL", "<b>.unique_name.example.com:<p>");
    says(
        &wrong,
        "is refused, and brokers keep what they have of its group",
    );
}

#[test]
fn a_gap_changes_nothing() {
    let gap = || Gap {
        read: "a read".to_owned(),
        reason: "denied".to_owned(),
    };
    type Blinded = (&'static str, fn(&mut Look, Gap));
    let blind: [Blinded; 8] = [
        ("AWS's time", |it, gap| it.observed.now = Err(gap)),
        ("the cluster's parameters", |it, gap| {
            it.observed.parameters = Err(gap)
        }),
        ("the instances", |it, gap| it.observed.instances = Err(gap)),
        ("the Auto Scaling groups", |it, gap| {
            it.observed.auto_scaling_groups = Err(gap)
        }),
        ("the target groups", |it, gap| {
            it.observed.target_groups = Err(gap)
        }),
        ("the instances of Systems Manager", |it, gap| {
            it.observed.managed = Err(gap)
        }),
        ("our commands", |it, gap| it.observed.commands = Err(gap)),
        ("what brokers show", |it, gap| it.observed.shown = Err(gap)),
    ];
    for (what, make) in blind {
        let mut look = Look::alone().inspected();
        make(&mut look, gap());
        says(&look, &format!("{what} could not be read"));
        assert_eq!(look.plan().gaps, [gap()]);
    }
    let mut look = Look::alone().inspected();
    for output in look.observed.outputs.values_mut() {
        *output = Err(gap());
    }
    says(&look, "what our command said could not be read");
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
        picture.contains("reserve it: sysctl -w net.ipv4.ip_local_reserved_ports=39092"),
        "{picture}"
    );
}

#[test]
fn what_a_host_or_a_person_says_forges_no_line_of_a_sentence() {
    let is_clean = |look: &Look| {
        let plan = look.plan();
        let held: Vec<&str> = plan.held.iter().map(|it| it.sentence.as_str()).collect();
        assert!(!held.is_empty());
        for said in held {
            assert!(!said.contains(['\n', '\u{1b}']), "{said:?}");
            assert!(said.chars().count() < 1500, "{}", said.chars().count());
        }
    };
    let odd = format!("late\n\u{1b}[8m{}", "x".repeat(5000));
    // An inspection that is refused, and one that is none.
    let refused = Look::alone().host("/outcome", json!("refused"));
    is_clean(&refused.host("/why", json!(odd)).inspected());
    is_clean(&Look::alone().host("/broker/kind", json!(odd)).inspected());
    is_clean(&Look::alone().host("/broker/pid", json!(odd)).inspected());
    // A refused edit, and the comment of a command that a person sent by our document.
    let answer = put_out(&json!({"outcome": "refused", "why": odd, "about": ""}));
    let look = Look::alone().commanded(Document::Apply, 100, CommandStatus::Failed, &answer);
    is_clean(&look.inspected());
    let mut look = Look::alone().commanded(Document::Apply, 1, CommandStatus::InProgress, "");
    look.observed.commands.as_mut().expect("seen")[0].comment = odd.clone();
    is_clean(&look);
}

#[test]
fn what_a_host_says_forges_no_line_of_an_order() {
    let forged = format!("{}\nmode start", "a1".repeat(32));
    let look = Look::alone()
        .host("/file/sha256", json!(forged))
        .inspected();
    assert_eq!(
        (look.steps().len(), look.held()),
        (0, vec!["CommandFailed".to_owned()])
    );
    let look = Look::alone().silent();
    let look = look.left("done", "started", "any", json!([])).gone();
    let look = look.host("/state/old-sha256", json!(forged));
    let answer = put_out(&json!({"outcome": "started"}));
    let look = look.commanded(Document::Apply, 200, CommandStatus::Success, &answer);
    assert_eq!(look.inspected().held(), ["CommandFailed"]);
}

#[test]
fn a_file_that_everybody_can_write_is_not_touched() {
    for (mode, is_fine) in [
        ("644", true),
        ("640", true),
        ("666", false),
        ("4755", false),
    ] {
        let look = Look::alone().host("/file/mode", json!(mode)).inspected();
        assert_eq!(look.steps().len(), usize::from(is_fine), "{mode}");
        if !is_fine {
            says(&look, &format!("(mode {mode}); chmod 644 it"));
        }
    }
}

#[test]
fn a_parameter_admin_that_is_refused_is_told_and_nobody_is_asked() {
    let mut look = Look::alone().with("admin", r#"{"port": 0}"#);
    look.observed.shown = Err(Gap {
        read: "parameter /kafka-privatelink/orders/admin".to_owned(),
        reason: "it is wrong".to_owned(),
    });
    says(
        &look,
        "parameter /kafka-privatelink/orders/admin is refused, and no broker is asked or touched",
    );
}

#[test]
fn a_secure_listener_waits_for_the_lines_that_only_the_operator_can_write() {
    let sasl = r#"{"pattern": "<b>.<az>.abc.example.com:<p>", "protocol": "SASL_PLAINTEXT"}"#;
    let secure = || {
        let mut look = Look::alone().with("listeners/EXTERNAL", sasl);
        let mut groups = look.observed.target_groups.iter_mut().flatten();
        let tags = &mut groups.next().expect("one").tags;
        tags.insert(PROTOCOL.to_owned(), "SASL_PLAINTEXT".to_owned());
        look
    };
    let enabled = "listener.name.external.sasl.enabled.mechanisms=SCRAM-SHA-512\n";
    let jaas = "listener.name.external.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;\n";
    let with = |lines: &[&str]| Look {
        file: format!("{FILE}{}", lines.concat()),
        ..secure()
    };
    let look = with(&[]).inspected();
    let quoted = |line: &str| format!("\"{}\"", line.trim_end());
    let both = format!("{}, {}", quoted(enabled), quoted(jaas));
    says(&look, &both);
    assert_eq!(look.held(), ["Beside"]);
    says(&with(&[enabled]).inspected(), &quoted(jaas));
    // A JAAS file may have it, which is told.
    let look = with(&[enabled])
        .host("/broker/jaas", json!(true))
        .inspected();
    assert_eq!(
        look.steps(),
        ["edit the file of broker 1 on i-1 and restart it"]
    );
    let picture = look.plan().picture.to_string();
    assert!(picture.contains("external.KafkaServer"), "{picture}");
    let look = with(&[enabled, jaas]).inspected();
    assert_eq!(
        look.steps(),
        ["edit the file of broker 1 on i-1 and restart it"]
    );
    let retired = r#"{"retired": true}"#;
    // A group that leaves waits only if the broker would not come back.
    let other = "listeners=INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092,OTHER://0.0.0.0:39099\nadvertised.listeners=INTERNAL://10.0.0.1:9092,OTHER://b1:9199\nlistener.security.protocol.map=INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,OTHER:PLAINTEXT\n";
    let leaving = |file: &str| {
        let look = with(&[file]).with("listeners/OTHER", retired);
        look.inspected()
    };
    assert_eq!(
        leaving(other).steps(),
        ["edit the file of broker 1 on i-1 and restart it"]
    );
    let listed = other
        .replace("39099\n", "39099,EXTERNAL://0.0.0.0:39092\n")
        .replace(
            "OTHER:PLAINTEXT\n",
            "OTHER:PLAINTEXT,EXTERNAL:SASL_PLAINTEXT\n",
        );
    assert_eq!(leaving(&listed).held(), ["Beside"]);
}

#[test]
fn a_zone_that_the_consumer_does_not_know_is_named() {
    let elsewhere = Look::alone().with("listeners/EXTERNAL", "<b>.usw2-az9.abc.example.com:<p>");
    says(
        &elsewhere,
        "is for its zone, usw2-az1, which the consumer does not know",
    );
    let mut unknown = Look::alone();
    unknown.observed.instances.as_mut().expect("seen")[0].az_id = None;
    says(&unknown, "EC2 does not say in which zone the broker is");
}
