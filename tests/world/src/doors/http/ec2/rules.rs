//! `DescribeSecurityGroupRules`.

use super::{Filter, check_size, next, one, unknown};
use crate::doors::http::query::{list, parsed_option};
use crate::doors::http::refusal::Refusal;
use crate::doors::http::xml::Xml;
use crate::model::Model;
use cloud::calls::PageToken;
use fleet::observed::{IngressRule, IngressSource};
use fleet::words::SecurityGroupId;
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DescribeRules {
    #[serde(default, deserialize_with = "list")]
    filter: Vec<Filter>,
    next_token: Option<String>,
    #[serde(default, deserialize_with = "parsed_option")]
    max_results: Option<u32>,
}

/// Beside what is let in, each group lets everything out, as one has it by default: those rules come
/// with the last page.
pub(super) fn describe(
    model: &mut Model,
    now: Timestamp,
    asked: DescribeRules,
) -> Result<Xml, Refusal> {
    check_size(asked.max_results)?;
    let filter = one(asked.filter)?;
    if filter.name != "group-id" || filter.value.is_empty() {
        return Err(unknown(&filter));
    }
    let groups: Vec<_> = filter.value.iter().map(SecurityGroupId::new).collect();
    let token = asked.next_token.map(PageToken);
    let page = model.describe_security_group_rules(now, &groups, token.as_ref())?;
    let lets_out: &[_] = if page.next.is_none() { &groups } else { &[] };
    let mut xml = Xml::new();
    xml.structure("securityGroupRuleSet", |xml| {
        for rule in &page.items {
            xml.structure("item", |xml| lets_in(xml, rule));
        }
        for group in lets_out {
            xml.structure("item", |xml| {
                xml.text("groupId", group);
                xml.text("isEgress", true);
                xml.text("ipProtocol", "-1");
                xml.text("cidrIpv4", "0.0.0.0/0");
            });
        }
    });
    next(&mut xml, page);
    Ok(xml)
}

fn lets_in(xml: &mut Xml, rule: &IngressRule) {
    xml.text("groupId", &rule.group);
    xml.text("isEgress", false);
    xml.text("ipProtocol", &rule.protocol);
    if let Some(port) = rule.from_port {
        xml.text("fromPort", port);
    }
    if let Some(port) = rule.to_port {
        xml.text("toPort", port);
    }
    match &rule.source {
        IngressSource::Ipv4(range) => xml.text("cidrIpv4", range),
        IngressSource::Ipv6(range) => xml.text("cidrIpv6", range),
        IngressSource::PrefixList(id) => xml.text("prefixListId", id),
        IngressSource::Group(id) => {
            xml.structure("referencedGroupInfo", |xml| xml.text("groupId", id));
        }
        IngressSource::Unknown => {}
    }
}
