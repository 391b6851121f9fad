//! The `Date` header of AWS's newest answer, the only clock of an activation (design section 4).

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use jiff::Timestamp;
use std::sync::{Arc, Mutex, PoisonError};

/// When AWS last answered, as AWS's clock has it; shared by all clients.
#[derive(Clone, Debug, Default)]
pub(crate) struct AnsweredAt(Arc<Mutex<Option<Timestamp>>>);

impl AnsweredAt {
    /// The newest time seen; `None` before the first answer.
    pub(crate) fn get(&self) -> Option<Timestamp> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls run side by side, so an older answer may be read after a newer one.
    fn saw(&self, date: Timestamp) {
        let mut newest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *newest = (*newest).max(Some(date));
    }
}

/// Reads the header of every answer, errors included.
#[derive(Clone, Debug)]
pub(crate) struct DateHeader(AnsweredAt);

impl DateHeader {
    pub(crate) fn new(answered_at: AnsweredAt) -> Self {
        Self(answered_at)
    }
}

#[dyn_dispatch_hint]
impl Intercept for DateHeader {
    fn name(&self) -> &'static str {
        "DateHeader"
    }

    /// An answer without a readable date leaves the newest one as it was: the answer itself is
    /// good, and an activation that finds no date at all says so.
    fn read_after_transmit(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(date) = context.response().headers().get("date").and_then(parse) {
            self.0.saw(date);
        }
        Ok(())
    }
}

/// Reads RFC 9110's `IMF-fixdate`, a form of RFC 2822's: `Sun, 06 Nov 1994 08:49:37 GMT`.
fn parse(header: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(header)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_date_header_as_aws_sends_it_is_read() {
        assert_eq!(
            parse("Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(at("1994-11-06T08:49:37Z"))
        );
    }

    #[test]
    fn a_header_that_is_no_date_is_no_time() {
        assert_eq!(parse("1994-11-06T08:49:37Z"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn an_older_answer_that_is_read_later_does_not_turn_time_back() {
        let answered_at = AnsweredAt::default();
        assert_eq!(answered_at.get(), None);
        answered_at.saw(at("2025-01-01T00:00:05Z"));
        answered_at.saw(at("2025-01-01T00:00:04Z"));
        assert_eq!(answered_at.get(), Some(at("2025-01-01T00:00:05Z")));
    }
}
