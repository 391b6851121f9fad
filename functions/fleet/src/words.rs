//! The words of the house as types: what AWS and Kafka call things, one type for each, so that no
//! two of them can be mixed up.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

name!(
    /// One Kafka cluster: the value of the instance tag `kafka-privatelink:cluster`.
    ClusterName
);
name!(
    /// A listener group, named like the Kafka listener: `EXTERNAL`, `EXTERNAL2`.
    GroupName
);
name!(
    /// An EC2 instance id, `i-0123456789abcdef0`. Never an identity of a broker (P-27).
    InstanceId
);
name!(
    /// An EBS volume id, `vol-0123456789abcdef0`.
    VolumeId
);
name!(
    /// The id of a request for Spot Instances, `sir-0123abcd`.
    SpotRequestId
);
name!(
    /// An Availability Zone ID, `usw2-az1`: the same place in every account (F19, R5).
    AzId
);
impl AzId {
    /// Whether it is one of the Region's own Availability Zones: `usw2-az1`. Those of Local Zones and
    /// Wavelength Zones have more parts: `usw2-lax1-az1`, `use1-wl1-bos-wlz1` (EC2 User Guide, "Local
    /// Zones", "Wavelength Zones").
    pub fn is_of_region(&self) -> bool {
        self.0.split('-').count() < 3
    }
}

name!(
    /// An Availability Zone name, `us-west-2a`: means another place in another account.
    AzName
);
name!(
    /// A VPC id.
    VpcId
);
name!(
    /// An AWS account: 12 digits, with the leading zeros.
    AccountId
);
impl AccountId {
    /// Reads 12 digits; `None` if it is anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let is_one = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        is_one.then(|| Self(text.to_owned()))
    }
}

name!(
    /// The id of an endpoint service, `vpce-svc-0123456789abcdef0`.
    EndpointServiceId
);
name!(
    /// The id of a permission of an endpoint service, `vpce-svc-perm-0123456789abcdef0`.
    ServicePermissionId
);
name!(
    /// The id of a consumer's VPC endpoint, `vpce-0123456789abcdef0`.
    VpcEndpointId
);
name!(
    /// The id of a security group, `sg-0123456789abcdef0`.
    SecurityGroupId
);
name!(
    /// The ARN of a load balancer.
    LoadBalancerArn
);
name!(
    /// The ARN of an NLB listener.
    ListenerArn
);
name!(
    /// The ARN of a target group.
    TargetGroupArn
);
name!(
    /// The name of a target group: at most 32 characters, unique in an account and Region.
    TargetGroupName
);
name!(
    /// The name of an Auto Scaling group.
    AutoScalingGroupName
);
name!(
    /// The name or ARN of a Lambda function.
    FunctionName
);
name!(
    /// The name of a log group: `/kafka-privatelink/orders/register-brokers`.
    LogGroupName
);
name!(
    /// The name of a document of Systems Manager: what a command runs.
    DocumentName
);
name!(
    /// The id of a command of Run Command, a UUID.
    CommandId
);
name!(
    /// The full name of a parameter of SSM, or `/aws/reference/secretsmanager/…`.
    ParameterName
);

impl LoadBalancerArn {
    /// Reads `arn:<partition>:elasticloadbalancing:<region>:<account>:loadbalancer/<type>/<name>/<id>`;
    /// `None` if it is anything else. Of a Classic Load Balancer, which has no type, it is.
    pub fn parse(text: &str) -> Option<Self> {
        let word = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let fields: Vec<&str> = text.split(':').collect();
        let is_one = match fields[..] {
            [
                "arn",
                partition,
                "elasticloadbalancing",
                region,
                account,
                resource,
            ] => {
                let path: Vec<&str> = resource.split('/').collect();
                let is_path = path.len() == 4 && path[0] == "loadbalancer";
                let is_account = word(account) && account.bytes().all(|b| b.is_ascii_digit());
                is_path && is_account && path.into_iter().chain([partition, region]).all(word)
            }
            _ => false,
        };
        is_one.then(|| Self(text.to_owned()))
    }

    /// The partition that it says; empty if it is no ARN.
    pub fn partition(&self) -> &str {
        self.0.split(':').nth(1).unwrap_or_default()
    }

    /// The Region that it says; empty if it is no ARN.
    pub fn region(&self) -> &str {
        self.0.split(':').nth(3).unwrap_or_default()
    }
}

/// Identity of a broker: Kafka's `node.id`, 0 to 2,147,483,647 (P-27).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct NodeId(u32);

impl NodeId {
    /// The largest `node.id` that Kafka takes: it is a Java `int`.
    pub const MAX: u32 = i32::MAX as u32;

    /// A node id, if Kafka would take it.
    pub fn new(id: u32) -> Option<Self> {
        (id <= Self::MAX).then_some(Self(id))
    }

    /// Reads the value of the tag `kafka-privatelink:node-id`; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err("is empty");
        }
        let mut numbers = trimmed
            .split([',', ';', ' '])
            .filter(|part| !part.is_empty());
        let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if numbers.clone().count() > 1 && numbers.all(is_number) {
            return Err("names more than one broker, and one instance is one broker");
        }
        if trimmed.len() < text.len() && is_number(trimmed) {
            return Err("has a blank before or after the number");
        }
        if text.starts_with('-') {
            return Err("is negative");
        }
        if !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err("is not a whole number");
        }
        if text.len() > 1 && text.starts_with('0') {
            return Err("has a leading zero");
        }
        text.parse()
            .ok()
            .and_then(Self::new)
            .ok_or("is above 2147483647, the largest node.id of Kafka")
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for NodeId {
    type Error = &'static str;

    fn try_from(id: u32) -> Result<Self, Self::Error> {
        Self::new(id).ok_or("a node.id is at most 2147483647")
    }
}

impl From<NodeId> for u32 {
    fn from(node: NodeId) -> Self {
        node.0
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A TCP port, 1 to 65,535.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Port(u16);

impl Port {
    /// A port; `None` for 0.
    pub const fn new(port: u16) -> Option<Self> {
        if port == 0 { None } else { Some(Self(port)) }
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for Port {
    type Error = &'static str;

    fn try_from(port: u16) -> Result<Self, Self::Error> {
        Self::new(port).ok_or("port 0 cannot be used")
    }
}

impl From<Port> for u16 {
    fn from(port: Port) -> Self {
        port.0
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_id_is_a_java_int_that_is_not_negative() {
        for (text, id) in [("0", 0), ("7", 7), ("2147483647", NodeId::MAX)] {
            assert_eq!(NodeId::parse(text).map(NodeId::get), Ok(id));
        }
        for (text, why) in [
            ("", "is empty"),
            ("-1", "is negative"),
            ("two", "is not a whole number"),
            ("1.0", "is not a whole number"),
            (" 1", "has a blank before or after the number"),
            ("1\n", "has a blank before or after the number"),
            ("  ", "is empty"),
            ("+1", "is not a whole number"),
            (
                "1,2",
                "names more than one broker, and one instance is one broker",
            ),
            ("1,", "is not a whole number"),
            ("01", "has a leading zero"),
            (
                "2147483648",
                "is above 2147483647, the largest node.id of Kafka",
            ),
            (
                "99999999999999999999",
                "is above 2147483647, the largest node.id of Kafka",
            ),
        ] {
            assert_eq!(NodeId::parse(text), Err(why), "{text:?}");
        }
    }

    #[test]
    fn a_name_keeps_its_text_and_can_stand_in_a_column() {
        let group = GroupName::new("EXTERNAL");
        assert_eq!(group.as_str(), "EXTERNAL");
        assert_eq!(group, GroupName::from("EXTERNAL"));
        assert_eq!(group.to_string(), "EXTERNAL");
        assert_eq!(format!("{group:>10}|"), "  EXTERNAL|");
    }

    #[test]
    fn a_zone_at_the_edge_is_told_from_one_of_the_region_by_its_id() {
        for id in ["usw2-az1", "apne1-az4", "usgw1-az2", "euscde1-az1"] {
            assert!(AzId::from(id).is_of_region(), "{id}");
        }
        for id in ["usw2-lax1-az1", "use1-wl1-bos-wlz1", "apne1-wl1-kix-wlz1"] {
            assert!(!AzId::from(id).is_of_region(), "{id}");
        }
    }

    #[test]
    fn port_0_is_no_port_wherever_it_comes_from() {
        assert_eq!(Port::new(0), None);
        assert_eq!(Port::try_from(0), Err("port 0 cannot be used"));
        for number in [1, 9092, u16::MAX] {
            let port = Port::new(number).expect("a port");
            assert_eq!(port.get(), number);
            assert_eq!(u16::from(port), number);
            assert_eq!(Port::try_from(number), Ok(port));
            assert_eq!(port.to_string(), number.to_string());
            let json = serde_json::to_string(&port).expect("json");
            assert_eq!(json, number.to_string());
            assert_eq!(serde_json::from_str::<Port>(&json).expect("a port"), port);
        }
        assert!(serde_json::from_str::<Port>("0").is_err());
    }

    #[test]
    fn an_account_is_twelve_digits() {
        for text in ["123456789012", "000000000001"] {
            assert_eq!(AccountId::parse(text), Some(AccountId::from(text)));
        }
        for text in ["", "1", "12345678901", "1234567890123", "12345678901x"] {
            assert_eq!(AccountId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_node_id_prints_as_its_number() {
        let node = NodeId::new(NodeId::MAX).expect("the largest");
        assert_eq!(node.to_string(), "2147483647");
        assert_eq!(NodeId::new(NodeId::MAX + 1), None);
        let json = serde_json::to_string(&node).expect("json");
        assert_eq!(json, "2147483647");
        assert_eq!(serde_json::from_str::<NodeId>(&json).expect("a node"), node);
        let error = serde_json::from_str::<NodeId>("2147483648").expect_err("too large");
        assert!(error.to_string().contains("at most 2147483647"), "{error}");
    }

    #[test]
    fn the_arn_of_a_load_balancer_has_all_of_its_fields() {
        for (partition, region) in [
            ("aws", "us-west-2"),
            ("aws-cn", "cn-northwest-1"),
            ("aws-us-gov", "us-gov-east-1"),
        ] {
            let rest = "123456789012:loadbalancer/net/kafka/0123456789abcdef";
            let arn = format!("arn:{partition}:elasticloadbalancing:{region}:{rest}");
            let arn = LoadBalancerArn::parse(&arn).expect("an ARN");
            assert_eq!(arn.region(), region);
        }
        for text in [
            "",
            "kafka",
            "arn:aws:elasticloadbalancing:us-west-2:1:loadbalancer/kafka",
            "arn:aws:elasticloadbalancing::1:loadbalancer/net/kafka/1",
            "arn::elasticloadbalancing:us-west-2:1:loadbalancer/net/kafka/1",
            "arn:aws:elasticloadbalancing:us-west-2::loadbalancer/net/kafka/1",
            "arn:aws:elasticloadbalancing:us-west-2:one:loadbalancer/net/kafka/1",
            "arn:aws:elasticloadbalancing:us-west-2:1:loadbalancer/net/kafka/",
            "arn:aws:elasticloadbalancing:us-west-2:1:loadbalancer/net/kafka/1:2",
            "arn:aws:elasticloadbalancing:us west:1:loadbalancer/net/kafka/1",
            "arn:aws:elasticloadbalancing:us-west-2:1:targetgroup/net/kafka/1",
            "arn:aws:elasticloadbalancing:us-west-2:1:listener/net/kafka/1/2",
            "arn:aws:ec2:us-west-2:1:loadbalancer/net/kafka/1",
        ] {
            assert_eq!(LoadBalancerArn::parse(text), None, "{text}");
        }
        assert_eq!(LoadBalancerArn::from("kafka").region(), "");
    }
}
