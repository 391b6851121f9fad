//! The workspace's binaries, built once for all tests of a process.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use world::inside::is_inside;

/// Builds the workspace's binaries once, as the demo does; answers the one of this name. A test that
/// was started again inside a world finds them built.
pub fn binary(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        if !is_inside() {
            build();
        }
        // This test lies in <target>/<profile>/deps.
        let here = std::env::current_exe().expect("the path of this test");
        here.ancestors()
            .nth(2)
            .expect("the profile's folder")
            .to_owned()
    });
    folder.join(name)
}

fn build() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let built = Command::new(cargo)
        .args(["build", "--workspace", "--bins", "--locked"])
        .current_dir(workspace)
        .status()
        .expect("cargo runs");
    assert!(built.success(), "cargo build --workspace --bins: {built}");
}
