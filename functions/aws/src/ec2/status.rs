//! Status checks of instances.

use crate::fields::Fields;
use aws_sdk_ec2::types::{self, StatusName};
use cloud::call::Call;
use cloud::calls::Answer;
use fleet::observed::{CheckStatus, InstanceStatus, StatusCheck};
use fleet::words::InstanceId;

pub(super) fn status(found: types::InstanceStatus) -> Answer<InstanceStatus> {
    let fields = Fields(Call::DescribeInstanceStatus);
    let id = fields.text("InstanceStatuses.InstanceId", found.instance_id)?;
    Ok(InstanceStatus {
        instance: InstanceId::new(id),
        system: check("InstanceStatuses.SystemStatus", found.system_status)?,
        reachability: check("InstanceStatuses.InstanceStatus", found.instance_status)?,
    })
}

fn check(field: &str, found: Option<types::InstanceStatusSummary>) -> Answer<StatusCheck> {
    let fields = Fields(Call::DescribeInstanceStatus);
    let found = fields.need(field, found)?;
    let status = fields.need(&format!("{field}.Status"), found.status)?;
    let details = found.details.unwrap_or_default().into_iter();
    let mut details = details.filter(|it| it.name == Some(StatusName::Reachability));
    let since = details.find_map(|it| it.impaired_since);
    let field = format!("{field}.Details.ImpairedSince");
    Ok(StatusCheck {
        status: CheckStatus::parse(status.as_str()),
        impaired_since: since
            .map(|since| fields.time(&field, Some(since)))
            .transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_types::DateTime;

    fn summary(status: &str, since: Option<i64>) -> types::InstanceStatusSummary {
        let details = types::InstanceStatusDetails::builder()
            .name(StatusName::Reachability)
            .set_impaired_since(since.map(DateTime::from_secs));
        types::InstanceStatusSummary::builder()
            .status(types::SummaryStatus::from(status))
            .details(details.build())
            .build()
    }

    #[test]
    fn each_check_is_read_with_the_time_since_when_it_fails() {
        let found = types::InstanceStatus::builder()
            .instance_id("i-1")
            .system_status(summary("ok", None))
            .instance_status(summary("impaired", Some(1_795_348_800)))
            .build();
        let check = |status, impaired_since| StatusCheck {
            status,
            impaired_since,
        };
        let expected = InstanceStatus {
            instance: "i-1".into(),
            system: check(CheckStatus::Ok, None),
            reachability: check(CheckStatus::Impaired, "2026-11-22T12:00:00Z".parse().ok()),
        };
        assert_eq!(status(found), Ok(expected));
    }

    #[test]
    fn an_instance_without_a_check_is_an_error() {
        let found = types::InstanceStatus::builder().instance_id("i-1").build();
        let error = status(found).unwrap_err().message;
        assert_eq!(error, "answer without InstanceStatuses.SystemStatus");
    }
}
