//! One element of `listeners` or `advertised.listeners`: `NAME://host:port` (K-10).

use std::ops::Range;

/// A listener as one of the two keys has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listener {
    /// Its name in capital letters, as Kafka compares it.
    pub name: String,
    /// Its host without brackets; empty for every address (`listeners`), or for the host's own name
    /// (`advertised.listeners`).
    pub host: String,
    /// Its port. Kafka refuses what is none only later.
    pub port: i32,
}

impl Listener {
    /// The one that Kafka takes without `listeners`.
    pub fn default_of_kafka() -> Self {
        Self {
            name: "PLAINTEXT".to_owned(),
            host: String::new(),
            port: 9092,
        }
    }

    /// Reads an element; `None` if Kafka does not. Also: which characters of it are host and port.
    pub fn parse(text: &str) -> Option<(Self, Range<usize>)> {
        let (name, rest) = text.rsplit_once("://")?;
        let (host, port) = rest.rsplit_once(':')?;
        let host = host.strip_prefix('[').unwrap_or(host);
        let host = host.strip_suffix(']').unwrap_or(host);
        let digits = port.strip_prefix('-').unwrap_or(port);
        let is_port = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        let is_name = !name.contains(['\n', '\r']);
        if !is_port || !is_name || !host.bytes().all(is_of_a_host) {
            return None;
        }
        let listener = Self {
            name: name.to_ascii_uppercase(),
            host: host.to_owned(),
            port: port.parse().ok()?,
        };
        Some((listener, text.len() - rest.len()..text.len()))
    }

    /// The elements of a whole value. What is none is passed over: a process that runs with it has Kafka's word
    /// for it.
    pub fn list(value: &str) -> Vec<Self> {
        let items = value.split(',');
        items
            .filter_map(|item| Self::parse(item.trim()))
            .map(|(listener, _)| listener)
            .collect()
    }

    /// The element, in the form that needs no brackets.
    pub fn element(&self) -> String {
        format!("{}://{}:{}", self.name, self.host, self.port)
    }

    /// Whether two may share a port where Kafka allows it: one has an IPv4 and one an IPv6 address.
    pub fn is_of_another_family(&self, other: &Self) -> bool {
        use std::net::{Ipv4Addr, Ipv6Addr};
        let is_v4 = |it: &Self| it.host.parse::<Ipv4Addr>().is_ok();
        let is_v6 = |it: &Self| it.host.parse::<Ipv6Addr>().is_ok();
        is_v4(self) && is_v6(other) || is_v6(self) && is_v4(other)
    }

    /// Whether only processes of the same machine reach it.
    pub fn is_loopback(&self) -> bool {
        let host = self.host.to_ascii_lowercase();
        host == "localhost" || host == "::1" || host.starts_with("127.")
    }
}

fn is_of_a_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'%' | b'.' | b'_' | b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_read_as_kafkas_expression_reads_it() {
        for (text, expected) in [
            (
                "INTERNAL://10.0.0.5:9092",
                Some(("INTERNAL", "10.0.0.5", 9092)),
            ),
            (
                "external://0.0.0.0:39092",
                Some(("EXTERNAL", "0.0.0.0", 39092)),
            ),
            ("X://:9092", Some(("X", "", 9092))),
            ("X://[::1]:9092", Some(("X", "::1", 9092))),
            ("X://::1:9092", Some(("X", "::1", 9092))),
            ("X://[fe80::1%eth0]:1", Some(("X", "fe80::1%eth0", 1))),
            ("X://[host:1", Some(("X", "host", 1))),
            ("A b://a_b.c-d:0", Some(("A B", "a_b.c-d", 0))),
            ("://h:1", Some(("", "h", 1))),
            ("X://h:-1", Some(("X", "h", -1))),
            ("X://h:70000", Some(("X", "h", 70000))),
            // A comma that is missing ends up in the name.
            ("A://h:1B://h:2", Some(("A://H:1B", "h", 2))),
            ("X://<host>:1", None),
            ("X://h 1:1", None),
            ("X://h:", None),
            ("X://h:1 ", None),
            ("X://h", None),
            ("X:h:1", None),
            ("X://h:99999999999", None),
            ("X://h:+1", None),
            ("X\n://h:1", None),
            ("X://[[h]]:1", None),
            ("", None),
        ] {
            let found = Listener::parse(text).map(|(it, _)| it);
            let expected = expected.map(|(name, host, port)| Listener {
                name: name.to_owned(),
                host: host.to_owned(),
                port,
            });
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn host_and_port_are_what_follows_the_slashes() {
        let text = "A://h:1B://[::1]:2";
        let (_, place) = Listener::parse(text).expect("a listener");
        assert_eq!(&text[place], "[::1]:2");
    }
}
