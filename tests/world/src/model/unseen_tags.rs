//! Tags that IAM does not see yet. For some seconds after a target group or a listener was made,
//! `aws:ResourceTag/…` may have no value for it: a call that its tags would allow is denied, although
//! they came with the request that made it (aws-load-balancer-controller #1464, "PermissionDenied …
//! even they are tagged correctly"; terraform-provider-aws #6055; IAM user guide, "Changes that I
//! make are not always immediately visible").

use super::Model;
use super::moment::after;
use fleet::tags::Tags;
use fleet::words::ServicePermissionId;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Until when IAM sees no tags, by ARN.
pub(super) type UnseenTags = BTreeMap<String, Timestamp>;

impl Model {
    /// To be called when something with tags was made: IAM may see them late.
    pub(super) fn made_with_tags(&mut self, arn: &str) {
        let lag = self.faults_of_calls().and_then(|faults| faults.late_tags());
        if let Some(lag) = lag {
            let until = after(self.at, lag);
            self.unseen_tags.retain(|_, until| self.at < *until);
            self.unseen_tags.insert(arn.to_owned(), until);
        }
    }

    /// The tags that IAM sees on a permission of an endpoint service; none if there is none.
    pub(super) fn permission_tags_seen_by_iam(&self, id: &ServicePermissionId) -> Tags {
        let unseen = self.unseen_tags.get(&self.permission_arn(id));
        if unseen.is_some_and(|until| self.at < *until) {
            return Tags::new();
        }
        let found = self.service_permission(id);
        found.map(|found| found.tags.clone()).unwrap_or_default()
    }

    /// The tags that IAM sees on a target group, listener or load balancer, if there is one.
    pub(super) fn tags_seen_by_iam(&self, arn: &str) -> Option<&Tags> {
        let unseen = self.unseen_tags.get(arn);
        if unseen.is_some_and(|until| self.at < *until) {
            return None;
        }
        self.tags_on(arn)
    }
}

#[cfg(test)]
mod tests {
    use super::super::permission_tests::{code, group, guarded, of};
    use super::super::world::{at, port};
    use crate::faults::{Fault, Faults, Level};
    use fleet::observed::Attributes;

    #[test]
    fn a_call_right_after_a_create_may_be_denied_and_seconds_later_is_not() {
        let (mut model, nlb) = guarded();
        model.set_faults(Faults::new(1).with(Fault::LateTags, Level::Storm));
        let key = "tcp.idle_timeout.seconds".to_owned();
        let idle = Attributes::from([(key, "660".to_owned())]);
        let mut denied = 0;
        for number in 1..=20u16 {
            let now = i64::from(number) * 100;
            let name = format!("kpl-a-{number}");
            let made = model.create_target_group(at(now), &group(&name, "orders"));
            let arn = made.expect("a group");
            let port = port(9000 + number);
            let made = model.create_listener(at(now), &nlb, port, &arn, &of("orders"));
            let listener = made.expect("a listener");
            let soon = code(model.modify_listener_attributes(at(now), &listener, &idle));
            assert!(matches!(soon, None | Some("AccessDenied")), "{soon:?}");
            denied += usize::from(soon.is_some());
            let later = model.modify_listener_attributes(at(now + 5), &listener, &idle);
            assert_eq!(later, Ok(()), "{listener}");
        }
        assert!((1..20).contains(&denied), "{denied} of 20 denied");
        let faults = model.faults().expect("faults");
        assert!(faults.struck()[&Fault::LateTags] >= denied as u64);
    }

    #[test]
    fn when_faults_end_iam_sees_every_tag() {
        let (mut model, _) = guarded();
        model.set_faults(Faults::new(1).with(Fault::LateTags, Level::Storm));
        for number in 1..=20 {
            let name = format!("kpl-a-{number}");
            let made = model.create_target_group(at(0), &group(&name, "orders"));
            assert!(made.is_ok(), "{made:?}");
        }
        assert!(!model.unseen_tags.is_empty());
        model.end_faults();
        let all: Vec<_> = model.target_groups().map(|g| g.group.arn.clone()).collect();
        for arn in all {
            assert_eq!(model.delete_target_group(at(0), &arn), Ok(()), "{arn}");
        }
    }
}
