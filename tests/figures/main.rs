//! `cargo figures`: builds every function as it is deployed, and measures them: time to get
//! ready, memory, size, calls, and time, each beside its bound. Nothing here
//! fails because of a figure: speed is measured, never asserted.

mod build;
mod built;
mod init;
mod mapped;
mod mapping;
mod others;
mod peer;
mod planning;
mod proof;
mod quiet;
mod sandbox;
mod scram;
mod share;
mod storm;
mod table;
mod tls;
mod tls_end;
mod usage;
mod wakes;

use std::process::ExitCode;
use table::Table;

const USAGE: &str =
    "usage: cargo figures [share] [init] [plan] [quiet] [others] [tls] [proof] [mapping] [storm]
       cargo figures built PATH...
       without a name all of them; the first build in release takes the AWS SDK many minutes";

/// What is measured, in this order.
const ALL: [&str; 9] = [
    "share", "init", "plan", "quiet", "others", "tls", "proof", "mapping", "storm",
];

/// Memory in MB that a function may be given; what it has of a core goes with it.
const MEMORY: [u32; 3] = [128, 256, 512];

#[tokio::main]
async fn main() -> ExitCode {
    let asked: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--").collect();
    let done = match asked.split_first() {
        Some((first, paths)) if first == "built" => built::start(paths).await,
        _ if asked.iter().all(|name| ALL.contains(&name.as_str())) => measure(&asked).await,
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::FAILURE;
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cargo figures: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(asked: &[String]) -> Result<(), String> {
    let wanted = |name: &str| asked.is_empty() || asked.iter().any(|asked| asked == name);
    let mut table = Table::default();
    if wanted("share") {
        share::measure(&MEMORY.map(share::of_memory), &mut table)?;
    }
    if asked != ["share"] {
        of_functions(wanted, &mut table).await?;
    }
    println!("\n{}\n{table}", machine());
    Ok(())
}

async fn of_functions(wanted: impl Fn(&str) -> bool, table: &mut Table) -> Result<(), String> {
    let built = build::build()?;
    built.size(table)?;
    if wanted("init") {
        init::measure(&built, table).await?;
    }
    if wanted("plan") {
        planning::measure(&built, table)?;
    }
    if wanted("quiet") {
        quiet::measure(&built, table).await?;
    }
    if wanted("others") {
        others::measure(&built, table).await?;
    }
    if wanted("tls") {
        tls::measure(&built, &MEMORY, table).await?;
    }
    if wanted("proof") {
        proof::measure(&built, table).await?;
    }
    if wanted("mapping") {
        mapping::measure(&built, table).await?;
    }
    if wanted("storm") {
        storm::measure(&built, table).await?;
    }
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
