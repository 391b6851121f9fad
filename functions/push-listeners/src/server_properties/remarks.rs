//! What an edit cannot answer for by the file alone, and what a person may want to know.

use super::config::Config;
use super::key::Key;
use super::properties::Properties;
use super::wanted::Wanted;
use fleet::listener::Protocol;
use fleet::words::GroupName;
use serde::Serialize;
use std::fmt;

/// One remark about a file that is edited.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remark {
    /// The group speaks SASL, and the file has no JAAS entry for it: it must come from the process's JAAS
    /// file, or the broker does not start (K-19).
    NoJaas(GroupName),
    /// The group speaks SASL, and the file names no mechanisms, so it is GSSAPI (K-19).
    NoMechanisms(GroupName),
    /// The group speaks TLS, and the file has no key store for it (K-19).
    NoKeyStore(GroupName),
    /// The number of connections from one address is limited, and the NLB comes from few addresses.
    ConnectionsPerAddress {
        /// The line.
        line: usize,
        /// The limit.
        limit: String,
    },
    /// A key stands in a line before the one that counts; that line means nothing.
    Overridden {
        /// The key.
        key: Key,
        /// The line that means nothing.
        line: usize,
        /// The line that counts.
        by: usize,
    },
}

/// All remarks about a file and what it is to have.
pub(super) fn of(config: &Config, wanted: &[Wanted]) -> Vec<Remark> {
    let file = &config.properties;
    let of_groups = wanted.iter().flat_map(|it| of_group(file, it));
    let mut remarks: Vec<Remark> = of_groups.collect();
    if let Some(entry) = file.entry("max.connections.per.ip") {
        let limit = file.value("max.connections.per.ip").unwrap_or_default();
        let line = entry.line;
        remarks.push(Remark::ConnectionsPerAddress { line, limit });
    }
    for key in Key::ALL {
        let mut lines: Vec<usize> = file.entries_of(key.as_str()).map(|it| it.line).collect();
        if let Some(by) = lines.pop() {
            let overridden = |line| Remark::Overridden { key, line, by };
            remarks.extend(lines.into_iter().map(overridden));
        }
    }
    remarks
}

fn of_group(file: &Properties, wanted: &Wanted) -> Vec<Remark> {
    let group = || wanted.name.clone();
    let own = format!(
        "listener.name.{}.",
        wanted.kafka_name().to_ascii_lowercase()
    );
    let has = |is_it: &dyn Fn(&str) -> bool| {
        let mut keys = file
            .entries
            .iter()
            .map(|it| String::from_utf16_lossy(&it.key));
        keys.any(|key| is_it(&key))
    };
    let is_own = |key: &str, end: &str| key.starts_with(&own) && key.ends_with(end);
    let mechanisms = "sasl.enabled.mechanisms";
    let stores = [
        "ssl.keystore.location",
        "ssl.keystore.key",
        "ssl.keystore.certificate.chain",
    ];
    let is_sasl = wanted.protocol.is_sasl();
    let is_tls = match wanted.protocol {
        Protocol::Ssl | Protocol::SaslSsl => true,
        Protocol::Plaintext | Protocol::SaslPlaintext => false,
    };
    let no_jaas = is_sasl && !has(&|key| is_own(key, ".sasl.jaas.config"));
    let no_mechanisms = is_sasl && !has(&|key| key == mechanisms || is_own(key, mechanisms));
    let is_store = |key: &str| stores.iter().any(|it| key == *it || is_own(key, it));
    let no_key_store = is_tls && !has(&is_store);
    let told = [
        no_jaas.then(|| Remark::NoJaas(group())),
        no_mechanisms.then(|| Remark::NoMechanisms(group())),
        no_key_store.then(|| Remark::NoKeyStore(group())),
    ];
    told.into_iter().flatten().collect()
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoJaas(group) => write!(
                f,
                "{group} speaks SASL, and the file has no listener.name.{}.<mechanism>.sasl.jaas.config; without a JAAS file with KafkaServer the broker does not start",
                group.as_str().to_ascii_lowercase()
            ),
            Self::NoMechanisms(group) => write!(
                f,
                "{group} speaks SASL, and the file has no sasl.enabled.mechanisms, so only GSSAPI is taken"
            ),
            Self::NoKeyStore(group) => {
                write!(
                    f,
                    "{group} speaks TLS, and the file names no key store for it"
                )
            }
            Self::ConnectionsPerAddress { line, limit } => write!(
                f,
                "line {line}: max.connections.per.ip is {limit}, and all clients of the NLB come from its few addresses"
            ),
            Self::Overridden { key, line, by } => {
                write!(
                    f,
                    "line {line} says {key}, which line {by} says again; the last one counts"
                )
            }
        }
    }
}
