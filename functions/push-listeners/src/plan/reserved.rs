//! Ports of a host that the kernel gives to no outgoing connection: those of the broker's listeners belong there.

use fleet::words::Port;
use std::collections::BTreeSet;

/// What is to be reserved of the broker's ports, if something is. `net.ipv4.ip_local_reserved_ports` is one value, so
/// the note has all of it: what is reserved already and every port that is missing.
pub(super) fn remark(ephemeral: &str, reserved: &str, ports: &[Port]) -> Option<String> {
    let (ephemeral, reserved) = (numbers(ephemeral), numbers(reserved));
    let ports = ports.iter().map(|port| port.get());
    let open: BTreeSet<u16> = ports
        .filter(|it| ephemeral.contains(it) && !reserved.contains(it))
        .collect();
    if open.is_empty() {
        return None;
    }
    let shown: Vec<String> = open.iter().map(u16::to_string).collect();
    let setting = format!(
        "net.ipv4.ip_local_reserved_ports={}",
        ranges(&reserved | &open)
    );
    Some(format!(
        "an outgoing connection may take port {} before Kafka does; reserve it beside what is reserved already: sysctl -w {setting}, and for good write {setting} into /etc/sysctl.d/90-kafka.conf, and take the key out of any other file there",
        shown.join(" or port ")
    ))
}

/// The numbers of a list such as `8080,9148-9150`, as the kernel shows it.
fn numbers(list: &str) -> BTreeSet<u16> {
    let ranges = list.split(',').filter_map(|item| {
        let (first, last) = item.split_once('-').unwrap_or((item, item));
        Some(first.trim().parse::<u16>().ok()?..=last.trim().parse::<u16>().ok()?)
    });
    ranges.flatten().collect()
}

/// The same list of such numbers, in order, and neighbours in one range.
fn ranges(numbers: BTreeSet<u16>) -> String {
    let mut ranges: Vec<(u16, u16)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    let shown = ranges.into_iter().map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    });
    shown.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINUX: &str = "32768-60999";

    fn told(reserved: &str, ports: &[u16]) -> Option<String> {
        let ports = ports.iter().map(|it| Port::new(*it).expect("a port"));
        remark(LINUX, reserved, &ports.collect::<Vec<_>>())
    }

    #[test]
    fn one_note_has_all_that_is_to_be_reserved_and_all_that_is() {
        for (reserved, ports, open, all) in [
            ("", &[39092][..], "39092", "39092"),
            ("39092", &[39092, 39093], "39093", "39092-39093"),
            ("", &[39093, 39092], "39092 or port 39093", "39092-39093"),
            ("8080,9148-9150", &[39092], "39092", "8080,9148-9150,39092"),
            (
                "39090-39091,39093-39100",
                &[39092, 39095],
                "39092",
                "39090-39100",
            ),
            (
                "50000",
                &[39092, 39094],
                "39092 or port 39094",
                "39092,39094,50000",
            ),
            ("65535", &[60999], "60999", "60999,65535"),
        ] {
            let note = told(reserved, ports).expect("a note");
            let setting = format!("net.ipv4.ip_local_reserved_ports={all}");
            assert!(
                note.contains(&format!("may take port {open} before")),
                "{note}"
            );
            assert!(note.contains(&format!("sysctl -w {setting}, ")), "{note}");
            let file = format!("write {setting} into /etc/sysctl.d/90-kafka.conf");
            // Of two files the one that sorts last wins at the next boot.
            let alone = format!("{file}, and take the key out of any other file there");
            assert!(note.ends_with(&alone), "{note}");
        }
    }

    #[test]
    fn what_no_connection_takes_needs_no_note() {
        assert_eq!(told("39092", &[39092]), None);
        assert_eq!(told("39000-39999", &[39092, 39093]), None);
        assert_eq!(told("", &[9092, 61000]), None);
        assert_eq!(told("", &[]), None);
    }

    #[test]
    fn whatever_a_host_says_is_read_as_numbers() {
        for odd in ["", "-", "1-2-3", "9-1", "99999", "a;reboot"] {
            let note = told(odd, &[39092]).expect("a note");
            assert!(note.contains("ports=39092, "), "{note}");
        }
    }
}
