//! A plan as text for a person.

use fleet::naming::Owner;
use fleet::plan::{Plan, RowState};
use std::fmt::Write;

/// The plan, to be read before anything is done.
pub fn plan_text(plan: &Plan) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_plan(&mut text, plan);
    text
}

fn write_plan(out: &mut String, plan: &Plan) -> std::fmt::Result {
    let Plan {
        steps,
        held,
        gaps,
        paused,
        doubts: _,
        mapping,
        without,
        proof,
    } = plan;
    if let Some(why) = paused {
        writeln!(out, "Paused: {why}. Nothing below is done.\n")?;
    }
    writeln!(out, "Mapping, once done:")?;
    for row in mapping {
        let who = match row.owner {
            Owner::Bootstrap => "bootstrap".to_owned(),
            Owner::Broker(node) => format!("broker {node}"),
        };
        let state = match row.state {
            RowState::Serving => "serving",
            RowState::Waiting => "waiting",
            RowState::Reserved => "reserved",
            RowState::Warm => "warm",
        };
        let endpoint = row
            .endpoint
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let line = format!(
            "  {} {:>5}  {who:<12} {state:<9} {endpoint}",
            row.group, row.port
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    if mapping.is_empty() {
        writeln!(out, "  (nothing)")?;
    }
    for sentence in without {
        writeln!(out, "  {sentence}")?;
    }
    if !proof.is_empty() {
        writeln!(out, "\nProof, inside the VPC:")?;
        for row in proof {
            writeln!(out, "  {row}")?;
        }
    }
    writeln!(out, "\nTo do: {}", steps.len())?;
    for (number, step) in (1..).zip(steps) {
        writeln!(out, "  {number}. {}: {}", step.sentence(), step.reason)?;
        writeln!(out, "     expects: {}", step.action.expects())?;
    }
    if !held.is_empty() {
        writeln!(out, "\nHeld: {}", held.len())?;
        for held in held {
            writeln!(out, "  - {held}")?;
        }
    }
    if !gaps.is_empty() {
        writeln!(out, "\nNot seen: {}", gaps.len())?;
        for gap in gaps {
            writeln!(out, "  - {gap}")?;
        }
    }
    Ok(())
}
