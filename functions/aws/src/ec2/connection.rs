//! Connections of consumers' endpoints to an endpoint service.

use crate::fields::Fields;
use aws_sdk_ec2::types;
use cloud::call::Call;
use cloud::calls::Answer;
use fleet::observed::{ConnectionState, EndpointConnection};
use fleet::words::{AccountId, VpcEndpointId};

/// An owner that is no account id is kept as it is: it equals no account that anybody allows.
pub(super) fn connection(found: types::VpcEndpointConnection) -> Answer<EndpointConnection> {
    let fields = Fields(Call::DescribeVpcEndpointConnections);
    let of = |field: &str| format!("VpcEndpointConnections.{field}");
    let endpoint = fields.text(&of("VpcEndpointId"), found.vpc_endpoint_id)?;
    let owner = fields.text(&of("VpcEndpointOwner"), found.vpc_endpoint_owner)?;
    let state = found.vpc_endpoint_state.as_ref();
    let created = found
        .creation_timestamp
        .map(|time| fields.time(&of("CreationTimestamp"), Some(time)))
        .transpose()?;
    Ok(EndpointConnection {
        endpoint: VpcEndpointId::new(endpoint),
        owner: AccountId::new(owner),
        state: ConnectionState::parse(state.map_or("", types::State::as_str)),
        created,
        region: found
            .vpc_endpoint_region
            .filter(|region| !region.is_empty()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_types::DateTime;

    #[test]
    fn a_connection_is_read_in_both_spellings_and_what_aws_leaves_out_is_left_out() {
        let found = || {
            types::VpcEndpointConnection::builder()
                .vpc_endpoint_id("vpce-1")
                .vpc_endpoint_owner("012345678901")
        };
        let expected = |state, created, region: Option<&str>| EndpointConnection {
            endpoint: "vpce-1".into(),
            owner: "012345678901".into(),
            state,
            created,
            region: region.map(str::to_owned),
        };
        let whole = found()
            .vpc_endpoint_state(types::State::from("pendingAcceptance"))
            .creation_timestamp(DateTime::from_secs(1_735_689_600))
            .vpc_endpoint_region("eu-west-1");
        let created = "2025-01-01T00:00:00Z".parse().ok();
        let pending = ConnectionState::PendingAcceptance;
        assert_eq!(
            connection(whole.build()),
            Ok(expected(pending, created, Some("eu-west-1")))
        );
        let capital = found().vpc_endpoint_state(types::State::Available);
        assert_eq!(
            connection(capital.build()),
            Ok(expected(ConnectionState::Available, None, None))
        );
        assert_eq!(
            connection(found().build()),
            Ok(expected(
                ConnectionState::Unknown(String::new()),
                None,
                None
            ))
        );
        for (found, what) in [
            (found().set_vpc_endpoint_id(None), "VpcEndpointId"),
            (found().set_vpc_endpoint_owner(None), "VpcEndpointOwner"),
        ] {
            assert_eq!(
                connection(found.build()).unwrap_err().message,
                format!("answer without VpcEndpointConnections.{what}")
            );
        }
    }
}
