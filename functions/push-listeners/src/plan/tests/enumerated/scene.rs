//! States as observations.

use super::expected::{next, others_wait, restarted, touched};
use super::{Broker, Gate, Inspected, OF_ONE, Shows, State, Touched};
use crate::look::Look;
use crate::observed::{GateAnswer, Observed};
use crate::plan::draft::Own;
use crate::plan::roll::Planned;
use crate::plan::view::View;
use crate::rollout::Row;
use fleet::gate::{Few, GateQuestion, Obstacle, Restarted, Verdict};
use fleet::look::{node, noon, port};
use fleet::observed::{Command, CommandOutput, CommandStatus, Seen};
use fleet::shown::{AdminAnswer, Shown};
use jiff::SignedDuration;
use serde_json::json;

/// How old the parameter is that commands and inspections know.
const GENERATION: i64 = 3600;

/// What is observed of one broker in one state.
struct Part {
    shown: AdminAnswer,
    commands: Vec<Command>,
    outputs: Vec<(Command, Seen<Option<CommandOutput>>)>,
}

/// All that is made once.
pub(super) struct Scenes {
    /// By broker and state.
    parts: Vec<Vec<Part>>,
    /// What a broker wants alone: by consent and generation, by broker, by state.
    alone: Vec<Vec<Vec<(Own, Row)>>>,
    /// Three brokers of which nothing is known: by consent and generation.
    bases: Vec<Observed>,
}

fn base(has_consent: bool, is_newer: bool) -> Observed {
    let mut look = Look::three();
    if !has_consent {
        look = look.without("restarts");
    }
    let age = if is_newer { 10 } else { GENERATION };
    let parameters = look.observed.parameters.as_mut().expect("seen");
    for it in parameters {
        it.last_modified = noon() - SignedDuration::from_secs(age);
    }
    look.observed
}

/// The revision that each broker's host would note.
fn revision(number: u32) -> String {
    let look = Look::alone().and_broker(2).and_broker(3);
    let mut look = look.of(number).inspected();
    for other in (1..=3).filter(|it| *it != number) {
        look = look.of(other).serving();
    }
    let order = look.plan().steps[0].change.order.to_string();
    let line = order.lines().find_map(|it| it.strip_prefix("revision "));
    line.expect("a revision").to_owned()
}

fn part(number: u32, broker: Broker, revision: &str) -> Part {
    let look = Look::three().of(number);
    let look = match broker.shows {
        Shows::Right => look.serving(),
        Shows::Differs => look,
        Shows::Nothing => look.silent(),
        Shows::Untold => look.showing(Shown::Untold {
            why: "denied".to_owned(),
        }),
    };
    // No two commands are of one moment.
    let later = i64::from(number);
    let mut look = match broker.touched {
        Touched::Never => look,
        Touched::Before => look.restarted(5000 + later, Some(60)),
        Touched::UnderWay => look.restarted(30 + later, None),
        Touched::LongAgo => look.restarted(700 + later, Some(60)),
        Touched::JustNow => look.restarted(50 + later, Some(20)),
    };
    let generation = match broker.touched {
        Touched::Before => 2 * GENERATION,
        Touched::Never | Touched::UnderWay | Touched::LongAgo | Touched::JustNow => GENERATION,
    };
    for it in look.observed.commands.as_mut().expect("seen") {
        let generation = noon() - SignedDuration::from_secs(generation);
        let order = it.comment.split(", generation").next().expect("a comment");
        it.comment = format!("{order}, generation {}", generation.as_millisecond());
        if broker.touched == Touched::UnderWay {
            it.status = CommandStatus::InProgress;
        }
    }
    if broker.touched == Touched::UnderWay {
        look.observed.outputs.clear();
    }
    let look = match broker.inspected {
        Inspected::Never => look,
        Inspected::Fine => look.inspected_ago(20),
        Inspected::Odd => look.host("/file/symlink", json!(true)).inspected_ago(20),
        Inspected::TakenBack => look
            .left("back", "taken-back", revision, json!([]))
            .inspected_ago(20),
    };
    let shown = look.observed.shown.expect("seen");
    let shown = shown
        .into_iter()
        .find(|it| it.question.broker == node(number));
    let commands = look.observed.commands.expect("seen");
    let outputs = look.observed.outputs;
    let said = commands.iter().filter_map(|it| {
        let said = outputs.get(&it.id)?;
        Some((it.clone(), said.clone()))
    });
    Part {
        shown: shown.expect("it is asked"),
        outputs: said.collect(),
        commands,
    }
}

impl Scenes {
    pub(super) fn new() -> Self {
        let part = |number: u32| {
            let revision = revision(number);
            let states = (0..OF_ONE).map(Broker::of);
            states.map(|it| part(number, it, &revision)).collect()
        };
        let bases = [(false, false), (false, true), (true, false), (true, true)];
        let mut scenes = Self {
            parts: (1..=3).map(part).collect(),
            alone: Vec::new(),
            bases: bases.map(|(consent, newer)| base(consent, newer)).into(),
        };
        scenes.alone = bases.map(|it| scenes.all_alone(it)).into();
        scenes
    }

    fn all_alone(&self, (has_consent, is_newer): (bool, bool)) -> Vec<Vec<(Own, Row)>> {
        let alone = |at: usize, number: usize| {
            let mut numbers = [0; 3];
            numbers[at] = number;
            let state = State {
                numbers,
                controller: None,
                has_consent,
                is_newer,
            };
            let mut observed = self.observed(&state);
            observed.gate = self.answer(&state, Gate::Open);
            let nothing = Default::default();
            let view = View::of(&observed, &nothing).expect("no gap");
            let subjects = view.subjects();
            let mut planned = crate::plan::planned(&view, &subjects);
            let Planned { own, row, .. } = planned.swap_remove(at);
            (own, row)
        };
        let of_one = |at| (0..OF_ONE).map(|number| alone(at, number)).collect();
        (0..3).map(of_one).collect()
    }

    fn kind(state: &State) -> usize {
        2 * usize::from(state.has_consent) + usize::from(state.is_newer)
    }

    /// What a broker wants alone.
    pub(super) fn alone(&self, state: &State, number: usize) -> &(Own, Row) {
        &self.alone[Self::kind(state)][number - 1][state.numbers[number - 1]]
    }

    /// The observation of a state, without the gate.
    pub(super) fn observed(&self, state: &State) -> Observed {
        let mut observed = self.bases[Self::kind(state)].clone();
        let shown = observed.shown.as_mut().expect("seen");
        let commands = observed.commands.as_mut().expect("seen");
        for (at, number) in state.numbers.into_iter().enumerate() {
            let part = &self.parts[at][number];
            shown[at].shown = part.shown.shown.clone();
            if let Shown::Itself(itself) = &mut shown[at].shown {
                itself.controller = state.controller.map(node);
            }
            commands.extend(part.commands.iter().cloned());
            let said = part.outputs.iter().cloned();
            observed
                .outputs
                .extend(said.map(|(it, said)| (it.id, said)));
        }
        observed
    }

    /// What the gate answered to the question that should be asked.
    pub(super) fn answer(&self, state: &State, gate: Gate) -> Seen<Option<GateAnswer>> {
        let next = next(state).unwrap_or(1);
        let restarted = restarted(state, next).map(|it| {
            let is_right = state.brokers()[usize::try_from(it).expect("a number") - 1].shows;
            let ports = (is_right == Shows::Right).then(|| port(39092));
            Restarted {
                node: node(it),
                ports: ports.into_iter().collect(),
            }
        });
        let mut question = GateQuestion {
            expected: [node(1), node(2), node(3)].into(),
            restarted,
            touched: touched(state, next).map(|(it, _)| node(it)).collect(),
            next: node(next),
            others_wait: others_wait(state, next),
            hangs: false,
        };
        let mut verdict = Verdict::default();
        match gate {
            Gate::Unasked => return Ok(None),
            Gate::Open => {}
            Gate::Shut => verdict.obstacles = vec![Obstacle::NoController],
            Gate::Unavailable => verdict.unavailable = Few::of(&["orders-0".to_owned()].into()),
            Gate::OfAnother => question.next = node(next % 3 + 1),
        }
        Ok(Some(GateAnswer {
            question,
            answered_at: noon() + SignedDuration::from_secs(20),
            verdict,
        }))
    }
}
