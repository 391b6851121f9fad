//! Processes of a function and their activations. An activation is a future that is moved on by
//! hand: it waits at its gate before every call, and whoever drops it has killed its process.

use crate::part::{Begin, Done, Part};
use activation::coalescing::LastRun;
use activation::request::{Queued, Request, Wakes};
use cloud::call::Call;
use cloud::pacing::Pace;
use fleet::proof::Row;
use futures::future::LocalBoxFuture;
use jiff::Timestamp;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;
use tests::Stage;
use tests::history::look::Write;
use tokio::time::Instant;
use world::doors::memory::{Gate, MemoryDoor};
use world::events::message::Message;
use world::lambda::sqs_event::sqs_event;

/// What Lambda keeps of the time-out for the report (`activation`).
const RESERVE: Duration = Duration::from_secs(8);

/// A process of a function, warm or cold.
pub struct Process {
    door: Arc<MemoryDoor>,
    pace: Arc<Pace>,
    gate: Arc<Gate>,
    last_run: LastRun,
    /// The calls of the last minute, by when they came to the gate.
    pub begun: VecDeque<(Timestamp, Call)>,
}

impl Process {
    /// A cold one, of the function with this binary.
    pub fn new(stage: &Stage, function: &str) -> Self {
        let (door, pace) = stage.process(function).into_parts();
        let gate = Arc::new(Gate::default());
        Self {
            door: Arc::new(door.behind(Arc::clone(&gate))),
            pace: Arc::new(pace),
            gate,
            last_run: LastRun::default(),
            begun: VecDeque::new(),
        }
    }

    /// Whether a run of this process has answered already what is asked.
    pub fn covers(&self, request: &Request) -> bool {
        match request {
            Request::Wake(wakes) => self.last_run.covers(wakes).is_some(),
            Request::Plan | Request::Doctor | Request::Observe { .. } => false,
        }
    }
}

/// What a batch asks of a run.
pub fn request(batch: &[Message]) -> Request {
    // A run of an old version was woken by something that is gone.
    if batch.is_empty() {
        return Request::Wake(Wakes::default());
    }
    Request::of(&sqs_event(
        batch,
        "arn:aws:sqs:us-west-2:123456789012:q.fifo",
    ))
    .expect("a batch")
}

/// One activation, somewhere on its way.
pub struct Run {
    /// Its number, for the trace.
    pub number: usize,
    /// Where it runs.
    pub process: Process,
    /// The messages that it was woken with; none for a run of an old version.
    pub batch: Vec<Message>,
    /// AWS time when it began.
    pub started: Timestamp,
    /// Writes that AWS accepted from it, oldest first.
    pub writes: Vec<Write>,
    future: LocalBoxFuture<'static, Done>,
    moved: Arc<Moved>,
    waiting: usize,
    queued: Option<Queued>,
}

impl Run {
    /// Begins an activation, as Lambda does with a batch.
    pub fn start(
        number: usize,
        part: &dyn Part,
        stage: &Stage,
        process: Process,
        (batch, request): (Vec<Message>, Request),
        time_out: Duration,
    ) -> Self {
        process.last_run.forget();
        process.door.forget_proof();
        let queued = match &request {
            Request::Wake(wakes) => wakes.queued,
            Request::Plan | Request::Doctor | Request::Observe { .. } => None,
        };
        let future = part.run(Begin {
            door: Arc::clone(&process.door),
            pace: Arc::clone(&process.pace),
            stage,
            request,
            until: Instant::now() + time_out.saturating_sub(RESERVE),
        });
        Self {
            number,
            process,
            batch,
            started: stage.now(),
            writes: Vec::new(),
            future,
            moved: Arc::default(),
            waiting: 0,
            queued,
        }
    }

    /// Moves on until it waits at its gate, or for time to pass, or is done.
    pub async fn go_on(&mut self, now: Timestamp) -> Option<Done> {
        let waker = Waker::from(Arc::clone(&self.moved));
        let done = loop {
            self.moved.0.store(false, Ordering::Relaxed);
            if let Poll::Ready(done) = self.future.as_mut().poll(&mut Context::from_waker(&waker)) {
                break Some(done);
            }
            // Lets the runtime's timers fire, and those who gave way come back.
            tokio::task::yield_now().await;
            if !self.moved.0.load(Ordering::Relaxed) {
                break None;
            }
        };
        let waiting = self.process.gate.waiting();
        let new = waiting.iter().skip(self.waiting);
        self.process.begun.extend(new.map(|call| (now, *call)));
        self.waiting = waiting.len();
        if let Some(done) = &done {
            let last_run = &self.process.last_run;
            last_run.note(self.queued, done.now, done.is_complete);
        }
        done
    }

    /// What the probe answered it last; nothing before it did.
    pub fn proof(&self) -> Vec<Row> {
        let table = self.process.door.proven();
        table
            .map(|table| serde_json::from_str(&table).expect("a proof table"))
            .unwrap_or_default()
    }

    /// How many of its calls wait at the gate.
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// Lets one of them pass.
    pub fn let_pass(&mut self, nth: usize) -> Option<Call> {
        let call = self.process.gate.let_pass(nth);
        self.waiting = self.process.gate.waiting().len();
        call
    }
}

/// Whether something woke the activation since it was last looked at.
#[derive(Default)]
struct Moved(AtomicBool);

impl Wake for Moved {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}
