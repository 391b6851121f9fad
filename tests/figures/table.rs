//! The table: what, figure, bound, and how much of the bound it is.

use comfy_table::presets::ASCII_MARKDOWN;
use std::fmt;
use std::time::Duration;

/// Rows as they are measured; each is shown at once and all of them again at the end.
#[derive(Default)]
pub struct Table(Vec<[String; 4]>);

impl Table {
    /// A figure without a bound.
    pub fn figure(&mut self, what: &str, figure: impl fmt::Display) {
        self.row([
            what.to_owned(),
            figure.to_string(),
            String::new(),
            String::new(),
        ]);
    }

    /// A figure with the bound that it should stay below.
    pub fn bounded(&mut self, what: &str, figure: impl fmt::Display, bound: &str, ratio: f64) {
        let ratio = format!("{ratio:.2}");
        self.row([what.to_owned(), figure.to_string(), bound.to_owned(), ratio]);
    }

    fn row(&mut self, row: [String; 4]) {
        let [what, figure, bound, _] = &row;
        let bound = if bound.is_empty() {
            String::new()
        } else {
            format!(" (bound: {bound})")
        };
        println!("  {what}: {figure}{bound}");
        self.0.push(row);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = comfy_table::Table::new();
        table.load_style(ASCII_MARKDOWN);
        table.set_header(["what", "figure", "bound", "figure / bound"]);
        for row in &self.0 {
            table.add_row(row);
        }
        table.fmt(f)
    }
}

/// Milliseconds with as many digits as mean something.
pub fn ms(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    let digits = match ms {
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    format!("{ms:.digits$} ms")
}

/// Times that were measured again and again: the least, the middle and the most of them.
#[derive(Clone, Copy, Default)]
pub struct Spread {
    pub least: Duration,
    pub middle: Duration,
    pub most: Duration,
}

/// Of some times; zeros of none.
pub fn spread(mut times: Vec<Duration>) -> Spread {
    times.sort_unstable();
    let at = |place: usize| times.get(place).copied().unwrap_or_default();
    Spread {
        least: at(0),
        middle: at(times.len() / 2),
        most: at(times.len().saturating_sub(1)),
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            least,
            middle,
            most,
        } = self;
        write!(f, "{} ({} to {})", ms(*middle), ms(*least), ms(*most))
    }
}

/// The middle of some figures, and the quarters beside it.
pub fn quartiles<T: Ord + Copy>(mut figures: Vec<T>) -> Option<[T; 3]> {
    figures.sort_unstable();
    let at = |part: usize| {
        figures
            .get((figures.len().checked_sub(1)?) * part / 4)
            .copied()
    };
    Some([at(1)?, at(2)?, at(3)?])
}
