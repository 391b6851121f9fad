//! Who may connect and who does, once the world has settled.

use crate::moment::Moment;
use crate::part::End;
use fleet::observed::ConnectionState;
use fleet::words::VpcEndpointId;
use tests::history::Broken;
use tests::history::access::Access;
use tests::history::principals::{List, Said};

/// What may stay held in the end though no hand explains it: connections that wait for a group or for a
/// person.
const EXPLAINED: [&str; 2] = ["NotProven", "NotListed"];

/// Exactly the listed principals are allowed and recorded, what other hands allowed aside; and whoever is
/// listed is connected if there is something to connect to.
pub fn check(end: &End<'_>, hands: bool) -> Result<(), Broken> {
    let is_held = |kind: &str| end.held.iter().any(|held| held.kind == kind);
    let needs_new = has_rejected(end.world.said, &end.now().access);
    let is_explained = |kind: &str| match kind {
        "NeedsNewEndpoint" => needs_new,
        kind => EXPLAINED.contains(&kind),
    };
    let strange = end.held.iter().find(|held| !is_explained(&held.kind));
    if let Some(held) = strange.filter(|_| end.mends && !hands) {
        return Err(format!("nobody's hand explains what is held: {held}"));
    }
    let Some(Said::List(list)) = end.world.said else {
        return Ok(());
    };
    if is_held("ParameterOld") {
        return Ok(());
    }
    let access = &end.now().access;
    // A removal of many is held, and so is one with a connection in a state that nobody knows.
    let is_kept = is_held("ManyLeave") || is_held("OddState");
    permissions(list, access, is_kept)?;
    connections(end, list, access)
}

/// Whether an account that is listed left the list and came back: a run that was under way when consumers
/// made new endpoints may have rejected its connection after that. Whether it was right to is a law of the
/// write.
fn has_rejected(said: Option<Said>, access: &Access) -> bool {
    let Some(Said::List(list)) = said else {
        return false;
    };
    let mut connections = access.connections.values();
    connections
        .any(|(account, state)| *state == ConnectionState::Rejected && list.lists_account(account))
}

fn permissions(list: List, access: &Access, is_kept: bool) -> Result<(), Broken> {
    for listed in list.listed() {
        if !access.is_ours(&listed) && !access.is_another_clusters(&listed) {
            return Err(format!(
                "who is listed is allowed and recorded: {listed}, of {access:?}"
            ));
        }
    }
    let stays = |principal: &&String| {
        !list.lists(principal)
            && (access.is_ours(principal) || (list.adopt && access.is_nobodys(principal)))
    };
    match access.permissions.keys().find(stays) {
        Some(principal) if !is_kept => Err(format!(
            "who is off the list is allowed no more: {principal}, of {access:?}"
        )),
        Some(_) | None => Ok(()),
    }
}

/// A connection that waited all the while is accepted.
fn connections(end: &End<'_>, list: List, access: &Access) -> Result<(), Broken> {
    let always = |so: &dyn Fn(&Moment) -> bool| end.window.seen.iter().all(|moment| so(moment));
    let is_ready = list.at_once
        || ["EXTERNAL", "EXTERNAL2"]
            .iter()
            .any(|group| always(&|moment| moment.is_ready(group)));
    let waits = |endpoint: &VpcEndpointId| {
        always(&|moment| {
            let found = moment.access.connections.get(endpoint);
            found.is_some_and(|(_, state)| *state == ConnectionState::PendingAcceptance)
        })
    };
    let listed = access.connections.iter();
    let mut listed = listed.filter(|(_, (account, _))| list.lists_account(account));
    match listed.find(|(endpoint, _)| is_ready && waits(endpoint)) {
        Some((endpoint, _)) => Err(format!(
            "who is listed is connected: {endpoint}, of {access:?}"
        )),
        None => Ok(()),
    }
}
