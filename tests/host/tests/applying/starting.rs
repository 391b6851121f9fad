//! A start: as it was started before, or by the operator's hook.

use super::{OWN, PROPERTIES, as_started, assert_ended, end, hook, state};
use crate::on_a_machine;
use host::{Broker, FILE, OUTPUT, Order, Shell, run, write};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::process::Command;

#[test]
fn what_another_user_started_is_started_as_that_user() {
    let machine =
        on_a_machine!("applying::starting::what_another_user_started_is_started_as_that_user");
    if !machine.has_users() {
        println!("there is only root here: not tried");
        return;
    }
    let broker = start_as_user();
    let before = as_started(&broker.process);
    let answer = machine.run("apply", Shell::Dash, &broker.add_external());
    assert_ended(&answer, 0, "started");
    assert_eq!(answer.json["validated"], "yes");
    let next = broker.successor().expect("a broker");
    assert_eq!(as_started(&next.process), before);
    assert_eq!(fs::metadata(FILE).expect("the file").uid(), 1234);
}

fn start_as_user() -> Broker {
    write(FILE, PROPERTIES);
    write(OUTPUT, "");
    run("chown -R 1234:1235 /opt/kafka && chmod 755 /opt /opt/kafka");
    run(
        "mkdir -p /opt/java && cp -L /opt/jdk/bin/java /opt/java/java && chmod 755 /opt/java/java && ln -sf /opt/java/java /opt/jdk/bin/java",
    );
    let mut command = Command::new("setpriv");
    command.args([
        "--reuid=1234",
        "--regid=1235",
        "--groups=1235,1300",
        "sh",
        "-c",
    ]);
    command
        .arg("umask 027; cd /opt/kafka; exec \"$@\" </dev/null >>/opt/kafka/kafka.out 2>&1")
        .arg("sh")
        .arg(host::JAVA);
    command
        .args(Broker::args(FILE))
        .env_clear()
        .env("A", "b")
        .env("PATH", "/usr/bin:/bin");
    host::spawn(&mut command);
    Broker::find(FILE)
}

#[test]
fn a_restart_changes_no_byte_and_a_start_starts_what_is_gone() {
    let machine = on_a_machine!(
        "applying::starting::a_restart_changes_no_byte_and_a_start_starts_what_is_gone"
    );
    let broker = Broker::start(PROPERTIES);
    let old = broker.bytes();
    assert_ended(
        &machine.run("apply", Shell::Dash, &broker.order("restart")),
        0,
        "started",
    );
    let next = broker.successor().expect("a broker");
    assert_ne!(next.process, broker.process);
    let order = broker
        .order("start")
        .but("process", "none")
        .but("nonce", "c000000000000000");
    let answer = machine.run("apply", Shell::Dash, &order);
    assert_eq!(
        (answer.code, answer.why()),
        (Some(10), "process"),
        "it runs: {answer:?}"
    );
    end(&next);
    assert_ended(&machine.run("apply", Shell::Dash, &order), 0, "started");
    assert_eq!(broker.bytes(), old);
    assert!(broker.successor().is_some());
}

#[test]
fn a_restart_notes_for_what_it_was() {
    let machine = on_a_machine!("applying::starting::a_restart_notes_for_what_it_was");
    let broker = Broker::start(PROPERTIES);
    let order = broker.order("restart").but("generation", "1764000000001");
    let answer = machine.run("apply", Shell::Dash, &order.but("revision", "fedcba"));
    assert_ended(&answer, 0, "started");
    let noted = (state("mode"), state("generation"), state("revision"));
    let expected = ["restart", "1764000000001", "fedcba"].map(str::to_owned);
    assert_eq!([noted.0, noted.1, noted.2], expected);
}

#[test]
fn a_broker_of_which_nothing_is_known_is_not_started() {
    let machine =
        on_a_machine!("applying::starting::a_broker_of_which_nothing_is_known_is_not_started");
    write(FILE, PROPERTIES);
    let order = Order::apply("start", "none", FILE, PROPERTIES.as_bytes());
    let answer = machine.run("apply", Shell::Dash, &order);
    assert_eq!(
        (answer.code, answer.why()),
        (Some(10), "no-start"),
        "{answer:?}"
    );
    hook("setsid -f /opt/jdk/bin/java -cp x kafka.Kafka /opt/kafka/config/server.properties");
    assert_ended(&machine.run("apply", Shell::Dash, &order), 0, "started");
    run("chmod 777 /etc/kafka-privatelink/restart");
    end(&Broker::find(FILE));
    let answer = machine.run(
        "apply",
        Shell::Dash,
        &order.but("nonce", "c000000000000000"),
    );
    assert_eq!(
        (answer.code, answer.why()),
        (Some(10), "no-start"),
        "{answer:?}"
    );
}

/// Each takes something away that the next start needs.
#[test]
fn a_broker_whose_program_or_folder_is_gone_is_not_stopped() {
    let machine = on_a_machine!(
        "applying::starting::a_broker_whose_program_or_folder_is_gone_is_not_stopped"
    );
    run("mkdir -p /opt/elsewhere");
    let broker = Broker::start_as(PROPERTIES, FILE, &[], |command| {
        command.current_dir("/opt/elsewhere")
    });
    let (java, aside) = ("/opt/jdk/bin/java", "/opt/java");
    for (away, again) in [
        (format!("mv {java} {aside}"), format!("mv {aside} {java}")),
        ("rmdir /opt/elsewhere".to_owned(), "true".to_owned()),
    ] {
        run(&away);
        for order in [broker.add_external(), broker.order("restart")] {
            let answer = machine.run("apply", Shell::Dash, &order);
            assert_eq!(
                (answer.code, answer.why()),
                (Some(10), "gone"),
                "{away}: {answer:?}"
            );
            assert!(broker.is_alive(), "{away}");
            assert_eq!(broker.bytes(), PROPERTIES.as_bytes());
        }
        run(&again);
    }
}

#[test]
fn a_broker_whose_jars_were_exchanged_is_not_restarted_as_another_kafka() {
    let machine = on_a_machine!(
        "applying::starting::a_broker_whose_jars_were_exchanged_is_not_restarted_as_another_kafka"
    );
    // Java keeps the jars open that it was started with.
    let jar = "/opt/kafka/libs/kafka_2.13-3.7.1.jar";
    let broker = Broker::start_as(PROPERTIES, FILE, &[], |command| {
        command.stdin(fs::File::open(jar).expect("a jar"))
    });
    run(&format!("rm {jar}"));
    let answer = machine.run("apply", Shell::Dash, &broker.add_external());
    let refused = (answer.code, answer.why());
    assert_eq!(refused, (Some(10), "gone"), "{answer:?}");
    assert_eq!(answer.told("/about"), format!("{jar} (deleted)"));
    assert!(broker.is_alive());
}

#[test]
fn an_operators_hook_starts_instead_of_the_record() {
    let machine =
        on_a_machine!("applying::starting::an_operators_hook_starts_instead_of_the_record");
    let broker = Broker::start(PROPERTIES);
    hook(
        "echo $KAFKA_PRIVATELINK_NODE $KAFKA_PRIVATELINK_FILE >/opt/hooked\nexec /opt/jdk/bin/java -cp x kafka.Kafka /opt/kafka/config/server.properties",
    );
    assert_ended(
        &machine.run("apply", Shell::Bash, &broker.add_external()),
        0,
        "started",
    );
    assert_eq!(
        fs::read_to_string("/opt/hooked").expect("its words").trim(),
        format!("1 {FILE}")
    );
    assert!(broker.successor().is_some());
}

#[test]
fn a_hook_that_takes_its_time_is_waited_for_and_not_run_twice() {
    let machine = on_a_machine!(
        "applying::starting::a_hook_that_takes_its_time_is_waited_for_and_not_run_twice"
    );
    for shell in Shell::ALL {
        run(&format!("rm -rf {OWN} /opt/hooked"));
        let broker = Broker::start(PROPERTIES);
        hook(
            "echo once >>/opt/hooked\nsleep 4\nexec /opt/jdk/bin/java -cp x kafka.Kafka /opt/kafka/config/server.properties",
        );
        let answer = machine.run("apply", shell, &broker.add_external());
        assert_ended(&answer, 0, "started");
        let hooked = fs::read_to_string("/opt/hooked").expect("its words");
        assert_eq!(hooked, "once\n");
        end(&broker.successor().expect("one broker"));
    }
}
