//! CloudWatch's alarms, and resources by their tags.

use crate::Aws;
use crate::error::{nonsense, without};
use crate::plain::Service;
use cloud::call::Call;
use cloud::calls::{AlarmReads, Answer, Page, PageToken};
use fleet::observed::{Alarm, TaggedResource};
use fleet::tags::{CLUSTER, Tags};
use fleet::words::ClusterName;
use jiff::Timestamp;
use serde_json::{Value, json};

/// CloudWatch speaks AWS JSON 1.0 beside its older protocols (F60).
pub(crate) const MONITORING: Service = Service {
    name: "monitoring",
    target: "GraniteServiceVersion20100801",
    json: "1.0",
};
/// Resource Groups Tagging.
pub(crate) const TAGGING: Service = Service {
    name: "tagging",
    target: "ResourceGroupsTaggingAPI_20170126",
    json: "1.1",
};
/// The most of a page, of either.
const PAGE: u32 = 100;

impl AlarmReads for Aws {
    async fn describe_alarms(&self, next: Option<PageToken>) -> Answer<Page<Alarm>> {
        let call = Call::DescribeAlarms;
        // Without types only metric alarms are answered (F60).
        let mut asked = json!({
            "AlarmTypes": ["MetricAlarm", "CompositeAlarm"],
            "StateValue": "ALARM",
            "MaxRecords": PAGE,
        });
        if let Some(PageToken(next)) = next {
            asked["NextToken"] = Value::String(next);
        }
        let answer = self.monitoring.call(call, "DescribeAlarms", &asked).await?;
        let lists = ["MetricAlarms", "CompositeAlarms"].map(|list| answer[list].as_array());
        if lists == [None, None] {
            return Err(without(call, "MetricAlarms"));
        }
        let items = lists.into_iter().flatten().flatten().map(alarm);
        Ok(Page {
            items: items.collect::<Answer<_>>()?,
            next: token(&answer["NextToken"]),
        })
    }

    async fn get_resources(
        &self,
        cluster: &ClusterName,
        next: Option<PageToken>,
    ) -> Answer<Page<TaggedResource>> {
        let call = Call::GetResources;
        let mut asked = json!({
            "TagFilters": [{"Key": CLUSTER, "Values": [cluster]}],
            "ResourceTypeFilters": ["cloudwatch:alarm", "ec2:instance"],
            "ResourcesPerPage": PAGE,
        });
        if let Some(PageToken(next)) = next {
            asked["PaginationToken"] = Value::String(next);
        }
        let answer = self.tagging.call(call, "GetResources", &asked).await?;
        let list = "ResourceTagMappingList";
        let found = answer[list].as_array();
        let found = found.ok_or_else(|| without(call, list))?;
        let items = found.iter().map(resource);
        Ok(Page {
            items: items.collect::<Answer<_>>()?,
            next: token(&answer["PaginationToken"]),
        })
    }
}

/// An empty token means the same as none.
fn token(value: &Value) -> Option<PageToken> {
    let token = value.as_str().filter(|token| !token.is_empty());
    token.map(|token| PageToken(token.to_owned()))
}

fn alarm(found: &Value) -> Answer<Alarm> {
    let call = Call::DescribeAlarms;
    let text = |field: &str| {
        let text = found[field].as_str().filter(|it| !it.is_empty());
        let missing = || without(call, &format!("Alarms.{field}"));
        text.map(str::to_owned).ok_or_else(missing)
    };
    let since = &found["StateUpdatedTimestamp"];
    let seconds = since.as_f64().map(|it| Timestamp::from_second(it as i64));
    Ok(Alarm {
        arn: text("AlarmArn")?,
        name: text("AlarmName")?,
        since: match seconds {
            Some(Ok(at)) => at,
            Some(Err(_)) | None => {
                return Err(nonsense(call, "Alarms.StateUpdatedTimestamp", since));
            }
        },
        actions_enabled: found["ActionsEnabled"].as_bool().unwrap_or(true),
        suppressed_by: found["ActionsSuppressedBy"].as_str().map(str::to_owned),
    })
}

fn resource(found: &Value) -> Answer<TaggedResource> {
    let call = Call::GetResources;
    let missing = |field: &str| without(call, &format!("ResourceTagMappingList.{field}"));
    let arn = found["ResourceARN"].as_str();
    let arn = arn.ok_or_else(|| missing("ResourceARN"))?;
    let tags = found["Tags"].as_array().into_iter().flatten();
    let tag = |tag: &Value| {
        let pair = tag["Key"].as_str().zip(tag["Value"].as_str());
        let (key, value) = pair.ok_or_else(|| missing("Tags"))?;
        Ok((key.to_owned(), value.to_owned()))
    };
    Ok(TaggedResource {
        arn: arn.to_owned(),
        tags: tags.map(tag).collect::<Answer<Tags>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_read_with_what_suppresses_it() {
        let mut found = json!({
            "AlarmArn": "arn:alarm", "AlarmName": "orders-ill", "StateUpdatedTimestamp": 1_795_348_800.25,
            "ActionsEnabled": false, "ActionsSuppressedBy": "Alarm",
        });
        let expected = Alarm {
            arn: "arn:alarm".to_owned(),
            name: "orders-ill".to_owned(),
            since: "2026-11-22T12:00:00Z".parse().unwrap(),
            actions_enabled: false,
            suppressed_by: Some("Alarm".to_owned()),
        };
        assert_eq!(alarm(&found), Ok(expected));
        found["StateUpdatedTimestamp"] = json!("noon");
        assert!(
            alarm(&found)
                .unwrap_err()
                .message
                .contains("StateUpdatedTimestamp")
        );
        found["AlarmName"] = json!("");
        assert_eq!(
            alarm(&found).unwrap_err().message,
            "answer without Alarms.AlarmName"
        );
    }

    #[test]
    fn a_resource_without_an_arn_or_with_half_a_tag_is_an_error() {
        let found = json!({"ResourceARN": "arn:1", "Tags": [{"Key": "a", "Value": ""}]});
        let tags = [("a".to_owned(), String::new())].into();
        let arn = "arn:1".to_owned();
        assert_eq!(resource(&found), Ok(TaggedResource { arn, tags }));
        assert!(resource(&json!({"Tags": []})).is_err());
        assert!(resource(&json!({"ResourceARN": "arn:1", "Tags": [{"Key": "a"}]})).is_err());
    }
}
