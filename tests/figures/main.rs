//! `cargo figures`: builds both functions as they are deployed and measures them: time to get ready,
//! memory, size, calls, and time, each beside its bound. Nothing here fails because of a figure:
//! speed is measured, never asserted.

mod build;
mod init;
mod mapped;
mod mapping;
mod peer;
mod planning;
mod proof;
mod quiet;
mod share;
mod storm;
mod table;
mod usage;
mod wakes;

use std::process::ExitCode;
use table::Table;

const USAGE: &str = "usage: cargo figures [share] [init] [plan] [quiet] [proof] [mapping] [storm]
       without a name all of them; the first build in release takes the AWS SDK many minutes";

/// What is measured, in this order.
const ALL: [&str; 7] = [
    "share", "init", "plan", "quiet", "proof", "mapping", "storm",
];

/// Memory in MB that a function may be given; what it has of a core goes with it.
const MEMORY: [u32; 3] = [128, 256, 512];

fn main() -> ExitCode {
    let asked: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--").collect();
    if asked.iter().any(|name| !ALL.contains(&name.as_str())) {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    }
    match measure(|name| asked.is_empty() || asked.iter().any(|asked| asked == name)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cargo figures: {error}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn measure(wanted: impl Fn(&str) -> bool) -> Result<(), String> {
    let mut table = Table::default();
    if wanted("share") {
        share::measure(&MEMORY.map(share::of_memory), &mut table)?;
    }
    let built = build::build()?;
    built.size(&mut table)?;
    if wanted("init") {
        init::measure(&built, &mut table).await?;
    }
    if wanted("plan") {
        planning::measure(&built, &mut table)?;
    }
    if wanted("quiet") {
        quiet::measure(&built, &mut table).await?;
    }
    if wanted("proof") {
        proof::measure(&built, &mut table).await?;
    }
    if wanted("mapping") {
        mapping::measure(&built, &mut table).await?;
    }
    if wanted("storm") {
        storm::measure(&built, &mut table).await?;
    }
    println!("\n{}\n{table}", machine());
    Ok(())
}

/// What it was measured on, since a figure alone says little.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let read = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = read.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == "model name").then(|| value.trim().to_owned())
    });
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!(
        "{} {}, {cores} cores, load {}",
        std::env::consts::ARCH,
        model.unwrap_or_default(),
        load.split(' ').next().unwrap_or("unknown"),
    )
}
