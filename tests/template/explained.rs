//! Policies and alarms: each has a name, and each name a line in the README. What policies allow is
//! proven in `privileges/`.

use crate::stack::{Complaints, Stack, holds};
use std::collections::BTreeSet;

const README: &str = include_str!("../../infra/README.md");

/// A statement without a name cannot be explained, nor one with the name of another.
pub fn statements_are_named(stack: &Stack) -> Complaints {
    let policies = match stack.policies() {
        Ok(policies) => policies.0,
        Err(error) => return vec![error],
    };
    let mut complaints = Complaints::new();
    let mut known = BTreeSet::new();
    for policy in policies {
        for statement in policy.statements {
            let sid = statement.sid;
            if !known.insert((policy.attached.clone(), sid.clone())) {
                complaints.push(format!("two statements {sid} of {:?}", policy.attached));
            }
        }
    }
    complaints
}

#[test]
fn every_policy_statement_has_a_sid() {
    holds(statements_are_named);
}

/// One row of a table for each, and no row for what is not there any more.
pub fn the_readme_names_sids_and_alarms(stack: &Stack) -> Complaints {
    let policies = match stack.policies() {
        Ok(policies) => policies,
        Err(error) => return vec![error],
    };
    let sids = policies.statements();
    let sids: BTreeSet<&str> = sids.map(|statement| statement.sid.as_str()).collect();
    let alarms = stack.all("AWS::CloudWatch::Alarm").into_iter();
    let alarms: BTreeSet<&str> = alarms.map(|(id, _)| id).collect();
    let mut complaints = Complaints::new();
    for (title, there) in [("Every Sid", sids), ("Alarms", alarms)] {
        let rows = rows(title);
        let unsaid = there.difference(&rows);
        complaints.extend(unsaid.map(|name| format!("{title}: README.md does not name {name}")));
        let stale = rows.difference(&there);
        complaints.extend(stale.map(|name| format!("{title}: there is no {name}")));
    }
    complaints
}

/// The names in the first column of the table below a title of the README.
fn rows(title: &str) -> BTreeSet<&'static str> {
    let title = format!("\n## {title}\n");
    let section = README.split_once(&title).map_or("", |(_, after)| after);
    let section = section.split("\n## ").next().unwrap_or_default();
    let names = section.lines().filter_map(|line| line.strip_prefix("| `"));
    names.filter_map(|row| row.split('`').next()).collect()
}

#[test]
fn the_readme_explains_each_sid_and_each_alarm_and_no_other() {
    holds(the_readme_names_sids_and_alarms);
}
