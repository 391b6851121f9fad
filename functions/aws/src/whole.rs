//! XML that ends too early. The SDK's readers take the end of the text for the end of every element
//! that is still open, so an answer that was cut in the middle would be a shorter list, and what is
//! missing from it would look as if it did not exist. JSON that is cut cannot be read at all.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Refuses answers of the query protocols that are not whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WholeAnswer;

#[dyn_dispatch_hint]
impl Intercept for WholeAnswer {
    fn name(&self) -> &'static str {
        "WholeAnswer"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let body = response.body().bytes().unwrap_or_default();
        if response.status().is_success() && !is_whole(body) {
            return Err("the answer ends too early, or is none of this API".into());
        }
        Ok(())
    }
}

/// Whether this is a document with one root element, which is named `…Response`, is closed at the
/// end, and names the request: every answer of EC2, Elastic Load Balancing and Auto Scaling does.
fn is_whole(document: &[u8]) -> bool {
    let text = String::from_utf8_lossy(document);
    let Some(root) = root(&text) else {
        return false;
    };
    let is_closed = text
        .trim_end()
        .strip_suffix('>')
        .and_then(|text| text.trim_end().strip_suffix(root))
        .is_some_and(|text| text.ends_with("</"));
    let names_request = text.contains("</RequestId>") || text.contains("</requestId>");
    root.ends_with("Response") && is_closed && names_request
}

/// The name of the first element.
fn root(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        let (_, element) = rest.split_once('<')?;
        if !element.starts_with(['?', '!']) {
            let end = element.find(|c: char| c.is_whitespace() || c == '>' || c == '/')?;
            return element.get(..end);
        }
        (_, rest) = element.split_once('>')?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<DescribeTagsResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/">
  <DescribeTagsResult><TagDescriptions><member><ResourceArn>arn</ResourceArn><Tags/></member>
  </TagDescriptions></DescribeTagsResult>
  <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
</DescribeTagsResponse>
"#;

    #[test]
    fn a_document_is_whole_when_its_root_is_closed_and_nowhere_before() {
        let end = WHOLE.trim_end().len();
        for length in 0..end {
            assert!(!is_whole(&WHOLE.as_bytes()[..length]), "{length} bytes");
        }
        for length in end..=WHOLE.len() {
            assert!(is_whole(&WHOLE.as_bytes()[..length]), "{length} bytes");
        }
    }

    #[test]
    fn ec2_names_the_request_first_and_in_its_own_spelling() {
        let whole = "<DescribeInstancesResponse xmlns=\"x\"><requestId>1</requestId><reservationSet/></DescribeInstancesResponse>";
        assert!(is_whole(whole.as_bytes()));
        let cut = whole.trim_end_matches("</DescribeInstancesResponse>");
        assert!(!is_whole(cut.as_bytes()));
    }

    #[test]
    fn what_is_no_answer_of_this_api_is_not_whole() {
        for other in [
            "",
            "hello",
            "<html><body>busy</body></html>",
            "<DescribeTagsResponse/>",
            "<DescribeTagsResponse></DescribeTagsResponse>",
            "<!-- <DescribeTagsResponse> -->",
            "{\"requestId\":1}",
        ] {
            assert!(!is_whole(other.as_bytes()), "{other}");
        }
    }
}
