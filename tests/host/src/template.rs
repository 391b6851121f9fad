//! The scripts' texts in `infra/template.yaml`.

use crate::{DOCUMENTS, text};

/// The template, with every document's text as the scripts are now.
///
/// # Errors
///
/// Says which document the template does not have.
pub fn with_texts(template: &str) -> Result<String, String> {
    let mut written = template.to_owned();
    for (name, _) in DOCUMENTS {
        written = with_text(&written, name).ok_or_else(|| format!("no document {name}"))?;
    }
    Ok(written)
}

/// Exchanges the block below `runCommand:` of the step of this name.
fn with_text(template: &str, name: &str) -> Option<String> {
    let step = template.find(&format!("\n            name: {name}\n"))?;
    let begin = "runCommand:\n                - |\n";
    let start = step + template[step..].find(begin)? + begin.len();
    let indent = " ".repeat(18);
    let lines = template[start..].split_inclusive('\n');
    let block = lines.take_while(|line| line.trim().is_empty() || line.starts_with(&indent));
    let block: Vec<&str> = block.collect();
    // A blank line between two resources is no part of the text.
    let blank = block
        .iter()
        .rev()
        .take_while(|line| line.trim().is_empty())
        .count();
    let end = start
        + block[..block.len() - blank]
            .iter()
            .map(|line| line.len())
            .sum::<usize>();
    let mut text_lines = String::new();
    for line in text(name).lines() {
        let line = format!("{indent}{line}");
        text_lines.push_str(line.trim_end());
        text_lines.push('\n');
    }
    Some([&template[..start], &text_lines, &template[end..]].concat())
}
