//! How long to wait between two hearings.

use super::hearing::Hearing;
use super::obstacle::Obstacle;
use std::time::Duration;

/// Two hearings are at least so far apart.
const SHORTEST: Duration = Duration::from_secs(10);
/// The longest session, in milliseconds, that both hearings and the pause between them leave room for in one
/// run of a function.
const LONGEST_SESSION: i64 = 20_000;
/// What a session is waited for beyond its end.
const MARGIN: Duration = Duration::from_secs(1);

/// The pause after a first hearing: a broker that was lost just before it is missing in the second one.
///
/// # Errors
/// A broker's session takes too long to be waited for.
pub fn pause(first: &Hearing) -> Result<Duration, Obstacle> {
    let mut longest = SHORTEST;
    for (node, told) in first.told() {
        // Who does not tell it is in the way anyhow.
        let Ok(session) = &told.session else {
            continue;
        };
        if session.milliseconds > LONGEST_SESSION {
            return Err(Obstacle::LongSession {
                node,
                key: session.mode.key().to_owned(),
                milliseconds: session.milliseconds,
            });
        }
        let milliseconds = u64::try_from(session.milliseconds).unwrap_or_default();
        longest = longest.max(Duration::from_millis(milliseconds) + MARGIN);
    }
    Ok(longest)
}

#[cfg(test)]
mod tests {
    use super::super::scenes::{healthy, told};
    use super::super::{Mode, Session};
    use super::*;

    fn with(mode: Mode, milliseconds: i64) -> Result<Duration, Obstacle> {
        let mut hearing = healthy();
        told(&mut hearing, 2).session = Ok(Session { mode, milliseconds });
        pause(&hearing)
    }

    #[test]
    fn the_longest_session_is_waited_for_and_at_least_ten_seconds() {
        for (milliseconds, seconds) in [
            (6_000, 10),
            (9_000, 10),
            (9_500, 10),
            (18_000, 19),
            (20_000, 21),
            (-1, 10),
        ] {
            let pause = with(Mode::ZooKeeper, milliseconds).expect("a pause");
            assert_eq!(pause.as_millis() / 1000, seconds, "{milliseconds}");
        }
    }

    #[test]
    fn a_session_that_cannot_be_waited_for_is_in_the_way() {
        let refused = with(Mode::KRaft, 20_001).expect_err("refused").to_string();
        assert_eq!(
            refused,
            "broker 2 has broker.session.timeout.ms=20001, and its loss would not be seen in time; set it to 20000 or less"
        );
        let refused = with(Mode::ZooKeeper, i64::MAX)
            .expect_err("refused")
            .to_string();
        assert!(
            refused.contains("zookeeper.session.timeout.ms="),
            "{refused}"
        );
    }

    #[test]
    fn who_does_not_tell_its_session_is_not_waited_for() {
        let mut hearing = healthy();
        for node in 1..=3 {
            told(&mut hearing, node).session = Err("denied".to_owned());
        }
        assert_eq!(pause(&hearing), Ok(SHORTEST));
    }
}
