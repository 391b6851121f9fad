//! The world's machines. A *world* is one user + network + PID + mount + host name namespace, made
//! without any privilege; a *host* is a network + PID + mount + host name namespace nested in it,
//! with its own address, `/proc` and `/etc/hosts`. When the init of either dies, all in it dies.
//!
//! The processes that this takes are sub-commands of one binary, whose `main` calls [`run_role`]
//! first:
//!
//! ```text
//! caller (outside, keeps the network)      World::start(world_command(..).arg(program))
//! └─ hosts:world        makes the namespaces; kills the world when the caller is gone
//!    └─ hosts:world-init   PID 1: own /proc, lo; reaps orphans and nothing else
//!       └─ program            the world itself: Network::open(..), add_host(..)
//!          ├─ hosts:host         one for each host: makes its namespaces
//!          │  └─ hosts:host-init    PID 1 of the host: hosts file, address, reaps orphans
//!          └─ hosts:enter        one for each Host::command(..): walks into the host
//!             └─ program            e.g. a broker
//! ```

mod bound;
mod date;
mod disk;
mod enter;
mod error;
mod forbidden;
mod host;
mod host_init;
mod links;
mod network;
mod process;
mod shell;
mod world;
mod world_init;

pub use date::Date;
pub use disk::Disk;
pub use error::HostsError;
pub use host::{Host, Own};
pub use network::{Bridge, Network};
pub use process::Process;
pub use world::{World, world_command};
pub use world_init::is_inside_world;

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

/// How the processes of this module end when they themselves fail, as `env` and `timeout` do.
pub const ROLE_FAILED: u8 = 125;

/// This very binary, whatever became of its file.
pub const THIS_BINARY: &str = "/proc/self/exe";

/// Plays a part of the machinery when the arguments (without the program's name) say so; `None`
/// means that the caller's own `main` should go on. Must run before any thread is started.
pub fn run_role(args: &[OsString]) -> Option<ExitCode> {
    let (role, rest) = args.split_first()?;
    let done = match Role::parse(role)? {
        Role::World => world::play(rest),
        Role::WorldInit => world_init::play(rest),
        Role::Host => host_init::play_starter(),
        Role::HostInit => host_init::play(),
        Role::Enter => enter::play(rest),
    };
    Some(done.unwrap_or_else(|error| {
        eprintln!("{}: {error}", role.to_string_lossy());
        ExitCode::from(ROLE_FAILED)
    }))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    World,
    WorldInit,
    Host,
    HostInit,
    Enter,
}

impl Role {
    const ALL: [Self; 5] = [
        Self::World,
        Self::WorldInit,
        Self::Host,
        Self::HostInit,
        Self::Enter,
    ];

    fn parse(word: &OsStr) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    fn word(self) -> &'static str {
        match self {
            Self::World => "hosts:world",
            Self::WorldInit => "hosts:world-init",
            Self::Host => "hosts:host",
            Self::HostInit => "hosts:host-init",
            Self::Enter => "hosts:enter",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_arguments_are_left_to_the_caller() {
        assert_eq!(run_role(&[]), None);
        assert_eq!(run_role(&["broker".into(), "hosts:world".into()]), None);
    }

    #[test]
    fn every_role_is_found_by_its_word() {
        for role in Role::ALL {
            assert_eq!(Role::parse(OsStr::new(role.word())), Some(role));
        }
    }
}
