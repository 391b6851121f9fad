//! Looking: every page of a list, several things side by side, and a gap for what fails.

use crate::call::Call;
use crate::calls::{Answer, Page, PageToken, Reads};
use crate::error::CallError;
use crate::pacing::Pace;
use crate::scope::Scope;
use fleet::observed::{Gap, Seen};
use futures::stream::{self, StreamExt};
use std::future::Future;

/// Reads that are under way at once, at most.
const SIDE_BY_SIDE: usize = 16;

/// What looks, at what pace, and what for.
pub(crate) struct Eyes<'a, A> {
    pub(crate) aws: &'a A,
    pub(crate) pace: &'a Pace,
    pub(crate) scope: &'a Scope,
}

impl<A: Reads> Eyes<'_, A> {
    /// Every page of a list.
    pub(crate) async fn pages<T, F>(
        &self,
        call: Call,
        ask: impl Fn(Option<PageToken>) -> F,
    ) -> Seen<Vec<T>>
    where
        F: Future<Output = Answer<Page<T>>>,
    {
        let mut items = Vec::new();
        let mut next = None;
        loop {
            let page = self
                .pace
                .call(self.aws, call, || ask(next.clone()))
                .await
                .map_err(|error| gap(call, "", &error))?;
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
    }

    pub(crate) async fn one<T, F>(&self, call: Call, of: &str, ask: impl Fn() -> F) -> Seen<T>
    where
        F: Future<Output = Answer<T>>,
    {
        let answer = self.pace.call(self.aws, call, ask).await;
        answer.map_err(|error| gap(call, of, &error))
    }

    pub(crate) async fn each<'t, T, O, F>(
        &self,
        things: &'t [T],
        ask: impl Fn(&'t T) -> F,
    ) -> Vec<O>
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
pub(crate) fn gap(call: Call, of: &str, error: &CallError) -> Gap {
    Gap {
        read: if of.is_empty() {
            call.to_string()
        } else {
            format!("{call} of {of}")
        },
        reason: error.to_string(),
    }
}
