//! `DescribeSpotInstanceRequests`.

use super::{Filter, check_size, next, one, unknown};
use crate::doors::http::query::{list, parsed_option};
use crate::doors::http::refusal::Refusal;
use crate::doors::http::xml::Xml;
use crate::model::Model;
use cloud::calls::PageToken;
use fleet::words::SpotRequestId;
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DescribeSpotInstanceRequests {
    #[serde(default, deserialize_with = "list")]
    filter: Vec<Filter>,
    next_token: Option<String>,
    #[serde(default, deserialize_with = "parsed_option")]
    max_results: Option<u32>,
}

pub(super) fn requests(
    model: &mut Model,
    now: Timestamp,
    asked: DescribeSpotInstanceRequests,
) -> Result<Xml, Refusal> {
    check_size(asked.max_results)?;
    let filter = one(asked.filter)?;
    if filter.name != "spot-instance-request-id" {
        return Err(unknown(&filter));
    }
    let ids: Vec<_> = filter.value.iter().map(SpotRequestId::new).collect();
    let token = asked.next_token.map(PageToken);
    let page = model.describe_spot_instance_requests(now, &ids, token.as_ref())?;
    let mut xml = Xml::new();
    xml.list(
        "spotInstanceRequestSet",
        "item",
        &page.items,
        |xml, request| {
            xml.text("spotInstanceRequestId", &request.id);
            if let Some(instance) = &request.instance {
                xml.text("instanceId", instance);
            }
            xml.structure("status", |xml| {
                xml.text("code", request.status.as_str());
                if let Some(updated_at) = request.updated_at {
                    xml.text("updateTime", updated_at);
                }
            });
        },
    );
    next(&mut xml, page);
    Ok(xml)
}
