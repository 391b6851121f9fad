//! The scripts of `infra/host` on real processes, branch by branch. Each test stands on a host of its
//! own (`Machine`), and asks dash and bash.

mod applying;
mod booting;
mod coming;
mod crashing;
mod documents;
mod inspecting;
mod masking;
mod timing;
mod units;
mod whole;
mod zookeeper;

/// Enters a host, or goes: the test runs again on it.
macro_rules! on_a_machine {
    ($test:expr) => {
        match host::Machine::enter($test, env!("CARGO_BIN_EXE_stand-in-java")) {
            Some(machine) => machine,
            None => return,
        }
    };
}
pub(crate) use on_a_machine;
