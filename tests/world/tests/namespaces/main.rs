//! Worlds, hosts and the data path on the real kernel: namespaces, links and TCP. Needs no
//! privilege; Linux only.

mod commands;
mod consumers;
mod data_path;
mod hosts;
mod inside;
mod local;
mod modelled;
mod stage;
mod worlds;
