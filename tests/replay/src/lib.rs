//! A saved observation, planned again: what a function answers to `{"action":"observe"}` is all that its
//! plan is made from.

mod fields;
mod unreadable;

pub use unreadable::Unreadable;

use activation::duty::Duty;
use activation::saved::SavedOf;
use activation::text::plan_text;
use cloud::fake::Fake;
use fields::differing;
use heal_brokers::HealBrokers;
use push_listeners::PushListeners;
use register_brokers::RegisterBrokers;
use serde_json::Value;
use sync_principals::SyncPrincipals;

/// The functions whose observations can be planned again. A plan reaches no AWS, so any AWS will do.
const FUNCTIONS: [Function; 4] = [
    function::<HealBrokers<'static, Fake>>(),
    function::<PushListeners<'static, Fake>>(),
    function::<RegisterBrokers<'static, Fake>>(),
    function::<SyncPrincipals<'static, Fake>>(),
];

/// A function by its name, and how it plans again.
struct Function {
    name: &'static str,
    plan: fn(&Value) -> Result<Planned, Unreadable>,
}

/// A plan that was made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// As `{"action":"plan"}` answers it in `text`.
    pub text: String,
    /// As it answers it in `plan`.
    pub plan: Value,
}

/// Plans what a file says that a function observed.
pub fn replay(file: &str) -> Result<Planned, Unreadable> {
    let saved: Value =
        serde_json::from_str(file).map_err(|error| Unreadable::NotJson(error.to_string()))?;
    if let Some(field) = fleet::twice::twice(file) {
        return Err(Unreadable::Twice(field));
    }
    let function = saved.get("function").and_then(Value::as_str);
    let function = function.ok_or(Unreadable::NoFunction)?;
    let known = FUNCTIONS.iter().find(|known| known.name == function);
    let known = known.ok_or_else(|| Unreadable::UnknownFunction {
        function: function.to_owned(),
        known: FUNCTIONS.map(|known| known.name).join(", "),
    })?;
    (known.plan)(&saved)
}

const fn function<D: Duty>() -> Function {
    Function {
        name: D::NAME,
        plan: plan_again::<D>,
    }
}

fn plan_again<D: Duty>(saved: &Value) -> Result<Planned, Unreadable> {
    let refused = |field: String, why: String| {
        let release = saved.get("release").and_then(Value::as_str);
        Unreadable::Field {
            field,
            why,
            release: release.map(str::to_owned),
        }
    };
    let read: SavedOf<D> = serde_path_to_error::deserialize(saved)
        .map_err(|error| refused(error.path().to_string(), error.inner().to_string()))?;
    let written =
        serde_json::to_value(&read).map_err(|error| refused(".".to_owned(), error.to_string()))?;
    if let Some((field, why)) = differing(saved, &written) {
        return Err(refused(field, why.to_owned()));
    }
    let plan = D::plan(&read.observed, &read.agreed);
    Ok(Planned {
        text: plan_text(&plan),
        plan: serde_json::to_value(&plan)
            .map_err(|error| refused("plan".to_owned(), error.to_string()))?,
    })
}
