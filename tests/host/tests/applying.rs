//! *apply* on a plain process: an edit, a restart, a start, and the way back.

use crate::on_a_machine;
use host::{Answer, Broker, FILE, OUTPUT, Order, Shell, is_listening, run, sha256, write};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Command;

pub const PROPERTIES: &str = "# ours\r\nnode.id=1\nprocess.roles=broker\nlisteners=INTERNAL://:9092\npassword=hunter2\nstop-ms=300\n\u{e9}";
const OWN: &str = "/var/lib/kafka-privatelink/1";

/// Everything of `/proc` that a start has to give again.
fn as_started(process: &str) -> Vec<String> {
    let pid = process.split(' ').next().expect("a pid");
    let read = |name: &str| {
        let bytes = fs::read(format!("/proc/{pid}/{name}")).expect(name);
        format!("{name} {}", bytes.escape_ascii())
    };
    let link = |name: &str| format!("{name} {:?}", fs::read_link(format!("/proc/{pid}/{name}")));
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("status");
    let words = ["Umask", "Uid", "Gid", "Groups"];
    let of_status = |line: &&str| words.iter().any(|word| line.starts_with(word));
    let mut all = vec![read("cmdline"), read("environ"), read("limits")];
    all.extend(["cwd", "exe", "fd/0", "fd/1", "fd/2"].map(link));
    all.extend(status.lines().filter(of_status).map(str::to_owned));
    all
}

fn assert_ended(answer: &Answer, code: i32, outcome: &str) {
    assert_eq!(
        (answer.code, answer.outcome()),
        (Some(code), outcome),
        "{answer:?}"
    );
}

fn state(word: &str) -> String {
    let text = fs::read_to_string(format!("{OWN}/state")).unwrap_or_default();
    let of_word = |line: &str| Some(line.strip_prefix(word)?.strip_prefix(' ')?.to_owned());
    text.lines().find_map(of_word).unwrap_or_default()
}

#[test]
fn an_edit_changes_its_span_and_starts_the_broker_as_it_was_started() {
    let machine =
        on_a_machine!("applying::an_edit_changes_its_span_and_starts_the_broker_as_it_was_started");
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

fn end(broker: &Broker) {
    let pid = broker.process.split(' ').next().expect("a pid");
    run(&format!(
        "kill -9 {pid}; while kill -0 {pid} 2>/dev/null && ! grep -q '^State:.*Z' /proc/{pid}/status; do sleep 0.05; done"
    ));
}

#[test]
fn what_another_user_started_is_started_as_that_user() {
    let machine = on_a_machine!("applying::what_another_user_started_is_started_as_that_user");
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
fn a_broker_that_exits_is_taken_back_with_its_words() {
    let machine = on_a_machine!("applying::a_broker_that_exits_is_taken_back_with_its_words");
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
    let machine = on_a_machine!("applying::if_the_old_one_exits_too_it_is_held");
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
fn what_does_not_validate_stops_nothing() {
    let machine = on_a_machine!("applying::what_does_not_validate_stops_nothing");
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
    let machine =
        on_a_machine!("applying::a_broker_that_stops_slowly_is_waited_for_and_never_killed");
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

#[test]
fn back_gives_the_first_file_again() {
    let machine = on_a_machine!("applying::back_gives_the_first_file_again");
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
    let machine = on_a_machine!("applying::back_starts_a_broker_that_exited_after_the_command");
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
fn a_restart_changes_no_byte_and_a_start_starts_what_is_gone() {
    let machine =
        on_a_machine!("applying::a_restart_changes_no_byte_and_a_start_starts_what_is_gone");
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
fn a_file_that_others_wrote_before_the_new_process_exited_stays() {
    let machine =
        on_a_machine!("applying::a_file_that_others_wrote_before_the_new_process_exited_stays");
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
fn a_restart_notes_for_what_it_was() {
    let machine = on_a_machine!("applying::a_restart_notes_for_what_it_was");
    let broker = Broker::start(PROPERTIES);
    let order = broker.order("restart").but("generation", "1764000000001");
    let answer = machine.run("apply", Shell::Dash, &order.but("revision", "fedcba"));
    assert_ended(&answer, 0, "started");
    let noted = (state("mode"), state("generation"), state("revision"));
    let expected = ["restart", "1764000000001", "fedcba"].map(str::to_owned);
    assert_eq!([noted.0, noted.1, noted.2], expected);
}

#[test]
fn a_full_disk_of_ours_keeps_no_broker_down() {
    let machine = on_a_machine!("applying::a_full_disk_of_ours_keeps_no_broker_down");
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

/// What is kept of the file that is in place.
fn kept() -> Vec<String> {
    let text = fs::read_to_string(format!("{OWN}/state")).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.strip_prefix("kept "));
    lines.map(str::to_owned).collect()
}

#[test]
fn what_is_kept_belongs_to_the_file_in_place() {
    let machine = on_a_machine!("applying::what_is_kept_belongs_to_the_file_in_place");
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
fn a_broker_of_which_nothing_is_known_is_not_started() {
    let machine = on_a_machine!("applying::a_broker_of_which_nothing_is_known_is_not_started");
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
    let machine =
        on_a_machine!("applying::a_broker_whose_program_or_folder_is_gone_is_not_stopped");
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
        "applying::a_broker_whose_jars_were_exchanged_is_not_restarted_as_another_kafka"
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
fn a_broker_that_somebody_started_since_is_not_stopped_to_end_a_way_back() {
    let machine = on_a_machine!(
        "applying::a_broker_that_somebody_started_since_is_not_stopped_to_end_a_way_back"
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

fn hook(line: &str) {
    write(
        "/etc/kafka-privatelink/restart",
        &format!("#!/bin/sh\n{line}\n"),
    );
    run("chmod 755 /etc/kafka-privatelink /etc/kafka-privatelink/restart");
}

#[test]
fn an_operators_hook_starts_instead_of_the_record() {
    let machine = on_a_machine!("applying::an_operators_hook_starts_instead_of_the_record");
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
    let machine =
        on_a_machine!("applying::a_hook_that_takes_its_time_is_waited_for_and_not_run_twice");
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

#[test]
fn what_the_start_undoes_is_told() {
    let machine = on_a_machine!("applying::what_the_start_undoes_is_told");
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

/// Each with how the host is then, and why it is refused; the broker goes on with its file.
#[test]
fn what_differs_from_what_was_seen_is_refused() {
    let machine = on_a_machine!("applying::what_differs_from_what_was_seen_is_refused");
    let broker = Broker::start(PROPERTIES);
    let order = broker.add_external();
    let refusals: &[(&str, Order, &str, &str)] = &[
        ("", order.clone().but("not-after", "1764000000"), "late", ""),
        (
            "",
            order.clone().but("instance", "i-00000000"),
            "instance",
            "",
        ),
        ("", order.clone().but("process", "1 1"), "process", ""),
        ("", order.clone().but("node", "2"), "process", ""),
        (
            "",
            order.clone().but("old-sha256", &sha256(b"")),
            "changed",
            "",
        ),
        (
            "",
            order.clone().but("file", &host::path_of("/opt/other")),
            "file",
            "",
        ),
        (
            "",
            order.clone().but("file", &host::path_of("/opt/../x")),
            "payload",
            "",
        ),
        ("", broker.order("edit").span(2, b"x", b"y"), "bytes", ""),
        (
            "",
            broker.order("edit").span(2, b"", b"$(id)"),
            "payload",
            "",
        ),
        ("", broker.order("edit").span(2, b"", b"a b"), "payload", ""),
        (
            "",
            broker.order("edit").span(2, b"", b"a\0b"),
            "payload",
            "",
        ),
        (
            "",
            broker.order("edit").span(9, b"", b"x").span(2, b"", b"y"),
            "payload",
            "",
        ),
        (
            "",
            broker.order("edit").span(100_000, b"", b"x"),
            "bytes",
            "",
        ),
        ("", broker.order("edit"), "payload", ""),
        ("", order.clone().but("mode", "find_broker"), "payload", ""),
        ("", order.clone().but("stop-seconds", "9999"), "payload", ""),
        ("ln FILE /opt/two", order.clone(), "links", "rm /opt/two"),
        (
            "mv FILE /opt/f; ln -s /opt/f FILE",
            order.clone(),
            "symlink",
            "mv /opt/f FILE",
        ),
        ("chmod 606 FILE", order.clone(), "mode", "chmod 644 FILE"),
        ("chmod 4644 FILE", order.clone(), "mode", "chmod 644 FILE"),
        (
            "mount --bind /opt/kafka /opt/kafka; mount -o remount,bind,ro /opt/kafka",
            order.clone(),
            "read-only",
            "umount /opt/kafka",
        ),
        (
            "mkdir -p /var/lib/kafka-privatelink; mount -t tmpfs -o size=8k none /var/lib/kafka-privatelink; mkdir -p OWN/kept; dd if=/dev/zero of=OWN/full 2>/dev/null || true",
            order.clone(),
            "full",
            "umount /var/lib/kafka-privatelink",
        ),
        (
            "mount -t tmpfs -o ro none /var/lib",
            order.clone(),
            "state",
            "umount /var/lib",
        ),
    ];
    for (before, order, why, after) in refusals {
        for shell in Shell::ALL {
            let line = |line: &str| line.replace("FILE", FILE).replace("OWN", OWN);
            run(&line(before));
            let answer = machine.run("apply", shell, order);
            run(&line(after));
            assert_eq!(
                (answer.code, answer.why()),
                (Some(10), *why),
                "{before} {answer:?}"
            );
            assert!(broker.is_alive());
            assert_eq!(broker.bytes(), PROPERTIES.as_bytes());
        }
    }
    assert!(!fs::exists("/tmp/injected").expect("a look"));
}

#[test]
fn a_bind_port_that_any_socket_has_is_refused() {
    let machine = on_a_machine!("applying::a_bind_port_that_any_socket_has_is_refused");
    let broker = Broker::start(PROPERTIES);
    for address in ["0.0.0.0", "127.0.0.1", "::", "::1"] {
        let taken = std::net::TcpListener::bind((address, 39092)).expect(address);
        let answer = machine.run("apply", Shell::Dash, &broker.add_external());
        assert_eq!(
            (answer.code, answer.why()),
            (Some(10), "port"),
            "{address} {answer:?}"
        );
        drop(taken);
    }
    // A connection that goes out from that port.
    let there = std::net::TcpListener::bind("127.0.0.1:1234").expect("a port");
    run("exec 2>/dev/null; command -v bash >/dev/null");
    let mut out = Command::new("sh");
    out.arg("-c")
        .arg("echo 39092 39092 >/proc/sys/net/ipv4/ip_local_port_range");
    assert!(out.status().expect("sh").success());
    let _connection = std::net::TcpStream::connect("127.0.0.1:1234").expect("a connection");
    let answer = machine.run("apply", Shell::Dash, &broker.add_external());
    assert_eq!(
        (answer.code, answer.why()),
        (Some(10), "port"),
        "{answer:?}"
    );
    drop(there);
}

#[test]
fn a_port_that_the_broker_has_itself_is_no_hindrance() {
    let machine = on_a_machine!("applying::a_port_that_the_broker_has_itself_is_no_hindrance");
    let broker = Broker::start("node.id=1\nlisteners=A://:9092,EXTERNAL://:39092\nx=1\n");
    let at = "node.id=1\nlisteners=A://:9092,EXTERNAL://:39092\n".len();
    let order = broker
        .order("edit")
        .with("port", "39092")
        .span(at, b"x=1", b"x=2");
    assert_ended(&machine.run("apply", Shell::Dash, &order), 0, "started");
}

#[test]
fn a_generated_file_and_an_override_of_our_keys_are_refused() {
    let machine =
        on_a_machine!("applying::a_generated_file_and_an_override_of_our_keys_are_refused");
    let broker = Broker::start(&format!("# Do not edit\n{PROPERTIES}"));
    let answer = machine.run("apply", Shell::Dash, &broker.add_external());
    assert_eq!((answer.code, answer.why()), (Some(10), "generated"));
    end(&broker);
    let broker = Broker::start_as(
        PROPERTIES,
        FILE,
        &["--override", "listeners=A://:9093"],
        |c| c,
    );
    let answer = machine.run("apply", Shell::Dash, &broker.add_external());
    assert_eq!((answer.code, answer.why()), (Some(10), "override"));
}

#[test]
fn two_at_once_are_one() {
    let machine = on_a_machine!("applying::two_at_once_are_one");
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
    let machine = on_a_machine!("applying::the_controller_beside_the_broker_goes_on");
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
