//! What heal-brokers asks for, as a tag on the instance that it concerns: that a broker be started or
//! restarted. push-listeners does it, under its own gates. And what it did ([`Healed`]), by which rungs.

mod healed;
mod ladder;

pub use healed::{COUNTS, Healed};
pub use ladder::Rung;

use crate::words::InstanceId;
use jiff::{SignedDuration, Timestamp};
use std::fmt;

/// How long a request counts, from its time on.
pub const FRESH: SignedDuration = SignedDuration::from_mins(15);

/// A request to start or restart the broker of an instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// When it was made, by AWS's time, to the second.
    pub at: Timestamp,
    /// Why, and so what is to be done.
    pub cause: Cause,
    /// The instance that it is about: a tag that came along with an image or by a copy asks for nothing.
    pub instance: InstanceId,
}

/// Why a broker is to be started or restarted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Its process is gone: it is started.
    Gone,
    /// Its process hangs: it is restarted.
    Hangs,
}

impl Cause {
    /// Each of them.
    pub const ALL: [Self; 2] = [Self::Gone, Self::Hangs];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Hangs => "hangs",
        }
    }
}

/// Why a text is no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRequest {
    /// It has another form.
    #[error(
        "it is not a time, a cause and an instance ID, such as \"2026-11-29T12:00:00Z gone i-0123456789abcdef0\""
    )]
    Form,
    /// It was made for another instance.
    #[error("it names another instance, so it was copied")]
    Elsewhere,
}

impl Request {
    /// Reads the tag of an instance.
    pub fn read(text: &str, instance: &InstanceId) -> Result<Self, NoRequest> {
        let words: Vec<&str> = text.split(' ').collect();
        let [at, cause, of] = words[..] else {
            return Err(NoRequest::Form);
        };
        let mut causes = Cause::ALL.into_iter();
        let cause = causes.find(|it| it.word() == cause);
        let (Ok(at), Some(cause)) = (at.parse(), cause) else {
            return Err(NoRequest::Form);
        };
        match of == instance.as_str() {
            true => Ok(Self {
                at,
                cause,
                instance: instance.clone(),
            }),
            false => Err(NoRequest::Elsewhere),
        }
    }

    /// Whether it counts at this moment. One from the future does not.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        let age = now.duration_since(self.at);
        !age.is_negative() && age < FRESH
    }
}

/// The tag's value.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            at,
            cause,
            instance,
        } = self;
        write!(f, "{at:.0} {} {instance}", cause.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::{id, noon};
    use proptest::prelude::*;

    fn request(cause: Cause) -> Request {
        Request {
            at: noon(),
            cause,
            instance: id(2),
        }
    }

    #[test]
    fn a_request_is_read_as_it_was_written() {
        for cause in Cause::ALL {
            let text = request(cause).to_string();
            assert_eq!(Request::read(&text, &id(2)), Ok(request(cause)), "{text}");
            assert_eq!(Request::read(&text, &id(3)), Err(NoRequest::Elsewhere));
            // EC2 takes letters, digits, blanks and these in a tag's value, 256 characters at most.
            let is_one = |c: char| c.is_ascii_alphanumeric() || " +-=._:/@".contains(c);
            assert!(text.chars().all(is_one) && text.len() <= 256, "{text}");
        }
        for text in [
            "",
            "gone",
            "2026-11-29T12:00:00Z gone",
            "now gone i-2",
            "2026-11-29T12:00:00Z kill i-2",
        ] {
            assert_eq!(Request::read(text, &id(2)), Err(NoRequest::Form), "{text}");
        }
    }

    #[test]
    fn a_request_counts_for_a_quarter_of_an_hour() {
        let at =
            |seconds| request(Cause::Gone).is_fresh(noon() + SignedDuration::from_secs(seconds));
        assert_eq!(
            [at(-1), at(0), at(899), at(900)],
            [false, true, true, false]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(?s).{0,80}") {
            let _ = Request::read(&text, &id(2));
        }

        #[test]
        fn what_is_written_is_whole_seconds(nanoseconds in 0_i32..1_000_000_000) {
            let at = Timestamp::new(noon().as_second(), nanoseconds).expect("a time");
            let read = Request::read(&Request { at, ..request(Cause::Gone) }.to_string(), &id(2));
            prop_assert_eq!(read.map(|it| it.at), Ok(noon()));
        }
    }
}
