//! A broker as it is drawn.

use super::subject::Subject;
use crate::rollout::Row;
use fleet::foreign::clean;

/// How much of what a broker advertises is shown.
const SHOWN: usize = 600;

/// What it shows and should; its file comes later.
pub(super) fn row(subject: &Subject<'_>) -> Row {
    let advertises = subject.itself().map(|shows| {
        let value = shows.advertised.value.as_deref();
        let value = value.or(shows.listeners.value.as_deref());
        clean(value.unwrap_or("(nothing)"), SHOWN)
    });
    let wanted = subject.wanted.iter();
    let differs = subject.differences.iter().flatten();
    Row {
        node: subject.broker.node,
        instance: subject.broker.instance.clone(),
        advertises,
        wanted: wanted
            .map(|it| format!("{}://{}", it.name, it.advertised))
            .collect(),
        differs: differs.map(ToString::to_string).collect(),
        file: None,
        diff: None,
        remarks: Vec::new(),
    }
}
