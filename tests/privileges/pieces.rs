//! Policies with one piece taken away, and with one piece too much.

use world::iam::{Policies, Statement};

/// What was done, and what came of it.
pub type Changed = (String, Policies);

/// Every policy with one piece less: a statement, an action, a resource, a principal, a value of a
/// condition.
pub fn narrowed(policies: &Policies) -> Vec<Changed> {
    each_statement(policies, |statement| {
        let mut all = vec![("the whole".to_owned(), Vec::new())];
        let mut less = |what: &str, list: fn(&mut Statement) -> &mut Vec<String>| {
            let length = list(&mut statement.clone()).len();
            for index in (0..length).filter(|_| length > 1) {
                let mut changed = statement.clone();
                let piece = list(&mut changed).remove(index);
                all.push((format!("{what} {piece}"), vec![changed]));
            }
        };
        less("action", |statement| &mut statement.actions);
        less("resource", |statement| &mut statement.resources);
        less("principal", |statement| &mut statement.principals);
        for (at, condition) in statement.conditions.iter().enumerate() {
            let length = condition.values.len();
            for index in (0..length).filter(|_| length > 1) {
                let mut changed = statement.clone();
                let value = changed.conditions[at].values.remove(index);
                all.push((format!("{} {value}", condition.key), vec![changed]));
            }
        }
        all
    })
}

/// Every policy with one piece too much: a statement twice, another action, a wider or further
/// resource, another principal, a condition less or a value of it more.
pub fn widened(policies: &Policies) -> Vec<Changed> {
    each_statement(policies, |statement| {
        let mut all = Vec::new();
        let mut more = |what: String, change: &dyn Fn(&mut Statement)| {
            let mut changed = statement.clone();
            change(&mut changed);
            all.push((what, vec![changed]));
        };
        let service = statement.actions[0].split(':').next().unwrap_or_default();
        for action in ["*", &format!("{service}:*"), &format!("{service}:Unused")] {
            more(format!("action {action}"), &|statement| {
                statement.actions.push(action.to_owned());
            });
        }
        for (at, resource) in statement.resources.iter().enumerate() {
            if resource != "*" {
                more(format!("* instead of {resource}"), &|statement| {
                    statement.resources[at] = "*".to_owned();
                });
                more(format!("{resource} and something else"), &|statement| {
                    statement.resources.push(format!("{resource}-else"));
                });
            }
        }
        if !statement.principals.is_empty() {
            more("another principal".to_owned(), &|statement| {
                statement.principals.push("sns.amazonaws.com".to_owned());
            });
        }
        for (at, condition) in statement.conditions.iter().enumerate() {
            more(format!("without {condition}"), &|statement| {
                statement.conditions.remove(at);
            });
            let value = match condition.values[0].as_str() {
                "true" => "false",
                "false" => "true",
                _ => "else",
            };
            more(format!("{condition} or {value}"), &|statement| {
                statement.conditions[at].values.push(value.to_owned());
            });
        }
        let twice = vec![statement.clone(), statement.clone()];
        all.push(("the same again".to_owned(), twice));
        all
    })
}

/// Each statement in turn is replaced by what `change` makes of it.
fn each_statement(
    policies: &Policies,
    change: impl Fn(&Statement) -> Vec<(String, Vec<Statement>)>,
) -> Vec<Changed> {
    let mut all = Vec::new();
    for (of, policy) in policies.0.iter().enumerate() {
        for (at, statement) in policy.statements.iter().enumerate() {
            for (what, instead) in change(statement) {
                let mut changed = policies.clone();
                changed.0[of].statements.splice(at..=at, instead);
                all.push((format!("{}: {what}", statement.sid), changed));
            }
        }
    }
    all
}
