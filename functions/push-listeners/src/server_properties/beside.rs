//! What a secure listener needs beside the three keys, which no edit of ours writes (K-19).

use super::config::Config;
use super::properties::Properties;
use super::refusal::Refusal;
use super::remarks::Remark;
use super::versions::Version;
use super::wanted::Wanted;
use fleet::listener::Protocol;

const MECHANISMS: &str = "sasl.enabled.mechanisms";
const JAAS: &str = "sasl.jaas.config";
/// What Kafka enables if nothing says it.
const DEFAULT: &str = "GSSAPI";
/// What most consumers outside of a company's network have.
const EXAMPLE: &str = "SCRAM-SHA-512";
const UNKNOWN: &str = "<mechanism>";
/// Keys of which one says where a listener's certificate is.
const STORES: [&str; 4] = [
    "ssl.keystore.location",
    "ssl.keystore.key",
    "ssl.keystore.certificate.chain",
    "ssl.engine.factory.class",
];
const STORE_LINES: [&str; 2] = [
    "ssl.keystore.location=<file>",
    "ssl.keystore.password=<password>",
];

/// What a broker has from elsewhere than its file.
#[derive(Clone, Debug, Default)]
pub struct Elsewhere {
    /// Whether its process has a JAAS file. What stands in that is not known.
    pub has_jaas_file: bool,
    /// The keys that its command line overrides.
    pub keys: Vec<String>,
}

/// What groups lack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// The lines that are missing for certain: without them a listener does not start, or serves nobody. What
    /// stands between `<` and `>` is the operator's.
    pub lines: Vec<String>,
    /// Whether the file has the listener of such a group already, so that its broker may not come back.
    pub is_listed: bool,
    /// What a JAAS file of the process may have.
    pub remarks: Vec<Remark>,
}

/// What these groups lack in a file, which may be under the mask.
pub fn beside(
    file: &[u8],
    wanted: &[Wanted],
    elsewhere: &Elsewhere,
    version: Option<Version>,
) -> Result<Beside, Refusal> {
    let config = Config::read(file, version)?;
    let mut beside = Beside::default();
    for it in wanted {
        let group = Group::of(&config.properties, it, elsewhere);
        let mut lines = group.sasl(&mut beside.remarks);
        lines.extend(group.tls());
        let has_lines = !lines.is_empty();
        let mut listeners = config.listeners.items.iter();
        beside.is_listed |= has_lines && listeners.any(|other| other.name == it.kafka_name());
        beside.lines.append(&mut lines);
    }
    Ok(beside)
}

/// A group, and every key that is said.
struct Group<'a> {
    file: &'a Properties<'a>,
    wanted: &'a Wanted,
    elsewhere: &'a Elsewhere,
    /// How its own keys begin.
    own: String,
    keys: Vec<String>,
}

impl<'a> Group<'a> {
    fn of(file: &'a Properties<'a>, wanted: &'a Wanted, elsewhere: &'a Elsewhere) -> Self {
        let keys = file.entries.iter();
        let keys = keys.map(|it| String::from_utf16_lossy(&it.key));
        Self {
            file,
            wanted,
            elsewhere,
            own: format!(
                "listener.name.{}.",
                wanted.kafka_name().to_ascii_lowercase()
            ),
            keys: keys.chain(elsewhere.keys.iter().cloned()).collect(),
        }
    }

    /// Whether a key is there, for this listener or for all.
    fn has(&self, key: &str) -> bool {
        let is_it = |it: &String| it == key || it.strip_prefix(&self.own) == Some(key);
        self.keys.iter().any(is_it)
    }

    /// The lines that SASL lacks.
    fn sasl(&self, remarks: &mut Vec<Remark>) -> Vec<String> {
        if !self.wanted.protocol.is_sasl() {
            return Vec::new();
        }
        let with_jaas = self.with_jaas();
        let has_jaas = |mechanism: &str| with_jaas.contains(&mechanism.to_ascii_lowercase());
        let has_file = self.elsewhere.has_jaas_file;
        let group = || self.wanted.name.clone();
        let Some(enabled) = self.enabled() else {
            match () {
                () if has_jaas(DEFAULT) => return Vec::new(),
                () if has_file => {
                    remarks.push(Remark::NoMechanisms(group()));
                    return Vec::new();
                }
                () if with_jaas.is_empty() => {
                    return vec![self.mechanisms(EXAMPLE), self.jaas(EXAMPLE)];
                }
                () => return vec![self.mechanisms(&with_jaas.join(",").to_ascii_uppercase())],
            }
        };
        let lacking: Vec<String> = match enabled.is_empty() {
            true if with_jaas.is_empty() => vec![UNKNOWN.to_owned()],
            true => Vec::new(),
            false => enabled.into_iter().filter(|it| !has_jaas(it)).collect(),
        };
        match has_file && !lacking.is_empty() {
            true => {
                remarks.push(Remark::NoJaas(group()));
                Vec::new()
            }
            false => lacking.iter().map(|it| self.jaas(it)).collect(),
        }
    }

    /// Mechanisms that have JAAS for this listener, in small letters as in their keys.
    fn with_jaas(&self) -> Vec<String> {
        let own = self.keys.iter().filter_map(|it| it.strip_prefix(&self.own));
        let mechanism = |it: &str| Some(it.strip_suffix(JAAS)?.strip_suffix('.')?.to_owned());
        own.filter_map(mechanism)
            .filter(|it| is_plain(it))
            .collect()
    }

    /// The mechanisms that are enabled; nothing if no key says it, and none if it says what cannot be read here.
    fn enabled(&self) -> Option<Vec<String>> {
        let own = self.file.value(&format!("{}{MECHANISMS}", self.own));
        let is_overridden = self
            .elsewhere
            .keys
            .iter()
            .any(|it| it.ends_with(MECHANISMS));
        match own.or_else(|| self.file.value(MECHANISMS)) {
            _ if is_overridden => Some(Vec::new()),
            None => None,
            Some(value) => {
                let names = value.split(',').map(|it| it.trim().to_owned());
                let names: Vec<String> = names.filter(|it| !it.is_empty()).collect();
                let can_be_read = names.iter().all(|it| is_plain(it));
                Some(if can_be_read { names } else { Vec::new() })
            }
        }
    }

    fn mechanisms(&self, names: &str) -> String {
        format!("{}{MECHANISMS}={names}", self.own)
    }

    fn jaas(&self, mechanism: &str) -> String {
        let module = match mechanism.to_ascii_uppercase().as_str() {
            "SCRAM-SHA-256" | "SCRAM-SHA-512" => {
                "org.apache.kafka.common.security.scram.ScramLoginModule required;"
            }
            "PLAIN" => {
                "org.apache.kafka.common.security.plain.PlainLoginModule required user_<name>=\"<password>\";"
            }
            _ => "<its login module> required <its options>;",
        };
        let mechanism = mechanism.to_ascii_lowercase();
        format!("{}{mechanism}.{JAAS}={module}", self.own)
    }

    /// The lines that TLS lacks.
    fn tls(&self) -> Vec<String> {
        let is_tls = match self.wanted.protocol {
            Protocol::Ssl | Protocol::SaslSsl => true,
            Protocol::Plaintext | Protocol::SaslPlaintext => false,
        };
        match is_tls && !STORES.iter().any(|key| self.has(key)) {
            true => STORE_LINES.map(|it| format!("{}{it}", self.own)).into(),
            false => Vec::new(),
        }
    }
}

/// Whether a name of a mechanism may be shown, and is none of a template.
fn is_plain(name: &str) -> bool {
    let is_one = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    !name.is_empty() && name.bytes().all(is_one)
}
