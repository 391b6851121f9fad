//! What the services put on the default event bus. EC2's and Auto Scaling's events are best effort
//! in AWS (P-1); losing, doubling and reordering them is the business of whoever takes them.

use super::Model;
use jiff::{Timestamp, Unit};
use serde_json::{Value, json};

impl Model {
    /// The events since the last time, oldest first, in EventBridge's envelope.
    pub fn take_events(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.events)
    }

    pub(super) fn emit(
        &mut self,
        source: &str,
        detail_type: &str,
        resources: &[String],
        detail: Value,
    ) {
        let event = json!({
            "version": "0",
            "id": self.ids.uuid(),
            "detail-type": detail_type,
            "source": source,
            "account": self.settings.account,
            "time": whole_seconds(self.at).to_string(),
            "region": self.settings.region,
            "resources": resources,
            "detail": detail,
        });
        self.events.push(event);
    }
}

/// Event times, like HTTP dates, have no fraction.
pub(crate) fn whole_seconds(at: Timestamp) -> Timestamp {
    let down = jiff::TimestampRound::new()
        .smallest(Unit::Second)
        .mode(jiff::RoundMode::Floor);
    at.round(down).unwrap_or(at)
}
