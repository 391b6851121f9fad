//! Builds in release by cargo-lambda, as `sam build` does, and says where everything lies.

use crate::table::Table;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const MIB: f64 = 1024.0 * 1024.0;
/// What a deployed function may weigh.
const ZIP_BOUND: f64 = 8.0;

/// By package: features that only tests need of a dependency would compile the SDK anew.
const PACKAGES: [&str; 3] = ["lambdas", "probe-brokers", "yardstick"];

/// The release binaries.
pub struct Built {
    /// The function that maps.
    pub register_brokers: PathBuf,
    /// The function that proves.
    pub probe_brokers: PathBuf,
    /// The smallest function there is, built alike.
    pub hello: PathBuf,
    /// The planner of the mapping alone.
    pub plan: PathBuf,
    /// The editor of a broker's file alone.
    pub edit: PathBuf,
    out: PathBuf,
}

/// Installs cargo-lambda once, outside of the repository, and builds. All of it is shown.
pub fn build() -> Result<Built, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let tools = Command::new(root.join(".ci/tools"))
        .arg("build-requirements.txt")
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("run .ci/tools: {error}"))?;
    if !tools.status.success() {
        return Err(format!(".ci/tools: {}", tools.status));
    }
    let tools = PathBuf::from(String::from_utf8_lossy(&tools.stdout).trim());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(tools.clone()).chain(std::env::split_paths(&path));
    let path = std::env::join_paths(path).map_err(|error| format!("PATH: {error}"))?;
    let out = target_folder(&root)?.join("figures");
    // The zip by itself, since cargo-lambda writes either the zip or the binary.
    for format in ["zip", "binary"] {
        println!(
            "cargo lambda build --release --output-format {format} (the AWS SDK compiles once, for many minutes)"
        );
        let built = Command::new(tools.join("cargo-lambda"))
            .args(["lambda", "build", "--release", "--locked"])
            .args(["--output-format", format])
            .args(PACKAGES.iter().flat_map(|package| ["--package", package]))
            .arg("--lambda-dir")
            .arg(&out)
            .current_dir(&root)
            .env("PATH", &path)
            .stdin(Stdio::null())
            .status()
            .map_err(|error| format!("run cargo lambda build: {error}"))?;
        if !built.success() {
            return Err(format!("cargo lambda build --release: {built}"));
        }
    }
    let of = |name: &str| out.join(name).join("bootstrap");
    Ok(Built {
        register_brokers: of("register-brokers"),
        probe_brokers: of("probe-brokers"),
        hello: of("hello"),
        plan: of("plan"),
        edit: of("edit"),
        out,
    })
}

impl Built {
    /// The binary of a function.
    pub fn of(&self, name: &str) -> PathBuf {
        self.out.join(name).join("bootstrap")
    }

    /// What is uploaded, and what it unpacks to.
    pub fn size(&self, table: &mut Table) -> Result<(), String> {
        let mib = |path: &Path| match std::fs::metadata(path) {
            Ok(file) => Ok(file.len() as f64 / MIB),
            Err(error) => Err(format!("size of {}: {error}", path.display())),
        };
        for name in [
            "register-brokers",
            "sync-principals",
            "push-listeners",
            "heal-brokers",
            "show-mapping",
            "probe-brokers",
        ] {
            let binary = &self.of(name);
            // cargo-lambda leaves the zip beside the binary.
            let zip = mib(&self.out.join(name).join("bootstrap.zip"))?;
            table.bounded(
                &format!("zip of {name}"),
                format!("{zip:.1} MiB, unpacked {:.1} MiB", mib(binary)?),
                "8 MiB",
                zip / ZIP_BOUND,
            );
        }
        table.figure("a hello unpacked", format!("{:.1} MiB", mib(&self.hello)?));
        Ok(())
    }
}

/// Where cargo builds; this binary lies in `<target>/<profile>`.
fn target_folder(root: &Path) -> Result<PathBuf, String> {
    let here = std::env::current_exe().map_err(|error| format!("find this binary: {error}"))?;
    Ok(here.ancestors().nth(2).unwrap_or(root).to_owned())
}
