//! What *inspect* sees of a host.

use crate::on_a_machine;
use host::{Broker, FILE, INSTANCE, Order, Shell, run, text_of, write};
use std::os::unix::process::CommandExt;

const PROPERTIES: &str =
    "node.id=1\nprocess.roles=broker\nlisteners=INTERNAL://:9092\npassword=hunter2\n";

#[test]
fn a_broker_and_its_file_are_told_and_nothing_is_written() {
    let machine =
        on_a_machine!("inspecting::a_broker_and_its_file_are_told_and_nothing_is_written");
    let broker = Broker::start(PROPERTIES);
    let before = host_files();
    let answer = machine.inspect(&Order::new().with("port", "9092").with("port", "39092"));
    assert_eq!(before, host_files());
    assert_eq!(
        (answer.code, answer.outcome()),
        (Some(0), "inspected"),
        "{answer:?}"
    );
    let json = &answer.json;
    assert_eq!(
        format!("{} {}", json["broker"]["pid"], json["broker"]["start"]),
        broker.process
    );
    assert_eq!(json["broker"]["node"], 1);
    assert_eq!(json["broker"]["roles"], "broker");
    assert_eq!(json["broker"]["kind"], "plain");
    assert_eq!(json["broker"]["version"], "3.7.1");
    assert_eq!(json["broker"]["container"], false);
    assert_eq!(answer.told("/file/path"), FILE);
    assert_eq!(json["file"]["sha256"], host::sha256(PROPERTIES.as_bytes()));
    assert_eq!(json["file"]["mode"], "644");
    assert_eq!(json["file"]["writable"], true);
    assert!(answer.number("/file/free") > Some(1_000_000));
    assert_eq!(json["state"], serde_json::Value::Null);
    assert_eq!(json["ports"][0]["sockets"], 1);
    assert_eq!(
        json["ports"][0]["listeners"][0]["pid"],
        json["broker"]["pid"]
    );
    assert_eq!(json["ports"][1]["sockets"], 0);
    assert!(!json.to_string().contains("hunter2"));
}

/// Every file that a script could have written to.
fn host_files() -> String {
    let output = std::process::Command::new("find")
        .args(
            "/opt /etc /var/lib /run /tmp -newermt @0 ! -name _script.sh -printf %p:%s:%T@\\n"
                .split(' '),
        )
        .output();
    let text = String::from_utf8(output.expect("find").stdout).expect("text");
    let lines = text.lines().filter(|line| !line.starts_with("/opt:"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn identity_is_that_of_the_process_and_not_of_the_file() {
    let machine = on_a_machine!("inspecting::identity_is_that_of_the_process_and_not_of_the_file");
    let overrides = [
        "--override",
        "broker.id=1",
        "--override",
        "ssl.key.password=hunter2",
    ];
    let more = ["--override=listeners=A://:9092"];
    let all: Vec<&str> = overrides.into_iter().chain(more).collect();
    let _one = Broker::start_as("broker.id=0\n", FILE, &all, |command| command);
    let answer = machine.inspect(&Order::new());
    assert_eq!(answer.json["matches"], 1, "{answer:?}");
    let overrides = answer.json["broker"]["overrides"]
        .as_array()
        .expect("overrides");
    assert_eq!(overrides.len(), 3);
    assert_eq!(answer.told("/broker/overrides/1/key"), "ssl.key.password");
    assert!(overrides[1]["value"].is_null());
    assert_eq!(answer.told("/broker/overrides/2/value"), "A://:9092");
}

#[test]
fn of_several_processes_the_broker_with_the_node_id_is_the_one() {
    let machine =
        on_a_machine!("inspecting::of_several_processes_the_broker_with_the_node_id_is_the_one");
    let controller = "process.roles=controller\nnode.id=1\n";
    let _one = Broker::start_as(
        controller,
        "/opt/kafka/config/controller.properties",
        &[],
        |c| c,
    );
    let answer = machine.inspect(&Order::new());
    assert_eq!(
        (
            answer.number("/matches"),
            answer.json["processes"].as_array().map(Vec::len)
        ),
        (Some(0), Some(1))
    );
    let second = Broker::start_as(
        "node.id=2\n",
        "/opt/kafka/config/two.properties",
        &[],
        |c| c,
    );
    let answer = machine.inspect(&Order::new().but("node", "2"));
    assert_eq!(
        format!(
            "{} {}",
            answer.json["broker"]["pid"], answer.json["broker"]["start"]
        ),
        second.process
    );
    let _third = Broker::start_as(
        "node.id=2\n",
        "/opt/kafka/config/three.properties",
        &[],
        |c| c,
    );
    let answer = machine.inspect(&Order::new().but("node", "2"));
    assert_eq!(answer.number("/matches"), Some(2));
    assert!(answer.json["broker"].is_null());
}

/// systemd's names of escapes, continuations and duplicates: the last one counts.
#[test]
fn the_last_node_id_of_a_file_counts() {
    let machine = on_a_machine!("inspecting::the_last_node_id_of_a_file_counts");
    let text = "node.id=7\nnode.id : \\\n  1 \n# node.id=9\nx=\\\nnode.id=8\nprocess.roles = broker,controller\n";
    let _one = Broker::start(text);
    let answer = machine.inspect(&Order::new());
    assert_eq!(answer.json["broker"]["node"], 1, "{answer:?}");
    assert_eq!(answer.json["broker"]["roles"], "broker,controller");
}

#[test]
fn a_relative_path_is_that_of_the_process_folder() {
    let machine = on_a_machine!("inspecting::a_relative_path_is_that_of_the_process_folder");
    write(FILE, PROPERTIES);
    let mut command = std::process::Command::new(host::JAVA);
    command
        .arg0("java")
        .args(["-cp", "x", "kafka.Kafka", "config/server.properties"]);
    host::spawn(command.current_dir("/opt/kafka"));
    std::thread::sleep(std::time::Duration::from_millis(200));
    let answer = machine.inspect(&Order::new());
    assert_eq!(answer.told("/broker/file"), FILE);
    assert_eq!(answer.told("/file/path"), FILE);
}

#[test]
fn a_process_in_a_container_is_told_as_one() {
    let machine = on_a_machine!("inspecting::a_process_in_a_container_is_told_as_one");
    write(FILE, PROPERTIES);
    let mut command = std::process::Command::new("unshare");
    command.args([
        "--pid",
        "--fork",
        host::JAVA,
        "-cp",
        "x",
        "kafka.Kafka",
        FILE,
    ]);
    host::spawn(&mut command);
    std::thread::sleep(std::time::Duration::from_millis(300));
    let answer = machine.inspect(&Order::new());
    assert_eq!(answer.json["broker"]["container"], true, "{answer:?}");
    assert!(answer.json["file"].is_null());
}

#[test]
fn links_and_odd_modes_of_the_file_are_told() {
    let machine = on_a_machine!("inspecting::links_and_odd_modes_of_the_file_are_told");
    let _broker = Broker::start(PROPERTIES);
    run(&format!(
        "mv {FILE} /opt/real && ln -s /opt/real {FILE} && chmod 606 /opt/real"
    ));
    let answer = machine.inspect(&Order::new());
    assert_eq!(answer.json["file"]["symlink"], true);
    assert_eq!(answer.told("/file/real"), "/opt/real");
    assert_eq!(answer.json["file"]["mode"], "606");
}

#[test]
fn an_operators_hook_is_safe_if_nobody_else_can_write_it() {
    let machine =
        on_a_machine!("inspecting::an_operators_hook_is_safe_if_nobody_else_can_write_it");
    for (mode, folder, safe) in [
        ("755", "755", true),
        ("775", "755", false),
        ("755", "777", false),
        ("644", "755", false),
    ] {
        run("mkdir -p /etc/kafka-privatelink && touch /etc/kafka-privatelink/restart");
        run(&format!(
            "chmod {folder} /etc/kafka-privatelink; chmod {mode} /etc/kafka-privatelink/restart"
        ));
        let answer = machine.inspect(&Order::new());
        assert_eq!(answer.json["hook"]["present"], true);
        assert_eq!(answer.json["hook"]["safe"], safe, "{mode} {folder}");
    }
}

#[test]
fn an_agent_that_is_too_old_sets_no_payload() {
    let machine = on_a_machine!("inspecting::an_agent_that_is_too_old_sets_no_payload");
    for shell in Shell::ALL {
        for document in ["inspect", "apply", "stop"] {
            let answer = machine.run_text(&text_of(document), shell, None);
            assert_eq!((answer.code, answer.why()), (Some(20), "agent"));
        }
    }
}

#[test]
fn a_payload_that_says_anything_odd_is_refused() {
    let machine = on_a_machine!("inspecting::a_payload_that_says_anything_odd_is_refused");
    let order = Order::new();
    for (order, why) in [
        (order.clone().but("version", "2"), "payload"),
        (order.clone().but("node", "1;id"), "payload"),
        (order.clone().but("node", "-1"), "payload"),
        (order.clone().but("nonce", "$(id)"), "payload"),
        (order.clone().but("nonce", "0123"), "payload"),
        (order.clone().with("port", "0"), "payload"),
        (order.clone().with("port", "65536"), "payload"),
        (
            order.clone().but("instance", "i-0000000000000000f"),
            "instance",
        ),
    ] {
        let answer = machine.inspect(&order);
        assert_eq!((answer.code, answer.why()), (Some(10), why), "{order:?}");
    }
    for payload in [
        "",
        "not base64!",
        "$(touch /tmp/injected)",
        "abc",
        "AA",
        "dmVyc2lvbiAxCmluc3RhbmNlIGAK",
    ] {
        let answer = machine.run_text(&text_of("inspect"), Shell::Bash, Some(payload));
        assert_ne!(answer.code, Some(0), "{payload}");
    }
    assert!(!std::path::Path::new("/tmp/injected").exists());
    assert_eq!(INSTANCE.len(), 19);
}

/// The agent runs as an ordinary user.
#[test]
fn an_agent_of_an_ordinary_user_is_refused_with_its_user() {
    let machine =
        on_a_machine!("inspecting::an_agent_of_an_ordinary_user_is_refused_with_its_user");
    machine.stand_in("id", "#!/bin/sh\necho 1000\n");
    let answer = machine.inspect(&Order::new());
    assert_eq!((answer.code, answer.why()), (Some(10), "user"));
    assert_eq!(answer.told("/about"), "1000");
}

/// `sh -c FILE` is how the agent runs a script: on a folder that is mounted noexec it never begins.
#[test]
fn a_folder_without_exec_runs_nothing_and_says_126() {
    let _machine = on_a_machine!("inspecting::a_folder_without_exec_runs_nothing_and_says_126");
    run("mkdir /tmp/agent && mount -t tmpfs -o noexec none /tmp/agent");
    std::fs::write("/tmp/agent/_script.sh", text_of("inspect")).expect("the script");
    run("chmod 755 /tmp/agent/_script.sh");
    for shell in ["dash", "bash"] {
        let output = std::process::Command::new(shell)
            .args(["-c", "/tmp/agent/_script.sh"])
            .output();
        let output = output.expect("a shell");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(126), 0));
    }
}

#[test]
fn what_goes_wrong_is_told_with_its_step_and_never_as_a_childs_code() {
    let machine = on_a_machine!(
        "inspecting::what_goes_wrong_is_told_with_its_step_and_never_as_a_childs_code"
    );
    let _broker = Broker::start(PROPERTIES);
    machine.stand_in("gzip", "#!/bin/sh\nexit 194\n");
    machine.stand_in("df", "#!/bin/sh\nexit 194\n");
    machine.stand_in("readlink", "#!/bin/sh\nexit 194\n");
    machine.stand_in("tr", "#!/bin/sh\nexit 194\n");
    let answer = machine.run("inspect", Shell::Bash, &Order::new());
    assert!([Some(10), Some(13)].contains(&answer.code), "{answer:?}");
    assert!(!answer.json.to_string().contains("hunter2"));
}

/// Java reads it as 1.
#[test]
fn a_node_id_with_zeros_before_it_is_the_same_broker() {
    let machine = on_a_machine!("inspecting::a_node_id_with_zeros_before_it_is_the_same_broker");
    let _broker = Broker::start("node.id=001\nlisteners=INTERNAL://:9092\n");
    let answer = machine.inspect(&Order::new());
    assert_eq!(answer.json["broker"]["node"], 1, "{answer:?}");
}

#[test]
fn a_jaas_file_is_told_wherever_java_is_told_of_it() {
    let machine = on_a_machine!("inspecting::a_jaas_file_is_told_wherever_java_is_told_of_it");
    let option = "-Xmx1g -Djava.security.auth.login.config=/etc/jaas.conf";
    for (variable, value, expected) in [
        ("JAVA_TOOL_OPTIONS", option, true),
        ("JDK_JAVA_OPTIONS", option, true),
        ("KAFKA_OPTS", option, false),
        ("JAVA_TOOL_OPTIONS", "-Xmx1g", false),
    ] {
        let broker = Broker::start_as(PROPERTIES, FILE, &[], |it| it.env(variable, value));
        let answer = machine.inspect(&Order::new());
        assert_eq!(answer.json["broker"]["jaas"], expected, "{variable}");
        let pid = broker.process.split(' ').next().expect("a pid");
        run(&format!(
            "kill -9 {pid}; while kill -0 {pid} 2>/dev/null && ! grep -q '^State:.*Z' /proc/{pid}/status; do sleep 0.05; done"
        ));
    }
}
