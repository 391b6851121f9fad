//! Policies, what they hang on, and whether one of their statements allows a request.

use super::condition::Condition;
use super::pattern::fits;
use super::request::Request;

/// Every policy of a stack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policies(pub Vec<Policy>);

/// A policy document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What it hangs on.
    pub attached: Attached,
    /// Its statements.
    pub statements: Vec<Statement>,
}

/// What a policy hangs on, and so whose requests it is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attached {
    /// What the role of this ARN may do.
    Role(String),
    /// What may be done to the resource of this ARN: a queue's policy, a role's trust policy.
    Resource(String),
}

/// What a statement says about the requests that it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// They are allowed.
    Allow,
    /// They are denied, whatever allows them.
    Deny,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its name.
    pub sid: String,
    /// What it says.
    pub effect: Effect,
    /// Who, in a resource's policy; empty in a role's.
    pub principals: Vec<String>,
    /// Actions, with wildcards.
    pub actions: Vec<String>,
    /// ARNs, with wildcards.
    pub resources: Vec<String>,
    /// All of them must hold.
    pub conditions: Vec<Condition>,
}

impl Policies {
    /// Whether a request is allowed: by one statement at least, and denied by none.
    pub fn allow(&self, request: &Request) -> bool {
        let says = |effect| self.0.iter().any(|policy| policy.says(effect, request));
        says(Effect::Allow) && !says(Effect::Deny)
    }

    /// Every statement.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.0.iter().flat_map(|policy| &policy.statements)
    }
}

impl Policy {
    fn says(&self, effect: Effect, request: &Request) -> bool {
        let concerned = match &self.attached {
            Attached::Role(arn) => **arn == *request.by,
            Attached::Resource(arn) => **arn == *request.resource,
        };
        let mut saying = self.statements.iter().filter(|each| each.effect == effect);
        concerned && saying.any(|each| each.fits(request))
    }
}

impl Statement {
    fn fits(&self, request: &Request) -> bool {
        let fit = |patterns: &[String], text: &str| patterns.iter().any(|each| fits(each, text));
        (self.principals.is_empty() || self.principals.iter().any(|who| **who == *request.by))
            && fit(&self.actions, &request.action)
            && fit(&self.resources, &request.resource)
            && self.conditions.iter().all(|each| each.holds(request))
    }
}
