//! Tests of whole edits and removals.

mod adopting;
mod beside;
mod files;
mod inputs;
mod laws;
mod removing;
mod rows;

use super::{Edit, Refusal, Removal, Version, Wanted, apply, edit, remove};
use fleet::listener::{Endpoint, Protocol};
use fleet::words::{GroupName, Port};

pub(super) const OLD: Option<Version> = Some(Version { major: 3, minor: 7 });
pub(super) const NEW: Option<Version> = Some(Version { major: 4, minor: 2 });

/// A group on the ports of the document: EXTERNAL listens on 39092, EXTERNAL2 on 39093.
pub(super) fn wanted(name: &str, bind_port: u16, host: &str, port: u16) -> Wanted {
    let port_of = |port| Port::new(port).expect("a port");
    Wanted {
        name: GroupName::new(name),
        bind_port: port_of(bind_port),
        protocol: Protocol::Plaintext,
        adopts: false,
        advertised: Endpoint {
            host: host.to_owned(),
            port: port_of(port),
        },
    }
}

pub(super) fn external() -> Wanted {
    wanted("EXTERNAL", 39092, "b1.usw2-az1.kafka.example.com", 9093)
}

pub(super) fn external2() -> Wanted {
    wanted("EXTERNAL2", 39093, "b1.usw2-az1.other.example.com", 9193)
}

/// A broker that is a controller, as the document sets it up, without EXTERNAL.
pub(super) const FILE: &str = "\
# The broker
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@10.0.0.11:29092
controller.listener.names=CONTROLLER
listeners=INTERNAL://0.0.0.0:9092,CONTROLLER://0.0.0.0:29092
inter.broker.listener.name=INTERNAL
advertised.listeners=INTERNAL://10.0.0.11:9092
listener.security.protocol.map=INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=./data
";

/// The file with lines of keys replaced; a line that is empty goes.
pub(super) fn with(changes: &[(&str, &str)]) -> String {
    let replaced = FILE.lines().map(|line| {
        let key = line.split('=').next().unwrap_or_default();
        let change = changes.iter().find(|(other, _)| *other == key);
        change.map_or(line, |(_, new)| *new)
    });
    let lines = replaced.filter(|line| !line.is_empty());
    lines.map(|line| format!("{line}\n")).collect()
}

pub(super) fn edited(file: &str, wanted: &[Wanted]) -> Result<(String, Edit), Refusal> {
    let edit = edit(file.as_bytes(), wanted, OLD)?;
    let after = apply(file.as_bytes(), &edit.spans)?;
    Ok((String::from_utf8(after).expect("a text"), edit))
}

pub(super) fn removed(
    file: &str,
    group: &str,
    edit: Option<&Edit>,
) -> Result<(String, Removal), Refusal> {
    let kept = edit.map(|edit| edit.kept.clone()).unwrap_or_default();
    let removal = remove(file.as_bytes(), &[group.into()], &kept, OLD)?;
    let after = apply(file.as_bytes(), &removal.spans)?;
    Ok((String::from_utf8(after).expect("a text"), removal))
}
