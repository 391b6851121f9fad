//! The play: each step is announced, done, checked, and drawn.

use super::built::function_is_built;
use super::chapter::{Chapter, Step};
use super::control::Control;
use super::picture::Picture;
use super::stage::Stage;
use super::steps;
use super::waiting::sound;
use crate::local::{LocalAws, VERBS};
use anstream::{print, println};
use std::io::Write;
use std::path::Path;
use std::time::Duration;
use tokio::time::Instant;

pub(super) const BOLD: &str = "\x1b[1m";
pub(super) const GREEN: &str = "\x1b[32m";
pub(super) const RED: &str = "\x1b[31m";
pub(super) const PLAIN: &str = "\x1b[0m";

/// What was played so far.
pub(super) struct Play<'a> {
    pub(super) world: &'a LocalAws,
    stage: &'a Stage<'a>,
    /// How many steps there are.
    pub(super) steps: usize,
    before: Picture,
    pub(super) passed: Vec<(&'static str, Duration)>,
    /// Why the step after those did not hold.
    pub(super) failed: Option<String>,
}

/// Plays all steps; true only if each was checked true. Without steps, the scene is set and the
/// function runs.
pub(super) async fn play(
    chapters: &[Chapter],
    world: &LocalAws,
    control: &Control,
    with_steps: bool,
) -> bool {
    let started = Instant::now();
    println!("{BOLD}kafka-privatelink, in a local AWS{PLAIN}");
    println!("{}\n", introduction(&world.kafka_version(), chapters));
    let written = || match with_steps {
        true => Ok(()),
        false => steps::written(world),
    };
    if let Err(error) = steps::set_the_scene(world).and_then(|()| written()) {
        println!("{RED}the scene could not be set: {error}{PLAIN}");
        return false;
    }
    println!("before:\n{}", Picture::of(world));
    let stage = Stage::new(world);
    let chapters: Vec<(Chapter, Vec<Step>)> = chapters
        .iter()
        .map(|chapter| (*chapter, chapter.steps(&stage)))
        .collect();
    let mut play = Play {
        world,
        stage: &stage,
        steps: chapters.iter().map(|(_, steps)| steps.len()).sum(),
        before: Picture::default(),
        passed: Vec::new(),
        failed: None,
    };
    if let Err(error) = function_is_built(world, control).await {
        println!("{RED}register-brokers could not be built: {error}{PLAIN}");
        return false;
    }
    if !with_steps {
        return true;
    }
    let (built, began) = (Instant::now(), world.clock.now());
    play.before = Picture::of(world);
    for (chapter, steps) in chapters {
        play.chapter(chapter, steps).await;
    }
    play.summary(started.elapsed(), built.elapsed(), began)
}

/// What there is, for somebody who has not seen it.
fn introduction(version: &str, chapters: &[Chapter]) -> String {
    let order = match chapters.ends_with(&[Chapter::Scaled, Chapter::Followed, Chapter::Sum]) {
        true => {
            "\nChapter 2 is played last but one: it brings further brokers, which every later roll would restart, too."
        }
        false => "",
    };
    format!(
        "Three brokers of Apache Kafka {version} on hosts of their own, which only their own VPC can reach: their\n\
         listeners are INTERNAL and CONTROLLER. An NLB in three zones, a consumer in another VPC that reaches\n\
         only its endpoint, a producer and a consumer beside the brokers, and the real functions. To edit a\n\
         broker's file and restart it, push-listeners sends a command by SSM; its script runs on the broker's\n\
         host. A minute of AWS time takes 1.5 s, and 60 s while a script runs. Kafka, TCP, the functions and\n\
         the scripts run in real time.{order}"
    )
}

impl Play<'_> {
    /// Plays one chapter.
    async fn chapter(&mut self, chapter: Chapter, steps: Vec<Step<'_>>) {
        if self.failed.is_some() {
            return;
        }
        let number = chapter.number().map(|number| format!("Chapter {number}: "));
        let (number, title) = (number.unwrap_or_default(), chapter.title());
        println!("{BOLD}── {number}{title} ──{PLAIN}\n");
        for step in steps {
            self.step(step).await;
        }
    }

    /// Plays one step. Once one has failed, the rest is not played: nothing would be known.
    async fn step(&mut self, Step { title, done }: Step<'_>) {
        if self.failed.is_some() {
            return;
        }
        println!("{BOLD}{}. {title}{PLAIN}", self.passed.len() + 1);
        let started = Instant::now();
        let result = done.await.and_then(|()| sound(self.world));
        let took = started.elapsed();
        self.stage.step_ended().await;
        let after = Picture::of(self.world);
        match after == self.before {
            true => println!("\n  the mapping is as it was before this step"),
            false => println!(
                "\n  the mapping after this step (+ is new, ~ is in another state):\n{}",
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
                self.failed = Some(format!("{title}: {wrong}"));
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
}

/// Leaves the world up and does what is typed.
pub(super) async fn stay(world: &LocalAws, socket: &Path, page: &str) -> Result<(), String> {
    println!("\n{BOLD}The world stays up.{PLAIN} Verbs:\n{VERBS}");
    println!("The mapping as a page: {page}");
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
