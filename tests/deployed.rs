//! What is deployed for the cluster on the stage, as `infra/template.yaml` says.

use crate::CLUSTER;
use world::template::{FunctionStack, Template};

/// The template in this repository.
pub const TEMPLATE: &str = include_str!("../infra/template.yaml");
const LOAD_BALANCER: &str =
    "arn:aws:elasticloadbalancing:us-west-2:111122223333:loadbalancer/net/kafka/0123456789abcdef";

/// What the local world makes of register-brokers in a template.
pub fn register_brokers(template: &str) -> Result<FunctionStack, String> {
    let given = [
        ("ClusterName", CLUSTER),
        ("LoadBalancerArn", LOAD_BALANCER),
        ("AWS::Region", "us-west-2"),
        ("AWS::AccountId", "111122223333"),
        ("AWS::Partition", "aws"),
    ];
    let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let template = Template::parse(template, given.into()).map_err(|error| error.to_string())?;
    template
        .function("RegisterBrokersFunction")
        .map_err(|error| error.to_string())
}
