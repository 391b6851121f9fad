//! Laws over histories: one of two looks is old, and a settled world stays as it is.

use crate::change::{Action, Change};
use crate::look::Look;
use crate::plan::Step;
use fleet::observed::ConnectionState::{self, Available, PendingAcceptance, Rejected};
use fleet::service::account_of;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Makes the changes in the world of a look. Whose permission was taken away.
pub(super) fn apply(look: &mut Look, steps: &[Step]) -> BTreeSet<String> {
    let mut gone = BTreeSet::new();
    for step in steps {
        let Change { action, .. } = &step.change;
        match action {
            Action::Allow { principals, tags } => {
                for principal in principals {
                    let old = look.0.permissions.as_mut().expect("permissions");
                    match old.iter_mut().find(|it| it.principal == *principal) {
                        Some(there) => there.tags.extend(tags.clone()),
                        None => *look = look.clone().permission(principal, tags.clone()),
                    }
                }
            }
            Action::Tag { permissions, tags } => {
                let all = look.0.permissions.as_mut().expect("permissions");
                for it in all {
                    if permissions.values().any(|who| *who == it.principal) {
                        it.tags.extend(tags.clone());
                    }
                }
            }
            Action::Accept { endpoints } => set(look, |it| endpoints.contains_key(it), Available),
            Action::Reject { endpoints, .. } => {
                set(look, |it| endpoints.contains(it), Rejected);
            }
            Action::Disallow { principals } => {
                gone.extend(principals.iter().cloned());
                let all = look.0.permissions.as_mut().expect("permissions");
                all.retain(|it| !principals.contains(&it.principal));
            }
        }
    }
    gone
}

fn set(
    look: &mut Look,
    is_it: impl Fn(&fleet::words::VpcEndpointId) -> bool,
    state: ConnectionState,
) {
    for it in look.0.connections.as_mut().expect("connections") {
        if is_it(&it.endpoint) {
            it.state = state.clone();
        }
    }
}

const WHO: [&str; 6] = [
    "arn:aws:iam::111111111111:root",
    "arn:aws:iam::222222222222:root",
    "arn:aws:iam::222222222222:role/a",
    "arn:aws:iam::222222222222:role/b",
    "arn:aws:iam::333333333333:root",
    "*",
];

#[derive(Clone, Debug)]
enum Event {
    /// Bits of WHO; adopt.
    List(u8, bool),
    Connect(usize),
    HandsAccept,
    Delete(usize),
    HandsAllow(usize),
    HandsDisallow(usize),
    Odd(usize),
    Run,
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        3 => (0..32_u8, any::<bool>()).prop_map(|(bits, adopt)| Event::List(bits, adopt)),
        3 => (1..4_usize).prop_map(Event::Connect),
        2 => Just(Event::HandsAccept),
        1 => (0..6_usize).prop_map(Event::Delete),
        2 => (0..6_usize).prop_map(Event::HandsAllow),
        1 => (0..6_usize).prop_map(Event::HandsDisallow),
        1 => (0..6_usize).prop_map(Event::Odd),
        4 => Just(Event::Run),
    ];
    prop::collection::vec(event, 2..12)
}

/// Worlds, each after one event more.
fn history(events: &[Event]) -> Vec<Look> {
    let text = |bits: u8, adopt: bool| {
        let (mut listed, mut remove) = (Vec::new(), vec!["\"*\"".to_owned()]);
        for (n, who) in WHO[..5].iter().enumerate() {
            match bits & (1 << n) != 0 {
                true => listed.push(format!("\"{who}\"")),
                false => remove.push(format!("\"{who}\"")),
            }
        }
        format!(
            r#"{{"principals": [{}], "remove": [{}], "adopt": {adopt}}}"#,
            listed.join(","),
            remove.join(",")
        )
    };
    let count = i64::try_from(events.len()).expect("few");
    let mut world = Look::saying("x").rewritten(&text(31, false), (count + 1) * 600);
    let mut worlds = vec![world.clone()];
    for (n, event) in (0..).zip(events) {
        match event {
            Event::List(bits, adopt) => {
                world = world.rewritten(&text(*bits, *adopt), (count - n) * 600);
            }
            Event::Connect(of) => {
                world = world.connected(&format!("vpce-{n}"), *of, PendingAcceptance);
            }
            Event::HandsAccept => {
                let all = world.0.connections.as_mut().expect("connections");
                for it in all {
                    if it.state == PendingAcceptance {
                        it.state = Available;
                    }
                }
            }
            Event::Delete(at) => {
                let all = world.0.connections.as_mut().expect("connections");
                if *at < all.len() {
                    all.remove(*at);
                }
            }
            Event::Odd(at) => {
                let all = world.0.connections.as_mut().expect("connections");
                if let Some(it) = all.get_mut(*at) {
                    it.state = ConnectionState::Unknown("odd".to_owned());
                }
            }
            Event::HandsAllow(who) => {
                let all = world.0.permissions.as_ref().expect("permissions");
                if all.iter().all(|it| it.principal != WHO[*who]) {
                    world = world.foreign(WHO[*who]);
                }
            }
            Event::HandsDisallow(who) => {
                let all = world.0.permissions.as_mut().expect("permissions");
                all.retain(|it| it.principal != WHO[*who]);
            }
            Event::Run => run(&mut world),
        }
        worlds.push(world.clone());
    }
    worlds
}

pub(super) fn run(world: &mut Look) {
    let steps = world.clone().agreed().plan().steps;
    apply(world, &steps);
    world.1.clear();
}

pub(super) fn allows(world: &Look, account: &str) -> bool {
    let all = world.0.permissions.as_ref().expect("permissions");
    all.iter().any(|it| {
        it.principal == "*" || account_of(&it.principal).is_some_and(|of| of.as_str() == account)
    })
}

fn owns(world: &Look, account: &str) -> bool {
    let all = world.0.permissions.as_ref().expect("permissions");
    all.iter()
        .any(|it| account_of(&it.principal).is_some_and(|of| of.as_str() == account))
}

fn states(world: &Look) -> BTreeMap<String, (String, ConnectionState)> {
    let all = world.0.connections.as_ref().expect("connections").iter();
    all.map(|it| {
        (
            it.endpoint.to_string(),
            (it.owner.to_string(), it.state.clone()),
        )
    })
    .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// one look of the two is as it is, of the other each part is as old as may be.
    #[test]
    fn one_old_look_cuts_nobody_off_wrongly_and_leaves_nobody_behind(
        events in events(),
        ages in (0..6_usize, 0..6_usize, 0..6_usize),
        is_first_old in any::<bool>(),
    ) {
        let worlds = history(&events);
        let at = |age: usize| &worlds[worlds.len() - 1 - age.min(worlds.len() - 1)];
        let fresh = at(0).clone();
        let mut old = fresh.clone();
        old.0.parameters = at(ages.0).0.parameters.clone();
        old.0.permissions = at(ages.1).0.permissions.clone();
        old.0.connections = at(ages.2).0.connections.clone();
        let (first, mut second) = match is_first_old {
            true => (old, fresh.clone()),
            false => (fresh.clone(), old),
        };
        second.1 = first.plan().doubts;
        let steps = second.plan().steps;
        let mut after = fresh.clone();
        apply(&mut after, &steps);
        let (before_states, after_states) = (states(&fresh), states(&after));
        let text = &fresh.0.parameters.as_ref().expect("parameters");
        let text = &text.iter().find(|it| it.name.ends_with("/principals")).expect("it").value;
        let listed = text.split_once("\"remove\"").expect("it").0;
        let adopt = text.contains("\"adopt\": true");
        for (endpoint, (owner, state)) in &after_states {
            if matches!(state, Available | PendingAcceptance | ConnectionState::Unknown(_)) {
                // Whom `*` alone let in is named, and not rejected: that is said so.
                // Whoever is listed is allowed again by the next run: the test above has that.
                let had_its_own = owns(&fresh, owner) && !listed.contains(owner.as_str());
                let is_left = had_its_own && !allows(&after, owner);
                prop_assert!(!is_left, "{endpoint} is left behind: {:#?}", second.steps());
            }
            if *state == Rejected && before_states[endpoint].1 != Rejected {
                prop_assert!(!listed.contains(owner.as_str()), "{endpoint} is listed");
                let foreign = fresh.0.permissions.as_ref().expect("permissions").iter().any(|it| {
                    it.tags.is_empty() && !adopt && (it.principal == "*" || it.principal.contains(owner.as_str()))
                });
                prop_assert!(!foreign, "{endpoint} is allowed by other hands: {:#?}", second.steps());
            }
        }
    }

    /// runs come to an end, and then an older read changes nothing.
    #[test]
    fn what_is_settled_stays_and_an_older_read_changes_nothing(events in events()) {
        let mut worlds = history(&events);
        let mut world = worlds.pop().expect("one");
        for _ in 0..6 {
            run(&mut world);
        }
        let steps = world.clone().agreed().steps();
        let is_odd = states(&world).values().any(|(_, it)| matches!(it, ConnectionState::Unknown(_)));
        prop_assert!(steps.is_empty() || is_odd, "{steps:#?}");
        let newest = world.0.parameters.clone().expect("parameters");
        let text = &newest.iter().find(|it| it.name.ends_with("/principals")).expect("it").value;
        let listed = text.split_once("\"remove\"").expect("it").0;
        let permissions = world.0.permissions.as_ref().expect("permissions");
        let stays = permissions.iter().any(|it| listed.contains(&it.principal));
        for older in worlds {
            let mut old = world.clone();
            old.0.parameters = older.0.parameters.clone();
            if old.0.parameters.as_ref().ok() != Some(&newest) && stays {
                let steps = old.agreed().steps();
                prop_assert!(steps.is_empty(), "{steps:#?}");
            }
        }
    }
}
