//! A function on the stage: what the template says of it, its warm process, its activations.

use crate::figures::Count;
use crate::part::Part;
use crate::process::{Process, Run};
use fleet::plan::Said;
use jiff::Timestamp;
use std::time::Duration;
use tests::history::Broken;
use world::events::bus::{Bus, BusError};
use world::events::message::Message;
use world::events::queue::Queue;
use world::template::FunctionStack;

/// One of the functions that the template wakes.
pub struct Function<'a> {
    /// What the template says of it.
    pub stack: &'a FunctionStack,
    /// What it does, and its laws.
    pub part: Box<dyn Part>,
    /// Its activations on their way.
    pub runs: Vec<Run>,
    /// A process that waits for the next batch.
    pub warm: Option<Process>,
    /// The newest activation that has finished.
    pub last: Option<Last>,
    /// What it did so far, in numbers.
    pub count: Count,
}

/// How an activation finished.
pub struct Last {
    /// When it began.
    pub started: Timestamp,
    /// What it held.
    pub held: Vec<Said>,
    /// Its writes.
    pub writes: usize,
    /// Whether it did something because a time had run out.
    pub is_late: bool,
}

impl<'a> Function<'a> {
    /// Each function of these stacks with its part.
    pub fn all(stacks: &'a [FunctionStack], mut parts: Vec<Box<dyn Part>>) -> Vec<Self> {
        let functions = stacks.iter().map(|stack| {
            let name = &stack.function.binary;
            let at = parts.iter().position(|part| part.name() == name);
            let at = at.unwrap_or_else(|| panic!("no part says what {name} does, and its laws"));
            Self {
                stack,
                part: parts.remove(at),
                runs: Vec::new(),
                warm: None,
                last: None,
                count: Count::default(),
            }
        });
        let functions = functions.collect();
        assert!(parts.is_empty(), "the template wakes each function");
        functions
    }

    /// The name of its binary.
    pub fn name(&self) -> &'static str {
        self.part.name()
    }

    /// How many calls of its activations wait.
    pub fn waiting(&self) -> usize {
        self.runs.iter().map(Run::waiting).sum()
    }

    /// When Lambda kills an activation.
    pub fn time_out(&self) -> Duration {
        self.stack.function.timeout
    }

    /// Its queue.
    pub fn queue<'b>(&self, bus: &'b mut Bus) -> Result<&'b mut Queue, BusError> {
        bus.queue(&self.stack.mapping.queue)
    }

    /// How long a message of a killed process cannot be seen.
    pub fn visible_after(&self) -> Duration {
        let queue = self.stack.queues.last();
        queue.map_or(Duration::ZERO, |it| it.settings.visibility_timeout)
    }

    /// The name of the queue of its dead letters.
    pub fn dead_letters(&self) -> String {
        let mut queues = self.stack.queues.iter();
        let own = queues.find(|queue| queue.settings.name == self.stack.mapping.queue);
        let dead = own.and_then(|queue| queue.dead_letters.clone());
        dead.expect("the queue has dead letters")
    }

    /// Deletes the messages of a batch, as Lambda does after success.
    pub fn done(&self, bus: &mut Bus, now: Timestamp, batch: &[Message]) -> Result<(), Broken> {
        let queue = self.queue(bus).map_err(|error| error.to_string())?;
        batch.iter().try_for_each(|message| {
            let deleted = queue.delete(now, &message.receipt_handle);
            deleted.map_err(|error| format!("a batch is done before it is visible again: {error}"))
        })
    }
}
