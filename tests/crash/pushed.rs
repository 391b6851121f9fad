//! push-listeners as the function that is disturbed: it keeps what brokers listen on.

use crate::subject::{Standing, Subject};
use jiff::SignedDuration;
use tests::Stage;
use tests::listeners::{FILE, Listeners, PUSH_LISTENERS};
use world::doors::memory::MemoryDoor;
use world::model::HostedKafka;

/// A process of it.
pub struct Pushed(Listeners);

/// What ends by itself, or is done again.
const PASSES: [&str; 4] = ["InFlight", "AnswerPending", "CommandFailed", "Starting"];

impl Subject for Pushed {
    const NAME: &'static str = PUSH_LISTENERS;
    const QUIET: SignedDuration = SignedDuration::from_mins(4);

    fn begin(stage: &mut Stage) -> Self {
        Self(Listeners::on(stage))
    }

    fn door<'a>(&'a self, _: &'a Stage) -> &'a MemoryDoor {
        self.0.process.door()
    }

    async fn run(&self, stage: &Stage) -> bool {
        let report = self.0.run(stage).await.report;
        let passes = |kind: &String| PASSES.contains(&kind.as_str());
        report.actions.is_empty()
            && report.gaps.is_empty()
            && !report.held.iter().any(|said| passes(&said.kind))
    }

    /// Each broker's file, what its process runs with, and how many processes there were.
    fn end(stage: &Stage) -> Vec<String> {
        let model = stage.model();
        let mut end = Vec::new();
        for record in model.instances() {
            let Some(host) = &record.kafka.host else {
                continue;
            };
            let id = &record.id;
            let file = String::from_utf8_lossy(&host.files[FILE]);
            end.push(format!("{id} has {} processes", host.started));
            end.push(format!("{id} has the file {file}"));
            end.push(format!("{id} shows {:?}", host.process.as_ref().map(shows)));
        }
        end
    }

    /// What each process listens on: nobody loses what was there all along.
    fn standing(stage: &Stage) -> Standing {
        let model = stage.model();
        let hosts = model.instances().filter_map(|record| {
            let process = record.kafka.host.as_ref()?.process.as_ref();
            let open = process.into_iter().flat_map(|it| it.open.keys().cloned());
            Some((format!("open on {}", record.id), open.collect()))
        });
        hosts.collect()
    }
}

fn shows(process: &HostedKafka) -> [&Option<String>; 3] {
    [&process.listeners, &process.advertised, &process.protocols]
}

/// [`everywhere`](crate::everywhere::everywhere), for push-listeners.
pub fn everywhere(scenario: &str, setup: impl AsyncFn(&Stage)) {
    crate::everywhere::everywhere::<Pushed>(scenario, setup);
}
