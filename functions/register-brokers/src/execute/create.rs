//! What is made: a target group, and the listener that forwards to it.

use super::Hands;
use crate::action::Place;
use cloud::call::Call;
use cloud::calls::{MappingWrites, NewTargetGroup, Reads};
use fleet::foreign::clean;
use fleet::naming;
use fleet::observed::Attributes;
use fleet::report::Outcome;
use fleet::tags;
use fleet::words::{Port, TargetGroupArn};

/// Characters of somebody's tags that are shown.
const SHOWN: usize = 200;

impl<A: Reads + MappingWrites> Hands<'_, '_, A> {
    pub(super) async fn create_target_group(&mut self, new: NewTargetGroup) -> Outcome {
        let aws = self.paced.aws;
        let created = self
            .call(Call::CreateTargetGroup, || aws.create_target_group(&new))
            .await;
        let arn = match created {
            Ok(arn) => arn.to_string(),
            Err(error) => return self.outcome(Err(error)),
        };
        self.is_new = true;
        // A group of that name that was there already answers all the same (F37), when the read
        // was too old to show it (P-44): one of another port, or of other hands.
        let seen = self
            .call(Call::DescribeTags, || {
                aws.describe_tags(std::slice::from_ref(&arn))
            })
            .await;
        let seen = match seen {
            Ok(mut tags) => tags.remove(&arn).unwrap_or_default(),
            Err(error) => return self.outcome(Err(error)),
        };
        let same = |key: &str| seen.get(key) == new.tags.get(key);
        if !same(tags::CLUSTER) || !same(tags::PORT) {
            return Outcome::Superseded(format!(
                "target group {} is there already, or its tags do not show yet: it has {}",
                new.name,
                clean(&format!("{seen:?}"), SHOWN)
            ));
        }
        self.made.insert(new.name.clone());
        self.arns.insert(new.name, arn.as_str().into());
        Outcome::Done
    }

    /// Attributes cannot be given when a listener is made. Until they are set, it has AWS's own.
    pub(super) async fn create_listener(
        &mut self,
        place: &Place,
        group: &TargetGroupArn,
        port: Port,
        attributes: &Attributes,
    ) -> Outcome {
        let aws = self.paced.aws;
        let load_balancer = &self.observed.load_balancer_arn;
        let tags = naming::listener_tags(&self.observed.cluster, &place.group, place.owner);
        let created = self
            .call(Call::CreateListener, || {
                aws.create_listener(load_balancer, port, group, &tags)
            })
            .await;
        let listener = match created {
            Ok(listener) => listener,
            Err(error) => return self.outcome(Err(error)),
        };
        self.is_new = true;
        let set = self
            .call(Call::ModifyListenerAttributes, || {
                aws.modify_listener_attributes(&listener, attributes)
            })
            .await;
        match self.outcome(set) {
            Outcome::Failed(error) => Outcome::Partly(format!(
                "the listener is there, its attributes are not: {error}"
            )),
            other => other,
        }
    }
}
