//! What the gate's answer makes of a restart.

use super::view::View;
use crate::held::Held;
use crate::observed::GateAnswer;
use crate::restarts::Restarts;
use fleet::gate::GateQuestion;
use fleet::observed::Seen;

/// What the gate says of a stop that is made all the same. One that could not be asked is a gap.
pub(super) fn regardless(gate: &Seen<Option<GateAnswer>>, question: &GateQuestion) -> Vec<Held> {
    let answer = gate.as_ref().ok().and_then(Option::as_ref);
    let answer = answer.filter(|it| it.question == *question);
    let shut = answer.filter(|it| !it.verdict.is_open());
    let told = shut.map(|it| Held::Regardless {
        node: question.next,
        obstacles: it.verdict.obstacles.clone(),
    });
    told.into_iter().collect()
}

/// What the restart is held for that was asked about; nothing if it may be done. An answer to another question
/// is none.
pub(super) fn held(
    view: &View<'_>,
    gate: &Seen<Option<GateAnswer>>,
    question: &GateQuestion,
) -> Vec<Held> {
    let node = question.next;
    let answer = match gate {
        Err(_) => return vec![super::blind("what the gate says")],
        Ok(answer) => answer.as_ref(),
    };
    let Some(answer) = answer.filter(|it| it.question == *question) else {
        return vec![Held::GateUnasked { node }];
    };
    let verdict = &answer.verdict;
    if !verdict.is_open() {
        let obstacles = verdict.obstacles.clone();
        return vec![Held::Gate { node, obstacles }];
    }
    // Who leaves, enters or hangs needs no consent, so it may not be there.
    let restarts = view
        .restarts()
        .and_then(Result::ok)
        .unwrap_or_else(Restarts::never);
    if restarts.allow_unavailable {
        return Vec::new();
    }
    let parameter = view.restarts_parameter();
    let write = restarts.allowing();
    let unavailable = (!verdict.unavailable.is_empty()).then(|| Held::Unavailable {
        node,
        partitions: verdict.unavailable.clone(),
        parameter: parameter.clone(),
        write: write.clone(),
    });
    let without_quorum = verdict.without_quorum.map(|voters| Held::WithoutQuorum {
        node,
        voters,
        parameter: parameter.clone(),
        write: write.clone(),
    });
    unavailable.into_iter().chain(without_quorum).collect()
}
