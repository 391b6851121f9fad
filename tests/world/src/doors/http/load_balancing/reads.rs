//! The `Describe` actions.

use super::{asked, shapes};
use crate::doors::http::refusal::Refusal;
use crate::doors::http::xml::Xml;
use crate::model::Model;
use cloud::calls::{Page, PageToken};
use fleet::words::{ListenerArn, LoadBalancerArn, TargetGroupArn};
use jiff::Timestamp;

type Answer = Result<Xml, Refusal>;

pub(super) fn load_balancers(
    model: &mut Model,
    now: Timestamp,
    asked: asked::LoadBalancers,
) -> Answer {
    let [arn] = <[String; 1]>::try_from(asked.load_balancer_arns).map_err(|arns| {
        Refusal::bad_parameter(format!("{} LoadBalancerArns, not one", arns.len()))
    })?;
    let found = model.describe_load_balancer(now, &LoadBalancerArn::new(arn))?;
    let mut xml = Xml::new();
    xml.list("LoadBalancers", "member", [&found], shapes::load_balancer);
    Ok(xml)
}

pub(super) fn listeners(model: &mut Model, now: Timestamp, asked: asked::Listeners) -> Answer {
    let arn = LoadBalancerArn::new(asked.load_balancer_arn);
    let page = model.describe_listeners(now, &arn, asked.marker.map(PageToken).as_ref())?;
    Ok(paged("Listeners", &page, shapes::listener))
}

pub(super) fn listener_attributes(
    model: &mut Model,
    now: Timestamp,
    asked: &asked::OfListener,
) -> Answer {
    let arn = ListenerArn::new(&asked.listener_arn);
    let found = model.describe_listener_attributes(now, &arn)?;
    Ok(shapes::attributes(&found))
}

pub(super) fn target_groups(
    model: &mut Model,
    now: Timestamp,
    asked: asked::TargetGroups,
) -> Answer {
    let page = model.describe_target_groups(now, asked.marker.map(PageToken).as_ref())?;
    Ok(paged("TargetGroups", &page, shapes::target_group))
}

pub(super) fn target_group_attributes(
    model: &mut Model,
    now: Timestamp,
    asked: &asked::OfTargetGroup,
) -> Answer {
    let arn = TargetGroupArn::new(&asked.target_group_arn);
    let found = model.describe_target_group_attributes(now, &arn)?;
    Ok(shapes::attributes(&found))
}

pub(super) fn target_health(
    model: &mut Model,
    now: Timestamp,
    asked: &asked::OfTargetGroup,
) -> Answer {
    let arn = TargetGroupArn::new(&asked.target_group_arn);
    let found = model.describe_target_health(now, &arn)?;
    let mut xml = Xml::new();
    let name = "TargetHealthDescriptions";
    xml.list(name, "member", &found, shapes::target_health);
    Ok(xml)
}

pub(super) fn tags(model: &mut Model, now: Timestamp, asked: &asked::Arns) -> Answer {
    let found = model.describe_tags(now, &asked.resource_arns)?;
    let mut xml = Xml::new();
    xml.list("TagDescriptions", "member", &found, |xml, (arn, tags)| {
        shapes::tag_description(xml, arn, tags);
    });
    Ok(xml)
}

fn paged<T>(name: &str, page: &Page<T>, shape: impl FnMut(&mut Xml, &T)) -> Xml {
    let mut xml = Xml::new();
    xml.list(name, "member", &page.items, shape);
    if let Some(PageToken(next)) = &page.next {
        xml.text("NextMarker", next);
    }
    xml
}
