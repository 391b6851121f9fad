//! How long ago something was, in words.

use jiff::{SignedDuration, Timestamp};

/// Every function looks once a minute. A report that is older than this says how it was, not how it is.
pub(crate) const OLD: SignedDuration = SignedDuration::from_mins(5);

/// `12 seconds ago`, `3 minutes ago`, `5 hours ago`, `4 days ago`. Clocks differ a little: what comes from the
/// future is from now.
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(at).as_secs();
    match seconds {
        ..=0 => "just now".to_owned(),
        1..=119 => said(seconds, "second"),
        120..=7_199 => said(seconds / 60, "minute"),
        7_200..=172_799 => said(seconds / 3_600, "hour"),
        _ => said(seconds / 86_400, "day"),
    }
}

/// Whether it was too long ago to say how it is.
pub(crate) fn is_old(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) > OLD
}

fn said(count: i64, unit: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{s} ago")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_in_the_unit_that_a_person_would_take() {
        let at = "2026-11-22T12:00:00Z".parse().expect("a time");
        for (seconds, told, old) in [
            (-90, "just now", false),
            (0, "just now", false),
            (1, "1 second ago", false),
            (119, "119 seconds ago", false),
            (120, "2 minutes ago", false),
            (300, "5 minutes ago", false),
            (301, "5 minutes ago", true),
            (7_200, "2 hours ago", true),
            (172_800, "2 days ago", true),
        ] {
            let now = at + SignedDuration::from_secs(seconds);
            assert_eq!((ago(at, now).as_str(), is_old(at, now)), (told, old));
        }
    }
}
