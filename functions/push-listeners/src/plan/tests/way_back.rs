//! What our own commands left behind: what exits is taken back once, and what was interrupted is ended.

mod exited;
mod interrupted;
mod not_again;
mod refused;

use crate::look::{Look, put_out};
use fleet::documents::Document;
use fleet::host::reply::hex;
use fleet::observed::CommandStatus;
use serde_json::json;

const BACK: &str =
    "give broker 1 on i-1 the file back that it had before, and restart it with that";

const START: &str = "start broker 1 on i-1";

/// The revision of the wish of [`Look::alone`].
fn revision() -> String {
    let order = Look::alone().inspected().plan().steps[0]
        .change
        .order
        .to_string();
    let line = order
        .lines()
        .find_map(|line| line.strip_prefix("revision "));
    line.expect("a revision").to_owned()
}

/// A command of ours was sent 200 s ago, and the host was inspected since.
fn touched(look: Look) -> Look {
    let answer = put_out(&json!({"outcome": "started"}));
    let look = look.commanded(Document::Apply, 200, CommandStatus::Success, &answer);
    look.inspected()
}

/// The file is the one that our last command wrote.
fn written(look: Look) -> Look {
    let sha256 = hex(look.file.as_bytes());
    look.host("/state/old-sha256", json!("a1".repeat(32)))
        .host("/state/new-sha256", json!(sha256))
}
