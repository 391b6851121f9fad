//! Stands in for Java with Kafka, in what the scripts see of it: its arguments, its sockets, its exits.
//!
//! `kafka.Kafka FILE` binds every port of `listeners` and exits with Kafka's words if it cannot, or if
//! a line begins with `broken`. It ends `stop-ms` of the file after a SIGTERM, with 143 as a JVM does.
//! `kafka.tools.StorageTool info -c FILE` refuses a file with `BROKEN` in it, and looks at no port.

use std::net::TcpListener;
use std::process::exit;
use std::thread::sleep;
use std::time::Duration;

fn main() {
    let mut args = std::env::args().skip_while(|arg| !arg.starts_with("kafka."));
    let class = args.next().unwrap_or_default();
    if class == "kafka.tools.StorageTool" {
        let properties = Properties::read(&args.nth(2).unwrap_or_default());
        properties.must_not_say("BROKEN");
        println!("Found log directory:\n  /data");
        return;
    }
    let properties = Properties::read(&args.next().unwrap_or_default());
    let signals = signal_hook::iterator::Signals::new([signal_hook::consts::SIGTERM]);
    let mut signals = signals.expect("a handler for SIGTERM");
    sleep(properties.milliseconds("start-ms"));
    properties.must_not_say("BROKEN");
    properties.must_not_say("\nbroken");
    let _bound = bind(&properties);
    if properties.value("exit-after-ms").is_some() {
        sleep(properties.milliseconds("exit-after-ms"));
        say("ERROR Exiting Kafka due to fatal exception (kafka.Kafka$)");
        exit(1);
    }
    say("INFO [KafkaRaftServer nodeId=1] Kafka Server started");
    signals.forever().next();
    sleep(properties.milliseconds("stop-ms"));
    exit(143);
}

fn say(text: &str) {
    println!("[2026-01-01 00:00:00,000] {text}");
}

struct Properties(String);

impl Properties {
    fn read(file: &str) -> Self {
        let Ok(bytes) = std::fs::read(file) else {
            say(&format!("FATAL java.nio.file.NoSuchFileException: {file}"));
            exit(1);
        };
        Self(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn value(&self, key: &str) -> Option<&str> {
        let of_key = |line| str::strip_prefix(line, key)?.strip_prefix('=');
        self.0.lines().filter_map(of_key).next_back()
    }

    fn milliseconds(&self, key: &str) -> Duration {
        let value = self.value(key).and_then(|value| value.parse().ok());
        Duration::from_millis(value.unwrap_or(0))
    }

    fn must_not_say(&self, word: &str) {
        if self.0.contains(word) {
            say("ERROR Exiting Kafka due to fatal exception (kafka.Kafka$)");
            println!(
                "java.lang.IllegalArgumentException: requirement failed: listeners are broken"
            );
            exit(1);
        }
    }
}

fn bind(properties: &Properties) -> Vec<TcpListener> {
    let listeners = properties.value("listeners").unwrap_or_default().split(',');
    let ports = listeners.filter_map(|listener| listener.rsplit(':').next()?.parse::<u16>().ok());
    let bind = |port| {
        TcpListener::bind(("0.0.0.0", port)).unwrap_or_else(|_| {
            say("ERROR [KafkaServer id=1] Fatal error during startup");
            println!(
                "org.apache.kafka.common.KafkaException: Socket server failed to bind to \
                 0.0.0.0:{port}: Address already in use.\nException with password=hunter2"
            );
            // What is shut down with it complains, too, and at length.
            for number in 1..=20 {
                say(&format!("ERROR [Manager {number}] Uncaught exception while it ends, after this and that"));
                println!("java.io.IOException: Client {number} was shut down before its response was read");
            }
            exit(1);
        })
    };
    ports.map(bind).collect()
}
