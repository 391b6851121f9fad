//! What heal-brokers writes on an instance for itself alone: since when a process hangs. What it did stands in
//! [`Healed`](fleet::healing::Healed), which push-listeners reads, too.

use fleet::host::ProcessId;
use fleet::observed::Instance;
use fleet::tags;
use jiff::Timestamp;
use std::fmt;

/// Since when a process hangs: the tag `kafka-privatelink:ill-since`, as a time, the process's number and its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IllSince {
    /// Since when.
    pub at: Timestamp,
    /// Which process.
    pub process: ProcessId,
}

impl IllSince {
    /// What stands on an instance; none if nothing of ours does.
    pub fn of(instance: &Instance) -> Option<Self> {
        Self::read(instance.tags.get(tags::ILL_SINCE)?)
    }

    /// Reads the tag; none if it is none of ours.
    pub fn read(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split(' ').collect();
        let [at, pid, start] = words[..] else {
            return None;
        };
        let (pid, start) = (pid.parse().ok()?, start.parse().ok()?);
        Some(Self {
            at: at.parse().ok()?,
            process: ProcessId { pid, start },
        })
    }
}

impl fmt::Display for IllSince {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            at,
            process: ProcessId { pid, start },
        } = self;
        write!(f, "{at:.0} {pid} {start}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fleet::look::noon;
    use proptest::prelude::*;

    #[test]
    fn what_was_written_is_read_again() {
        let since = IllSince {
            at: noon(),
            process: ProcessId {
                pid: 12,
                start: u64::MAX,
            },
        };
        assert_eq!(IllSince::read(&since.to_string()), Some(since));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(?s).{0,60}") {
            let _ = IllSince::read(&text);
        }
    }
}
