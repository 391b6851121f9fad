//! Every combination of how three brokers are, what was done for them and what is allowed: the laws hold in all.

use crate::change::Action;
use crate::look::Look;
use crate::plan::Plan;
use fleet::healing::Rung;
use fleet::observed::InstanceState;
use fleet::wishes::Healing;
use std::collections::BTreeSet;

/// How a broker may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Up,
    Gone,
    Hangs,
    Unwell,
    Cut,
    Starting,
    Stopped,
    Silent,
    Enters,
}

const STATES: [State; 9] = [
    State::Up,
    State::Gone,
    State::Hangs,
    State::Unwell,
    State::Cut,
    State::Starting,
    State::Stopped,
    State::Silent,
    State::Enters,
];

/// What was done for a broker.
const DONE: [Option<(i64, Rung)>; 5] = [
    None,
    Some((300, Rung::Start)),
    Some((1800, Rung::Restart)),
    Some((600, Rung::Reboot)),
    Some((7200, Rung::Reboot)),
];

fn drawn(look: Look, who: u32, state: State) -> Look {
    let look = look.of(who);
    match state {
        State::Up => look,
        State::Gone => look.gone(),
        State::Hangs => look.hangs_since(600),
        State::Unwell => look.silent(false).checked(None, Some(10_000)).replaceable(),
        State::Cut => look.silent(false).checked(Some(10_000), None).replaceable(),
        State::Starting => look.starting(),
        State::Stopped => look.instance(|it| it.state = InstanceState::Stopped),
        State::Silent => look.silent(false),
        State::Enters => look.gone().lifecycle("Pending:Wait"),
    }
}

/// What a plan begins, and for whom.
fn begun(plan: &Plan) -> Vec<(u32, Rung)> {
    let begun = plan.steps.iter().filter_map(|it| match it.change.action {
        Action::Tag { begins, .. } => begins.map(|rung| (it.change.node.get(), rung)),
        Action::Untag { .. } | Action::Reboot | Action::Replace => None,
    });
    begun.collect()
}

#[test]
fn the_laws_of_healing_hold_for_three_brokers_however_they_are() {
    let (mut looks, mut heals) = (0, 0);
    for one in STATES {
        for two in STATES {
            for three in STATES {
                for done in DONE {
                    for healing in Healing::ALL {
                        let states = [one, two, three];
                        let mut look = Look::three().healing(Some(healing.word()));
                        for (who, state) in (1..).zip(states) {
                            look = drawn(look, who, state);
                        }
                        if let Some((age, rung)) = done {
                            look = look.of(1).healed(age, rung);
                        }
                        let scene = format!("{states:?}, {done:?}, {healing}");
                        let plan = look.plan();
                        holds(&plan, states, done, healing, &scene);
                        assert!(begun(&look.once()).is_empty(), "one look: {scene}");
                        looks += 1;
                        heals += usize::from(!begun(&plan).is_empty());
                    }
                }
            }
        }
    }
    assert_eq!(looks, 9 * 9 * 9 * 5 * 4);
    assert!(heals > 500, "{heals}");
}

fn holds(
    plan: &Plan,
    states: [State; 3],
    done: Option<(i64, Rung)>,
    healing: Healing,
    scene: &str,
) {
    let begun = begun(plan);
    let state = |who: u32| states[usize::try_from(who - 1).expect("a small number")];
    let others = |who: u32| (1..=3).filter(move |it| *it != who).map(state);
    for &(who, rung) in &begun {
        // Who is healed is ill, and so.
        let fits = match rung {
            Rung::Start => state(who) == State::Gone,
            Rung::Restart => state(who) == State::Hangs,
            Rung::Reboot => state(who) == State::Unwell,
            Rung::Replace => matches!(state(who), State::Cut | State::Unwell),
        };
        assert!(fits, "{who} {rung}: {scene}");
        assert!(healing >= rung.needs(), "consent: {scene}");
        // Nobody twice within an hour, but for the start after a reboot.
        let recent = done.filter(|(age, _)| who == 1 && *age < 3600);
        let belongs = recent.is_none_or(|(_, last)| last == Rung::Reboot && rung == Rung::Start);
        assert!(belongs, "twice: {scene}");
        if rung == Rung::Restart || rung == Rung::Replace {
            assert!(others(who).all(|it| it == State::Up), "others: {scene}");
        }
        let ill = |it: State| {
            let well = [State::Up, State::Starting, State::Stopped, State::Enters];
            !well.contains(&it)
        };
        if rung == Rung::Reboot {
            assert!(!others(who).any(ill), "two are ill: {scene}");
        }
        if rung == Rung::Start {
            assert!(
                others(who)
                    .filter(|it| ill(*it))
                    .all(|it| it == State::Gone),
                "{scene}"
            );
        }
        // Replaced is who was rebooted an hour ago, or what it stands on fails.
        if rung == Rung::Replace && state(who) == State::Unwell {
            assert_eq!((who, done), (1, Some((7200, Rung::Reboot))), "{scene}");
        }
    }
    // More than one only if all are started, as one healing.
    let rungs: BTreeSet<Rung> = begun.iter().map(|(_, rung)| *rung).collect();
    assert!(begun.len() < 2 || rungs == [Rung::Start].into(), "{scene}");
    // Who is ill and not healed is told why, or waits for what was asked.
    let is_ill = states.iter().any(|it| !matches!(it, State::Up));
    assert!(
        !begun.is_empty() || !is_ill || !plan.held.is_empty(),
        "unsaid: {scene}"
    );
    // What is done is written down first.
    for (at, step) in plan.steps.iter().enumerate() {
        if matches!(step.change.action, Action::Reboot | Action::Replace) {
            let before = &plan.steps[at - 1].change;
            let is_noted = matches!(
                before.action,
                Action::Tag {
                    begins: Some(_),
                    ..
                }
            );
            assert!(
                is_noted && before.instance == step.change.instance,
                "{scene}"
            );
        }
    }
}
