//! The actions that change something.

use super::asked::{self, map};
use super::shapes;
use crate::doors::http::refusal::Refusal;
use crate::doors::http::xml::Xml;
use crate::model::Model;
use cloud::calls::NewTargetGroup;
use fleet::observed::HealthCheck;
use fleet::words::{
    InstanceId, ListenerArn, LoadBalancerArn, Port, TargetGroupArn, TargetGroupName, VpcId,
};
use jiff::Timestamp;

type Answer = Result<Xml, Refusal>;

pub(super) fn create_target_group(
    model: &mut Model,
    now: Timestamp,
    asked: asked::CreateTargetGroup,
) -> Answer {
    only("Protocol", &asked.protocol, "TCP")?;
    only("TargetType", &asked.target_type, "instance")?;
    let new = NewTargetGroup {
        name: TargetGroupName::new(asked.name),
        vpc: VpcId::new(asked.vpc_id),
        port: port(asked.port)?,
        health_check: HealthCheck {
            protocol: asked.health_check_protocol,
            port: asked.health_check_port,
            interval_seconds: asked.health_check_interval_seconds,
            healthy_threshold: asked.healthy_threshold_count,
            unhealthy_threshold: asked.unhealthy_threshold_count,
        },
        tags: map(asked.tags),
    };
    let arn = model.create_target_group(now, &new)?;
    Ok(one_target_group(model, &arn))
}

pub(super) fn modify_target_group(
    model: &mut Model,
    now: Timestamp,
    asked: asked::ModifyTargetGroup,
) -> Answer {
    let arn = TargetGroupArn::new(asked.target_group_arn);
    let check = HealthCheck {
        protocol: asked.health_check_protocol,
        port: asked.health_check_port,
        interval_seconds: asked.health_check_interval_seconds,
        healthy_threshold: asked.healthy_threshold_count,
        unhealthy_threshold: asked.unhealthy_threshold_count,
    };
    model.modify_target_group(now, &arn, &check)?;
    Ok(one_target_group(model, &arn))
}

pub(super) fn modify_target_group_attributes(
    model: &mut Model,
    now: Timestamp,
    asked: asked::GroupAttributes,
) -> Answer {
    let arn = TargetGroupArn::new(asked.target_group_arn);
    let attributes = map(asked.attributes);
    model.modify_target_group_attributes(now, &arn, &attributes)?;
    Ok(shapes::attributes(&attributes))
}

pub(super) fn register_targets(model: &mut Model, now: Timestamp, asked: asked::Targets) -> Answer {
    let arn = TargetGroupArn::new(asked.target_group_arn);
    model.register_targets(now, &arn, &targets(asked.targets)?)?;
    Ok(Xml::new())
}

pub(super) fn deregister_targets(
    model: &mut Model,
    now: Timestamp,
    asked: asked::Targets,
) -> Answer {
    let arn = TargetGroupArn::new(asked.target_group_arn);
    model.deregister_targets(now, &arn, &targets(asked.targets)?)?;
    Ok(Xml::new())
}

pub(super) fn create_listener(
    model: &mut Model,
    now: Timestamp,
    asked: asked::CreateListener,
) -> Answer {
    only("Protocol", &asked.protocol, "TCP")?;
    let arn = model.create_listener(
        now,
        &LoadBalancerArn::new(asked.load_balancer_arn),
        port(asked.port)?,
        &forward(asked.default_actions)?,
        &map(asked.tags),
    )?;
    Ok(one_listener(model, &arn))
}

pub(super) fn modify_listener(
    model: &mut Model,
    now: Timestamp,
    asked: asked::ModifyListener,
) -> Answer {
    let arn = ListenerArn::new(asked.listener_arn);
    model.modify_listener(now, &arn, &forward(asked.default_actions)?)?;
    Ok(one_listener(model, &arn))
}

pub(super) fn modify_listener_attributes(
    model: &mut Model,
    now: Timestamp,
    asked: asked::ListenerAttributes,
) -> Answer {
    let arn = ListenerArn::new(asked.listener_arn);
    let attributes = map(asked.attributes);
    model.modify_listener_attributes(now, &arn, &attributes)?;
    Ok(shapes::attributes(&attributes))
}

pub(super) fn delete_listener(
    model: &mut Model,
    now: Timestamp,
    asked: &asked::OfListener,
) -> Answer {
    model.delete_listener(now, &ListenerArn::new(&asked.listener_arn))?;
    Ok(Xml::new())
}

pub(super) fn add_tags(model: &mut Model, now: Timestamp, asked: asked::AddTags) -> Answer {
    let arn = only_arn(&asked.resource_arns)?;
    model.add_tags(now, arn, &map(asked.tags))?;
    Ok(Xml::new())
}

pub(super) fn remove_tags(model: &mut Model, now: Timestamp, asked: &asked::RemoveTags) -> Answer {
    let arn = only_arn(&asked.resource_arns)?;
    model.remove_tags(now, arn, &asked.tag_keys)?;
    Ok(Xml::new())
}

pub(super) fn delete_target_group(
    model: &mut Model,
    now: Timestamp,
    asked: &asked::OfTargetGroup,
) -> Answer {
    model.delete_target_group(now, &TargetGroupArn::new(&asked.target_group_arn))?;
    Ok(Xml::new())
}

fn one_target_group(model: &Model, arn: &TargetGroupArn) -> Xml {
    let mut xml = Xml::new();
    let found = model
        .target_groups()
        .filter(|record| record.group.arn == *arn);
    xml.list("TargetGroups", "member", found, |xml, record| {
        shapes::target_group(xml, &record.group);
    });
    xml
}

fn one_listener(model: &Model, arn: &ListenerArn) -> Xml {
    let mut xml = Xml::new();
    let found = model.listeners().filter(|record| record.arn == *arn);
    xml.list("Listeners", "member", found, |xml, record| {
        let group = std::slice::from_ref(&record.forwards_to);
        shapes::listener_of(xml, &record.arn, record.port, "TCP", group);
    });
    xml
}

fn targets(asked: Vec<asked::Target>) -> Result<Vec<(InstanceId, Option<Port>)>, Refusal> {
    asked
        .into_iter()
        .map(|target| {
            let port = target.port.map(port).transpose()?;
            Ok((InstanceId::new(target.id), port))
        })
        .collect()
}

fn forward(actions: Vec<asked::Action>) -> Result<TargetGroupArn, Refusal> {
    let [action] = <[asked::Action; 1]>::try_from(actions).map_err(|actions| {
        Refusal::bad_parameter(format!("{} DefaultActions, not one", actions.len()))
    })?;
    only("DefaultActions.Type", &action.r#type, "forward")?;
    Ok(TargetGroupArn::new(action.target_group_arn))
}

fn only(name: &str, value: &str, known: &str) -> Result<(), Refusal> {
    if value == known {
        return Ok(());
    }
    Err(Refusal::bad_parameter(format!(
        "{name} {value} is not known here, only {known}"
    )))
}

fn only_arn(arns: &[String]) -> Result<&str, Refusal> {
    match arns {
        [arn] => Ok(arn),
        _ => Err(Refusal::bad_parameter(format!(
            "{} ResourceArns, not one",
            arns.len()
        ))),
    }
}

fn port(number: u16) -> Result<Port, Refusal> {
    Port::try_from(number).map_err(Refusal::bad_parameter)
}
