//! Looking: of each function the newest report, out of its log group.

use crate::reports::{Function, Newest};
use cloud::call::Call;
use cloud::calls::{Dated, LogReads};
use cloud::pacing::Paced;
use fleet::observed::LogEvent;
use fleet::report::log_group;
use fleet::words::{ClusterName, LogGroupName};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use tokio::time::Instant;

/// How far it looks back: first as far as a function that runs needs, and then as far as its report says anything
/// at all. The service shows the oldest first (F70), so a long look reads much for one line.
const BACK: [SignedDuration; 2] = [SignedDuration::from_mins(5), SignedDuration::from_hours(3)];
/// Pages of one log group, at most; each has up to 1 MB.
const MOST_PAGES: usize = 20;

/// Of each function the newest report, side by side; what is not read at `until` is told as unread. `now` is this
/// machine's, and counts until AWS has told its own time.
pub(crate) async fn look<A: LogReads + Dated>(
    aws: Paced<'_, A>,
    cluster: &ClusterName,
    now: Timestamp,
    until: Instant,
) -> BTreeMap<Function, Newest> {
    let each = Function::ALL.map(|function| async move {
        let group = log_group(cluster, function.name());
        (function, newest(aws, &group, now, until).await)
    });
    join_all(each).await.into_iter().collect()
}

async fn newest<A: LogReads + Dated>(
    aws: Paced<'_, A>,
    group: &LogGroupName,
    now: Timestamp,
    until: Instant,
) -> Newest {
    let mut since = now;
    for back in BACK {
        let now = aws.now().unwrap_or(now);
        since = now.checked_sub(back).unwrap_or(Timestamp::MIN);
        match last(aws, group, since, until).await {
            Ok(Some(LogEvent { at, message: line })) => return Newest::Report { at, line },
            Ok(None) => {}
            Err(why) => return Newest::Unread { why },
        }
    }
    Newest::None { since }
}

/// The last report since then, on whichever page it is.
async fn last<A: LogReads + Dated>(
    aws: Paced<'_, A>,
    group: &LogGroupName,
    since: Timestamp,
    until: Instant,
) -> Result<Option<LogEvent>, String> {
    let (mut last, mut next) = (None, None);
    for _ in 0..MOST_PAGES {
        let ask = || aws.aws.filter_log_events(group, since, next.clone());
        let page = aws.call(Call::FilterLogEvents, until, ask).await;
        let page = page.map_err(|error| error.to_string())?;
        let events = last.into_iter().chain(page.items);
        // Of two at once the later one on the page.
        last = events.max_by_key(|event: &LogEvent| event.at);
        match page.next {
            None => return Ok(last),
            token if token == next => {
                return Err("AWS answered the same page token twice".to_owned());
            }
            token => next = token,
        }
    }
    match last {
        Some(last) => Ok(Some(last)),
        None => Err(format!("AWS answered more than {MOST_PAGES} pages")),
    }
}
