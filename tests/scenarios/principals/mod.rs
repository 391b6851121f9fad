//! Who may connect: sync-principals and register-brokers before one AWS, each under its own role, and
//! consumers of other accounts.

mod accept;
mod aws_says_no;
mod leave;
mod listed;
mod lists;
mod many;
mod reach;
mod refused;
mod services;
mod storms;
mod together;

use cloud::call::Call;
use fleet::tags::{self, Tags};
use std::collections::BTreeSet;
use std::time::Duration;
use tests::principals::{Principals, SYNC_PRINCIPALS, Synced, root};
use tests::{CLUSTER, Stage};
use world::deployment::REGISTER_BROKERS;

/// Accounts of consumers.
const ANN: &str = "111111111111";
const BOB: &str = "222222222222";
const CAT: &str = "333333333333";
const MINUTE: Duration = Duration::from_secs(60);
/// The parameter, as the report names it.
const PARAMETER: &str = "/kafka-privatelink/orders/principals";

/// Brokers 1, 2, 3, mapped, serving and handed over; nobody may connect yet.
async fn served() -> (Stage, Principals) {
    let stage = Stage::three().await;
    let principals = Principals::on(&stage);
    stage.forget_calls();
    (stage, principals)
}

/// The same, and the parameter names these, who are allowed by now.
async fn allowing(accounts: &[&str]) -> (Stage, Principals) {
    let (stage, principals) = served().await;
    stage.put("principals", &accounts.join("\n"));
    principals.run(&stage).await;
    assert_eq!(stage.allowed(), roots(accounts));
    stage.forget_calls();
    (stage, principals)
}

/// The parameter as JSON: these accounts, and further fields.
fn json(accounts: &[&str], fields: &str) -> String {
    let listed = serde_json::to_string(accounts).expect("JSON");
    format!(r#"{{"principals": {listed}, {fields}}}"#)
}

fn roots(accounts: &[&str]) -> Vec<String> {
    let mut roots: Vec<String> = accounts.iter().map(|account| root(account)).collect();
    roots.sort();
    roots
}

/// So many accounts, all different.
fn accounts(count: u64) -> Vec<String> {
    let number = |n: u64| format!("{:012}", 100_000_000_000 + n);
    (0..count).map(number).collect()
}

/// The tags of the permission of a principal.
fn tags_of(stage: &Stage, principal: &str) -> Tags {
    let service = stage.service();
    let model = stage.model();
    let mut all = model.service_permissions(&service);
    let found = all.find(|permission| permission.principal == principal);
    found.expect("a permission").tags.clone()
}

/// Who has a permission that is recorded as this cluster's.
fn recorded(stage: &Stage) -> Vec<String> {
    let mut allowed = stage.allowed();
    allowed.retain(|who| tags_of(stage, who).get(tags::CLUSTER) == Some(&CLUSTER.to_owned()));
    allowed
}

/// What a run held, in sentences.
fn held(synced: &Synced) -> String {
    let held: Vec<String> = synced.report.held.iter().map(ToString::to_string).collect();
    held.join("\n")
}

fn says(synced: &Synced, told: &str) {
    let held = held(synced);
    assert!(held.contains(told), "{told:?} is not in\n{held}");
}

/// The steps of a run, each with what became of it.
fn taken(synced: &Synced) -> Vec<String> {
    let actions = synced.report.actions.iter();
    actions
        .map(|taken| format!("{}: {:?}", taken.step, taken.outcome))
        .collect()
}

/// What a run could not see.
fn gaps(synced: &Synced) -> String {
    let gaps: Vec<String> = synced.report.gaps.iter().map(ToString::to_string).collect();
    gaps.join("\n")
}

/// Each function has written only what is its own.
fn each_wrote_its_own(stage: &Stage) {
    let of_principals = BTreeSet::from([
        Call::ModifyVpcEndpointServicePermissions,
        Call::CreateTags,
        Call::AcceptVpcEndpointConnections,
        Call::RejectVpcEndpointConnections,
    ]);
    let model = stage.model();
    for write in model.writes() {
        let by = write.by.as_deref();
        let owner = match of_principals.contains(&write.call) {
            true => SYNC_PRINCIPALS,
            false => REGISTER_BROKERS,
        };
        assert_eq!(by, Some(owner), "{}: {}", write.call, write.what);
    }
}
