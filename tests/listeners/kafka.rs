//! Kafka on a host of the model: what a process makes of its file when it is started, and how it ends.

use fleet::words::Port;
use jiff::{SignedDuration, Timestamp};
use push_listeners::server_properties::config::Config;
use push_listeners::server_properties::logical::entries;
use push_listeners::server_properties::{Key, Version};
use std::collections::BTreeMap;
use world::model::{HostedKafka, KafkaHost, KafkaListener};

/// The file of properties of each broker.
pub const FILE: &str = "/opt/kafka/config/server.properties";
/// Kafka's version on each host.
pub const VERSION: &str = "3.7.1";

/// How long a process lives that Kafka ends because of its file.
const REFUSED_AFTER: SignedDuration = SignedDuration::from_secs(1);
/// What DescribeConfigs tells of keys that are not set.
const LISTENERS: &str = "PLAINTEXT://:9092";
const PROTOCOLS: &str =
    "SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT";

/// Starts a process with the file as it is now. Kafka refuses a file within a second, and a port once its
/// logs are loaded.
pub fn start(host: &mut KafkaHost, at: Timestamp) {
    // Who ended without a goodbye recovers its logs.
    let recovers = host.started > 0 && host.killed == Some(1000 + host.started);
    host.started += 1;
    let loads_for = match recovers {
        true => host.loads_for + host.recovers_for,
        false => host.loads_for,
    };
    let file = host.files.get(FILE).cloned().unwrap_or_default();
    let loaded = at + SignedDuration::try_from(loads_for).unwrap_or_default();
    let mut process = HostedKafka {
        pid: 1000 + host.started,
        start: 7000 + host.started,
        listeners: None,
        advertised: None,
        protocols: None,
        open: BTreeMap::new(),
        began_at: at,
        serves_from: loaded,
        exits: None,
    };
    match Config::read(&file, Version::parse(VERSION)) {
        Ok(config) => {
            let value = |key: Key| config.properties.value(key.as_str());
            process.listeners = value(Key::Listeners).or(Some(LISTENERS.to_owned()));
            process.advertised = value(Key::Advertised);
            process.protocols = value(Key::Protocols).or(Some(PROTOCOLS.to_owned()));
            process.open = open(&config);
            let mut ports = process.open.values().map(|listener| listener.port);
            let taken =
                ports.find(|port| host.others.contains_key(port) || host.races.contains(port));
            let said = taken.map(|port| {
                format!("ERROR Socket server failed to bind to 0.0.0.0:{port}: Address already in use. (kafka.Kafka$)")
            });
            process.exits = said.map(|said| (loaded, said));
        }
        Err(refusal) => {
            let said = format!("ERROR ConfigException: {refusal} (kafka.Kafka$)");
            process.exits = Some((at + REFUSED_AFTER, said));
        }
    }
    if let Some(said) = &host.fails {
        process.exits = Some((at + REFUSED_AFTER, said.clone()));
    }
    host.process = Some(process);
}

fn open(config: &Config<'_>) -> BTreeMap<String, KafkaListener> {
    let advertised = |name: &str| {
        let mut items = config.advertised.items.iter();
        let found = items.find(|it| it.name == name)?;
        Some(format!("{}:{}", found.host, found.port))
    };
    let items = config.listeners.items.iter();
    let open = items.filter_map(|it| {
        let listener = KafkaListener {
            port: u16::try_from(it.port).ok().and_then(Port::new)?,
            advertised: advertised(&it.name),
        };
        Some((it.name.clone(), listener))
    });
    open.collect()
}

/// What a file says of its broker: `node.id` and `process.roles`, as far as they can be read.
pub fn identity(file: &[u8]) -> (Option<String>, String) {
    let entries = entries(file).unwrap_or_default();
    let value = |key: &str| {
        let mut all = entries.iter().rev();
        let found = all.find(|entry| entry.key.iter().copied().eq(key.encode_utf16()))?;
        Some(String::from_utf16_lossy(&found.value).trim().to_owned())
    };
    let node = value("node.id").or_else(|| value("broker.id"));
    (node, value("process.roles").unwrap_or_default())
}

/// The process ends without a goodbye, as after `kill -9`.
pub fn kill(host: &mut KafkaHost) {
    host.killed = host.process.take().map(|it| it.pid).or(host.killed);
}

/// The process ends at once, by whosever hand, and says goodbye.
pub fn exit(host: &mut KafkaHost) {
    host.process = None;
}
