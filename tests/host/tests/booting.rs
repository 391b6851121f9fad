//! User data of `infra/example-cluster.yaml` on hosts of their own, with stand-ins for AWS (`src/stand_ins.rs`): what a
//! broker's first boot makes, what later boots and the next instances keep, what they refuse, and what is left when
//! they are killed.

mod archives;
mod bastion;
mod keeping;
mod killed;
mod limit;
mod refusing;
mod stage;
mod starting;
mod template;
mod updates;
