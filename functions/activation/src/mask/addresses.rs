//! Addresses, replaced so that one lies in a range exactly if it did before, and so that their order
//! stays. Where two known addresses or ranges part, the bit stays; every other bit says nothing any
//! more. So what is left of a network is its shape.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A block, by its first bits and how many they are.
type Block = (u128, u8);

/// Blocks that are public knowledge, and a plan may tell them from others: their own bits stay, and
/// addresses in them are replaced (RFC 1918, 6598; RFC 4193, 4291).
const PRIVATE: [(Ipv4Addr, u8); 4] = [
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
];
const PRIVATE_6: [(Ipv6Addr, u8); 3] = [
    (Ipv6Addr::new(0xFC00, 0, 0, 0, 0, 0, 0, 0), 7),
    (Ipv6Addr::new(0xFE80, 0, 0, 0, 0, 0, 0, 0), 10),
    (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3),
];
/// Blocks whose addresses are nobody's: they stay as they are (RFC 6890: this host, loopback, link
/// local, documentation, multicast and above).
const NOBODYS: [(Ipv4Addr, u8); 7] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 3),
];
const NOBODYS_6: [(Ipv6Addr, u8); 3] = [
    (Ipv6Addr::UNSPECIFIED, 96),
    (Ipv6Addr::new(0x2001, 0x0DB8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0xFF00, 0, 0, 0, 0, 0, 0, 0), 8),
];

/// An address, or a range of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Range {
    address: IpAddr,
    /// How many bits it fixes; none if it is an address.
    length: Option<u8>,
}

impl Range {
    /// Reads `10.0.0.5`, `10.0.0.0/16` and the same of IPv6.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length.parse().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        (length <= Some(most)).then_some(Self { address, length })
    }

    /// An address of IPv4 within one of IPv6 is that address.
    fn bits(self) -> (bool, u128, u8) {
        let v4 = |address: Ipv4Addr| u128::from(address.to_bits());
        match self.address {
            IpAddr::V4(address) => (true, v4(address), self.length.unwrap_or(32)),
            IpAddr::V6(address) => (false, address.to_bits(), self.length.unwrap_or(128)),
        }
    }
}

/// Every address and range that is known, by the first bits of each.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    known: BTreeSet<(bool, u8, u128)>,
}

impl Addresses {
    /// All that are to be replaced.
    pub(super) fn of(ranges: &BTreeSet<Range>) -> Self {
        let mut known = BTreeSet::new();
        for range in ranges {
            let (is_4, bits, length) = inner(*range).bits();
            let width = width(is_4);
            // What a range says behind its length is replaced as if it were an address.
            let length = if host_bits(bits, width, length) == 0 {
                length
            } else {
                width
            };
            known.extend((0..=length).map(|depth| (is_4, depth, first(bits, width, depth))));
        }
        Self { known }
    }

    /// What takes its place, as text.
    pub(super) fn replace(&self, range: Range) -> String {
        let address = match (inner(range).address, range.address) {
            (IpAddr::V4(inner), IpAddr::V6(_)) => {
                let masked = self.masked(true, u128::from(inner.to_bits()), 32);
                let masked = u32::try_from(masked).unwrap_or_default();
                IpAddr::V6(Ipv4Addr::from_bits(masked).to_ipv6_mapped())
            }
            _ => {
                let (is_4, bits, length) = range.bits();
                let masked = self.masked(is_4, bits, length);
                match u32::try_from(masked) {
                    Ok(masked) if is_4 => IpAddr::V4(Ipv4Addr::from_bits(masked)),
                    Ok(_) | Err(_) => IpAddr::V6(Ipv6Addr::from_bits(masked)),
                }
            }
        };
        match range.length {
            Some(length) => format!("{address}/{length}"),
            None => address.to_string(),
        }
    }

    fn masked(&self, is_4: bool, bits: u128, length: u8) -> u128 {
        let width = width(is_4);
        let (private, nobodys) = blocks(is_4);
        let is_in = |&(block, of): &Block| length >= of && first(bits, width, of) == block;
        if nobodys.iter().any(is_in) {
            return bits;
        }
        let host = host_bits(bits, width, length);
        let until = if host == 0 { length } else { width };
        let mut masked = 0;
        for depth in 0..until {
            let before = first(bits, width, depth);
            let leads_to = |&(block, of): &Block| depth < of && block >> (of - depth) == before;
            let says = private.iter().chain(&nobodys).any(leads_to)
                || [0, 1].iter().all(|bit| {
                    let next = (is_4, depth + 1, before << 1 | bit);
                    self.known.contains(&next)
                });
            let bit = first(bits, width, depth + 1) & 1;
            // The last one is no network's own address, unless it is known to be.
            let other = u128::from(depth + 1 == width);
            masked = masked << 1 | if says { bit } else { other };
        }
        masked = masked
            .checked_shl(u32::from(width - until))
            .unwrap_or_default();
        match host != 0 && host_bits(masked, width, length) == 0 {
            true => masked | 1,
            false => masked,
        }
    }
}

/// The blocks that are private, and those that are nobody's.
fn blocks(is_4: bool) -> (Vec<Block>, Vec<Block>) {
    let of_4 = |all: &[(Ipv4Addr, u8)]| {
        let all = all.iter().map(|(at, length)| {
            let bits = u128::from(at.to_bits());
            (first(bits, 32, *length), *length)
        });
        all.collect()
    };
    let of_6 = |all: &[(Ipv6Addr, u8)]| {
        let all = all.iter();
        all.map(|(at, length)| (first(at.to_bits(), 128, *length), *length))
            .collect()
    };
    match is_4 {
        true => (of_4(&PRIVATE), of_4(&NOBODYS)),
        false => (of_6(&PRIVATE_6), of_6(&NOBODYS_6)),
    }
}

fn inner(range: Range) -> Range {
    let mapped = match range.address {
        IpAddr::V6(address) => address.to_ipv4_mapped(),
        IpAddr::V4(_) => None,
    };
    match (mapped, range.length) {
        (Some(address), None) => Range {
            address: IpAddr::V4(address),
            length: None,
        },
        (Some(_) | None, _) => range,
    }
}

fn width(is_4: bool) -> u8 {
    if is_4 { 32 } else { 128 }
}

/// The first bits of an address.
fn first(bits: u128, width: u8, length: u8) -> u128 {
    bits.checked_shr(u32::from(width - length))
        .unwrap_or_default()
}

/// The bits behind them.
fn host_bits(bits: u128, width: u8, length: u8) -> u128 {
    let kept = first(bits, width, length);
    bits ^ kept
        .checked_shl(u32::from(width - length))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn range(text: &str) -> Range {
        Range::parse(text).expect(text)
    }

    fn replaced(all: &[&str]) -> Vec<String> {
        let ranges: BTreeSet<Range> = all.iter().map(|text| range(text)).collect();
        let addresses = Addresses::of(&ranges);
        let of = |text: &&str| addresses.replace(range(text));
        all.iter().map(of).collect()
    }

    #[test]
    fn what_is_left_of_a_network_is_its_shape() {
        for (all, masked) in [
            (
                &["10.20.3.5", "10.20.64.4", "10.20.64.9", "10.20.64.0/18"][..],
                &["10.0.0.1", "10.0.64.1", "10.0.64.9", "10.0.64.0/18"][..],
            ),
            (
                &["192.168.77.3", "172.29.4.0/22"],
                &["192.168.0.1", "172.16.0.0/22"],
            ),
            (
                &["54.239.28.85", "52.94.236.248"],
                &["34.0.0.1", "32.0.0.1"],
            ),
            (&["10.20.3.5/16"], &["10.0.0.1/16"]),
            (
                &["0.0.0.0/0", "127.0.0.1", "0.0.0.0", "169.254.169.254"],
                &["0.0.0.0/0", "127.0.0.1", "0.0.0.0", "169.254.169.254"],
            ),
            (
                &["2600:1f14:abc::5", "2600:1f14:abc::/48", "fd12:3456::1"],
                &["2400::1", "2400::/48", "fc00::1"],
            ),
            (
                &["::/0", "::1", "::ffff:10.9.8.7"],
                &["::/0", "::1", "::ffff:10.0.0.1"],
            ),
        ] {
            assert_eq!(replaced(all), masked);
        }
    }

    #[test]
    fn what_is_no_address_is_not_taken_for_one() {
        for text in [
            "",
            "10.0.0",
            "10.0.0.256",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/x",
        ] {
            assert_eq!(Range::parse(text), None, "{text}");
        }
    }

    fn covers(range: Range, address: Range) -> bool {
        let (is_4, bits, length) = range.bits();
        let (other_is_4, other, _) = address.bits();
        let width = width(is_4);
        is_4 == other_is_4 && first(bits, width, length) == first(other, width, length)
    }

    proptest! {
        #[test]
        fn an_address_lies_in_a_range_exactly_if_it_did_and_their_order_stays(
            addresses in proptest::collection::vec((any::<bool>(), any::<u32>()), 1..20),
            ranges in proptest::collection::vec((any::<u32>(), 0_u8..=32), 1..20),
        ) {
            let address = |(near, bits): &(bool, u32)| {
                // Half of them in one network.
                let bits = if *near { 0x0A00_0000 | bits & 0x1FF } else { *bits };
                Range { address: IpAddr::V4(Ipv4Addr::from_bits(bits)), length: None }
            };
            let addresses: Vec<Range> = addresses.iter().map(address).collect();
            let network = |(bits, length): &(u32, u8)| {
                let bits = bits.checked_shr(32 - u32::from(*length)).unwrap_or_default();
                let bits = bits.checked_shl(32 - u32::from(*length)).unwrap_or_default();
                Range { address: IpAddr::V4(Ipv4Addr::from_bits(bits)), length: Some(*length) }
            };
            let ranges: Vec<Range> = ranges.iter().map(network).collect();
            let all = Addresses::of(&addresses.iter().chain(&ranges).copied().collect());
            let masked = |range: &Range| Range::parse(&all.replace(*range)).expect("an address");
            for one in &addresses {
                for range in &ranges {
                    prop_assert_eq!(covers(*range, *one), covers(masked(range), masked(one)));
                }
                for other in &addresses {
                    prop_assert_eq!(one.cmp(other), masked(one).cmp(&masked(other)));
                }
            }
        }
    }
}
