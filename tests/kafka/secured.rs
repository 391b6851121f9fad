//! A listener group with SASL, from its parameter to a client's messages: what the operator has to write is held
//! first, with real Kafka and the real functions.

use crate::stage::{broker, one, until, with_kafka};
use std::fs;
use std::process::Stdio;
use tests::built::binary;
use tokio::io::AsyncWriteExt;
use world::deployment::CLUSTER;
use world::kafka::{Broker, Tools};
use world::local::{DOMAIN, LocalAws};

const INTERNAL: &str = "10.0.0.11:9092";
const SECRET: &str = r#"{"mechanism":"SCRAM-SHA-512","username":"probe","password":"of-512"}"#;
const CLIENT: &str = "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-512\n\
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username=\"probe\" password=\"of-512\";\n";

/// One broker without EXTERNAL, with a user; and the functions.
async fn with_user() -> LocalAws {
    let world = one().await;
    world.put_secret("secrets/probe", SECRET).unwrap();
    let user = [
        "--bootstrap-server",
        INTERNAL,
        "--alter",
        "--add-config",
        "SCRAM-SHA-512=[password=of-512]",
        "--entity-type",
        "users",
        "--entity-name",
        "probe",
    ];
    let tools = world.tools_in_vpc().unwrap();
    tools.run("kafka-configs.sh", &user).await.unwrap();
    world.start_functions(binary);
    world
}

fn put_group(world: &LocalAws) {
    let group = format!(
        r#"{{"pattern": "<broker_id>.<az_id>.{DOMAIN}:<port>", "protocol": "SASL_PLAINTEXT", "secret": "/kafka-privatelink/{CLUSTER}/secrets/probe"}}"#
    );
    world.put_parameter("listeners/EXTERNAL", &group).unwrap();
}

/// The lines that push-listeners asks for, once it does.
async fn missing(world: &LocalAws) -> Vec<String> {
    until(world, async || {
        let journal = world.journal();
        let report = journal.runs("push-listeners").reports.last();
        let held = report.and_then(|it| it["held"].as_array());
        let mut held = held.into_iter().flatten().map(ToString::to_string);
        let held = held.find(|it| it.contains("lines in"));
        let held = held.ok_or_else(|| format!("nothing is missing: {report:?}"))?;
        let quoted = held.split("\\\"").skip(1).step_by(2);
        Ok(quoted.map(str::to_owned).collect())
    })
    .await
}

fn state(broker: &Broker) -> (String, Option<u32>) {
    let file = fs::read_to_string(broker.home().properties()).unwrap();
    let process = broker.process().unwrap().map(|process| process.id());
    (file, process)
}

/// A client's console tool on the consumer's host, through its endpoint.
async fn client(tools: &Tools, script: &str, arguments: &[&str], input: &str) -> String {
    let config = tools.home().folder().join("client.properties");
    fs::write(&config, CLIENT).unwrap();
    let mut command = tools.command(script);
    let option = match script {
        "kafka-console-producer.sh" => "--producer.config",
        _ => "--consumer.config",
    };
    command.args(arguments).arg(option).arg(config);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut program = command.spawn().unwrap();
    let mut stdin = program.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).await.unwrap();
    drop(stdin);
    let output = program.wait_with_output().await.unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_group_with_scram_waits_for_its_lines_and_then_serves_who_knows_the_password() {
    with_kafka!(
        a_group_with_scram_waits_for_its_lines_and_then_serves_who_knows_the_password,
        async {
            let world = with_user().await;
            let broker = broker(&world, "1").await;
            let before = state(&broker);
            put_group(&world);
            let lines = missing(&world).await;
            assert_eq!(state(&broker), before);
            let keys: Vec<_> = lines.iter().filter_map(|it| it.split('=').next()).collect();
            let own = "listener.name.external.";
            let needed = ["sasl.enabled.mechanisms", "scram-sha-512.sasl.jaas.config"];
            assert_eq!(keys, needed.map(|key| format!("{own}{key}")));

            // The operator writes just these, and touches nothing else.
            let complete = format!("{}{}\n", before.0, lines.join("\n"));
            fs::write(broker.home().properties(), &complete).unwrap();
            put_group(&world);
            // The bootstrap port opens when the probe has proven the broker, by its secret.
            until(&world, async || {
                let proof = world.verb("proof").await?;
                let is_proven = proof.contains("proven") && !proof.contains("not ");
                match is_proven {
                    true => Ok(()),
                    false => Err(proof),
                }
            })
            .await;
            assert_ne!(state(&broker).1, before.1);

            let tools = world.tools_at_consumer().unwrap();
            let bootstrap = format!("bootstrap.usw2-az1.{DOMAIN}:9092");
            let to = ["--bootstrap-server", &bootstrap, "--topic", "scram"];
            let sent = "one\ntwo\nthree\n";
            client(&tools, "kafka-console-producer.sh", &to, sent).await;
            let from = ["--from-beginning", "--max-messages", "3"];
            let from = [&to[..], &from[..]].concat();
            let read = client(&tools, "kafka-console-consumer.sh", &from, "").await;
            assert_eq!(read, sent);
        }
    );
}
