//! The `Date` headers of AWS's answers, the only clock of an activation.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use jiff::Timestamp;
use std::sync::{Arc, Mutex, PoisonError};

/// The dates that nobody has taken yet; shared by all clients.
#[derive(Clone, Debug, Default)]
pub(crate) struct AnswerDates(Arc<Mutex<Vec<Timestamp>>>);

impl AnswerDates {
    /// Takes them: nothing of an earlier activation stays.
    pub(crate) fn take(&self) -> Vec<Timestamp> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn saw(&self, date: Timestamp) {
        let mut dates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        dates.push(date);
    }
}

/// Reads the header of every answer, errors included.
#[derive(Clone, Debug)]
pub(crate) struct DateHeader(AnswerDates);

impl DateHeader {
    pub(crate) fn new(dates: AnswerDates) -> Self {
        Self(dates)
    }
}

#[dyn_dispatch_hint]
impl Intercept for DateHeader {
    fn name(&self) -> &'static str {
        "DateHeader"
    }

    /// An answer without a readable date is good all the same; an activation that finds no date at
    /// all says so.
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
    fn a_date_is_taken_once() {
        let dates = AnswerDates::default();
        assert_eq!(dates.take(), []);
        let seen = [at("2025-01-01T00:00:05Z"), at("2025-01-01T00:00:04Z")];
        for date in seen {
            dates.saw(date);
        }
        assert_eq!(dates.take(), seen);
        assert_eq!(dates.take(), []);
    }
}
