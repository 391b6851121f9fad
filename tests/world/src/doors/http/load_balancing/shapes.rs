//! How records look on the wire. Fields that nobody here reads are left out.

use crate::doors::http::xml::Xml;
use fleet::observed::{Attributes, Listener, LoadBalancer, TargetGroup, TargetHealth};
use fleet::tags::Tags;
use fleet::words::{ListenerArn, Port, TargetGroupArn};

pub(super) fn load_balancer(xml: &mut Xml, record: &LoadBalancer) {
    xml.text("LoadBalancerArn", &record.arn);
    xml.text("Scheme", "internal");
    xml.text("VpcId", &record.vpc);
    xml.structure("State", |xml| xml.text("Code", "active"));
    xml.text("Type", &record.kind);
    xml.list("AvailabilityZones", "member", &record.zones, |xml, zone| {
        xml.text("ZoneName", zone);
    });
    // A load balancer without security groups has none of the two.
    if !record.security_groups.is_empty() {
        xml.structure("SecurityGroups", |xml| {
            for group in &record.security_groups {
                xml.text("member", group);
            }
        });
    }
    if let Some(enforces) = record.enforces_inbound_on_private_link {
        let text = if enforces { "on" } else { "off" };
        xml.text("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", text);
    }
}

pub(super) fn listener(xml: &mut Xml, record: &Listener) {
    listener_of(
        xml,
        &record.arn,
        record.port,
        &record.protocol,
        &record.forwards_to,
    );
}

pub(super) fn listener_of(
    xml: &mut Xml,
    arn: &ListenerArn,
    port: Port,
    protocol: &str,
    groups: &[TargetGroupArn],
) {
    xml.text("ListenerArn", arn);
    xml.text("Port", port);
    xml.text("Protocol", protocol);
    // A forward to one group is shown in both its forms (API reference, Action).
    xml.list("DefaultActions", "member", groups, |xml, group| {
        xml.text("Type", "forward");
        xml.text("TargetGroupArn", group);
        xml.structure("ForwardConfig", |xml| {
            xml.list("TargetGroups", "member", [group], |xml, group| {
                xml.text("TargetGroupArn", group);
            });
        });
    });
}

pub(super) fn target_group(xml: &mut Xml, record: &TargetGroup) {
    let check = &record.health_check;
    xml.text("TargetGroupArn", &record.arn);
    xml.text("TargetGroupName", &record.name);
    xml.text("Protocol", &record.protocol);
    xml.text("Port", record.port);
    xml.text("VpcId", &record.vpc);
    xml.text("HealthCheckProtocol", &check.protocol);
    xml.text("HealthCheckPort", &check.port);
    xml.text("HealthCheckEnabled", true);
    xml.text("HealthCheckIntervalSeconds", check.interval_seconds);
    xml.text("HealthyThresholdCount", check.healthy_threshold);
    xml.text("UnhealthyThresholdCount", check.unhealthy_threshold);
    xml.text("TargetType", &record.target_type);
    xml.structure("LoadBalancerArns", |xml| {
        for arn in &record.load_balancers {
            xml.text("member", arn);
        }
    });
}

pub(super) fn target_health(xml: &mut Xml, record: &TargetHealth) {
    xml.structure("Target", |xml| {
        xml.text("Id", &record.instance);
        xml.text("Port", record.port);
    });
    xml.structure("TargetHealth", |xml| {
        xml.text("State", record.state.as_str());
        // "If the target state is healthy, a reason code is not provided" (TargetHealth).
        if !record.reason.is_empty() {
            xml.text("Reason", &record.reason);
        }
    });
}

pub(super) fn tag_description(xml: &mut Xml, arn: &str, tags: &Tags) {
    xml.text("ResourceArn", arn);
    pairs(xml, "Tags", tags);
}

pub(super) fn attributes(attributes: &Attributes) -> Xml {
    let mut xml = Xml::new();
    pairs(&mut xml, "Attributes", attributes);
    xml
}

fn pairs(xml: &mut Xml, name: &str, pairs: &Attributes) {
    xml.list(name, "member", pairs, |xml, (key, value)| {
        xml.text("Key", key);
        xml.text("Value", value);
    });
}
