//! A script that is killed before any of its commands leaves what the next command repairs.
//!
//! bash tells each command of the script before it runs (`trap … DEBUG`); at the chosen one it kills
//! itself. Two points between which nothing durable is done leave the same: so only those before a
//! command that changes something are played. `EVERY=1` plays all of them, with every next command.

use crate::on_a_machine;
use host::{Answer, Broker, FILE, Machine, Order, Shell, is_listening, run, sha256, text_of};
use std::fs;
use std::net::TcpListener;
use std::thread::sleep;
use std::time::Duration;

const OWN: &str = "/var/lib/kafka-privatelink/1";
const PROPERTIES: &str = "node.id=1\nlisteners=INTERNAL://:9092\nstop-ms=300\n";
const TRACE: &str = "/opt/trace";
/// What changes something that another process sees; `sync` and files that nothing reads yet do not.
const CHANGES: [&str; 8] = [
    "mkdir",
    "mv",
    "cp",
    "kill",
    "setsid",
    "systemctl",
    "spawn",
    "answer",
];

/// The text, which kills itself before its n-th command; 0 is never.
fn doomed(document: &str, at: usize) -> String {
    let count = format!(
        "set -T\nn_=0\ntrap 'if [ \"$BASHPID\" = \"$$\" ]; then n_=$((n_ + 1)); \
         printf \"%s %s\\n\" \"$n_\" \"${{BASH_COMMAND%%$newline*}}\" >>{TRACE}; \
         if [ \"$n_\" = {at} ]; then kill -9 $$; fi; fi' DEBUG\nnewline='\n'\n"
    );
    format!("{count}{}", text_of(document))
}

/// The points at which a script is killed: all that the trace of an undisturbed run has.
fn points() -> Vec<usize> {
    let trace = fs::read_to_string(TRACE).expect("a trace");
    let every = std::env::var_os("EVERY").is_some();
    let is_one = |command: &str| {
        let first = command.split(' ').next().unwrap_or_default();
        every || CHANGES.contains(&first)
    };
    let commands = trace.lines().filter_map(|line| line.split_once(' '));
    let points = commands.filter(|(_, command)| is_one(command));
    points
        .map(|(number, _)| number.parse().expect("a number"))
        .collect()
}

fn kill_brokers() {
    run(
        "for p in $(grep -lzx 'kafka[.]Kafka' /proc/[0-9]*/cmdline 2>/dev/null | tr -cd '0-9\\n'); do kill -9 $p; done; true",
    );
    // A process that ends has no words any more, and its port still for a moment.
    while !host::running(FILE).is_empty() || is_listening(9092) {
        sleep(Duration::from_millis(10));
    }
}

fn kill_all() {
    kill_brokers();
    run(&format!(
        "rm -rf {OWN} {FILE} {TRACE} /opt/kafka/config/.s*"
    ));
}

fn quick(order: Order) -> Order {
    order.but("watch-seconds", "0")
}

fn alive() -> Option<Broker> {
    let mut all = host::running(FILE);
    assert!(all.len() < 2, "two: {all:?}");
    let file = FILE.into();
    all.pop().map(|process| Broker { file, process })
}

fn current(order: &Order) -> Order {
    let process = alive().map_or("none".to_owned(), |broker| broker.process);
    order.clone().but("process", &process)
}

/// What people see in the end: one broker, one file, nothing beside it, no port that it should not have.
fn assert_is(bytes: &[u8], external: bool, what: &str) {
    let broker = alive().unwrap_or_else(|| panic!("no broker after {what}"));
    assert_eq!(
        broker.bytes().escape_ascii().to_string(),
        bytes.escape_ascii().to_string(),
        "{what}"
    );
    let mut tries = 0;
    while external && !is_listening(39092) && tries < 100 {
        sleep(Duration::from_millis(20));
        tries += 1;
    }
    assert_eq!(is_listening(39092), external, "{what}");
    assert_eq!(
        fs::read_dir("/opt/kafka/config")
            .expect("its folder")
            .count(),
        1,
        "{what}"
    );
}

/// What the next command is, and how all must be after it; gets the order of the one that was killed.
type Way<'w> = &'w dyn Fn(&Machine, &Order, &str);

/// Plays a case at each of its points: begins, is killed, and goes on by each of the ways.
fn at_each_point(machine: &Machine, document: &str, begin: impl Fn() -> Order, ways: &[Way<'_>]) {
    let order = begin();
    let answer = machine.run_text(&doomed(document, 0), Shell::Bash, Some(&order.payload()));
    assert!(answer.code.is_some_and(|code| code < 13), "{answer:?}");
    let points = points();
    println!("{} points", points.len());
    assert!(points.len() > 8);
    let every = std::env::var_os("EVERY").is_some();
    for (number, at) in points.into_iter().enumerate() {
        for (turn, way) in ways.iter().enumerate() {
            if !every && number % ways.len() != turn {
                continue;
            }
            let order = begin();
            let answer =
                machine.run_text(&doomed(document, at), Shell::Bash, Some(&order.payload()));
            // How often a script waits differs; at a late point it may be over before.
            let is_over = answer.code.is_some_and(|code| code < 12);
            assert!(
                answer.code.is_none() || is_over,
                "killed at {at}: {answer:?}"
            );
            let trace = fs::read_to_string(TRACE).expect("a trace");
            let what = format!("killed before {:?}, way {turn}", trace.lines().last());
            way(machine, &order, &what);
        }
    }
}

fn begin_edit() -> Order {
    kill_all();
    quick(Broker::start(PROPERTIES).add_external())
}

fn with_external() -> Vec<u8> {
    PROPERTIES
        .replace(":9092", ":9092,EXTERNAL://0.0.0.0:39092")
        .into_bytes()
}

fn the_same_again(machine: &Machine, order: &Order, what: &str) {
    let answer = machine.run("apply", Shell::Dash, order);
    assert_eq!(
        (answer.code, answer.outcome()),
        (Some(0), "started"),
        "{what} {answer:?}"
    );
    assert_is(&with_external(), true, what);
    let again = machine.run("apply", Shell::Dash, order);
    assert_eq!(
        (again.code, again.outcome()),
        (Some(0), "started"),
        "{what} {again:?}"
    );
    assert_is(&with_external(), true, what);
}

fn until_done(machine: &Machine, order: &Order) -> Answer {
    let mut answer = machine.run("apply", Shell::Dash, &current(order));
    for _ in 0..10 {
        // Between the look and the command it may have gone.
        if answer.why() != "process" {
            break;
        }
        sleep(Duration::from_millis(200));
        answer = machine.run("apply", Shell::Dash, &current(order));
    }
    answer
}

fn take_it_back(machine: &Machine, order: &Order, what: &str) {
    let order = order
        .clone()
        .but("mode", "back")
        .but("nonce", "b000000000000000");
    let answer = until_done(machine, &order);
    if answer.why() != "nothing-kept" {
        assert_eq!(
            (answer.code, answer.outcome()),
            (Some(0), "back"),
            "{what} {answer:?}"
        );
    }
    assert_is(PROPERTIES.as_bytes(), false, what);
}

fn start_it(machine: &Machine, order: &Order, what: &str) {
    sleep(Duration::from_millis(500));
    if alive().is_none() {
        let now = fs::read(FILE).expect("the file");
        let start = order
            .clone()
            .but("mode", "start")
            .but("nonce", "c000000000000000");
        let answer = until_done(machine, &start.but("old-sha256", &sha256(&now)));
        assert_eq!(
            (answer.code, answer.outcome()),
            (Some(0), "started"),
            "{what} {answer:?}"
        );
        assert_is(&with_external(), true, what);
    } else {
        the_same_again(machine, order, what);
    }
}

#[test]
fn an_edit_that_is_killed_anywhere_is_repaired_by_the_next_command() {
    let machine =
        on_a_machine!("crashing::an_edit_that_is_killed_anywhere_is_repaired_by_the_next_command");
    at_each_point(
        &machine,
        "apply",
        begin_edit,
        &[&the_same_again, &take_it_back, &start_it],
    );
}

#[test]
fn a_broker_that_exits_is_taken_back_wherever_the_command_is_killed() {
    let machine =
        on_a_machine!("crashing::a_broker_that_exits_is_taken_back_wherever_the_command_is_killed");
    // An exit takes a moment; somebody has the port.
    let begin = || {
        let order = begin_edit();
        order.but("port", "1").but("watch-seconds", "1")
    };
    let taken = TcpListener::bind("0.0.0.0:39092").expect("the port");
    let again = |machine: &Machine, order: &Order, what: &str| {
        let answer = machine.run("apply", Shell::Dash, order);
        assert_eq!(
            (answer.code, answer.outcome()),
            (Some(11), "taken-back"),
            "{what} {answer:?}"
        );
        let broker = alive().unwrap_or_else(|| panic!("no broker after {what}"));
        assert_eq!(broker.bytes(), PROPERTIES.as_bytes(), "{what}");
    };
    at_each_point(&machine, "apply", begin, &[&again]);
    drop(taken);
}

#[test]
fn the_way_back_that_is_killed_anywhere_is_repaired_by_itself() {
    let machine =
        on_a_machine!("crashing::the_way_back_that_is_killed_anywhere_is_repaired_by_itself");
    let begin = || {
        let order = begin_edit();
        let answer = machine.run("apply", Shell::Dash, &order);
        assert_eq!(answer.outcome(), "started");
        fs::remove_file(TRACE).unwrap_or_default();
        let order = order.but("mode", "back").but("nonce", "b000000000000000");
        current(&order)
    };
    let again = |machine: &Machine, order: &Order, what: &str| {
        let answer = until_done(machine, order);
        assert_eq!(
            (answer.code, answer.outcome()),
            (Some(0), "back"),
            "{what} {answer:?}"
        );
        assert_is(PROPERTIES.as_bytes(), false, what);
    };
    at_each_point(&machine, "apply", begin, &[&again]);
}

#[test]
fn a_unit_that_is_edited_or_stopped_is_left_to_no_half_way() {
    let machine =
        on_a_machine!("crashing::a_unit_that_is_edited_or_stopped_is_left_to_no_half_way");
    let begin = |document: &'static str| {
        let machine = &machine;
        move || {
            run("touch /run/stand-in/stop 2>/dev/null || true");
            kill_all();
            run("sleep 0.4; rm -rf /run/stand-in /run/systemd/system/kafka.service.d");
            host::write(FILE, PROPERTIES);
            let unit = host::Unit::start(machine, FILE, "Restart=always");
            let broker = Broker::find(FILE);
            while unit.shows("ActiveState") != "active" {
                sleep(Duration::from_millis(20));
            }
            if document == "apply" {
                return broker.add_external().but("watch-seconds", "1");
            }
            let order = Order::new().with("not-after", "9999999999");
            order
                .with("process", &broker.process)
                .with("stop-seconds", "20")
        }
    };
    let edited = |machine: &Machine, order: &Order, what: &str| {
        let answer = machine.run("apply", Shell::Dash, order);
        assert_eq!(
            (answer.code, answer.outcome()),
            (Some(0), "started"),
            "{what} {answer:?}"
        );
        assert_is(&with_external(), true, what);
        let drop_in = fs::exists("/run/systemd/system/kafka.service.d");
        assert!(!drop_in.expect("a look"), "{what}: a drop-in is left");
    };
    at_each_point(&machine, "apply", begin("apply"), &[&edited]);
    let stopped = |machine: &Machine, order: &Order, what: &str| {
        let answer = machine.run("stop", Shell::Dash, order);
        assert_eq!(
            (answer.code, answer.outcome()),
            (Some(0), "stopped"),
            "{what} {answer:?}"
        );
        sleep(Duration::from_millis(500));
        assert!(alive().is_none(), "{what}");
    };
    at_each_point(&machine, "stop", begin("stop"), &[&stopped]);
}

/// The plan sends *start* then: others wrote the file and restarted the broker.
#[test]
fn what_was_prepared_is_ended_with_the_file_and_the_process_of_others() {
    let machine = on_a_machine!(
        "crashing::what_was_prepared_is_ended_with_the_file_and_the_process_of_others"
    );
    for heading in ["forth", "back"] {
        let broker = Broker::start(PROPERTIES);
        let order = quick(broker.add_external());
        let answer = machine.run("apply", Shell::Bash, &order);
        assert_eq!(answer.outcome(), "started", "{}", answer.json);
        // As a script leaves it that was killed in this phase.
        let edits = [
            "s/^phase .*/phase prepared/",
            &format!("s/^heading .*/heading {heading}/"),
            "s/^process .*/process none/",
        ];
        run(&format!("sed -i '{}' {OWN}/state", edits.join("; ")));
        kill_brokers();
        let theirs = format!("# theirs\n{PROPERTIES}");
        let other = Broker::start(&theirs);
        let order = Order::apply("start", &other.process, FILE, theirs.as_bytes());
        let order = quick(order).but("nonce", "fedcba9876543210");
        let answer = machine.run("apply", Shell::Dash, &order);
        assert_eq!(answer.outcome(), "started", "{heading}: {}", answer.json);
        assert_eq!(answer.json["state"]["phase"], "done");
        assert_eq!(other.bytes(), theirs.as_bytes(), "{heading}");
        assert!(other.is_alive(), "{heading}");
        kill_all();
    }
}
