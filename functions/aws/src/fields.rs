//! Fields of answers that the SDK calls optional and we need: one that is missing or makes no
//! sense is an error that names it.

use crate::error::{nonsense, without};
use aws_smithy_types::DateTime;
use cloud::call::Call;
use cloud::calls::{Answer, Page, PageToken};
use fleet::words::Port;
use jiff::{Timestamp, Unit};
use std::net::Ipv4Addr;

/// The answer to one call, whose fields are asked for by name.
#[derive(Clone, Copy)]
pub(crate) struct Fields(pub(crate) Call);

impl Fields {
    /// A field that must be there.
    pub(crate) fn need<T>(self, field: &str, value: Option<T>) -> Answer<T> {
        value.ok_or_else(|| without(self.0, field))
    }

    /// A text that must be there, and not be empty.
    pub(crate) fn text(self, field: &str, value: Option<String>) -> Answer<String> {
        let text = self.need(field, value)?;
        if text.is_empty() {
            return Err(without(self.0, field));
        }
        Ok(text)
    }

    /// A port, 1 to 65,535.
    pub(crate) fn port(self, field: &str, value: Option<i32>) -> Answer<Port> {
        let number = self.need(field, value)?;
        u16::try_from(number)
            .ok()
            .and_then(Port::new)
            .ok_or_else(|| nonsense(self.0, field, number))
    }

    /// A count that is not negative.
    pub(crate) fn count(self, field: &str, value: Option<i32>) -> Answer<u32> {
        let number = self.need(field, value)?;
        u32::try_from(number).map_err(|_| nonsense(self.0, field, number))
    }

    /// An IPv4 address.
    pub(crate) fn address(self, field: &str, value: Option<String>) -> Answer<Ipv4Addr> {
        let text = self.need(field, value)?;
        text.parse().map_err(|_| nonsense(self.0, field, text))
    }

    /// A time, in AWS's milliseconds: on SSM's wire it is a fraction, which the SDK reads as
    /// 0.000999927 s where 0.001 s was sent.
    pub(crate) fn time(self, field: &str, value: Option<DateTime>) -> Answer<Timestamp> {
        let time = self.need(field, value)?;
        i32::try_from(time.subsec_nanos())
            .ok()
            .and_then(|nanos| Timestamp::new(time.secs(), nanos).ok())
            .and_then(|time| time.round(Unit::Millisecond).ok())
            .ok_or_else(|| nonsense(self.0, field, time))
    }
}

/// A page of converted items; one item that cannot be read spoils the page, because an item that
/// is left out would look as if it did not exist.
pub(crate) fn page<A, B>(
    items: Option<Vec<A>>,
    next: Option<String>,
    convert: impl FnMut(A) -> Answer<B>,
) -> Answer<Page<B>> {
    Ok(Page {
        items: items
            .unwrap_or_default()
            .into_iter()
            .map(convert)
            .collect::<Answer<_>>()?,
        // An empty token means the same as none: there is no further page.
        next: next.filter(|token| !token.is_empty()).map(PageToken),
    })
}

/// The token to ask with.
pub(crate) fn token(page: Option<PageToken>) -> Option<String> {
    page.map(|PageToken(token)| token)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: Fields = Fields(Call::DescribeListeners);

    #[test]
    fn a_missing_field_is_named() {
        let error = FIELDS.text("Listeners.ListenerArn", None).unwrap_err();
        assert_eq!(
            error.to_string(),
            "DescribeListeners got no answer: answer without Listeners.ListenerArn"
        );
        assert!(
            FIELDS
                .text("Listeners.ListenerArn", Some(String::new()))
                .is_err()
        );
    }

    #[test]
    fn a_port_out_of_range_is_named_with_its_value() {
        for port in [0, -1, 65_536] {
            let error = FIELDS.port("Listeners.Port", Some(port)).unwrap_err();
            assert_eq!(error.message, format!("answer with Listeners.Port {port}"));
        }
        assert_eq!(
            FIELDS.port("Listeners.Port", Some(65_535)),
            Ok(Port::new(65_535).unwrap())
        );
    }

    #[test]
    fn a_negative_count_is_an_error() {
        assert!(
            FIELDS
                .count("TargetGroups.HealthyThresholdCount", Some(-1))
                .is_err()
        );
    }

    #[test]
    fn a_time_has_the_milliseconds_that_were_sent() {
        for (nanos, expected) in [
            (250_000_000, "2025-01-01T00:00:00.25Z"),
            (999_927, "2025-01-01T00:00:00.001Z"),
            (999_999_999, "2025-01-01T00:00:01Z"),
        ] {
            let time = DateTime::from_secs_and_nanos(1_735_689_600, nanos);
            assert_eq!(
                FIELDS.time("Parameters.LastModifiedDate", Some(time)),
                Ok(expected.parse().unwrap())
            );
        }
    }

    #[test]
    fn one_unreadable_item_spoils_the_page() {
        let bad = |item: Option<i32>| FIELDS.port("Listeners.Port", item);
        assert!(page(Some(vec![Some(9092), None]), None, bad).is_err());
    }

    #[test]
    fn an_empty_token_is_the_last_page() {
        let last = page(Some(vec![1]), Some(String::new()), Ok).unwrap();
        assert_eq!(
            last,
            Page {
                items: vec![1],
                next: None
            }
        );
        let first = page(Some(vec![1]), Some("more".to_owned()), Ok).unwrap();
        assert_eq!(token(first.next), Some("more".to_owned()));
    }
}
