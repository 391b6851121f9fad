//! Brokers that are to come up: a first start, with the edit before it; one whose process hangs; and what is told of
//! the disks of one that does not run.

use crate::on_a_machine;
use host::{Broker, FILE, Machine, Order, Shell, is_listening, run, write};
use std::fs;
use std::thread::sleep;
use std::time::Duration;

const PROPERTIES: &str = "node.id=1\nlisteners=INTERNAL://:9092\nstop-ms=200\n";

/// The unit of a broker that has never been started as far as our files go.
fn never_started(machine: &Machine, properties: &str, more: &str) -> (host::Unit, Broker) {
    write(FILE, properties);
    let unit = host::Unit::start(machine, FILE, more);
    let broker = Broker::find(FILE);
    stop(&unit, &broker);
    (unit, broker)
}

/// The unit is stopped, and has heard of the end of its process.
fn stop(unit: &host::Unit, broker: &Broker) {
    while unit.shows("ActiveState") != "active" {
        sleep(Duration::from_millis(20));
    }
    run("/opt/stand-in/systemctl stop -- kafka.service");
    while unit.shows("ActiveState") == "active" || broker.successor().is_some() {
        sleep(Duration::from_millis(20));
    }
}

fn pid_of(broker: &Broker) -> &str {
    broker.process.split(' ').next().expect("a pid")
}

fn edit(broker: &Broker) -> Order {
    broker.add_external().but("process", "none")
}

#[test]
fn a_broker_has_its_listener_before_its_first_start() {
    let machine = on_a_machine!("coming::a_broker_has_its_listener_before_its_first_start");
    for shell in Shell::ALL {
        let (unit, broker) = never_started(&machine, PROPERTIES, "Restart=no");
        let wanted = broker.with_external();
        let answer = machine.run("apply", shell, &edit(&broker));
        assert_eq!(
            (answer.code, answer.outcome()),
            (Some(0), "started"),
            "{answer:?}"
        );
        let next = broker.successor().expect("one broker");
        assert_eq!(unit.shows("MainPID"), pid_of(&next));
        assert!(is_listening(39092));
        let told = machine.inspect(&Order::new());
        let age = told.json["broker"]["age"].as_i64().expect("an age");
        assert!((0..60).contains(&age), "{age}");
        assert_eq!(broker.bytes(), wanted);
        let again = machine.run(
            "apply",
            shell,
            &edit(&broker).but("nonce", "c000000000000000"),
        );
        assert_eq!(again.why(), "process", "it runs: {again:?}");
        stop(&unit, &next);
        run("rm -rf /var/lib/kafka-privatelink /run/stand-in");
    }
}

#[test]
fn a_first_start_that_fails_is_taken_back() {
    let machine = on_a_machine!("coming::a_first_start_that_fails_is_taken_back");
    let (_unit, broker) = never_started(&machine, PROPERTIES, "Restart=no");
    let taken = std::net::TcpListener::bind("0.0.0.0:39092").expect("the port");
    let refused = machine.run("apply", Shell::Dash, &edit(&broker));
    assert_eq!((refused.code, refused.why()), (Some(10), "port"));
    let order = edit(&broker)
        .but("port", "1")
        .but("nonce", "c000000000000000");
    let answer = machine.run("apply", Shell::Dash, &order.but("watch-seconds", "2"));
    assert_eq!(
        (answer.code, answer.outcome()),
        (Some(11), "taken-back"),
        "{answer:?}"
    );
    drop(taken);
    assert_eq!(broker.bytes(), PROPERTIES.as_bytes());
    assert!(broker.successor().is_some(), "it runs without the listener");
}

#[test]
fn a_file_of_another_broker_is_not_edited_for_a_first_start() {
    let machine = on_a_machine!("coming::a_file_of_another_broker_is_not_edited_for_a_first_start");
    let other = PROPERTIES.replace("node.id=1", "node.id=2");
    let (_unit, broker) = never_started(&machine, &other, "Restart=no");
    let answer = machine.run("apply", Shell::Dash, &edit(&broker));
    assert_eq!((answer.code, answer.why()), (Some(10), "process"));
    assert_eq!(broker.bytes(), other.as_bytes());
}

#[test]
fn what_hangs_goes_on_and_ends_by_itself_if_it_can() {
    let machine = on_a_machine!("coming::what_hangs_goes_on_and_ends_by_itself_if_it_can");
    for shell in Shell::ALL {
        let broker = Broker::start(PROPERTIES);
        run(&format!("kill -STOP {}", pid_of(&broker)));
        let patient = broker.order("restart").but("stop-seconds", "1");
        let answer = machine.run("apply", shell, &patient);
        assert_eq!(
            (answer.code, answer.outcome()),
            (Some(12), "stopping"),
            "only a request for the one that hangs lets it go on: {answer:?}"
        );
        run("rm -rf /var/lib/kafka-privatelink");
        assert!(broker.is_alive());
        let answer = machine.run(
            "apply",
            shell,
            &broker.order("revive").but("nonce", "c000000000000000"),
        );
        assert_eq!(
            (answer.code, answer.outcome()),
            (Some(0), "started"),
            "{answer:?}"
        );
        assert!(!broker.is_alive());
        assert_eq!(answer.json["state"]["mode"], "revive");
        let next = broker.successor().expect("a broker");
        run(&format!(
            "kill -9 {}; sleep 0.2; rm -rf /var/lib/kafka-privatelink",
            pid_of(&next)
        ));
    }
}

#[test]
fn connections_that_nobody_accepts_are_told() {
    let machine = on_a_machine!("coming::connections_that_nobody_accepts_are_told");
    let broker = Broker::start(PROPERTIES);
    let told = || machine.inspect(&Order::new()).json["broker"]["queued"].clone();
    while !is_listening(9092) {
        sleep(Duration::from_millis(20));
    }
    run(&format!("kill -STOP {}", pid_of(&broker)));
    assert_eq!(told(), false, "nobody has come");
    let waits = std::net::TcpStream::connect("127.0.0.1:9092").expect("the kernel takes it");
    assert_eq!(told(), true);
    drop(waits);
}

#[test]
fn what_hangs_for_good_is_killed_at_last_and_nothing_else_is() {
    let machine =
        on_a_machine!("coming::what_hangs_for_good_is_killed_at_last_and_nothing_else_is");
    let broker = Broker::start(&PROPERTIES.replace("stop-ms=200", "stop-ms=60000"));
    let slow = broker.order("restart").but("stop-seconds", "1");
    let answer = machine.run("apply", Shell::Bash, &slow);
    assert_eq!((answer.code, answer.outcome()), (Some(12), "stopping"));
    assert!(broker.is_alive());
    run("rm -rf /var/lib/kafka-privatelink");
    let order = broker.order("revive").but("nonce", "c000000000000000");
    let answer = machine.run("apply", Shell::Bash, &order.but("stop-seconds", "1"));
    assert_eq!(
        (answer.code, answer.outcome()),
        (Some(0), "started"),
        "{answer:?}"
    );
    assert!(!broker.is_alive() && broker.successor().is_some());
}

#[test]
fn a_process_that_is_gone_is_not_revived() {
    let machine = on_a_machine!("coming::a_process_that_is_gone_is_not_revived");
    let broker = Broker::start(PROPERTIES);
    let gone = broker.order("revive").but("process", "none");
    let answer = machine.run("apply", Shell::Dash, &gone);
    assert_eq!((answer.code, answer.why()), (Some(10), "payload"));
    let other = broker.order("revive").but("process", "1 1");
    let answer = machine.run("apply", Shell::Dash, &other);
    assert_eq!((answer.code, answer.why()), (Some(10), "process"));
    assert!(broker.is_alive());
}

#[test]
fn the_disks_of_a_broker_that_does_not_run_are_told() {
    let machine = on_a_machine!("coming::the_disks_of_a_broker_that_does_not_run_are_told");
    let dirs = format!(
        "{PROPERTIES}log.dirs=/opt/data/a , /opt/data/b,/opt/data/c,/opt/data/d\nmetadata.log.dir=/opt/metadata\n"
    );
    let (_unit, _broker) = never_started(&machine, &dirs, "Restart=no");
    // As where a volume is mounted elsewhere.
    run("mkdir -p /opt/data /opt/volume && ln -s /opt/volume /opt/data/a");
    write(
        "/opt/data/a/meta.properties",
        "#\nversion=1\ncluster.id=Ab-_9\nnode.id=1\n",
    );
    write("/opt/data/a/orders-0/x.log", "");
    write("/opt/data/a/a-b-12/x.log", "");
    write("/opt/data/a/__cluster_metadata-0/x.log", "");
    write("/opt/data/a/.kafka_cleanshutdown", "");
    write(
        "/opt/data/b/meta.properties",
        "version=0\nbroker.id=2\ncluster.id=Ab-_9\n",
    );
    write("/opt/data/b/orders-1.tmp/x", "");
    write("/opt/data/c/lost+found/x", "");
    write("/opt/data/b/recovery-point-offset-checkpoint", "0\n0\n");
    // As `kafka-storage.sh format --standalone` leaves a folder, and as a voter does.
    write("/opt/data/c/__cluster_metadata-0/0.checkpoint", "");
    write("/opt/metadata/__cluster_metadata-0/quorum-state", "{}");
    let answer = machine.inspect(&Order::new());
    let disks = answer.json["disks"].as_array().expect("disks");
    let expected = [
        (true, true, Some(1), 2, false, true),
        (true, true, Some(2), 0, true, false),
        (true, false, None, 0, false, false),
        (false, false, None, 0, false, false),
        (true, false, None, 0, false, false),
    ];
    assert_eq!(disks.len(), expected.len(), "{answer:?}");
    for (at, expected) in expected.into_iter().enumerate() {
        let of = |name: &str| answer.json["disks"][at][name].clone();
        let told = (
            of("there") == true,
            of("formatted") == true,
            of("node").as_u64(),
            of("partitions").as_u64().unwrap_or(99),
            of("used") == true,
            of("closed") == true,
        );
        assert_eq!(told, expected, "{at}: {answer:?}");
    }
    assert_eq!(answer.told("/disks/0/path"), "/opt/data/a");
    assert_eq!(answer.json["disks"][0]["cluster"], "Ab-_9");
    let read = fleet::host::reply::read::<fleet::host::inspection::Inspection>(&answer.stdout);
    let read = read.expect("an inspection");
    assert_eq!(read.disks[0].cluster.as_deref(), Some("Ab-_9"));
    let empty: Vec<String> = read.empty().map(|it| it.path.shown(50)).collect();
    assert_eq!(empty, ["/opt/data/c", "/opt/data/d"]);
    for it in &read.disks {
        let is_its_own = it.path.shown(50) == "/opt/metadata";
        assert_eq!((it.metadata, it.quorum), (is_its_own, is_its_own), "{it:?}");
    }
    assert_eq!(answer.json["unit"]["active"], "inactive");
    write(FILE, PROPERTIES);
    let answer = machine.inspect(&Order::new());
    assert_eq!(answer.told("/disks/0/path"), "/tmp/kafka-logs");
    write(FILE, &format!("{PROPERTIES}log.dir=/with a blank\n"));
    let answer = machine.inspect(&Order::new());
    assert_eq!(answer.json["disks"][0]["there"], false, "{answer:?}");
    fs::remove_file(FILE).expect("its file");
}

#[test]
fn without_a_unit_the_operators_hook_says_with_which_file_a_broker_begins() {
    let machine = on_a_machine!(
        "coming::without_a_unit_the_operators_hook_says_with_which_file_a_broker_begins"
    );
    write(FILE, &format!("{PROPERTIES}log.dirs=/opt/data\n"));
    write(
        "/opt/data/meta.properties",
        "version=1\ncluster.id=Ab\nnode.id=1\n",
    );
    let start = "#!/bin/sh\ncd /opt/kafka && setsid -f /opt/jdk/bin/java -cp x kafka.Kafka /opt/kafka/config/server.properties\n";
    write("/etc/kafka-privatelink/restart", start);
    write("/etc/kafka-privatelink/properties", &format!("{FILE}\n"));
    run(
        "chmod 755 /etc/kafka-privatelink /etc/kafka-privatelink/restart; chmod 664 /etc/kafka-privatelink/properties",
    );
    let unsafe_one = machine.inspect(&Order::new());
    assert!(unsafe_one.json["file"].is_null(), "{unsafe_one:?}");
    run("chmod 644 /etc/kafka-privatelink/properties");
    let answer = machine.inspect(&Order::new());
    assert_eq!(answer.told("/file/path"), FILE, "{answer:?}");
    assert_eq!(answer.json["disks"][0]["formatted"], true);
    let text = fs::read(FILE).expect("its file");
    let at = String::from_utf8_lossy(&text)
        .find("listeners=")
        .expect("it")
        + "listeners=INTERNAL://:9092".len();
    let order = Order::apply("edit", "none", FILE, &text).with("port", "39092");
    let order = order.with("kept", "advertised.listeners absent");
    let answer = machine.run(
        "apply",
        Shell::Dash,
        &order.span(at, b"", b",EXTERNAL://0.0.0.0:39092"),
    );
    assert_eq!(
        (answer.code, answer.outcome()),
        (Some(0), "started"),
        "{answer:?}"
    );
    assert!(is_listening(39092));
    run(&format!("kill -9 {}", pid_of(&Broker::find(FILE))));
}

#[test]
fn a_relative_folder_of_data_begins_where_the_process_did() {
    let machine = on_a_machine!("coming::a_relative_folder_of_data_begins_where_the_process_did");
    let broker = Broker::start(&format!("{PROPERTIES}log.dirs=./data\n"));
    let restarted = machine.run("apply", Shell::Dash, &broker.order("restart"));
    assert_eq!(restarted.outcome(), "started", "{restarted:?}");
    write("/opt/kafka/data/orders-0/x.log", "");
    let next = broker.successor().expect("a broker");
    run(&format!("kill -9 {}; sleep 0.2", pid_of(&next)));
    let answer = machine.inspect(&Order::new());
    assert_eq!(answer.json["disks"][0]["partitions"], 1, "{answer:?}");
}
