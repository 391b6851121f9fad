//! `cargo demo`: the main job, watched. Outside, the real functions are built; inside a world,
//! steps are played, and each is checked through sockets.

mod build;
mod built;
mod chapter;
pub(crate) mod checks;
mod control;
pub mod picture;
mod play;
pub mod proof_table;
mod stage;
mod steps;
mod summary;
mod waiting;

use crate::hosts::{THIS_BINARY, World, world_command};
use crate::kafka::Kafka;
use crate::local::{Brokers, KafkaCluster, LocalAws, LocalSettings};
use chapter::Chapters;
use control::Control;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What was asked for on the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Options {
    /// What is played.
    chapters: Chapters,
    /// Leave the world up at the end.
    stay: bool,
    /// Set the scene and play no steps.
    skip_steps: bool,
    /// Use this binary as the function instead of building it.
    function: Option<PathBuf>,
    /// Inside: where the control socket is to be.
    control: Option<PathBuf>,
}

const USAGE: &str =
    "usage: cargo demo [-- --all | --only N | --by-hand] [--stay] [--skip-steps] [--function BINARY]
       cargo demo -- do SOCKET VERB…   a verb for a world that stays up in another terminal";

const BY_HAND: &str = "--by-hand";

/// `world demo`: outside of the world.
pub fn outside(words: &[&str]) -> Result<ExitCode, String> {
    if let ["do", socket, verb @ ..] = words.strip_prefix(&["--"]).unwrap_or(words) {
        return control::send(Path::new(socket), &verb.join(" "));
    }
    let options = Options::read(words)?;
    // Here, since inside there is no registry.
    Kafka::ready().map_err(|error| error.to_string())?;
    let folder = tempfile::tempdir()
        .map_err(|error| format!("make a folder for the control socket: {error}"))?;
    let socket = folder.path().join("control");
    let mut command = world_command(THIS_BINARY);
    command
        .arg(THIS_BINARY)
        .arg("demo-inside")
        .arg("--control")
        .arg(&socket);
    for (given, option) in [
        (options.stay, "--stay"),
        (options.skip_steps, "--skip-steps"),
    ] {
        if given {
            command.arg(option);
        }
    }
    command.args(options.chapters.options());
    let mut world = World::start(&mut command).map_err(|error| error.to_string())?;
    match options.function {
        Some(binary) => {
            control::tell(&socket, &format!("{} {}", control::BUILT, binary.display()))?
        }
        None => build::build(&socket),
    }
    let status = world
        .wait()
        .map_err(|error| format!("wait for the world: {error}"))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// `world demo-inside`: inside of the world.
pub async fn inside(words: &[&str]) -> Result<ExitCode, String> {
    let options = Options::read(words)?;
    let socket = options.control.ok_or(USAGE)?;
    let template = include_str!("../../../../infra/template.yaml");
    let kafka = Kafka::ready().map_err(|error| error.to_string())?;
    let chapters = options.chapters.played();
    let brokers = Brokers::Kafka(KafkaCluster::bare(kafka));
    let scale = chapters.first().map_or(1, |first| first.scale());
    let settings = LocalSettings::new(scale).brokers(brokers);
    let world = LocalAws::start(template, settings)
        .await
        .map_err(|error| error.to_string())?;
    let world = std::sync::Arc::new(world);
    let control = Control::open(&socket, std::sync::Arc::clone(&world))?;
    let passed = play::play(&chapters, &world, &control, !options.skip_steps).await;
    if options.stay {
        play::stay(&world, &socket).await?;
    }
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl Options {
    fn read(words: &[&str]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--" => {}
                "--all" => options.chapters = Chapters::All,
                BY_HAND => options.chapters = Chapters::ByHand,
                "--only" => {
                    let number = words.next().ok_or(USAGE)?;
                    let only = Chapters::only(number);
                    options.chapters =
                        only.ok_or_else(|| format!("there is no chapter {number}\n{USAGE}"))?;
                }
                "--stay" => options.stay = true,
                "--skip-steps" => options.skip_steps = true,
                "--function" => {
                    options.function = Some(words.next().map(PathBuf::from).ok_or(USAGE)?)
                }
                "--control" => {
                    options.control = Some(words.next().map(PathBuf::from).ok_or(USAGE)?)
                }
                other => return Err(format!("unknown option {other}\n{USAGE}")),
            }
        }
        Ok(options)
    }
}
