//! EC2: what the security groups of load balancers let in. Nobody is kept out by it here: what a rule
//! would stop is the business of who reads them (F13).

use super::paging::page;
use super::{ApiError, Model};
use cloud::call::Call;
use cloud::calls::{Page, PageToken};
use fleet::observed::{IngressRule, IngressSource};
use fleet::words::{LoadBalancerArn, SecurityGroupId};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// `DescribeSecurityGroupRules` gives at most 1000 on a page.
const PAGE: usize = 1000;
/// A filter takes 200 values at most (EC2 API reference, Filter).
const FILTER_VALUES: usize = 200;

impl Model {
    /// EC2 `DescribeSecurityGroupRules` with the filter `group-id`: those that let in, and no error for a
    /// group that is not there.
    pub fn describe_security_group_rules(
        &mut self,
        now: Timestamp,
        groups: &[SecurityGroupId],
        token: Option<&PageToken>,
    ) -> Result<Page<IngressRule>, ApiError> {
        self.read(now, Call::DescribeSecurityGroupRules, |model| {
            if groups.len() > FILTER_VALUES {
                return Err(ApiError::refused(
                    "FilterLimitExceeded",
                    format!(
                        "The maximum number of filter values specified on a single call is {FILTER_VALUES}"
                    ),
                ));
            }
            let asked = groups.iter().collect::<BTreeSet<_>>().into_iter();
            let of = asked.filter_map(|id| Some((id, model.security_groups.get(id)?)));
            let shown = of.flat_map(|(id, rules)| {
                let rules = rules.iter().enumerate();
                rules.map(move |(place, rule)| (format!("{id}/{place:04}"), rule.clone()))
            });
            page(shown, token, model.page_size(PAGE), "InvalidNextToken")
        })
    }

    /// Changes what a security group lets in; makes it if it is not there.
    pub fn edit_security_group(
        &mut self,
        now: Timestamp,
        group: &SecurityGroupId,
        edit: impl FnOnce(&mut Vec<IngressRule>),
    ) {
        self.advance(now);
        edit(self.security_groups.entry(group.clone()).or_default());
        self.changed();
    }

    /// Changes which security groups a load balancer has, and whether they are asked for what comes
    /// through PrivateLink (ELBv2 `SetSecurityGroups`).
    pub fn edit_security_groups_of(
        &mut self,
        now: Timestamp,
        load_balancer: &LoadBalancerArn,
        edit: impl FnOnce(&mut BTreeSet<SecurityGroupId>, &mut Option<bool>),
    ) -> Result<(), ApiError> {
        self.advance(now);
        self.balancer(load_balancer)?;
        if let Some(record) = self.load_balancers.get_mut(load_balancer) {
            edit(
                &mut record.security_groups,
                &mut record.enforces_inbound_on_private_link,
            );
        }
        self.changed();
        Ok(())
    }

    /// The security group of a new load balancer, which lets everybody in on every port. Its id is
    /// made of its load balancer's, so that no other id of the world is another one.
    pub(super) fn make_security_group_of(&mut self, arn: &LoadBalancerArn) -> SecurityGroupId {
        let id = arn.as_str().rsplit('/').next().unwrap_or_default();
        let group = SecurityGroupId::new(format!("sg-0{id}"));
        let rule = IngressRule {
            group: group.clone(),
            protocol: "tcp".to_owned(),
            from_port: Some(0),
            to_port: Some(65_535),
            source: IngressSource::Ipv4("0.0.0.0/0".to_owned()),
        };
        self.security_groups.insert(group.clone(), vec![rule]);
        group
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::{at, world};
    use super::*;

    #[test]
    fn rules_are_those_of_the_groups_that_are_asked_for_in_pages() {
        let mut model = world();
        let nlb = model.with_nlb();
        let shown = model.describe_load_balancer(at(0), &nlb).unwrap();
        assert_eq!(shown.enforces_inbound_on_private_link, Some(true));
        let own = shown.security_groups.into_iter().next().unwrap();
        let other = SecurityGroupId::from("sg-other");
        model.edit_security_group(at(0), &other, |rules| {
            rules.extend((0..3).map(|number| IngressRule {
                group: "sg-other".into(),
                protocol: "tcp".to_owned(),
                from_port: Some(number),
                to_port: Some(number),
                source: IngressSource::PrefixList("pl-1".to_owned()),
            }));
        });
        let asked = [other, "sg-unknown".into(), own];
        let all = model.describe_security_group_rules(at(0), &asked, None);
        let all = all.unwrap();
        assert_eq!((all.items.len(), all.next), (4, None));
        model.settings.page_size = Some(3);
        let mut paged = Vec::new();
        let mut token = None;
        loop {
            let page = model.describe_security_group_rules(at(0), &asked, token.as_ref());
            let page = page.unwrap();
            paged.extend(page.items);
            token = page.next;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(paged, all.items);
        let edited = model.edit_security_groups_of(at(0), &nlb, |groups, enforces| {
            groups.clear();
            *enforces = None;
        });
        assert_eq!(edited, Ok(()));
        let shown = model.describe_load_balancer(at(0), &nlb).unwrap();
        assert_eq!(shown.security_groups, BTreeSet::new());
        assert_eq!(shown.enforces_inbound_on_private_link, None);
    }
}
