//! The small world that the tests of the model begin with.

use super::{Launch, Model, NewLoadBalancer, Settings};
use cloud::calls::NewTargetGroup;
use fleet::observed::{HealthCheck, TargetHealth};
use fleet::tags::Tags;
use fleet::words::{
    AzId, InstanceId, ListenerArn, LoadBalancerArn, Port, TargetGroupArn, TargetGroupName, VpcId,
};
use jiff::{SignedDuration, Timestamp};

/// This many seconds after the beginning.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * 365 * 50) + seconds_of(seconds)
}

fn seconds_of(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

pub(crate) fn world() -> Model {
    Model::new(Settings::default())
}

pub(crate) fn port(number: u16) -> Port {
    Port::new(number).expect("a port of a test")
}

pub(crate) fn every_10_s() -> HealthCheck {
    HealthCheck {
        protocol: "TCP".to_owned(),
        port: "traffic-port".to_owned(),
        interval_seconds: 10,
        healthy_threshold: 3,
        unhealthy_threshold: 2,
    }
}

pub(crate) fn new_group(name: &str) -> NewTargetGroup {
    NewTargetGroup {
        name: TargetGroupName::from(name),
        vpc: VpcId::from("vpc-00000000000000001"),
        port: port(39092),
        health_check: every_10_s(),
        tags: Tags::from([("owner".to_owned(), name.to_owned())]),
    }
}

impl Model {
    pub(crate) fn with_nlb(&mut self) -> LoadBalancerArn {
        self.create_load_balancer(at(0), NewLoadBalancer::named("kafka"))
            .expect("an NLB of a test")
    }

    pub(crate) fn with_group(&mut self, name: &str) -> TargetGroupArn {
        self.create_target_group(at(0), &new_group(name))
            .expect("a group of a test")
    }

    pub(crate) fn with_listener(
        &mut self,
        nlb: &LoadBalancerArn,
        number: u16,
        group: &TargetGroupArn,
    ) -> ListenerArn {
        self.create_listener(at(0), nlb, port(number), group, &Tags::new())
            .expect("a listener of a test")
    }

    /// An instance that runs at second 20 and later.
    pub(crate) fn with_instance(&mut self, az: &str) -> InstanceId {
        self.run_instance(at(0), Launch::in_zone(AzId::from(az)))
            .expect("an instance of a test")
    }

    /// State and reason of the only target of a group.
    pub(crate) fn only_target(&mut self, now: i64, group: &TargetGroupArn) -> (String, String) {
        let all = self.targets_at(now, group);
        assert_eq!(all.len(), 1, "targets of {group} at second {now}: {all:?}");
        (all[0].state.as_str().to_owned(), all[0].reason.clone())
    }

    pub(crate) fn targets_at(&mut self, now: i64, group: &TargetGroupArn) -> Vec<TargetHealth> {
        self.describe_target_health(at(now), group)
            .expect("a group that exists")
    }
}
