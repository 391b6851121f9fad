//! Requests for Spot Instances.

use crate::fields::Fields;
use aws_sdk_ec2::types;
use cloud::call::Call;
use cloud::calls::Answer;
use fleet::observed::{SpotRequest, SpotStatus};
use fleet::words::{InstanceId, SpotRequestId};

pub(super) fn request(found: types::SpotInstanceRequest) -> Answer<SpotRequest> {
    let fields = Fields(Call::DescribeSpotInstanceRequests);
    let field = "SpotInstanceRequests.SpotInstanceRequestId";
    let id = fields.text(field, found.spot_instance_request_id)?;
    let status = fields.need("SpotInstanceRequests.Status", found.status)?;
    let code = fields.text("SpotInstanceRequests.Status.Code", status.code)?;
    let field = "SpotInstanceRequests.Status.UpdateTime";
    let instance = found.instance_id.filter(|id| !id.is_empty());
    Ok(SpotRequest {
        id: SpotRequestId::new(id),
        instance: instance.map(InstanceId::new),
        status: SpotStatus::parse(&code),
        updated_at: status
            .update_time
            .map(|at| fields.time(field, Some(at)))
            .transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_types::DateTime;

    fn status(code: Option<&str>, updated_at: Option<i64>) -> types::SpotInstanceStatus {
        types::SpotInstanceStatus::builder()
            .set_code(code.map(str::to_owned))
            .set_update_time(updated_at.map(DateTime::from_secs))
            .build()
    }

    #[test]
    fn a_request_is_read_with_its_code_and_since_when_it_has_it() {
        let found = |code, updated_at| {
            types::SpotInstanceRequest::builder()
                .spot_instance_request_id("sir-1")
                .instance_id("i-1")
                .status(status(code, updated_at))
                .build()
        };
        let expected = SpotRequest {
            id: "sir-1".into(),
            instance: Some("i-1".into()),
            status: SpotStatus::MarkedForTermination,
            updated_at: "2026-11-22T12:00:00Z".parse().ok(),
        };
        let code = Some("marked-for-termination");
        let read = request(found(code, Some(1_795_348_800)));
        assert_eq!(read.as_ref(), Ok(&expected));
        let timeless = SpotRequest {
            updated_at: None,
            ..expected
        };
        assert_eq!(request(found(code, None)), Ok(timeless));
        let error = request(found(None, None)).unwrap_err().message;
        assert_eq!(error, "answer without SpotInstanceRequests.Status.Code");
    }

    #[test]
    fn a_request_without_an_instance_waits_for_one() {
        let waits = types::SpotInstanceRequest::builder()
            .spot_instance_request_id("sir-1")
            .status(status(Some("pending-evaluation"), None));
        let expected = SpotRequest {
            id: "sir-1".into(),
            instance: None,
            status: SpotStatus::Other("pending-evaluation".to_owned()),
            updated_at: None,
        };
        assert_eq!(request(waits.build()), Ok(expected));
    }
}
