//! The demo's command line.

use super::chapter::Chapters;
use std::path::PathBuf;

/// What `--help` prints.
pub(super) const HELP: &str = "\
cargo demo plays the main job in a local AWS, and checks each step.

usage: cargo demo [-- OPTIONS]
       cargo demo -- do SOCKET VERB…

  (nothing)            chapters 1, 2 and 8, in five minutes
  --all                all eight chapters, in about twenty minutes
  --only N,…           chapter N, 2 to 7, or several, between the first and the last
  --by-hand            chapter 1, and then the same restarts by hand, for comparison
  --stay               the world stays up at the end, and takes verbs until quit
  --skip-steps         no chapter: the world comes up with a roll under way, and stays
  --function BINARY    runs this binary as register-brokers, and builds nothing
  --help               this text

  do SOCKET VERB…      from another terminal: a verb for a world that stays up, by the socket that it has
                       printed; the verb help lists them all

chapters:
  1  Three brokers get a listener for a consumer, one after the other
  2  Whatever happens, every port is proven and put right
  3  The consumer's names change
  4  A second listener group comes and goes
  5  A port is taken on the first broker's host
  6  Brokers fall ill, and are healed, or not
  7  An Auto Scaling group adds a broker, replaces it, and takes it away
  8  The sum";

const SEE_HELP: &str = "`cargo demo -- --help` lists what there is";

/// What somebody wants of the demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Play(Options),
    /// A verb for a world that stays up.
    Do {
        socket: PathBuf,
        verb: String,
    },
    Help,
}

/// How it is played.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    /// What is played.
    pub(super) chapters: Chapters,
    /// Leave the world up at the end.
    pub(super) stay: bool,
    /// Set the scene and play no steps.
    pub(super) skip_steps: bool,
    /// Use this binary as the function instead of building it.
    pub(super) function: Option<PathBuf>,
}

impl Asked {
    pub(super) fn read(words: &[&str]) -> Result<Self, String> {
        match words.strip_prefix(&["--"]).unwrap_or(words) {
            ["do"] => Err(
                "do needs the socket that the world has printed, and a verb: \
                 cargo demo -- do SOCKET status"
                    .to_owned(),
            ),
            ["do", socket] => Err(format!(
                "do needs a verb after the socket: cargo demo -- do {socket} status"
            )),
            ["do", socket, verb @ ..] => Ok(Self::Do {
                socket: PathBuf::from(socket),
                verb: verb.join(" "),
            }),
            words if words.iter().any(|word| ["--help", "-h"].contains(word)) => Ok(Self::Help),
            words => Options::read(words).map(Self::Play),
        }
    }
}

impl Options {
    pub(super) fn read(words: &[&str]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut given: Vec<(&str, String)> = Vec::new();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let (name, joined) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (*word, None),
            };
            let mut value = |what: &str| {
                let value = joined.or_else(|| words.next().copied());
                let value = value.filter(|value| !value.is_empty() && !value.starts_with("--"));
                value.ok_or_else(|| format!("{name} needs {what}"))
            };
            let mut text = name.to_owned();
            match name {
                "--only" => {
                    let number = value("a chapter, 2 to 7: --only 4")?;
                    options.chapters = Chapters::only(number)?;
                    text = format!("{name} {number}");
                }
                "--function" => {
                    let binary =
                        value("the path of a binary: --function target/debug/register-brokers")?;
                    options.function = Some(PathBuf::from(binary));
                    text = format!("{name} {binary}");
                }
                _ if joined.is_some() && FLAGS.contains(&name) => {
                    return Err(format!("{name} takes no value: write {name}"));
                }
                "--all" => options.chapters = Chapters::All,
                "--by-hand" => options.chapters = Chapters::ByHand,
                "--stay" => options.stay = true,
                "--skip-steps" => (options.skip_steps, options.stay) = (true, true),
                _ => return Err(format!("unknown option {word}; {SEE_HELP}")),
            }
            if given.iter().any(|(_, other)| *other == text) {
                return Err(format!("{text} stands there twice; write it once"));
            }
            let excluded =
                |other: &str| other == name || [other, name].iter().all(|it| PICKS.contains(it));
            if let Some((_, other)) = given.iter().find(|(other, _)| excluded(other)) {
                return Err(format!("{other} and {text} exclude each other; take one"));
            }
            given.push((name, text));
        }
        Ok(options)
    }

    /// How the same is asked for inside of the world; the function is told later.
    pub(super) fn words(&self) -> Vec<String> {
        let stay = self.stay && !self.skip_steps;
        let flags = [(stay, "--stay"), (self.skip_steps, "--skip-steps")];
        let flags = flags.into_iter().filter(|(given, _)| *given);
        let flags = flags.map(|(_, flag)| flag.to_owned());
        flags.chain(self.chapters.options()).collect()
    }
}

/// Those without a value.
const FLAGS: [&str; 4] = ["--all", "--by-hand", "--stay", "--skip-steps"];
/// Those that say what is played.
const PICKS: [&str; 4] = ["--all", "--only", "--by-hand", "--skip-steps"];

#[cfg(test)]
#[path = "options_tests.rs"]
mod tests;
