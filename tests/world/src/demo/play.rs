//! The play: each step is announced, done, checked, and drawn.

use super::chapter::{Chapter, Step};
use super::control::{Build, Control};
use super::picture::Picture;
use super::piece::Piece;
use super::stage::Stage;
use super::waiting::sound;
use crate::deployment::REGISTER_BROKERS;
use crate::local::{LocalAws, VERBS};
use anstream::{eprintln, print, println};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::Duration;
use tokio::time::Instant;

const BOLD: &str = "\x1b[1m";
const GREEN: &str = "\x1b[32m";
const RED: &str = "\x1b[31m";
const PLAIN: &str = "\x1b[0m";

/// What was played so far.
struct Play<'a> {
    world: &'a LocalAws,
    /// How many steps there are.
    steps: usize,
    before: Picture,
    passed: Vec<(&'static str, Duration)>,
    failed: bool,
}

/// Plays all steps; true only if each was checked true. Without steps, the scene is set and the
/// function runs.
pub(super) async fn play(
    piece: Piece,
    world: &LocalAws,
    control: &Control,
    with_steps: bool,
) -> bool {
    let started = Instant::now();
    println!("{BOLD}kafka-privatelink, in a local AWS{PLAIN}");
    println!("{}\n", piece.stage(&world.kafka_version()));
    let began = world.clock.now();
    let written = || match with_steps {
        true => Ok(()),
        false => piece.written(world),
    };
    if let Err(error) = piece.set_the_scene(world).and_then(|()| written()) {
        println!("{RED}the scene could not be set: {error}{PLAIN}");
        return false;
    }
    println!("before:\n{}", Picture::of(world));
    let stage = Stage::new(world);
    let chapters: Vec<(Chapter, Vec<Step>)> = piece
        .chapters()
        .into_iter()
        .map(|chapter| (chapter, chapter.steps(&stage)))
        .collect();
    let mut play = Play {
        world,
        steps: chapters.iter().map(|(_, steps)| steps.len()).sum(),
        before: Picture::default(),
        passed: Vec::new(),
        failed: false,
    };
    if let Err(error) = function_is_built(world, control).await {
        println!("{RED}register-brokers could not be built: {error}{PLAIN}");
        return false;
    }
    if !with_steps {
        return true;
    }
    let built = Instant::now();
    play.before = Picture::of(world);
    for (chapter, steps) in chapters {
        play.chapter(chapter, steps).await;
    }
    play.summary(started.elapsed(), built.elapsed(), began)
}

impl Play<'_> {
    /// Plays one chapter by its own pace.
    async fn chapter(&mut self, chapter: Chapter, steps: Vec<Step<'_>>) {
        if self.failed {
            return;
        }
        let title = chapter.title();
        match chapter.number() {
            Some(number) => println!("{BOLD}── Chapter {number}: {title} ──{PLAIN}\n"),
            None => println!("{BOLD}── {title} ──{PLAIN}\n"),
        }
        match self.world.set_scale(chapter.scale()).await {
            Ok(()) => {}
            Err(error) => {
                println!("  {RED}✗ {error}{PLAIN}\n");
                self.failed = true;
            }
        }
        for step in steps {
            self.step(step).await;
        }
    }

    /// Plays one step. Once one has failed, the rest is not played: nothing would be known.
    async fn step(&mut self, Step { title, done }: Step<'_>) {
        if self.failed {
            return;
        }
        println!("{BOLD}{}. {title}{PLAIN}", self.passed.len() + 1);
        let started = Instant::now();
        let result = done.await.and_then(|()| sound(self.world));
        let took = started.elapsed();
        let after = Picture::of(self.world);
        match after == self.before {
            true => println!("\n  the mapping is as it was"),
            false => println!(
                "\n  the mapping now (+ is new):\n{}",
                after.since(&self.before)
            ),
        }
        self.before = after;
        match result {
            Ok(()) => {
                println!("  {GREEN}✓ checked{PLAIN} in {:.1} s\n", took.as_secs_f64());
                self.passed.push((title, took));
            }
            Err(wrong) => {
                println!("  {RED}✗ {wrong}{PLAIN}\n");
                self.failed = true;
                self.tell_why();
            }
        }
    }

    fn tell_why(&self) {
        let journal = self.world.journal();
        for (function, runs) in journal.all() {
            if let Some(report) = runs.reports.last() {
                println!("  newest report of {function}: {report}\n");
            }
        }
        for line in journal.log.iter().filter(|line| line.stderr) {
            println!("  {}: {}", line.function, line.text);
        }
    }

    /// The end: what was shown, and what it took.
    fn summary(&self, whole: Duration, played: Duration, began: Timestamp) -> bool {
        let complete = !self.failed && self.passed.len() == self.steps;
        println!("{BOLD}{}. the summary{PLAIN}", self.steps + 1);
        for (index, (title, took)) in self.passed.iter().enumerate() {
            println!(
                "  {GREEN}✓{PLAIN} {}. {title} ({:.1} s)",
                index + 1,
                took.as_secs_f64()
            );
        }
        let model = self.world.model();
        let (reads, writes): (Vec<_>, Vec<_>) =
            model.calls().iter().partition(|(call, _)| !call.is_write());
        let line = |calls: &[(&cloud::call::Call, &u64)]| {
            let mut calls: Vec<String> = calls
                .iter()
                .map(|(call, count)| format!("{call} {count}"))
                .collect();
            calls.sort();
            calls.join(", ")
        };
        println!();
        for (function, runs) in self.world.journal().all() {
            let starts = self.world.function(function).map_or(0, |it| it.starts());
            let reports = runs.reports.iter();
            let took: Vec<u64> = reports
                .filter_map(|report| report["milliseconds"].as_u64())
                .collect();
            println!(
                "  {function:<17} {} runs by {starts} of its processes, {} ms in the middle, {} ms at most (paced to 8 calls a second)",
                took.len(),
                median(took.clone()),
                took.iter().max().unwrap_or(&0)
            );
        }
        println!("  AWS reads         {}", line(&reads));
        println!("  AWS writes        {}", line(&writes));
        println!(
            "  time              {:.0} s played ({:.0} min of AWS time), {:.0} s in all",
            played.as_secs_f64(),
            self.world.clock.now().duration_since(began).as_secs_f64() / 60.0,
            whole.as_secs_f64()
        );
        let checked = self.passed.len();
        if complete {
            println!(
                "\n  {GREEN}{BOLD}all {checked} steps checked, and this is their summary{PLAIN}"
            );
        } else {
            println!(
                "\n  {RED}{BOLD}{checked} of {} steps checked{PLAIN}",
                self.steps
            );
        }
        complete
    }
}

fn median(mut numbers: Vec<u64>) -> u64 {
    numbers.sort_unstable();
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}

/// Waits for the build, showing how far it is.
async fn function_is_built(world: &LocalAws, control: &Control) -> Result<(), String> {
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
            Build::Going { lines, now } => {
                let text = format!(
                    "building register-brokers ({lines} lines of cargo, {} s; the AWS SDK takes minutes, once): {now}",
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

/// Leaves the world up and does what is typed.
pub(super) async fn stay(world: &LocalAws, socket: &Path) -> Result<(), String> {
    println!("\n{BOLD}The world stays up.{PLAIN} Verbs:\n{VERBS}");
    println!(
        "From another terminal: cargo demo -- do {} status\n",
        socket.display()
    );
    loop {
        print!("world> ");
        std::io::stdout()
            .flush()
            .map_err(|error| format!("write the prompt: {error}"))?;
        let line = tokio::task::spawn_blocking(|| {
            let mut line = String::new();
            std::io::stdin()
                .read_line(&mut line)
                .map(|read| (read, line))
        });
        let (read, line) = line
            .await
            .map_err(|error| error.to_string())
            .and_then(|line| line.map_err(|error| error.to_string()))?;
        if read == 0 || line.trim() == "quit" {
            return Ok(());
        }
        match world.verb(line.trim()).await {
            Ok(done) => println!("{done}"),
            Err(wrong) => println!("{wrong}"),
        }
    }
}
