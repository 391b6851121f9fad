//! `replay FILE`: prints the plan that a saved observation leads to, as `{"action":"plan"}` shows it.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut files = std::env::args_os().skip(1);
    let (Some(file), None) = (files.next(), files.next()) else {
        eprintln!(
            "replay FILE: the file is the answer of a function to {{\"action\":\"observe\"}}"
        );
        return ExitCode::from(2);
    };
    let shown = file.to_string_lossy();
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("{shown}: {error}");
            return ExitCode::FAILURE;
        }
    };
    match replay::replay(&text) {
        Ok(planned) => match std::io::stdout().write_all(planned.text.as_bytes()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        },
        Err(why) => {
            eprintln!("{shown}: {why}");
            ExitCode::FAILURE
        }
    }
}
