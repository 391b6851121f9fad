//! The check: policies against what is used. It says all that is wrong.

use crate::pieces::narrowed;
use crate::strangers::strangers;
use crate::used::{TEXT, policies, used};
use std::collections::BTreeSet;
use world::iam::{Policies, Request};

/// What is wrong with policies; nothing, if they allow what is used and nothing else.
pub fn complaints(policies: &Policies) -> Vec<String> {
    [denied(policies), unused(policies), reachable(policies)].concat()
}

/// Used, and not allowed.
pub fn denied(policies: &Policies) -> Vec<String> {
    let denied = used().iter().filter(|request| !policies.allow(request));
    denied
        .map(|request| format!("denied though it is used: {request}"))
        .collect()
}

/// Allowed, and not used: an action that nobody calls, or a piece without which everything that is
/// used is allowed all the same, and nobody else gets in.
pub fn unused(policies: &Policies) -> Vec<String> {
    let actions: BTreeSet<&str> = used().iter().map(|request| &*request.action).collect();
    let mut all = Vec::new();
    for statement in policies.statements() {
        let others = statement.actions.iter();
        let others = others.filter(|action| !actions.contains(action.as_str()));
        all.extend(others.map(|action| format!("{}: nobody calls {action}", statement.sid)));
    }
    let allowed: Vec<&Request> = used().iter().filter(|each| policies.allow(each)).collect();
    let needless = narrowed(policies).into_iter();
    let needless = needless.filter(|(_, without)| {
        allowed.iter().all(|each| without.allow(each)) && reachable(without).is_empty()
    });
    all.extend(needless.map(|(what, _)| format!("{what} is not needed")));
    all
}

/// Not ours, and allowed.
pub fn reachable(policies: &Policies) -> Vec<String> {
    let reachable = strangers().iter();
    reachable
        .filter(|request| policies.allow(request))
        .map(|request| format!("not ours, and allowed: {request}"))
        .collect()
}

#[test]
fn everything_used_is_allowed() {
    let policies = policies(TEXT).expect("the template");
    println!("{} different requests", used().len());
    assert_eq!(denied(&policies), Vec::<String>::new());
}

#[test]
fn everything_allowed_is_used() {
    let policies = policies(TEXT).expect("the template");
    assert_eq!(unused(&policies), Vec::<String>::new());
}

#[test]
fn p11_what_is_not_ours_is_out_of_reach() {
    let policies = policies(TEXT).expect("the template");
    println!("{} requests of strangers", strangers().len());
    assert_eq!(reachable(&policies), Vec::<String>::new());
}

#[test]
fn every_write_and_every_parameter_has_strangers_that_are_kept_out() {
    let strangers = strangers();
    for request in used().iter().filter(|request| request.resource != "*") {
        let action = &request.action;
        let kept_out = strangers.iter().filter(|other| other.action == *action);
        assert!(kept_out.count() >= 4, "{request}");
    }
}
