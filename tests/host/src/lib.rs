//! The scripts of `infra/host` and `infra/broker`, and a host to run them on: namespaces of its own, real
//! processes, and stand-ins for what is not there (Java with Kafka, systemd).

mod answer;
mod boot;
mod broker;
mod documents;
mod machine;
mod order;
pub mod stand_ins;
mod systemd;
mod template;
mod user_data;

pub use answer::Answer;
pub use boot::{BOOT_TEXTS, boot_text};
pub use broker::{
    Broker, FILE, JAVA, OUTPUT, is_listening, path_of, process_of, running, spawn, write,
};
pub use documents::{COMMON, DOCUMENTS, text};
pub use machine::{Machine, STAND_INS, Shell, run, text_of};
pub use order::{INSTANCE, NONCE, Order, sha256, unpadded};
pub use systemd::Unit;
pub use template::{with_boot_texts, with_texts};
pub use user_data::{Given, given, user_data};
