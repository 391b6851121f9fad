//! Builds the functions' binaries outside of the world (the registry is outside), while the world
//! is already up, and tells it how far the build is.

use super::control::{BUILDING, BUILT, FAILED, tell};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Starts the build on a thread of its own.
pub(super) fn build(socket: &Path) {
    let socket = socket.to_owned();
    std::thread::spawn(move || {
        let message = match run(&socket) {
            Ok(binary) => format!("{BUILT} {}", binary.display()),
            Err(reason) => format!("{FAILED} {reason}"),
        };
        if let Err(error) = tell(&socket, &message) {
            eprintln!("{error}");
        }
    });
}

/// `cargo build --workspace --bins`: the same set of packages as the tests', so that nothing of
/// the SDK is compiled twice.
fn run(socket: &Path) -> Result<PathBuf, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut child = Command::new(cargo)
        .args(["build", "--workspace", "--bins", "--locked"])
        .current_dir(&workspace)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("start cargo build: {error}"))?;
    let mut last = Vec::new();
    if let Some(output) = child.stderr.take() {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let line = line.trim().to_owned();
            tell(socket, &format!("{BUILDING} {line}"))?;
            last.push(line);
        }
    }
    let status = child
        .wait()
        .map_err(|error| format!("wait for cargo build: {error}"))?;
    if !status.success() {
        let tail = last.split_off(last.len().saturating_sub(20));
        return Err(format!(
            "cargo build ended with {status}: {}",
            tail.join(" | ")
        ));
    }
    // The functions' binaries lie beside this one.
    let here = std::env::current_exe().map_err(|error| format!("find this binary: {error}"))?;
    let binary = here.with_file_name("register-brokers");
    if binary.is_file() {
        Ok(binary)
    } else {
        Err(format!("cargo build made no {}", binary.display()))
    }
}
