//! What is never healed, each with its sentence.

mod alarms;
mod in_hand;
mod others;
mod replaced;
mod stopped;

use crate::look::Look;
use fleet::observed::{CheckStatus, Gap, TargetState};
use serde_json::{Value, json};

fn two() -> Look {
    Look::three().of(2)
}

/// Nothing is done, for this kind of reason, and the sentence has these words.
fn held(look: &Look, kind: &str, words: &str) {
    let plan = look.plan();
    let begins = plan.steps.iter().map(|it| it.change.to_string());
    let is_note = |it: &String| it.starts_with("take ") || it.starts_with("note since when");
    let begins: Vec<_> = begins.filter(|it| !is_note(it)).collect();
    assert!(begins.is_empty(), "{begins:?}");
    assert!(look.held().iter().any(|it| it == kind), "{:?}", look.held());
    assert!(look.says().contains(words), "{}", look.says());
}

#[test]
fn an_alarm_that_is_on_while_everybody_is_up_heals_nobody() {
    held(
        &two(),
        "NobodyIll",
        "every broker is up, so there is nobody to heal",
    );
}

#[test]
fn nobody_is_healed_from_a_gap() {
    let gap = || Gap {
        read: "Call".to_owned(),
        reason: "throttled".to_owned(),
    };
    let gaps: [fn(&mut Look, Gap); 15] = [
        |it, gap| it.observed.now = Err(gap),
        |it, gap| it.observed.alarms = Err(gap),
        |it, gap| it.observed.tagged = Err(gap),
        |it, gap| it.ward().parameters = Err(gap),
        |it, gap| it.ward().instances = Err(gap),
        |it, gap| it.ward().spot_requests = Err(gap),
        |it, gap| it.ward().auto_scaling_groups = Err(gap),
        |it, gap| it.ward().target_groups = Err(gap),
        |it, gap| it.ward().commands = Err(gap),
        |it, gap| it.ward().shown = Err(gap),
        |it, gap| it.ward().statuses = Err(gap),
        |it, gap| _ = it.ward().health.insert("arn".into(), Err(gap)),
        |it, gap| _ = it.ward().activities.insert("group".into(), Err(gap)),
        |it, gap| _ = it.ward().outputs.insert("command".into(), Err(gap)),
        |it, gap| it.ward().holdings = Err(gap),
    ];
    for spoil in gaps {
        let mut look = two().gone();
        spoil(&mut look, gap());
        held(&look, "Blind", "see the gaps");
        assert_eq!(look.plan().gaps, [gap()]);
    }
}

#[test]
fn what_is_not_known_is_no_illness() {
    let nothing = two().silent(false);
    held(&nothing, "Unclear", "see whether the SSM agent is there");
    let gone = |host: &mut Value| {
        host["broker"] = Value::Null;
        host["processes"] = json!([]);
        host["matches"] = json!(0);
    };
    let once = two().silent(false).inspected(30, false, gone);
    held(&once, "Unclear", "twice within the last minutes");
    let old = two()
        .silent(false)
        .inspected(300, false, gone)
        .inspected(180, false, gone);
    held(&old, "Unclear", "twice within the last minutes");
    let odd = two()
        .silent(false)
        .inspected(150, false, |_| {})
        .inspected(30, false, gone);
    held(&odd, "Unclear", "say different things");
    let several = two()
        .silent(false)
        .inspected(150, false, |it| it["matches"] = json!(2));
    let several = several.inspected(30, false, |it| it["matches"] = json!(2));
    held(&several, "Unclear", "several processes of Kafka");
    let serving = two().gone().target(TargetState::Healthy);
    held(&serving, "Unclear", "see what listens on its bind port");
    let mut unknown = two().gone();
    unknown.ward().statuses.as_mut().expect("seen")[0]
        .system
        .status = CheckStatus::InsufficientData;
    held(&unknown, "Unclear", "EC2 does not tell");
    let untold = two().showing(fleet::shown::Shown::Untold {
        why: "denied".to_owned(),
    });
    held(&untold, "Untold", "nobody calls it ill");
}
