//! Writes a page for every kind of state: `cargo run -p show-mapping --example states -- FOLDER`. With each page
//! come the same picture as a dashboard would show it, light and dark.

mod samples;

use show_mapping::{Theme, fragment, page};
use std::path::PathBuf;

fn main() -> Result<(), String> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or("usage: states FOLDER")?;
    let failed = |error| format!("write into {}: {error}", folder.display());
    std::fs::create_dir_all(&folder).map_err(failed)?;
    for (name, reports) in samples::all() {
        let widget = |theme| format!("<!doctype html><body>{}", fragment(&reports, theme));
        for (suffix, html) in [
            ("", page(&reports)),
            ("-light", widget(Theme::Light)),
            ("-dark", widget(Theme::Dark)),
        ] {
            std::fs::write(folder.join(format!("{name}{suffix}.html")), html).map_err(failed)?;
        }
    }
    Ok(())
}
