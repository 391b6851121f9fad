//! What a host is like, and whether its broker may be touched at all. Odd set-ups are told, not handled.

use super::edits::read_file;
use super::reserved;
use super::subject::Subject;
use super::view::View;
use crate::held::Held;
use crate::server_properties::Key;
use fleet::host::inspection::{Inspection, Kind, Process, Sockets};
use fleet::words::Port;
use jiff::{SignedDuration, Timestamp};

/// How far a host's clock may be off: what is ordered ends by it.
const CLOCK: i64 = 5;
/// How long Kafka takes to stop at most (K-12), and a little more.
pub(super) const STOP_SECONDS: u16 = 330;
/// How much of what a host says is shown.
const SHOWN: usize = 200;

/// Why an instance takes no command, if so.
pub(super) fn unmanaged(view: &View<'_>, subject: &Subject<'_>) -> Option<Held> {
    let broker = subject.broker;
    let why = match view.managed.get(&broker.instance) {
        None => "Systems Manager does not know it; see that its SSM agent runs and that its instance profile allows AmazonSSMManagedInstanceCore".to_owned(),
        Some(it) if !it.is_online() => {
            format!("its SSM agent is {}; see that it runs", it.ping.as_str())
        }
        Some(it) if it.gives_parameters_by_environment() != Some(true) => format!(
            "its SSM agent is {}, and 3.3.2746.0 is needed, which gives scripts their parameters as environment variables; update it by AWS-UpdateSSMAgent",
            match it.agent_version.as_str() {
                "" => "of a version that is not known",
                version => version,
            }
        ),
        Some(_) => return None,
    };
    Some(Held::Unmanaged {
        node: broker.node,
        instance: broker.instance.clone(),
        why,
    })
}

/// Why a broker is not touched, by what was found on its host.
pub(super) fn odd(
    subject: &Subject<'_>,
    inspection: &Inspection,
    process: &Process,
    asked_at: Timestamp,
    now: Timestamp,
) -> Vec<Held> {
    let broker = subject.broker;
    let host = |why: String| Held::Host {
        node: broker.node,
        instance: broker.instance.clone(),
        why,
    };
    let mut held: Vec<Held> = whys(inspection, process, asked_at, now)
        .into_iter()
        .map(host)
        .collect();
    let ports = subject.ports();
    let used = inspection
        .ports
        .iter()
        .filter(|it| ports.contains(&it.port));
    held.extend(used.filter_map(|it| {
        Some(Held::PortUsed {
            node: broker.node,
            port: it.port,
            by: holder(it, process, listens_on(subject, it.port))?,
        })
    }));
    held
}

fn whys(
    inspection: &Inspection,
    process: &Process,
    asked_at: Timestamp,
    now: Timestamp,
) -> Vec<String> {
    let mut whys = Vec::new();
    let mut say = |is_so: bool, why: &dyn Fn() -> String| {
        if is_so {
            whys.push(why());
        }
    };
    let off = clock_off(inspection, asked_at, now);
    say(off > CLOCK, &|| {
        format!("its clock is {off} s off, and {CLOCK} s are allowed; let chrony set it")
    });
    say(process.container, &|| {
        "its broker runs in a container; give the container its listeners".to_owned()
    });
    match process.kind {
        Kind::Plain | Kind::Unit => {}
        Kind::Wrapped => say(true, &|| {
            "a script that runs in a systemd unit started its broker; let the unit start Kafka itself, with exec".to_owned()
        }),
        Kind::UserUnit => say(true, &|| {
            "a user's own systemd started its broker; use a unit of the system".to_owned()
        }),
    }
    for it in &process.overrides {
        let key = it.key.shown(SHOWN);
        say(Key::parse(&key).is_some(), &|| {
            format!(
                "--override on its command line says {key}, which no edit of its file changes; take it out"
            )
        });
    }
    match read_file(inspection) {
        Err(why) => say(true, &|| why.clone()),
        Ok(file) => {
            let path = file.path.shown(SHOWN);
            say(file.symlink, &|| {
                format!(
                    "its file, {path}, is a link to {}; let Kafka run with that",
                    file.real.shown(SHOWN)
                )
            });
            say(file.links > 1, &|| {
                format!(
                    "its file, {path}, has {} names, and an edit would leave all but one behind; let it have one",
                    file.links
                )
            });
            say(!file.writable, &|| {
                format!(
                    "its file, {path}, or its folder cannot be written; see whether the file system is mounted read-only"
                )
            });
            say(file.uid != 0 && file.uid != process.uid, &|| {
                format!(
                    "its file, {path}, belongs to user {}, and the broker runs as user {}; chown it to root or to that user",
                    file.uid, process.uid
                )
            });
            let is_open = u32::from_str_radix(&file.mode, 8).is_ok_and(|mode| mode & 0o7002 != 0);
            say(is_open, &|| {
                format!(
                    "everybody can write its file, {path}, or it has bits of a program (mode {}); chmod 644 it",
                    file.mode
                )
            });
            say(file.generated, &|| {
                format!(
                    "a comment in its file, {path}, says that a program writes it; give that program the listeners"
                )
            });
            let needed = file.size.saturating_mul(4).saturating_add(1024 * 1024);
            say(file.free < needed, &|| {
                format!(
                    "the disk of its file has {} bytes free, and {needed} are needed",
                    file.free
                )
            });
        }
    }
    if let Some(hook) = inspection.hook
        && hook.present
    {
        say(!hook.safe, &|| {
            "/etc/kafka-privatelink/restart must be a plain file that can be run; it and its folder must belong to root, and nobody else may write them".to_owned()
        });
    }
    whys
}

/// What a person should know of a host, and what does not hold anything.
pub(super) fn remarks(subject: &Subject<'_>, inspection: &Inspection) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(unit) = &inspection.unit
        && let Some(limit) = unit.stop_seconds
        && limit < STOP_SECONDS.into()
    {
        let name = unit.name.shown(SHOWN);
        remarks.push(format!(
            "systemctl stop {name} kills the broker after {limit} s, and Kafka may take {STOP_SECONDS} s; {}",
            drop_in()
        ));
    }
    if let Some(unit) = inspection.unit.as_ref().filter(|unit| unit.ours) {
        let name = unit.name.shown(SHOWN);
        remarks.push(format!(
            "a drop-in of ours keeps systemd from restarting {name} by itself; if no command of ours is under way, delete /run/systemd/system/{name}.d/zz-kafka-privatelink.conf, and run systemctl daemon-reload"
        ));
    }
    if let (Some(ephemeral), Some(known)) = (&inspection.ephemeral, &inspection.reserved) {
        remarks.extend(reserved::remark(ephemeral, known, &subject.ports()));
    }
    remarks
}

fn drop_in() -> String {
    format!("write [Service] and TimeoutStopSec={STOP_SECONDS} by systemctl edit")
}

/// How long after it was sent an inspection may still look: the delivery and the time-out of its document.
const LOOKS_WITHIN: SignedDuration = SignedDuration::from_secs(60 + 120);

/// Seconds by which a host's clock lies outside of the time in which the inspection can have looked.
fn clock_off(inspection: &Inspection, asked_at: Timestamp, now: Timestamp) -> i64 {
    let early = asked_at.as_second().saturating_sub(inspection.clock);
    let latest = now.min(asked_at + LOOKS_WITHIN);
    let late = inspection.clock.saturating_sub(latest.as_second());
    early.max(late).max(0)
}

/// Whether a broker has a listener on a port, as its process shows it.
fn listens_on(subject: &Subject<'_>, port: Port) -> bool {
    let shows = subject.itself().into_iter();
    let mut listeners = shows.flat_map(|shows| shows.listeners.listed());
    listeners.any(|it| it.port == i32::from(port.get()))
}

/// Who has a port that is not a listener of the broker itself.
fn holder(sockets: &Sockets, process: &Process, is_its_own: bool) -> Option<String> {
    let other = sockets
        .listeners
        .iter()
        .find(|it| it.pid != Some(process.pid));
    let has_it = sockets
        .listeners
        .iter()
        .any(|it| it.pid == Some(process.pid));
    match other {
        Some(it) => {
            let name = it.name.shown(SHOWN);
            Some(match it.pid {
                Some(pid) => format!("process {pid} ({name}) listens there on IPv{}", it.family),
                None => format!("something listens there on IPv{}", it.family),
            })
        }
        None if has_it && !is_its_own => {
            Some("the broker itself has it for something else, such as JMX".to_owned())
        }
        None if sockets.sockets > 0 && !has_it => {
            Some("a connection has it as its own port, or had it a moment ago".to_owned())
        }
        None => None,
    }
}

/// Whether it is only a connection that has a port: it ends by itself, and what is left of it a minute later.
pub(super) fn has_passing_port(subject: &Subject<'_>, inspection: &Inspection) -> bool {
    let ports = subject.ports();
    let used = inspection.ports.iter();
    let mut used = used.filter(|it| ports.contains(&it.port));
    used.any(|it| it.listeners.is_empty() && it.sockets > 0)
}

/// Until then a host restarts its broker: what the gate heard is old by then.
pub(super) fn gated_until(answered_at: Timestamp) -> Timestamp {
    /// The delivery of a command.
    const WITHIN: SignedDuration = SignedDuration::from_secs(60);
    answered_at + WITHIN
}

/// Later than that a host refuses: what was seen is old by then.
pub(super) fn not_after(now: Timestamp) -> Timestamp {
    /// The delivery of a command, and a little more.
    const WITHIN: SignedDuration = SignedDuration::from_secs(90);
    now + WITHIN
}
