//! One fault at every point of a scenario, and the end is the same. Each scenario of a function is played once
//! undisturbed, and then once for each call and each kind of strike (the process ends before or
//! after it, its answer is lost, or is one that the read would have got at an earlier time), and
//! for each wake (lost, doubled, late). `--nocapture` shows how many points there are.

mod access;
mod brokers;
mod by_hand;
mod compare;
mod count;
mod end;
mod everywhere;
mod fault;
mod healed;
mod hooks;
mod illness;
mod listeners;
mod mapping;
mod parameters;
mod play;
mod principals;
mod pushed;
mod subject;
mod wakes;
