//! The process ends at every single call, or loses its answer, and the end is the same. Each
//! scenario is run once undisturbed, and then once for each call of it and each kind of strike:
//! the process ends before the call, it ends after it, the answer is lost, or, for a read after a
//! write, the answer is an old one. `--nocapture` shows how many points there are.

mod brokers;
mod by_hand;
mod end;
mod everywhere;
mod parameters;
