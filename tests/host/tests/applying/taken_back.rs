//! The way back: what exits is taken back, once.

use super::{OWN, PROPERTIES, assert_ended, end, state};
use crate::on_a_machine;
use host::{Broker, FILE, Shell, is_listening, run, sha256, write};

#[test]
fn a_broker_that_exits_is_taken_back_with_its_words() {
    let machine =
        on_a_machine!("applying::taken_back::a_broker_that_exits_is_taken_back_with_its_words");
    for shell in Shell::ALL {
        run(&format!("rm -rf {OWN}"));
        let broker = Broker::start(PROPERTIES);
        let old = broker.bytes();
        // Somebody takes the port between the check and the start.
        let order = broker.add_external().but("port", "1");
        let taken = std::net::TcpListener::bind(("0.0.0.0", 39092)).expect("the port");
        let answer = machine.run("apply", shell, &order);
        assert_ended(&answer, 11, "taken-back");
        let said = answer.told("/said");
        assert!(said.contains("Address already in use"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
        assert_eq!(broker.bytes(), old);
        let next = broker.successor().expect("the old broker");
        assert_eq!(state("phase"), "back");
        // The agent delivers it again.
        let again = machine.run("apply", shell, &order);
        assert_ended(&again, 11, "taken-back");
        assert_eq!(
            (&again.json["again"], again.told("/said")),
            (&true.into(), said)
        );
        assert_eq!(broker.successor().expect("the same").process, next.process);
        drop(taken);
        end(&next);
    }
}

#[test]
fn if_the_old_one_exits_too_it_is_held() {
    let machine = on_a_machine!("applying::taken_back::if_the_old_one_exits_too_it_is_held");
    let broker = Broker::start(PROPERTIES);
    let old = broker.bytes();
    let taken = std::net::TcpListener::bind(("0.0.0.0", 39092)).expect("the port");
    // The broker's end takes its own port away, too.
    machine.stand_in("setsid", "#!/bin/sh\nsed -i s/hunter2/hunter3/ /opt/kafka/config/server.properties\nexec /usr/bin/setsid /bin/false\n");
    let answer = machine.run(
        "apply",
        Shell::Dash,
        &broker.add_external().but("port", "1"),
    );
    assert_ended(&answer, 12, "exited");
    assert_eq!(state("phase"), "held");
    assert!(broker.successor().is_none());
    assert_ne!(broker.bytes(), old);
    drop(taken);
}

#[test]
fn back_gives_the_first_file_again() {
    let machine = on_a_machine!("applying::taken_back::back_gives_the_first_file_again");
    for shell in Shell::ALL {
        run(&format!("rm -rf {OWN}"));
        let broker = Broker::start(PROPERTIES);
        let old = broker.bytes();
        assert_ended(
            &machine.run("apply", shell, &broker.add_external()),
            0,
            "started",
        );
        let next = broker.successor().expect("a broker");
        let order = next
            .order("back")
            .but("nonce", "b000000000000000")
            .but("old-sha256", &sha256(&old));
        assert_ended(&machine.run("apply", shell, &order), 0, "back");
        assert_eq!(broker.bytes(), old);
        let last = broker.successor().expect("a broker");
        assert_ne!(last.process, next.process);
        assert!(!is_listening(39092));
        end(&last);
    }
}

#[test]
fn back_starts_a_broker_that_exited_after_the_command() {
    let machine =
        on_a_machine!("applying::taken_back::back_starts_a_broker_that_exited_after_the_command");
    let broker = Broker::start(PROPERTIES);
    let old = broker.bytes();
    assert_ended(
        &machine.run("apply", Shell::Bash, &broker.add_external()),
        0,
        "started",
    );
    end(&broker.successor().expect("a broker"));
    let order = broker
        .order("back")
        .but("process", "none")
        .but("nonce", "b000000000000000");
    let order = order.but("old-sha256", &sha256(&old));
    assert_ended(&machine.run("apply", Shell::Bash, &order), 0, "back");
    assert_eq!(broker.bytes(), old);
    assert!(broker.successor().is_some());
}

#[test]
fn a_file_that_others_wrote_before_the_new_process_exited_stays() {
    let machine = on_a_machine!(
        "applying::taken_back::a_file_that_others_wrote_before_the_new_process_exited_stays"
    );
    let theirs = format!("# theirs\n{PROPERTIES}");
    write("/opt/theirs", &theirs);
    machine.stand_in(
        "prlimit",
        &format!("#!/bin/sh\ncmp -s /opt/theirs {FILE} && exec /usr/bin/prlimit \"$@\"\n/usr/bin/prlimit \"$@\"\ncp /opt/theirs {FILE}\n"),
    );
    let broker = Broker::start(PROPERTIES);
    let order = broker.add_external().but("port", "1");
    let _taken = std::net::TcpListener::bind(("0.0.0.0", 39092)).expect("the port");
    let answer = machine.run("apply", Shell::Dash, &order);
    assert_ended(&answer, 11, "taken-back");
    assert_eq!(broker.bytes(), theirs.as_bytes());
    assert!(broker.successor().is_some());
}

#[test]
fn a_full_disk_of_ours_keeps_no_broker_down() {
    let machine = on_a_machine!("applying::taken_back::a_full_disk_of_ours_keeps_no_broker_down");
    run(
        "mkdir -p /var/lib/kafka-privatelink; mount -t tmpfs -o size=128k none /var/lib/kafka-privatelink",
    );
    for shell in Shell::ALL {
        run(&format!("rm -rf {OWN}"));
        let broker = Broker::start(PROPERTIES);
        let old = broker.bytes();
        let taken = std::net::TcpListener::bind(("0.0.0.0", 39092)).expect("the port");
        // It is full when the new process is started.
        machine.stand_in(
            "setsid",
            &format!("#!/bin/sh\ndd if=/dev/zero of={OWN}/full 2>/dev/null\nexec /usr/bin/setsid \"$@\"\n"),
        );
        let order = broker.add_external().but("port", "1");
        let answer = machine.run("apply", shell, &order.but("watch-seconds", "3"));
        assert_ended(&answer, 11, "taken-back");
        assert_eq!(answer.json["state_lost"], true, "{answer:?}");
        assert_eq!(broker.bytes(), old);
        drop(taken);
        end(&broker.successor().expect("the old broker"));
    }
}

#[test]
fn a_broker_that_somebody_started_since_is_not_stopped_to_end_a_way_back() {
    let machine = on_a_machine!(
        "applying::taken_back::a_broker_that_somebody_started_since_is_not_stopped_to_end_a_way_back"
    );
    let broker = Broker::start(PROPERTIES);
    let taken = std::net::TcpListener::bind("0.0.0.0:39092").expect("the port");
    let order = broker.add_external().but("port", "1");
    assert_ended(&machine.run("apply", Shell::Dash, &order), 11, "taken-back");
    drop(taken);
    let next = broker.successor().expect("a broker");
    // As if the command had been cut before it started the old process, and somebody had.
    for (phase, code, outcome) in [("replaced", 11, "taken-back"), ("prepared", 0, "started")] {
        run(&format!(
            "sed -i 's/^phase .*/phase {phase}/; s/^heading .*/heading back/; s/^running .*/running none/' {OWN}/state"
        ));
        let order = next.order("start").but("nonce", &format!("c{code:015}"));
        assert_ended(&machine.run("apply", Shell::Dash, &order), code, outcome);
        assert!(next.is_alive(), "{phase}");
    }
}
