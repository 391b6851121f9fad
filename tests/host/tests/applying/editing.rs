//! An edit: its bytes, and what is kept of them.

use super::{OWN, PROPERTIES, as_started, assert_ended, end, hook, state};
use crate::on_a_machine;
use host::{Broker, FILE, Shell, is_listening, run, sha256, write};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};

#[test]
fn an_edit_changes_its_span_and_starts_the_broker_as_it_was_started() {
    let machine = on_a_machine!(
        "applying::editing::an_edit_changes_its_span_and_starts_the_broker_as_it_was_started"
    );
    for shell in Shell::ALL {
        run(&format!("rm -rf {OWN}"));
        let broker = Broker::start_as(PROPERTIES, FILE, &[], |command| command);
        run(&format!("chmod 640 {FILE}"));
        let pid = broker.process.split(' ').next().expect("a pid");
        run(&format!("prlimit --pid {pid} --nofile=900:1000 --core=0:0"));
        let before = as_started(&broker.process);
        let (old, new) = (broker.bytes(), broker.with_external());
        let answer = machine.run("apply", shell, &broker.add_external());
        assert_ended(&answer, 0, "started");
        assert_eq!(answer.json["validated"], "yes", "{answer:?}");
        assert_eq!(broker.bytes(), new);
        assert_eq!(fs::metadata(FILE).expect("the file").mode() & 0o7777, 0o640);
        let next = broker.successor().expect("a broker");
        assert_ne!(next.process, broker.process);
        assert_eq!(as_started(&next.process), before);
        assert_eq!(state("running"), next.process);
        assert!(is_listening(39092));
        let kept = format!("{OWN}/kept/server.properties.{}", &sha256(&old)[..12]);
        assert_eq!(fs::read(kept).expect("what it was"), old);
        for (path, mode) in [
            (OWN.to_owned(), 0o700),
            (format!("{OWN}/start"), 0o600),
            (format!("{OWN}/state"), 0o600),
        ] {
            assert_eq!(
                fs::metadata(&path).expect(&path).permissions().mode() & 0o777,
                mode
            );
        }
        assert_eq!(
            answer.json["state"]["kept"][0]["key"],
            "advertised.listeners"
        );
        assert!(!fs::exists("/tmp/injected").expect("a look"));
        let litter = fs::read_dir("/opt/kafka/config")
            .expect("its folder")
            .count();
        assert_eq!(litter, 1);
        end(&next);
        write(FILE, "");
    }
}

#[test]
fn what_does_not_validate_stops_nothing() {
    let machine = on_a_machine!("applying::editing::what_does_not_validate_stops_nothing");
    let broker = Broker::start(PROPERTIES);
    let old = broker.bytes();
    let order = broker.order("edit").span(0, b"", b"BROKEN\n");
    let answer = machine.run("apply", Shell::Bash, &order);
    assert_eq!(
        (answer.code, answer.why()),
        (Some(10), "invalid"),
        "{answer:?}"
    );
    assert!(answer.told("/about").contains("listeners are broken"));
    assert!(broker.is_alive());
    assert_eq!(broker.bytes(), old);
    assert_eq!(
        fs::read_dir("/opt/kafka/config")
            .expect("its folder")
            .count(),
        1
    );
}

#[test]
fn a_broker_that_stops_slowly_is_waited_for_and_never_killed() {
    let machine = on_a_machine!(
        "applying::editing::a_broker_that_stops_slowly_is_waited_for_and_never_killed"
    );
    let broker = Broker::start("node.id=1\nlisteners=A://:9092\nstop-ms=3000\n");
    let order = broker.add_external().but("stop-seconds", "1");
    let answer = machine.run("apply", Shell::Dash, &order);
    assert_ended(&answer, 12, "stopping");
    assert!(broker.is_alive());
    assert_eq!(state("phase"), "stopping");
    // The next command waits for the rest and starts it.
    let answer = machine.run("apply", Shell::Dash, &order.but("stop-seconds", "20"));
    assert_ended(&answer, 0, "started");
    assert!(is_listening(39092));
    assert!(broker.successor().is_some());
}

/// What is kept of the file that is in place.
fn kept() -> Vec<String> {
    let text = fs::read_to_string(format!("{OWN}/state")).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.strip_prefix("kept "));
    lines.map(str::to_owned).collect()
}

#[test]
fn what_is_kept_belongs_to_the_file_in_place() {
    let machine = on_a_machine!("applying::editing::what_is_kept_belongs_to_the_file_in_place");
    for shell in Shell::ALL {
        run(&format!("rm -rf {OWN}"));
        let broker = Broker::start(PROPERTIES);
        let first = broker.bytes();
        let added = machine.run("apply", shell, &broker.add_external());
        assert_ended(&added, 0, "started");
        assert_eq!(kept(), ["advertised.listeners absent"]);
        // It is taken out again, and that process exits.
        let next = broker.successor().expect("a broker");
        let at = first.windows(10).position(|it| it == b"listeners=");
        let end_of_line = at.expect("listeners") + "listeners=INTERNAL://:9092".len();
        let order = next.order("edit").but("nonce", "d000000000000000");
        let order = order.span(end_of_line, b",EXTERNAL://0.0.0.0:39092", b"");
        let order = order.span(next.bytes().len(), b"", b"\nexit-after-ms=100\n");
        let answer = machine.run("apply", shell, &order.but("watch-seconds", "3"));
        assert_ended(&answer, 11, "taken-back");
        assert_eq!(kept(), ["advertised.listeners absent"], "{answer:?}");
        // And once more: nothing of the file before our first edit is forgotten.
        let next = broker.successor().expect("a broker");
        let with_external = next.bytes();
        let order = next.order("edit").but("nonce", "e000000000000000");
        let order = order.span(end_of_line, b",EXTERNAL://0.0.0.0:39092", b"");
        assert_ended(&machine.run("apply", shell, &order), 0, "started");
        assert_eq!(kept(), [""; 0]);
        assert_eq!(broker.bytes(), first);
        let last = broker.successor().expect("a broker");
        let order = last.order("back").but("nonce", "f000000000000000");
        let order = order.but("old-sha256", &sha256(&with_external));
        assert_ended(&machine.run("apply", shell, &order), 0, "back");
        assert_eq!(kept(), ["advertised.listeners absent"]);
        end(&broker.successor().expect("a broker"));
    }
}

#[test]
fn what_the_start_undoes_is_told() {
    let machine = on_a_machine!("applying::editing::what_the_start_undoes_is_told");
    let broker = Broker::start(PROPERTIES);
    let old = broker.bytes();
    fs::copy(FILE, "/opt/template").expect("a copy");
    hook(&format!(
        "cp /opt/template {FILE}\nexec /opt/jdk/bin/java -cp x kafka.Kafka {FILE}"
    ));
    let answer = machine.run("apply", Shell::Bash, &broker.add_external());
    assert_ended(&answer, 0, "undone");
    assert_eq!(broker.bytes(), old);
}

#[test]
fn a_port_that_the_broker_has_itself_is_no_hindrance() {
    let machine =
        on_a_machine!("applying::editing::a_port_that_the_broker_has_itself_is_no_hindrance");
    let broker = Broker::start("node.id=1\nlisteners=A://:9092,EXTERNAL://:39092\nx=1\n");
    let at = "node.id=1\nlisteners=A://:9092,EXTERNAL://:39092\n".len();
    let order = broker
        .order("edit")
        .with("port", "39092")
        .span(at, b"x=1", b"x=2");
    assert_ended(&machine.run("apply", Shell::Dash, &order), 0, "started");
}

#[test]
fn two_at_once_are_one() {
    let machine = on_a_machine!("applying::editing::two_at_once_are_one");
    let broker = Broker::start("node.id=1\nlisteners=A://:9092\nstop-ms=6000\n");
    let order = broker.add_external();
    let [first, second] = std::thread::scope(|scope| {
        let first =
            scope.spawn(|| machine.run_text_from("/opt/first.sh", "apply", Shell::Dash, &order));
        std::thread::sleep(std::time::Duration::from_millis(1500));
        let second = machine.run("apply", Shell::Bash, &order);
        [first.join().expect("the first"), second]
    });
    assert_ended(&first, 0, "started");
    assert_eq!((second.code, second.why()), (Some(10), "busy"));
    let again = machine.run("apply", Shell::Bash, &order);
    assert_ended(&again, 0, "started");
    assert!(broker.successor().is_some());
}

/// A controller beside the broker, with Kafka's own script in mind that stops all of the host.
#[test]
fn the_controller_beside_the_broker_goes_on() {
    let machine = on_a_machine!("applying::editing::the_controller_beside_the_broker_goes_on");
    let controller = Broker::start_as(
        "process.roles=controller\nnode.id=7\n",
        "/opt/kafka/config/c.properties",
        &[],
        |c| c,
    );
    let broker = Broker::start(PROPERTIES);
    assert_ended(
        &machine.run("apply", Shell::Dash, &broker.add_external()),
        0,
        "started",
    );
    assert!(controller.is_alive());
}
