//! The grammar of `listeners` and `advertised.listeners`.

use crate::code::brief;
use std::collections::BTreeMap;

/// Where a listener is, or is said to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The host, without the brackets of an IPv6 address; empty means the wildcard address in
    /// `listeners` and the machine's own name in `advertised.listeners`.
    pub host: String,
    /// The port; 0 means any in `listeners`.
    pub port: u16,
}

/// A text that is no list of endpoints.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not NAME://host:port: {why}")]
pub struct EndpointError {
    /// The endpoint that cannot be read, cut to one line.
    pub text: String,
    /// What is wrong with it.
    pub why: &'static str,
}

/// Reads a value of `listeners` or `advertised.listeners`: listener name in upper case, as brokers
/// compare it, to endpoint.
///
/// Each endpoint is one of Kafka's regular expression
/// `^(.*)://\[?([0-9a-zA-Z\-%._:]*)\]?:(-?[0-9]+)` (K-10), with a port from 0 to
/// 65535. Beyond it a name must be one of letters, digits, `_`, `-` and `.`: a missing comma would
/// hide in it.
///
/// # Errors
/// The first endpoint that cannot be read, or whose name was there before.
pub fn endpoints(text: &str) -> Result<BTreeMap<String, Endpoint>, EndpointError> {
    let mut found = BTreeMap::new();
    // Brokers drop empty items, too.
    for one in text.split(',').map(str::trim).filter(|one| !one.is_empty()) {
        let wrong = |why| EndpointError {
            text: brief(one),
            why,
        };
        let (name, endpoint) = endpoint(one).map_err(wrong)?;
        if found.insert(name, endpoint).is_some() {
            return Err(wrong("the name is there twice"));
        }
    }
    Ok(found)
}

fn endpoint(text: &str) -> Result<(String, Endpoint), &'static str> {
    let (name, address) = text.split_once("://").ok_or("\"://\" is missing")?;
    let of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if name.is_empty() || !name.chars().all(of_name) {
        return Err("the name is not one of letters, digits, \"_\", \"-\" and \".\"");
    }
    let (host, port) = address.rsplit_once(':').ok_or("the port is missing")?;
    let host = host.strip_prefix('[').unwrap_or(host);
    let host = host.strip_suffix(']').unwrap_or(host);
    let of_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '%' | '.' | '_' | ':');
    if !host.chars().all(of_host) {
        return Err("the host has a character that hosts cannot have");
    }
    if port.is_empty() || !port.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err("the port is not a number from 0 to 65535");
    }
    let port = port
        .parse()
        .map_err(|_| "the port is not a number from 0 to 65535")?;
    let host = host.to_owned();
    Ok((name.to_ascii_uppercase(), Endpoint { host, port }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(host: &str, port: u16) -> Endpoint {
        let host = host.to_owned();
        Endpoint { host, port }
    }

    #[test]
    fn the_documents_listeners_are_read() {
        let text = "INTERNAL://b1:9092, external://b1.usw2-az1.abc.us-west-2.aws.3199015.tidbcloud.com:9093";
        let found = endpoints(text).unwrap();
        assert_eq!(found["INTERNAL"], at("b1", 9092));
        let name = "b1.usw2-az1.abc.us-west-2.aws.3199015.tidbcloud.com";
        assert_eq!(found["EXTERNAL"], at(name, 9093));
    }

    #[test]
    fn hosts_may_be_empty_or_ipv6() {
        assert_eq!(endpoints("X://:9092").unwrap()["X"], at("", 9092));
        assert_eq!(endpoints("X://[::1]:9092").unwrap()["X"], at("::1", 9092));
        assert_eq!(endpoints("X://::1:9092").unwrap()["X"], at("::1", 9092));
        assert_eq!(endpoints(" ").unwrap(), BTreeMap::new());
        assert_eq!(endpoints("X://h:1,,").unwrap().len(), 1);
    }

    #[test]
    fn what_cannot_be_read_is_shown() {
        let error = endpoints("A://h:1,EXTERNAL://<broker_id>.x:9093").unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"EXTERNAL://<broker_id>.x:9093\" is not NAME://host:port: \
             the host has a character that hosts cannot have"
        );
        for text in [
            "A",
            "A://h",
            "A://h:",
            "A://h:+1",
            "A://h:-1",
            "A://h:70000",
            "A://h:1,a://h:2",
        ] {
            endpoints(text).unwrap_err();
        }
    }

    #[test]
    fn a_missing_comma_does_not_hide_in_the_name() {
        endpoints("A://h:1B://h:2").unwrap_err();
    }
}
