//! What the gate's answer makes of a restart.

use super::view::View;
use crate::held::Held;
use crate::observed::GateAnswer;
use fleet::gate::GateQuestion;
use fleet::observed::Seen;

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
    let Some(Ok(restarts)) = view.restarts() else {
        // Without it nobody is restarted, and nobody asks the gate.
        return vec![Held::GateUnasked { node }];
    };
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
