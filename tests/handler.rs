//! The real binary as a deployed function: rules, queue, schedule and mapping as
//! `infra/template.yaml` has them, before the model's HTTP door. Loopback only; health is simulated.

use crate::built::binary;
use crate::{Stage, TEMPLATE};
use fleet::words::InstanceId;
use jiff::Timestamp;
use rustix::process::{Pid, Signal, kill_process};
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::Instant;
use world::clock::Clock;
use world::deployment::Deployment;
use world::deployment::REGISTER_BROKERS;
use world::doors::http::Hold;
use world::events::bus::Target;
use world::events::queue_settings::Counts;
use world::lambda::mapping::Invoked;
use world::model::{Model, Settings};
use world::template::FunctionStack;

/// AWS time runs so many times as fast as real time: a sweep comes every second.
pub const SCALE: u32 = 60;
/// The mapping of [`Stage::three`].
pub const THREE: [(&str, u16); 3] = [("1", 9093), ("2", 9094), ("3", 9095)];
/// Longer than anything here takes on a busy machine, in real time.
const CEILING: Duration = Duration::from_secs(120);

/// A deployed function, and the account in which it is.
pub struct Handler {
    /// The account.
    pub aws: Deployment,
}

impl Handler {
    /// The cluster of TiDB Cloud's document, mapped and serving, and the function with a queue of its own.
    pub async fn start(settings: Settings) -> Self {
        Self::deploy(settings, TEMPLATE, SCALE).await
    }

    /// The same by another template, with AWS time `scale` times as fast as real time.
    pub async fn deploy(settings: Settings, template: &str, scale: u32) -> Self {
        Self::deploy_with(settings, template, scale, binary).await
    }

    /// The same with other code for the functions.
    pub async fn deploy_with(
        settings: Settings,
        template: &str,
        scale: u32,
        code: impl Fn(&str) -> PathBuf,
    ) -> Self {
        let built = tokio::task::spawn_blocking(|| binary(REGISTER_BROKERS));
        built.await.expect("the functions' binaries");
        let settled = std::thread::spawn(|| three(settings));
        let (model, now) = settled.join().expect("the document's cluster");
        let clock = Clock::new(now, scale);
        let load_balancer = model.load_balancers().next().expect("an NLB").arn.clone();
        let aws = Deployment::new(template, model, load_balancer, clock)
            .await
            .expect("a deployment");
        aws.start_functions(code);
        let handler = Self { aws };
        handler.until_swept().await;
        handler
    }

    /// The schedule begins at once: its first wake is on the queue before anything else.
    async fn until_swept(&self) {
        self.until(|_| match self.queue().sent {
            0 => Err("no sweep has come".to_owned()),
            _ => Ok(()),
        })
        .await;
    }

    /// Launches a broker.
    pub fn broker(&self, node: &str, az: &str) -> InstanceId {
        self.aws.launch(node, az).expect("a launch")
    }

    /// Puts messages on the function's queue, all of them at once.
    pub fn put(&self, bodies: impl IntoIterator<Item = String>) {
        let now = self.aws.clock.now();
        let target = self.target();
        let mut bus = self.aws.bus();
        for body in bodies {
            bus.put(now, &target, body).expect("a message");
        }
    }

    /// Ends the function's process as `kill -9` does, wherever it is.
    pub fn kill(&self) {
        let function = self.aws.function(REGISTER_BROKERS).expect("a function");
        assert!(function.kill().expect("killed"), "it has no process");
    }

    /// Stops the function's process as `kill -STOP` does, wherever it is.
    pub fn freeze(&self) {
        let function = self.aws.function(REGISTER_BROKERS).expect("a function");
        let process = function.pid().and_then(|id| i32::try_from(id).ok());
        let process = process.and_then(Pid::from_raw).expect("it has a process");
        kill_process(process, Signal::STOP).expect("stopped");
    }

    /// Waits until this many answers have been held.
    pub async fn reached(&self, hold: &Hold, times: usize) {
        let reached = tokio::time::timeout(CEILING, hold.reached(times)).await;
        reached.expect("the function asks");
    }

    /// Waits until exactly these brokers have their ports, are healthy, and stand in bootstrap.
    pub async fn settled(&self, wanted: &[(&str, u16)]) {
        self.until(|aws| aws.mapped(wanted)).await;
    }

    /// Waits until every message that is on the queue by now has left it, and answers what became
    /// of all messages. Sweeps go on meanwhile.
    pub async fn drained(&self) -> Counts {
        let sent = self.queue().sent;
        self.until(|_| {
            let counts = self.queue();
            match sent.saturating_sub(counts.deleted + counts.buried + counts.expired) {
                0 => Ok(counts),
                left => Err(format!("{left} messages are left")),
            }
        })
        .await
    }

    /// Waits until the first sweep of each function, and whatever else is on its queue by now, has left it.
    /// [`with_one_sweep`] nothing runs after that, and nobody else asks AWS.
    pub async fn at_rest(&self) {
        self.until(|aws| {
            for name in aws.names() {
                let stack = aws.stack(name).map_err(|error| error.to_string())?;
                let counts = self.counts(&stack.mapping.queue);
                let gone = counts.deleted + counts.buried + counts.expired;
                let left = counts.sent.saturating_sub(gone);
                if counts.sent == 0 || left > 0 {
                    return Err(format!(
                        "of {name}'s {} messages {left} are left",
                        counts.sent
                    ));
                }
            }
            Ok(())
        })
        .await;
    }

    /// Waits until this is so; the error is the last reason why not.
    pub async fn until<T>(&self, mut ask: impl FnMut(&Deployment) -> Result<T, String>) -> T {
        let deadline = Instant::now() + CEILING;
        loop {
            assert_eq!(self.aws.surprises(), [""; 0], "the door did not understand");
            assert_eq!(self.aws.journal().broken, None, "the world broke");
            let no = match ask(&self.aws) {
                Ok(yes) => return yes,
                Err(no) => no,
            };
            if Instant::now() > deadline {
                let journal = self.aws.journal();
                panic!(
                    "{no}\nfailures {:?}\nlog {:?}",
                    journal.runs(REGISTER_BROKERS).failures,
                    journal.log
                );
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What the template says about the function.
    pub fn stack(&self) -> &FunctionStack {
        self.aws.stack(REGISTER_BROKERS).expect("the function")
    }

    /// What became of the messages of the function's queue.
    pub fn queue(&self) -> Counts {
        self.counts(&self.stack().mapping.queue)
    }

    /// What became of its dead letters.
    pub fn dead_letters(&self) -> Counts {
        let dead = self.stack().queues.first().expect("dead letters");
        self.counts(&dead.settings.name)
    }

    /// Every batch that was tried so far.
    pub fn batches(&self) -> Vec<Invoked> {
        self.aws.journal().runs(REGISTER_BROKERS).batches.clone()
    }

    fn counts(&self, queue: &str) -> Counts {
        let now = self.aws.clock.now();
        let mut bus = self.aws.bus();
        bus.queue(queue).expect("a queue").counts(now)
    }

    fn target(&self) -> Target {
        let sweep = self.stack().schedules.first();
        sweep.expect("a sweep").target.clone()
    }
}

/// The template with something else in it.
pub fn doctored(old: &str, new: &str) -> String {
    assert!(TEMPLATE.contains(old), "the template has changed: {old}");
    TEMPLATE.replace(old, new)
}

/// The template with only one sweep, right at the start.
pub fn with_one_sweep() -> String {
    doctored("rate(1 minute)", "rate(1 day)")
}

/// The document's cluster.
fn three(settings: Settings) -> (Model, Timestamp) {
    virtually(async || Stage::three_with(settings).await)
}

/// A cluster made by the function's own code on a virtual clock, which takes no time. Needs a thread
/// without a runtime.
pub fn virtually(make: impl AsyncFnOnce() -> Stage) -> (Model, Timestamp) {
    on_virtual_clock(async {
        let stage = make().await;
        let mut model = stage.model().clone();
        model.take_events();
        model.forget_calls();
        (model, stage.now())
    })
}

/// What comes of it on a virtual clock, which takes no time. Needs a thread without a runtime.
pub fn on_virtual_clock<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(future)
}
