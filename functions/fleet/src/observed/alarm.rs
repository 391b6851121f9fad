//! CloudWatch alarms that are on.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An alarm in the state `ALARM`, as `DescribeAlarms` shows it. Alarms in other states are not asked for: that a
/// metric has no data is no news (P-69).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alarm {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// When its state was last evaluated to another one.
    pub since: Timestamp,
    /// Whether it is to do anything at all (`ActionsEnabled`).
    pub actions_enabled: bool,
    /// Of a composite alarm: what keeps it from doing anything now (`ActionsSuppressedBy`), a switch for
    /// maintenance (P-70).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppressed_by: Option<String>,
}
