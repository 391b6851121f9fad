//! A plan as text for a person.

use fleet::plan::{Change, Plan};
use std::fmt::{Display, Write};

/// The plan, to be read before anything is done.
pub fn plan_text<C: Change, D, P: Display>(plan: &Plan<C, D, P>) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_plan(&mut text, plan);
    text
}

fn write_plan<C: Change, D, P: Display>(
    out: &mut String,
    plan: &Plan<C, D, P>,
) -> std::fmt::Result {
    let Plan {
        steps,
        held,
        gaps,
        paused,
        doubts: _,
        picture,
    } = plan;
    if let Some(why) = paused {
        writeln!(out, "Paused: {why}. Nothing below is done.\n")?;
    }
    write!(out, "{picture}")?;
    writeln!(out, "\nTo do: {}", steps.len())?;
    for (number, step) in (1..).zip(steps) {
        writeln!(out, "  {number}. {}: {}", step.change, step.reason)?;
        writeln!(out, "     expects: {}", step.change.expects())?;
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
