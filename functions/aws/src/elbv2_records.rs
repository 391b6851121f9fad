//! ELBv2's records as ours.

use crate::fields::Fields;
use aws_sdk_elasticloadbalancingv2::types::{self, ActionTypeEnum};
use cloud::call::Call;
use cloud::calls::Answer;
use fleet::observed::{
    Attributes, HealthCheck, Listener, LoadBalancer, TargetGroup, TargetHealth, TargetState,
};
use fleet::tags::Tags;
use fleet::words::{
    AzName, InstanceId, ListenerArn, LoadBalancerArn, SecurityGroupId, TargetGroupArn,
    TargetGroupName, VpcId,
};

pub(crate) fn load_balancer(found: types::LoadBalancer) -> Answer<LoadBalancer> {
    let fields = Fields(Call::DescribeLoadBalancers);
    let kind = fields.need("LoadBalancers.Type", found.r#type)?;
    let arn = fields.text("LoadBalancers.LoadBalancerArn", found.load_balancer_arn)?;
    Ok(LoadBalancer {
        arn: LoadBalancerArn::new(arn),
        kind: kind.as_str().to_owned(),
        vpc: VpcId::new(fields.text("LoadBalancers.VpcId", found.vpc_id)?),
        zones: found
            .availability_zones
            .unwrap_or_default()
            .into_iter()
            .map(|zone| {
                let name = fields.text("AvailabilityZones.ZoneName", zone.zone_name)?;
                Ok(AzName::new(name))
            })
            .collect::<Answer<_>>()?,
        security_groups: found
            .security_groups
            .unwrap_or_default()
            .into_iter()
            .map(SecurityGroupId::new)
            .collect(),
        enforces_inbound_on_private_link: found
            .enforce_security_group_inbound_rules_on_private_link_traffic
            .as_deref()
            .and_then(on_or_off),
    })
}

/// Whatever else AWS may say of it one day is neither.
fn on_or_off(text: &str) -> Option<bool> {
    match text {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

pub(crate) fn listener(found: types::Listener) -> Answer<Listener> {
    let fields = Fields(Call::DescribeListeners);
    let protocol = fields.need("Listeners.Protocol", found.protocol)?;
    Ok(Listener {
        arn: ListenerArn::new(fields.text("Listeners.ListenerArn", found.listener_arn)?),
        port: fields.port("Listeners.Port", found.port)?,
        protocol: protocol.as_str().to_owned(),
        forwards_to: forwards_to(found.default_actions.unwrap_or_default()),
        tags: Tags::new(),
    })
}

/// One group is named twice, plainly and in the forward configuration; several only there (F3).
fn forwards_to(actions: Vec<types::Action>) -> Vec<TargetGroupArn> {
    let mut groups = Vec::new();
    for action in actions {
        if action.r#type != Some(ActionTypeEnum::Forward) {
            continue;
        }
        let weighted = action
            .forward_config
            .and_then(|config| config.target_groups);
        let weighted = weighted.unwrap_or_default().into_iter();
        let arns = weighted.filter_map(|group| group.target_group_arn);
        for arn in action.target_group_arn.into_iter().chain(arns) {
            let arn = TargetGroupArn::new(arn);
            if !groups.contains(&arn) {
                groups.push(arn);
            }
        }
    }
    groups
}

pub(crate) fn target_group(found: types::TargetGroup) -> Answer<TargetGroup> {
    let fields = Fields(Call::DescribeTargetGroups);
    let protocol = fields.need("TargetGroups.Protocol", found.protocol)?;
    let target_type = fields.need("TargetGroups.TargetType", found.target_type)?;
    let check_protocol = fields.need(
        "TargetGroups.HealthCheckProtocol",
        found.health_check_protocol,
    )?;
    let name = fields.text("TargetGroups.TargetGroupName", found.target_group_name)?;
    Ok(TargetGroup {
        arn: TargetGroupArn::new(
            fields.text("TargetGroups.TargetGroupArn", found.target_group_arn)?,
        ),
        name: TargetGroupName::new(name),
        port: fields.port("TargetGroups.Port", found.port)?,
        protocol: protocol.as_str().to_owned(),
        target_type: target_type.as_str().to_owned(),
        vpc: VpcId::new(fields.text("TargetGroups.VpcId", found.vpc_id)?),
        load_balancers: found
            .load_balancer_arns
            .unwrap_or_default()
            .into_iter()
            .map(LoadBalancerArn::new)
            .collect(),
        health_check: HealthCheck {
            protocol: check_protocol.as_str().to_owned(),
            port: fields.text("TargetGroups.HealthCheckPort", found.health_check_port)?,
            interval_seconds: fields.count(
                "TargetGroups.HealthCheckIntervalSeconds",
                found.health_check_interval_seconds,
            )?,
            healthy_threshold: fields.count(
                "TargetGroups.HealthyThresholdCount",
                found.healthy_threshold_count,
            )?,
            unhealthy_threshold: fields.count(
                "TargetGroups.UnhealthyThresholdCount",
                found.unhealthy_threshold_count,
            )?,
        },
        tags: Tags::new(),
    })
}

pub(crate) fn target_health(found: types::TargetHealthDescription) -> Answer<TargetHealth> {
    let fields = Fields(Call::DescribeTargetHealth);
    let target = fields.need("TargetHealthDescriptions.Target", found.target)?;
    let health = fields.need("TargetHealthDescriptions.TargetHealth", found.target_health)?;
    let state = fields.need("TargetHealth.State", health.state)?;
    Ok(TargetHealth {
        instance: InstanceId::new(fields.text("Target.Id", target.id)?),
        port: fields.port("Target.Port", target.port)?,
        state: TargetState::parse(state.as_str()),
        // Healthy targets have none.
        reason: health
            .reason
            .map_or_else(String::new, |reason| reason.as_str().to_owned()),
    })
}

pub(crate) fn attributes(
    call: Call,
    pairs: impl Iterator<Item = (Option<String>, Option<String>)>,
) -> Answer<Attributes> {
    pairs
        .map(|(key, value)| {
            let key = Fields(call).text("Attributes.Key", key)?;
            let value = Fields(call).need(&format!("the value of attribute {key}"), value)?;
            Ok((key, value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fleet::words::Port;

    fn forward(plain: Option<&str>, weighted: &[&str]) -> types::Action {
        let tuple = |arn: &&str| {
            types::TargetGroupTuple::builder()
                .target_group_arn(*arn)
                .build()
        };
        types::Action::builder()
            .r#type(ActionTypeEnum::Forward)
            .set_target_group_arn(plain.map(str::to_owned))
            .forward_config(
                types::ForwardActionConfig::builder()
                    .set_target_groups(Some(weighted.iter().map(tuple).collect()))
                    .build(),
            )
            .build()
    }

    #[test]
    fn a_group_that_is_named_twice_is_forwarded_to_once() {
        assert_eq!(
            forwards_to(vec![forward(Some("one"), &["one"])]),
            ["one".into()]
        );
    }

    #[test]
    fn each_of_several_weighted_groups_is_seen() {
        assert_eq!(
            forwards_to(vec![forward(None, &["one", "two"])]),
            ["one".into(), "two".into()]
        );
    }

    #[test]
    fn a_health_state_of_tomorrow_is_kept_and_a_healthy_target_has_no_reason() {
        let found = |state: &str| {
            types::TargetHealthDescription::builder()
                .target(
                    types::TargetDescription::builder()
                        .id("i-1")
                        .port(39092)
                        .build(),
                )
                .target_health(
                    types::TargetHealth::builder()
                        .state(types::TargetHealthStateEnum::from(state))
                        .build(),
                )
                .build()
        };
        let healthy = target_health(found("healthy")).unwrap();
        assert_eq!(healthy.state, TargetState::Healthy);
        assert_eq!(healthy.port, Port::new(39092).unwrap());
        assert_eq!(healthy.reason, "");
        let strange = target_health(found("levitating")).unwrap();
        assert_eq!(strange.state, TargetState::Unknown("levitating".to_owned()));
    }

    #[test]
    fn a_target_group_without_a_port_is_an_error() {
        let found = types::TargetGroup::builder()
            .target_group_arn("arn")
            .target_group_name("kpl-1-2")
            .protocol(types::ProtocolEnum::Tcp)
            .target_type(types::TargetTypeEnum::Instance)
            .health_check_protocol(types::ProtocolEnum::Tcp)
            .build();
        assert_eq!(
            target_group(found).unwrap_err().message,
            "answer without TargetGroups.Port"
        );
    }

    #[test]
    fn an_attribute_without_a_value_is_named() {
        let pairs = [(Some("preserve_client_ip.enabled".to_owned()), None)];
        assert_eq!(
            attributes(Call::DescribeTargetGroupAttributes, pairs.into_iter())
                .unwrap_err()
                .message,
            "answer without the value of attribute preserve_client_ip.enabled"
        );
    }
}
