//! The environment of a function: read once, in `main`, and refused with a clear line.

use cloud::scope::Scope;
use fleet::foreign::clean;
use fleet::words::{ClusterName, FunctionName, LoadBalancerArn};
use std::fmt;

/// A variable that is missing or wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentError {
    variable: &'static str,
    wrong: String,
}

impl fmt::Display for EnvironmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "environment variable {} {}", self.variable, self.wrong)
    }
}

impl std::error::Error for EnvironmentError {}

/// Reads `CLUSTER`, `LOAD_BALANCER_ARN` and `PROBE_FUNCTION` by `get`.
pub fn scope(get: impl Fn(&str) -> Option<String>) -> Result<Scope, EnvironmentError> {
    let read = |variable, example: &str| match get(variable) {
        Some(value) if !value.trim().is_empty() => Ok(value.trim().to_owned()),
        Some(_) | None => Err(EnvironmentError {
            variable,
            wrong: format!("is not set; give it a value such as {example}"),
        }),
    };
    let cluster = read("CLUSTER", "orders")?;
    if cluster.len() > 64
        || !cluster
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    {
        return Err(EnvironmentError {
            variable: "CLUSTER",
            wrong: format!(
                "\"{cluster}\" must be 1 to 64 of letters, digits, '.', '_' and '-', as it is part of parameter names"
            ),
        });
    }
    let arn = read(
        "LOAD_BALANCER_ARN",
        "arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/net/kafka/0123456789abcdef",
    )?;
    let load_balancer = LoadBalancerArn::parse(&arn).ok_or_else(|| EnvironmentError {
        variable: "LOAD_BALANCER_ARN",
        wrong: format!(
            "\"{}\" is not the ARN of a load balancer, arn:<partition>:elasticloadbalancing:<region>:<account>:loadbalancer/net/<name>/<id>; take the one that the NLB's stack has as output",
            clean(&arn, 200)
        ),
    })?;
    let probe = read("PROBE_FUNCTION", "kafka-privatelink-orders-probe-brokers")?;
    Ok(Scope {
        cluster: ClusterName::new(cluster),
        load_balancer,
        probe: FunctionName::new(probe),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(cluster: &str, arn: &str) -> Result<Scope, String> {
        scope(|name| match name {
            "CLUSTER" => Some(cluster.to_owned()),
            "LOAD_BALANCER_ARN" => Some(arn.to_owned()),
            "PROBE_FUNCTION" => Some("probe".to_owned()),
            _ => None,
        })
        .map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_missing_or_wrong_is_named_with_an_example() {
        let arn = "arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/net/k/1";
        assert!(with("orders", arn).is_ok());
        assert!(with("", arn).unwrap_err().contains("CLUSTER is not set"));
        assert!(with("a/b", arn).unwrap_err().contains("\"a/b\""));
        for wrong in [
            "kafka-nlb",
            "arn:aws:elasticloadbalancing:us-west-2:1:loadbalancer/kafka",
            "arn:aws:elasticloadbalancing::1:loadbalancer/net/k/1",
            "arn:aws:ec2:us-west-2:1:loadbalancer/net/k/1",
            "arn:aws:elasticloadbalancing:us-west-2:1:loadbalancer/net/k/1/",
        ] {
            let error = with("orders", wrong).unwrap_err();
            let told = format!("LOAD_BALANCER_ARN \"{wrong}\" is not the ARN of a load balancer");
            assert!(error.contains(&told), "{error}");
        }
        let china = "arn:aws-cn:elasticloadbalancing:cn-northwest-1:1:loadbalancer/net/k/1";
        let scope = with("orders", china).map(|scope| scope.load_balancer.region().to_owned());
        assert_eq!(scope.as_deref(), Ok("cn-northwest-1"));
    }
}
