//! Instances: who is there, where, and in which state.

use super::{one_of, tags};
use crate::fields::Fields;
use aws_sdk_ec2::types::{self, Filter};
use cloud::call::Call;
use cloud::calls::{Answer, InstanceFilter};
use fleet::observed::{Instance, InstanceState};
use fleet::tags::CLUSTER;
use fleet::words::{AzId, AzName, InstanceId, SpotRequestId, VolumeId, VpcId};
use std::collections::BTreeMap;

pub(super) fn asked(filter: &InstanceFilter) -> Filter {
    match filter {
        InstanceFilter::Cluster(cluster) => one_of(&format!("tag:{CLUSTER}"), [cluster.as_str()]),
        InstanceFilter::Ids(ids) => one_of("instance-id", ids.iter().map(InstanceId::as_str)),
    }
}

pub(super) fn instance(found: types::Instance) -> Answer<Instance> {
    let fields = Fields(Call::DescribeInstances);
    let state = fields.need(
        "Instances.State.Name",
        found.state.and_then(|state| state.name),
    )?;
    let (az_id, az_name) = found.placement.map_or((None, None), |placement| {
        (placement.availability_zone_id, placement.availability_zone)
    });
    Ok(Instance {
        id: InstanceId::new(fields.text("Instances.InstanceId", found.instance_id)?),
        state: InstanceState::parse(state.as_str()),
        az_id: az_id.map(AzId::new),
        az_name: az_name.map(AzName::new),
        vpc: found.vpc_id.map(VpcId::new),
        private_ip: found
            .private_ip_address
            .map(|text| fields.address("Instances.PrivateIpAddress", Some(text)))
            .transpose()?,
        tags: tags(fields, "Instances", found.tags)?,
        volumes: volumes(found.block_device_mappings.unwrap_or_default())?,
        // Without one it is no Spot Instance; an empty text says the same.
        spot_request: found
            .spot_instance_request_id
            .filter(|id| !id.is_empty())
            .map(SpotRequestId::new),
    })
}

/// A volume of which EC2 does not say whether it stays is taken as one that goes.
fn volumes(found: Vec<types::InstanceBlockDeviceMapping>) -> Answer<BTreeMap<VolumeId, bool>> {
    let fields = Fields(Call::DescribeInstances);
    let attached = found.into_iter().filter_map(|device| device.ebs);
    let volume = |ebs: types::EbsInstanceBlockDevice| {
        let id = fields.text("Instances.BlockDeviceMappings.Ebs.VolumeId", ebs.volume_id)?;
        Ok((VolumeId::new(id), ebs.delete_on_termination.unwrap_or(true)))
    };
    attached.map(volume).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_of_a_cluster_are_asked_for_by_its_tag() {
        let filter = asked(&InstanceFilter::Cluster("orders".into()));
        assert_eq!(filter.name(), Some("tag:kafka-privatelink:cluster"));
        assert_eq!(filter.values(), ["orders"]);
    }

    #[test]
    fn instances_by_id_are_a_filter_so_that_an_unknown_one_is_no_error() {
        let filter = asked(&InstanceFilter::Ids(vec!["i-1".into(), "i-2".into()]));
        assert_eq!(filter.name(), Some("instance-id"));
        assert_eq!(filter.values(), ["i-1", "i-2"]);
    }

    #[test]
    fn a_terminated_instance_has_no_vpc_and_a_state_of_tomorrow_is_kept() {
        let state = types::InstanceState::builder()
            .name(types::InstanceStateName::from("hovering"))
            .build();
        let found = types::Instance::builder()
            .instance_id("i-1")
            .state(state)
            .placement(
                types::Placement::builder()
                    .availability_zone("us-west-2a")
                    .availability_zone_id("usw2-az1")
                    .build(),
            )
            .tags(types::Tag::builder().key("Name").value("").build())
            .build();
        assert_eq!(
            instance(found),
            Ok(Instance {
                id: "i-1".into(),
                state: InstanceState::Unknown("hovering".to_owned()),
                az_id: Some("usw2-az1".into()),
                az_name: Some("us-west-2a".into()),
                vpc: None,
                private_ip: None,
                tags: [("Name".to_owned(), String::new())].into(),
                volumes: BTreeMap::new(),
                spot_request: None,
            })
        );
    }

    #[test]
    fn a_volume_of_which_nothing_is_said_goes_with_its_instance() {
        let device = |ebs: types::EbsInstanceBlockDevice| {
            types::InstanceBlockDeviceMapping::builder()
                .ebs(ebs)
                .build()
        };
        let ebs = |id: &str| types::EbsInstanceBlockDevice::builder().volume_id(id);
        let found = vec![
            device(ebs("vol-1").delete_on_termination(false).build()),
            device(ebs("vol-2").delete_on_termination(true).build()),
            device(ebs("vol-3").build()),
            types::InstanceBlockDeviceMapping::builder().build(),
        ];
        let expected = [("vol-1", false), ("vol-2", true), ("vol-3", true)];
        let expected = expected.map(|(id, goes)| (VolumeId::from(id), goes));
        assert_eq!(volumes(found), Ok(expected.into()));
        let nameless = device(types::EbsInstanceBlockDevice::builder().build());
        assert!(volumes(vec![nameless]).is_err());
    }

    #[test]
    fn an_address_that_is_none_is_an_error() {
        let state = types::InstanceState::builder().name(types::InstanceStateName::Running);
        let found = |address: &str| {
            types::Instance::builder()
                .instance_id("i-1")
                .state(state.clone().build())
                .private_ip_address(address)
                .build()
        };
        let read = instance(found("10.0.0.11")).unwrap();
        assert_eq!(read.private_ip, Some([10, 0, 0, 11].into()));
        assert_eq!(
            instance(found("10.0.0")).unwrap_err().message,
            "answer with Instances.PrivateIpAddress 10.0.0"
        );
    }

    #[test]
    fn an_instance_without_a_state_is_an_error() {
        let found = types::Instance::builder().instance_id("i-1").build();
        assert_eq!(
            instance(found).unwrap_err().message,
            "answer without Instances.State.Name"
        );
    }
}
