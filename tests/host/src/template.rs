//! The scripts' texts in `infra/template.yaml` and `infra/example-cluster.yaml`.

use crate::{BOOT_TEXTS, DOCUMENTS, boot_text, text};

/// The template of the functions, with every document's text as the scripts are now.
///
/// # Errors
///
/// Says which document the template does not have.
pub fn with_texts(template: &str) -> Result<String, String> {
    let mut written = template.to_owned();
    for (name, _) in DOCUMENTS {
        let step = format!("\n            name: {name}\n");
        let begin = "runCommand:\n                - |\n";
        written = with_block(&written, [&step, begin], 18, &text(name))
            .ok_or_else(|| format!("no document {name}"))?;
    }
    Ok(written)
}

/// The template of the example cluster, with every text of its user data as the scripts are now.
///
/// # Errors
///
/// Says which text the template does not have.
pub fn with_boot_texts(template: &str) -> Result<String, String> {
    let mut written = template.to_owned();
    for (name, _) in BOOT_TEXTS {
        let mapping = format!("\n    {name}:\n");
        written = with_block(&written, [&mapping, "Text: |\n"], 8, &boot_text(name))
            .ok_or_else(|| format!("no text {name}"))?;
    }
    Ok(written)
}

/// Exchanges the block that begins after both of these, one after the other, and is indented so far.
fn with_block(template: &str, begin: [&str; 2], indent: usize, text: &str) -> Option<String> {
    let mut start = 0;
    for begin in begin {
        start += template[start..].find(begin)? + begin.len();
    }
    let indent = " ".repeat(indent);
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
    for line in text.lines() {
        let line = format!("{indent}{line}");
        text_lines.push_str(line.trim_end());
        text_lines.push('\n');
    }
    Some([&template[..start], &text_lines, &template[end..]].concat())
}
