//! What a world waits for before its functions run: their build.

use super::control::{Build, Control};
use crate::deployment::REGISTER_BROKERS;
use crate::local::LocalAws;
use anstream::eprintln;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::Duration;
use tokio::time::Instant;

/// Waits for the build, showing how far it is.
pub(super) async fn function_is_built(world: &LocalAws, control: &Control) -> Result<(), String> {
    const TELL_EVERY: Duration = Duration::from_secs(15);
    let mut build = control.build();
    let bar = ProgressBar::new_spinner();
    bar.set_style(ProgressStyle::default_spinner());
    bar.enable_steady_tick(Duration::from_millis(120));
    let terminal = std::io::stderr().is_terminal();
    let started = Instant::now();
    let mut told = Instant::now();
    loop {
        let now = build.borrow_and_update().clone();
        match now {
            Build::Done(binary) => {
                bar.finish_and_clear();
                let this = std::env::current_exe();
                let this = this.map_err(|error| format!("find this binary: {error}"))?;
                // What was not built, but given, is register-brokers; the others are beside it, or beside us.
                world.start_functions(|name| match name {
                    REGISTER_BROKERS => binary.clone(),
                    other => Some(binary.with_file_name(other))
                        .filter(|path| path.is_file())
                        .unwrap_or_else(|| this.with_file_name(other)),
                });
                return Ok(());
            }
            Build::Failed(reason) => {
                bar.finish_and_clear();
                return Err(reason);
            }
            Build::Going { crates, now } => {
                let text = format!(
                    "building the functions ({crates} crates so far, {} s; the AWS SDK takes minutes, once): {now}",
                    started.elapsed().as_secs()
                );
                if !terminal && told.elapsed() > TELL_EVERY {
                    eprintln!("{text}");
                    told = Instant::now();
                }
                bar.set_message(text);
            }
        }
        let changed = build.changed();
        // Once a second also without a change, so that the seconds go on.
        if let Ok(Err(_)) = tokio::time::timeout(Duration::from_secs(1), changed).await {
            return Err("the control socket is closed".to_owned());
        }
    }
}
