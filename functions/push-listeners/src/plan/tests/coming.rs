//! A broker that does not run, and that may be started: since its instance enters its group, or since heal-brokers
//! asks for it.

mod asked;
mod disks;
mod launched;

use crate::look::Look;
use fleet::gate::Holdings;
use fleet::look::node;
use serde_json::{Value, json};

/// The file of a broker that does not run is known by its unit.
fn down(look: Look) -> Look {
    let mut look = look.silent().gone();
    look.host["unit"] = json!({
        "name": "a2Fma2E=", "restarts": 0, "stop_seconds": 330, "ours": false, "active": "failed", "result": "signal",
    });
    look
}

/// Something of its disk is otherwise.
fn disk(mut look: Look, word: &str, value: Value) -> Look {
    look.host["disks"][0][word] = value;
    look
}

/// No broker has begun yet on its disk.
fn empty(look: Look) -> Look {
    disk(disk(look, "partitions", json!(0)), "used", json!(false))
}

/// Everybody was heard, and nobody has anything of broker 3.
fn nothing() -> Holdings {
    Holdings {
        heard: [1, 2].map(node).into(),
        ..Holdings::default()
    }
}

fn says(look: &Look, said: &str) {
    let plan = look.plan();
    assert!(plan.steps.is_empty(), "{said}: {:?}", plan.steps);
    let held: Vec<&str> = plan.held.iter().map(|it| it.sentence.as_str()).collect();
    assert!(
        held.iter().any(|it| it.contains(said)),
        "{said:?} is not in {held:?}"
    );
}
