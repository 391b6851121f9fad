//! What is deployed for the cluster on the stage, as `infra/template.yaml` says.

use crate::CLUSTER;
use world::model::Settings;
use world::template::{FunctionStack, Template};

/// The template in this repository.
pub const TEMPLATE: &str = include_str!("../infra/template.yaml");
const LOAD_BALANCER: &str =
    "arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/net/kafka/0123456789abcdef";

/// A template, deployed for the cluster.
pub fn deployed(template: &str) -> Result<Template, String> {
    let settings = Settings::default();
    Template::deployed(template, &settings, CLUSTER, &LOAD_BALANCER.into())
        .map_err(|error| error.to_string())
}

/// What the local world makes of a function in a template, by the name of its binary.
pub fn stack(template: &str, function: &str) -> Result<FunctionStack, String> {
    let stack = deployed(template)?.function(function);
    stack.map_err(|error| error.to_string())
}
