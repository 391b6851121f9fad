//! `cargo demo`: the main job, watched. Outside, the real functions are built; inside a world,
//! steps are played, and each is checked through sockets.

mod build;
mod built;
mod chapter;
pub(crate) mod checks;
mod control;
mod folder;
mod options;
mod page;
pub mod picture;
mod play;
pub mod proof_table;
mod stage;
mod steps;
mod summary;
mod waiting;
mod window;

use crate::hosts::{THIS_BINARY, World, world_command};
use crate::kafka::Kafka;
use crate::local::{Brokers, KafkaCluster, LocalAws, LocalSettings};
use control::Control;
use options::{Asked, HELP, Options};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// `world demo`: outside of the world.
pub fn outside(words: &[&str]) -> Result<ExitCode, String> {
    let options = match Asked::read(words)? {
        Asked::Play(options) => options,
        Asked::Do { socket, verb } => return control::send(&socket, &verb),
        Asked::Help => {
            println!("{HELP}");
            return Ok(ExitCode::SUCCESS);
        }
    };
    // Here, since inside there is no registry.
    Kafka::ready().map_err(|error| error.to_string())?;
    let folder = folder::make()?;
    let socket = folder.path().join("control");
    let mut command = world_command(THIS_BINARY);
    command.arg(THIS_BINARY).arg("demo-inside").arg(&socket);
    command.args(options.words());
    let mut world = World::start(&mut command).map_err(|error| error.to_string())?;
    if options.stay {
        let page = window::open(page_of(&socket))?;
        control::tell(&socket, &format!("{} {page}", control::PAGE))?;
    }
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

/// The socket of the page, beside that of the verbs.
fn page_of(socket: &Path) -> PathBuf {
    socket.with_file_name("page")
}

/// AWS time runs this many times as fast as real time, but while scripts run on hosts.
const SCALE: u32 = 40;

/// `world demo-inside`: inside of the world, with a control socket that is to be there.
pub async fn inside(socket: &Path, words: &[&str]) -> Result<ExitCode, String> {
    let options = Options::read(words)?;
    let template = include_str!("../../../../infra/template.yaml");
    let kafka = Kafka::ready().map_err(|error| error.to_string())?;
    let chapters = options.chapters.played();
    let brokers = Brokers::Kafka(KafkaCluster::bare(kafka));
    let settings = LocalSettings::new(SCALE).brokers(brokers);
    let world = LocalAws::start(template, settings)
        .await
        .map_err(|error| error.to_string())?;
    let world = std::sync::Arc::new(world);
    if options.stay {
        let world = std::sync::Arc::clone(&world);
        page::serve(&page_of(socket), move || world.page())?;
    }
    let control = Control::open(socket, std::sync::Arc::clone(&world))?;
    let passed = play::play(&chapters, &world, &control, !options.skip_steps).await;
    if options.stay {
        play::stay(&world, socket, &control.page().await?).await?;
    }
    Ok(if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
