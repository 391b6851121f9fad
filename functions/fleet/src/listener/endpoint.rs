//! What a broker advertises: a name and a port, and when two of them are the same.

use crate::words::Port;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An advertised name and port.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Endpoint {
    /// A DNS name.
    pub host: String,
    /// An NLB port.
    pub port: Port,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// Whether two texts `host:port` lead a client to the same place. DNS names compare without case
/// (RFC 4343), and with or without the dot of the root at their end.
pub fn is_same_endpoint(one: &str, other: &str) -> bool {
    let (Some((one, port)), Some((other, other_port))) =
        (one.rsplit_once(':'), other.rsplit_once(':'))
    else {
        return false;
    };
    port == other_port && without_root(one).eq_ignore_ascii_case(without_root(other))
}

fn without_root(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::is_same_endpoint;

    #[test]
    fn dns_names_compare_without_case_and_without_the_dot_of_the_root() {
        let wanted = "b1.usw2-az1.kafka.example.com:9093";
        for (other, same) in [
            (wanted, true),
            ("b1.usw2-az1.Kafka.Example.COM:9093", true),
            ("B1.USW2-AZ1.kafka.example.com.:9093", true),
            ("b1.usw2-az1.kafka.example.com:9094", false),
            ("b1.usw2-az1.kafka.example.com:09093", false),
            ("b1.usw2-az1.kafka.example.com..:9093", false),
            ("b1.usw2-az1.kafka.example.com", false),
            ("b2.usw2-az1.kafka.example.com:9093", false),
            ("", false),
        ] {
            assert_eq!(is_same_endpoint(wanted, other), same, "{other}");
            assert_eq!(is_same_endpoint(other, wanted), same, "{other}");
        }
        // Only letters of ASCII have no case in DNS.
        assert!(!is_same_endpoint("ä.example.com:1", "Ä.example.com:1"));
    }
}
