//! ELBv2: listeners of the load balancers.

use super::asked::Asked;
use super::attributes::{self, Known};
use super::limits::LISTENERS;
use super::paging::page;
use super::target_groups::PAGE;
use super::{ApiError, LoadBalancerRecord, Model, tags};
use cloud::call::Call;
use cloud::calls::{Page, PageToken};
use fleet::observed::{Attributes, Listener};
use fleet::tags::Tags;
use fleet::words::{ListenerArn, LoadBalancerArn, Port, TargetGroupArn};
use jiff::Timestamp;

/// A TCP listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenerRecord {
    /// Its ARN.
    pub arn: ListenerArn,
    /// The load balancer that it belongs to.
    pub load_balancer: LoadBalancerArn,
    /// The port that it listens on.
    pub port: Port,
    /// The one group that it forwards to (F3).
    pub forwards_to: TargetGroupArn,
    /// All its attributes.
    pub attributes: Attributes,
    /// Its tags.
    pub tags: Tags,
}

impl Model {
    /// ELBv2 `CreateListener`: TCP, forwarding to one group. The same again answers the same ARN
    /// (API reference: the operation is idempotent); another one on a taken port is a duplicate.
    pub fn create_listener(
        &mut self,
        now: Timestamp,
        load_balancer: &LoadBalancerArn,
        port: Port,
        forward_to: &TargetGroupArn,
        tags: &Tags,
    ) -> Result<ListenerArn, ApiError> {
        let what = format!("{load_balancer} {port} -> {forward_to}");
        self.write(now, Asked::new_listener(load_balancer, tags), what, |model| {
            let lb = model.balancer(load_balancer)?;
            if lb.kind != "network" {
                return Err(ApiError::refused(
                    "UnsupportedProtocol",
                    format!("a load balancer of type '{}' has no TCP listeners", lb.kind),
                ));
            }
            tags::check(tags)?;
            model.group(forward_to)?;
            let of_lb = || model.listeners_of(load_balancer);
            if let Some(old) = of_lb().find(|listener| listener.port == port) {
                if old.forwards_to == *forward_to {
                    return Ok(old.arn.clone());
                }
                return Err(ApiError::refused(
                    "DuplicateListener",
                    format!(
                        "A listener already exists on this port for this load balancer '{load_balancer}'"
                    ),
                ));
            }
            if of_lb().count() >= LISTENERS {
                return Err(ApiError::refused(
                    "TooManyListeners",
                    format!(
                        "The maximum number of listeners ({LISTENERS}) on load balancer '{load_balancer}' is reached"
                    ),
                ));
            }
            model.check_association(lb, forward_to)?;
            let end = load_balancer.as_str().split_once(":loadbalancer/");
            let path = end.map_or("", |(_, path)| path).to_owned();
            let resource = format!("listener/{path}/{}", model.ids.elb());
            let arn = ListenerArn::new(model.settings.arn("elasticloadbalancing", &resource));
            let record = ListenerRecord {
                arn: arn.clone(),
                load_balancer: load_balancer.clone(),
                port,
                forwards_to: forward_to.clone(),
                attributes: attributes::defaults(Known::OfListener),
                tags: tags.clone(),
            };
            model.listeners.insert(arn.clone(), record);
            model.made_with_tags(arn.as_str());
            Ok(arn)
        })
    }

    /// ELBv2 `DescribeListeners` of a load balancer, without their tags.
    pub fn describe_listeners(
        &mut self,
        now: Timestamp,
        load_balancer: &LoadBalancerArn,
        token: Option<&PageToken>,
    ) -> Result<Page<Listener>, ApiError> {
        self.read(now, Call::DescribeListeners, |model| {
            model.balancer(load_balancer)?;
            let shown = model.listeners_of(load_balancer).map(|record| {
                let listener = Listener {
                    arn: record.arn.clone(),
                    port: record.port,
                    protocol: "TCP".to_owned(),
                    forwards_to: vec![record.forwards_to.clone()],
                    tags: Tags::new(),
                };
                (record.arn.to_string(), listener)
            });
            page(shown, token, model.page_size(PAGE), "ValidationError")
        })
    }

    /// ELBv2 `ModifyListener`: forward to this group.
    pub fn modify_listener(
        &mut self,
        now: Timestamp,
        listener: &ListenerArn,
        forward_to: &TargetGroupArn,
    ) -> Result<(), ApiError> {
        let what = format!("{listener} -> {forward_to}");
        let asked = Asked::on(Call::ModifyListener, listener.as_str());
        self.write(now, asked, what, |model| {
            let lb = model.balancer(&model.listener(listener)?.load_balancer)?;
            model.group(forward_to)?;
            model.check_association(lb, forward_to)?;
            model.listener_mut(listener)?.forwards_to = forward_to.clone();
            Ok(())
        })
    }

    /// ELBv2 `DeleteListener`: the targets of its group are no longer in use.
    pub fn delete_listener(
        &mut self,
        now: Timestamp,
        listener: &ListenerArn,
    ) -> Result<(), ApiError> {
        let asked = Asked::on(Call::DeleteListener, listener.as_str());
        self.write(now, asked, listener.to_string(), |model| {
            model.listener(listener)?;
            model.listeners.remove(listener);
            Ok(())
        })
    }

    /// All listeners, with more than AWS shows.
    pub fn listeners(&self) -> impl Iterator<Item = &ListenerRecord> {
        self.listeners.values()
    }

    /// The load balancer that a group serves.
    pub(super) fn load_balancer_of(&self, group: &TargetGroupArn) -> Option<&LoadBalancerRecord> {
        let mut listeners = self.listeners.values();
        let listener = listeners.find(|listener| listener.forwards_to == *group)?;
        self.load_balancers.get(&listener.load_balancer)
    }

    pub(super) fn listener(&self, arn: &ListenerArn) -> Result<&ListenerRecord, ApiError> {
        self.listeners.get(arn).ok_or_else(|| not_found(arn))
    }

    pub(super) fn listener_mut(
        &mut self,
        arn: &ListenerArn,
    ) -> Result<&mut ListenerRecord, ApiError> {
        self.listeners.get_mut(arn).ok_or_else(|| not_found(arn))
    }

    pub(super) fn listeners_of(
        &self,
        load_balancer: &LoadBalancerArn,
    ) -> impl Iterator<Item = &ListenerRecord> {
        self.listeners
            .values()
            .filter(move |listener| listener.load_balancer == *load_balancer)
    }

    /// A group can serve one load balancer only, and its targets must find room there.
    fn check_association(
        &self,
        lb: &LoadBalancerRecord,
        group: &TargetGroupArn,
    ) -> Result<(), ApiError> {
        if self
            .load_balancer_of(group)
            .is_some_and(|other| other.arn != lb.arn)
        {
            return Err(ApiError::refused(
                "TargetGroupAssociationLimit",
                format!(
                    "The following target groups cannot be associated with more than one load balancer: {group}"
                ),
            ));
        }
        self.check_targets(group, Some(lb))
    }
}

pub(super) fn not_found(arn: &ListenerArn) -> ApiError {
    ApiError::refused(
        "ListenerNotFound",
        format!("One or more listeners not found: '{arn}'"),
    )
}

#[cfg(test)]
mod tests {
    use super::super::NewLoadBalancer;
    use super::super::world::{at, port, world};
    use super::*;

    fn code<T>(answer: Result<T, ApiError>) -> Option<&'static str> {
        answer.err().map(|error| error.code)
    }

    #[test]
    fn the_fifty_first_listener_is_refused_f1() {
        let mut model = world();
        let (nlb, group) = (model.with_nlb(), model.with_group("a"));
        for n in 0..50 {
            model.with_listener(&nlb, 9000 + n, &group);
        }
        let one_more = model.create_listener(at(0), &nlb, port(9050), &group, &Tags::new());
        assert_eq!(code(one_more), Some("TooManyListeners"));
        assert_eq!(model.writes().len(), 51);
    }

    #[test]
    fn a_taken_port_is_a_duplicate_unless_it_is_the_same_listener() {
        let mut model = world();
        let (nlb, a, b) = (
            model.with_nlb(),
            model.with_group("a"),
            model.with_group("b"),
        );
        let arn = model.with_listener(&nlb, 9092, &a);
        let tags = Tags::new();
        assert_eq!(
            model.create_listener(at(0), &nlb, port(9092), &a, &tags),
            Ok(arn)
        );
        assert_eq!(
            code(model.create_listener(at(0), &nlb, port(9092), &b, &tags)),
            Some("DuplicateListener")
        );
    }

    #[test]
    fn a_group_serves_one_load_balancer_only() {
        let mut model = world();
        let (nlb, a, b) = (
            model.with_nlb(),
            model.with_group("a"),
            model.with_group("b"),
        );
        let other = model.create_load_balancer(at(0), NewLoadBalancer::named("other"));
        let Ok(other) = other else {
            panic!("{other:?}")
        };
        model.with_listener(&nlb, 9092, &a);
        let listener = model.with_listener(&other, 9092, &b);
        let limit = Some("TargetGroupAssociationLimit");
        let second = model.create_listener(at(0), &other, port(1), &a, &Tags::new());
        assert_eq!(code(second), limit);
        assert_eq!(code(model.modify_listener(at(0), &listener, &a)), limit);
    }

    #[test]
    fn listeners_of_a_deleted_load_balancer_are_gone_p42() {
        let mut model = world();
        let (nlb, group) = (model.with_nlb(), model.with_group("a"));
        let listener = model.with_listener(&nlb, 9092, &group);
        assert_eq!(model.delete_load_balancer(at(0), &nlb), Ok(()));
        assert_eq!(
            code(model.describe_listeners(at(0), &nlb, None)),
            Some("LoadBalancerNotFound")
        );
        assert_eq!(
            code(model.delete_listener(at(0), &listener)),
            Some("ListenerNotFound")
        );
    }
}
