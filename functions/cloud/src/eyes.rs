//! Looking: every page of a list, several things side by side, and a gap for what fails.

mod access;
mod commands;
mod holdings;
mod lifecycle;
mod load_balancer;
mod probe;
mod shown;
mod spot;
pub mod tags;
mod target_groups;

pub use probe::{Question, unprobed};

use crate::call::Call;
use crate::calls::{Answer, Page, PageToken, Reads};
use crate::error::CallError;
use crate::pacing::Paced;
use fleet::observed::{Gap, Seen};
use futures::stream::{self, StreamExt};
use std::future::Future;
use std::time::Duration;
use tokio::time::Instant;

/// Reads that are under way at once, at most.
const SIDE_BY_SIDE: usize = 16;
/// Pages of one list, at most: the longest list of ELB that a quota allows, 3,000 target groups of an
/// account, has eight; of parameters, in pages of 10, 2,000 are read.
const MOST_PAGES: usize = 200;

/// Observing takes no longer than this, however slow AWS is. The rest of a run's time is for a proof
/// and the steps.
const OBSERVE: Duration = Duration::from_secs(30);

/// What looks, and until when: what is not read by then is a gap.
pub struct Eyes<'a, A> {
    /// AWS, at our pace.
    pub paced: Paced<'a, A>,
    /// The end.
    pub until: Instant,
}

impl<'a, A: Reads> Eyes<'a, A> {
    /// Looks in a run that ends at `until`.
    pub fn of_run(paced: Paced<'a, A>, until: Instant) -> Self {
        let until = until.min(Instant::now() + OBSERVE);
        Self { paced, until }
    }

    /// AWS.
    pub fn aws(&self) -> &'a A {
        self.paced.aws
    }

    /// Every page of a list.
    pub async fn pages<T, F>(
        &self,
        call: Call,
        ask: impl Fn(Option<PageToken>) -> F,
    ) -> Seen<Vec<T>>
    where
        F: Future<Output = Answer<Page<T>>>,
    {
        let mut items = Vec::new();
        let mut next = None;
        for _ in 0..MOST_PAGES {
            let page = self.one(call, "", || ask(next.clone())).await?;
            items.extend(page.items);
            match page.next {
                Some(token) if Some(&token) == next.as_ref() => {
                    return Err(Gap {
                        read: call.to_string(),
                        reason: "AWS answered the same page token twice".to_owned(),
                    });
                }
                Some(token) => next = Some(token),
                None => return Ok(items),
            }
        }
        Err(Gap {
            read: call.to_string(),
            reason: format!("AWS answered more than {MOST_PAGES} pages"),
        })
    }

    /// One answer, about something of this name.
    pub async fn one<T, F>(&self, call: Call, of: &str, ask: impl Fn() -> F) -> Seen<T>
    where
        F: Future<Output = Answer<T>>,
    {
        let answer = self.call(call, ask).await;
        answer.map_err(|error| gap(call, of, &error))
    }

    /// One answer, or what went wrong.
    pub async fn call<T, F>(&self, call: Call, ask: impl Fn() -> F) -> Answer<T>
    where
        F: Future<Output = Answer<T>>,
    {
        self.paced.call(call, self.until, ask).await
    }

    /// Asks about several things side by side.
    pub async fn each<'t, T, O, F>(&self, things: &'t [T], ask: impl Fn(&'t T) -> F) -> Vec<O>
    where
        F: Future<Output = O>,
    {
        stream::iter(things.iter().map(ask))
            .buffered(SIDE_BY_SIDE)
            .collect()
            .await
    }
}

/// A failed read, named.
pub fn gap(call: Call, of: &str, error: &CallError) -> Gap {
    Gap {
        read: if of.is_empty() {
            call.to_string()
        } else {
            format!("{call} of {of}")
        },
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests;
