//! Calls about many things, of which AWS refuses all for the sake of one.

use cloud::calls::Answer;
use cloud::error::CallError;
use cloud::steps::outcome;
use fleet::report::Outcome;

/// What became of all parts of a call.
pub(super) struct Asked<T> {
    /// What AWS answered.
    pub(super) answers: Vec<T>,
    /// What it refused, or did not answer.
    pub(super) failed: Vec<CallError>,
    /// What it left out of an answer, each in words.
    left_out: Vec<String>,
    /// Of so many things, some or none of them done.
    of: usize,
    /// How many of them are not.
    undone: usize,
}

impl<T> Default for Asked<T> {
    fn default() -> Self {
        Self {
            answers: Vec::new(),
            failed: Vec::new(),
            left_out: Vec::new(),
            of: 0,
            undone: 0,
        }
    }
}

/// Asks for all at once. While AWS refuses it for what may be one of them, halves are asked for, so that
/// only that one is left. Any other failure ends it: AWS would say the same of each part.
pub(super) async fn in_parts<I, T>(
    all: Vec<I>,
    ask: impl AsyncFn(&[I]) -> Answer<Vec<T>>,
) -> Asked<T> {
    let mut asked = Asked {
        of: all.len(),
        ..Asked::default()
    };
    let mut parts = vec![&all[..]];
    while let Some(part) = parts.pop() {
        match ask(part).await {
            Ok(answers) => asked.answers.extend(answers),
            Err(error) if error.may_be_about_one_of_many() && part.len() > 1 => {
                let (first, second) = part.split_at(part.len() / 2);
                parts.extend([second, first]);
            }
            Err(error) => {
                asked.undone += part.len();
                if !error.may_be_about_one_of_many() {
                    asked.undone += parts.drain(..).map(<[I]>::len).sum::<usize>();
                }
                asked.failed.push(error);
            }
        }
    }
    asked
}

impl<T> Asked<T> {
    /// Takes from the answers what says that something was left out.
    pub(super) fn but(mut self, left_out: impl Fn(&T) -> Option<String>) -> Self {
        self.left_out = self.answers.iter().filter_map(left_out).collect();
        self.undone += self.left_out.len();
        self
    }

    /// With what went wrong afterwards.
    pub(super) fn and<U>(mut self, later: Asked<U>) -> Self {
        self.failed.extend(later.failed);
        self
    }

    /// What was done of it, and what was not.
    pub(super) fn outcome(self) -> Outcome {
        match self.undone {
            0 => Outcome::Done,
            undone if undone < self.of => Outcome::Partly(self.why()),
            _ => self.whole(),
        }
    }

    /// All of it, or none of it: what was done in part has failed.
    pub(super) fn whole(mut self) -> Outcome {
        match (self.undone, self.failed.len()) {
            (0, _) => Outcome::Done,
            (undone, 1) if undone == self.of && self.left_out.is_empty() => {
                outcome(self.failed.pop().map_or(Ok(()), Err))
            }
            _ => Outcome::Failed(self.why()),
        }
    }

    /// Why it is not done.
    pub(super) fn why(&self) -> String {
        let failed = self.failed.iter().map(CallError::to_string);
        let why: Vec<String> = failed.chain(self.left_out.iter().cloned()).collect();
        why.join("; ")
    }
}
