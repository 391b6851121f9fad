//! The folder of the control socket, which is gone when the demo ends, also when it is interrupted.

use std::path::Path;
use std::process::exit;
use tempfile::TempDir;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

/// Makes it, and looks after it on a thread of its own.
pub(super) fn make() -> Result<TempDir, String> {
    let failed = |error| format!("make a folder for the control socket: {error}");
    let folder = tempfile::tempdir().map_err(failed)?;
    let path = folder.path().to_owned();
    let runtime = Builder::new_current_thread().enable_io().build();
    let runtime = runtime.map_err(failed)?;
    let signals = {
        let _entered = runtime.enter();
        let interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
        let terminate = signal(SignalKind::terminate()).map_err(failed)?;
        let hangup = signal(SignalKind::hangup()).map_err(failed)?;
        [interrupt, terminate, hangup]
    };
    std::thread::spawn(move || {
        let [mut interrupt, mut terminate, mut hangup] = signals;
        let kind = runtime.block_on(async {
            tokio::select! {
                _ = interrupt.recv() => SignalKind::interrupt(),
                _ = terminate.recv() => SignalKind::terminate(),
                _ = hangup.recv() => SignalKind::hangup(),
            }
        });
        ended_by(kind, &path)
    });
    Ok(folder)
}

/// The world ends when it finds that this process is gone.
fn ended_by(kind: SignalKind, folder: &Path) -> ! {
    if let Err(error) = std::fs::remove_dir_all(folder) {
        eprintln!("remove {}: {error}", folder.display());
    }
    exit(128 + kind.as_raw_value())
}
