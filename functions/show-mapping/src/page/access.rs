//! Who may connect, who does, and who waits to be accepted.

use super::{line, list, section, word};
use crate::access::{Access, Connection};
use crate::age::ago;
use crate::headline::Mood;
use crate::markup::{Markup, tag};
use crate::told::Report;
use jiff::Timestamp;

/// Connections first, those that wait before all others; then principals.
pub(super) fn drawn(report: &Report<Access>, now: Timestamp) -> Markup {
    let access = &report.picture;
    let Some(service) = &access.service else {
        let whether = "whether there is an endpoint service";
        let none = report.none("No endpoint service is told.", whether);
        return section("Who connects", line(none));
    };
    let (pending, others): (Vec<&Connection>, Vec<&Connection>) =
        access.connections.iter().partition(|it| it.is_pending());
    let connections = pending.into_iter().chain(others);
    let connections = connections.map(|it| connection(it, now, report.run.is_old));
    let principals = access.principals.iter().map(|it| {
        let state = format!(": {}", it.state());
        Markup::from(it.principal.to_string()).and(state)
    });
    let more = |more: Option<u64>| more.map(|more| line(format!("and {more} more")));
    let nobody = access.connections.is_empty();
    let nobody =
        nobody.then(|| line(report.none("Nobody is connected.", "whether anybody is connected")));
    let content = line(service)
        .and(nobody)
        .and(list(connections))
        .and(more(access.more_connections))
        .and(tag("h3").with("Who may connect"))
        .and(match access.principals.is_empty() {
            true => line(report.none("Nobody.", "whether anybody may connect")),
            false => list(principals),
        })
        .and(more(access.more_principals));
    section("Who connects", content)
}

fn connection(connection: &Connection, now: Timestamp, is_old: bool) -> Markup {
    let mood = match &connection.state {
        _ if is_old => Mood::Unknown,
        state if state.carries_traffic() => Mood::Good,
        state if state.is_lost() => Mood::Bad,
        _ => Mood::Unknown,
    };
    let sign = match mood {
        Mood::Good => "✓",
        Mood::Bad => "✗",
        Mood::Unknown if is_old => "then:",
        Mood::Unknown => "…",
    };
    let listed = match connection.listed {
        Some(true) => ", which is listed",
        Some(false) => ", which is not listed",
        None => "",
    };
    let made = connection
        .created
        .map(|at| format!("; made {}", ago(at, now)));
    Markup::from(word(mood, &format!("{sign} {}", connection.state())))
        .and(format!(": account {}{listed}, ", connection.account))
        .and(connection.endpoint.to_string())
        .and(made.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_sign_says_whether_a_connection_carries_traffic() {
        for (state, told) in [
            ("available", "✓ connected"),
            ("partial", "✓ connected in a part of its subnets"),
            ("Partial", "✓ connected in a part of its subnets"),
            ("rejected", "✗ rejected"),
            ("expired", "✗ expired"),
            ("failed", "✗ failed"),
            ("pendingAcceptance", "… waits to be accepted"),
            ("pending", "… being connected"),
            ("deleting", "… deleting"),
            ("paused", "… paused"),
            ("", "… not told"),
        ] {
            let told_by = |is_old| {
                let told = serde_json::from_value(json!({ "state": state }));
                let noon = Timestamp::UNIX_EPOCH;
                connection(&told.expect("a connection"), noon, is_old).into_string()
            };
            let (now, old) = (told_by(false), told_by(true));
            assert!(now.contains(&format!(">{told}<")), "{now}");
            assert!(old.contains(">then: "), "{old}");
        }
    }
}
