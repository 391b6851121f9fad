//! Elastic Load Balancing, version 2, in the AWS query protocol: 19 actions.

mod asked;
mod reads;
mod shapes;
mod writes;

use super::query::parameters;
use super::refusal::Refusal;
use super::xml::Xml;
use crate::model::Model;
use jiff::Timestamp;
use serde_json::Value;

pub(super) fn answer(
    model: &mut Model,
    now: Timestamp,
    action: &str,
    asked: Value,
) -> Result<Xml, Refusal> {
    match action {
        "DescribeLoadBalancers" => reads::load_balancers(model, now, parameters(asked)?),
        "DescribeListeners" => reads::listeners(model, now, parameters(asked)?),
        "DescribeListenerAttributes" => reads::listener_attributes(model, now, &parameters(asked)?),
        "DescribeTargetGroups" => reads::target_groups(model, now, parameters(asked)?),
        "DescribeTargetGroupAttributes" => {
            reads::target_group_attributes(model, now, &parameters(asked)?)
        }
        "DescribeTargetHealth" => reads::target_health(model, now, &parameters(asked)?),
        "DescribeTags" => reads::tags(model, now, &parameters(asked)?),
        "CreateTargetGroup" => writes::create_target_group(model, now, parameters(asked)?),
        "ModifyTargetGroup" => writes::modify_target_group(model, now, parameters(asked)?),
        "ModifyTargetGroupAttributes" => {
            writes::modify_target_group_attributes(model, now, parameters(asked)?)
        }
        "RegisterTargets" => writes::register_targets(model, now, parameters(asked)?),
        "DeregisterTargets" => writes::deregister_targets(model, now, parameters(asked)?),
        "CreateListener" => writes::create_listener(model, now, parameters(asked)?),
        "ModifyListener" => writes::modify_listener(model, now, parameters(asked)?),
        "ModifyListenerAttributes" => {
            writes::modify_listener_attributes(model, now, parameters(asked)?)
        }
        "DeleteListener" => writes::delete_listener(model, now, &parameters(asked)?),
        "AddTags" => writes::add_tags(model, now, parameters(asked)?),
        "RemoveTags" => writes::remove_tags(model, now, &parameters(asked)?),
        "DeleteTargetGroup" => writes::delete_target_group(model, now, &parameters(asked)?),
        _ => Err(Refusal::unknown_action(action)),
    }
}
