//! The proof table drawn in a terminal: a row for each connection that the probe made.

use comfy_table::{Cell, CellAlignment, Table, presets::NOTHING};
use fleet::proof::{Path, Row, Verdict};
use std::fmt;

const GREEN: &str = "\x1b[32m";
const RED: &str = "\x1b[31m";
const YELLOW: &str = "\x1b[33m";
const PLAIN: &str = "\x1b[0m";

/// What was proven.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProofTable(pub Vec<Row>);

impl fmt::Display for ProofTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(f, "    nothing was asked");
        }
        let mut table = Table::new();
        table.load_style(NOTHING);
        for row in &self.0 {
            table.add_row(cells(row));
        }
        for (line, row) in table.lines().zip(&self.0) {
            writeln!(f, "    {}{}{PLAIN}", color(row), line.trim_end())?;
        }
        Ok(())
    }
}

fn cells(row: &Row) -> [Cell; 6] {
    let question = &row.question;
    let who = match question.path.broker() {
        Some(node) => format!("broker {node}"),
        None => "bootstrap".to_owned(),
    };
    let way = match question.path {
        Path::Port(_) | Path::Bootstrap => "through the NLB",
        Path::Direct(_) => "directly",
    };
    let at = match question.address {
        Some(address) => format!("{address}:{}", question.port),
        None => format!(":{}", question.port),
    };
    let mark = match &row.verdict {
        Verdict::Proven { .. } if row.unlisted.is_empty() => '✓',
        verdict if verdict.is_wrong() => '✗',
        _ => '?',
    };
    [
        Cell::new(&question.group),
        Cell::new(who),
        Cell::new(way),
        Cell::new(at),
        Cell::new(format!("{mark} {}", row.says())),
        Cell::new(format!("{} ms", row.milliseconds)).set_alignment(CellAlignment::Right),
    ]
}

fn color(row: &Row) -> &'static str {
    match &row.verdict {
        Verdict::Proven { .. } if row.unlisted.is_empty() => GREEN,
        verdict if verdict.is_wrong() => RED,
        _ => YELLOW,
    }
}
