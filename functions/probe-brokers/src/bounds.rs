//! What this function may dial. Whoever can invoke it names addresses; without bounds it would be a
//! port scanner inside the VPC.

use activation::environment::{self, EnvironmentError};
use fleet::listener::PortRange;
use fleet::words::Port;
use ipnet::Ipv4Net;
use std::net::Ipv4Addr;

/// The addresses and ports that may be dialled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    ranges: Vec<Ipv4Net>,
    ports: Vec<PortRange>,
}

const RANGES: &str = "ADDRESS_RANGES";
const PORTS: &str = "PORTS";

impl Bounds {
    /// Reads `ADDRESS_RANGES`, such as `10.0.0.0/18,10.0.64.0/18`, and `PORTS`, such as
    /// `9092-9140,39092`, by `get`. An error names the variable and the item that is wrong.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, EnvironmentError> {
        let ranges = list(&get, RANGES, "10.0.0.0/18,10.0.64.0/18", |item| {
            let range: Ipv4Net = item
                .parse()
                .map_err(|_| "is not an IPv4 range such as 10.0.0.0/18")?;
            if range.addr() == range.network() {
                Ok(range)
            } else {
                Err("has bits set behind its prefix; write the first address of the range")
            }
        })?;
        let ports = list(&get, PORTS, "9092-9140,39092", |item| {
            PortRange::parse(item).ok_or("is neither a port nor a range such as 9092-9140")
        })?;
        Ok(Self { ranges, ports })
    }

    /// Whether this may be dialled; the error says which variable forbids it.
    pub fn check(&self, address: Ipv4Addr, port: Port) -> Result<(), String> {
        let forbidden = |variable| {
            format!(
                "{address}:{port} is outside of what this function may dial; see its environment variable {variable}"
            )
        };
        if !self.ranges.iter().any(|range| range.contains(&address)) {
            return Err(forbidden(RANGES));
        }
        if !self.ports.iter().any(|range| range.contains(port)) {
            return Err(forbidden(PORTS));
        }
        Ok(())
    }
}

fn list<T>(
    get: impl Fn(&str) -> Option<String>,
    variable: &'static str,
    example: &str,
    item: impl Fn(&str) -> Result<T, &'static str>,
) -> Result<Vec<T>, EnvironmentError> {
    let text = environment::required(get, variable, example)?;
    let items = text.split(',').map(str::trim);
    items
        .map(|text| {
            item(text).map_err(|why| EnvironmentError {
                variable,
                wrong: format!("has the item \"{text}\", which {why}"),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(ranges: &str, ports: &str) -> Result<Bounds, String> {
        Bounds::read(|name| match name {
            RANGES => Some(ranges.to_owned()),
            PORTS => Some(ports.to_owned()),
            _ => None,
        })
        .map_err(|error| error.to_string())
    }

    fn port(port: u16) -> Port {
        Port::new(port).expect("a port")
    }

    #[test]
    fn what_is_inside_may_be_dialled_and_nothing_else() {
        let bounds = bounds("10.0.0.0/18, 10.0.64.0/18", "9092-9140,39092").expect("bounds");
        let inside = Ipv4Addr::new(10, 0, 63, 255);
        for allowed in [9092, 9140, 39092] {
            assert_eq!(bounds.check(inside, port(allowed)), Ok(()));
        }
        for (address, at, variable) in [
            (Ipv4Addr::new(10, 0, 128, 1), 9092, RANGES),
            (Ipv4Addr::new(169, 254, 169, 254), 9092, RANGES),
            (Ipv4Addr::LOCALHOST, 9092, RANGES),
            (inside, 22, PORTS),
            (inside, 9141, PORTS),
        ] {
            let refused = bounds.check(address, port(at)).expect_err("refused");
            assert!(refused.contains(variable), "{refused}");
            assert!(refused.contains(&format!("{address}:{at}")), "{refused}");
        }
    }

    #[test]
    fn what_is_malformed_is_named() {
        for (ranges, ports, says) in [
            ("", "9092", "ADDRESS_RANGES is not set"),
            ("10.0.0.0/18", " ", "PORTS is not set"),
            (
                "10.0.0.0/33",
                "9092",
                "\"10.0.0.0/33\", which is not an IPv4 range",
            ),
            ("10.0.0.0/18,", "9092", "\"\", which is not an IPv4 range"),
            ("10.0.0.5/18", "9092", "\"10.0.0.5/18\", which has bits set"),
            (
                "10.0.0.0/18",
                "9140-9092",
                "\"9140-9092\", which is neither a port",
            ),
            ("10.0.0.0/18", "0", "\"0\", which is neither a port"),
            ("10.0.0.0/18", "70000", "\"70000\", which is neither a port"),
        ] {
            let refused = bounds(ranges, ports).expect_err("refused");
            assert!(refused.contains(says), "{refused}");
        }
    }
}
