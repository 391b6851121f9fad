//! heal-brokers as the function that is disturbed: it keeps brokers up. What push-listeners does for it, a hand does here:
//! who does not answer is inspected, and what is asked for is done.

use crate::subject::{Standing, Subject};
use fleet::healing::Healed;
use fleet::tags;
use fleet::words::{InstanceId, NodeId};
use jiff::SignedDuration;
use std::collections::BTreeSet;
use tests::Stage;
use tests::healing::{HEAL_BROKERS, Healing};
use tests::listeners::kafka;
use world::doors::memory::MemoryDoor;
use world::model::{InstanceRecord, KafkaState};

/// A process of it.
pub struct Heals(Healing);

/// What ends by itself.
const PASSES: [&str; 4] = ["Starting", "Waits", "Unclear", "InHand"];

impl Subject for Heals {
    const NAME: &'static str = HEAL_BROKERS;
    const QUIET: SignedDuration = SignedDuration::from_mins(4);

    fn begin(stage: &mut Stage) -> Self {
        Self(Healing::on(stage))
    }

    fn door<'a>(&'a self, _: &'a Stage) -> &'a MemoryDoor {
        self.0.process.door()
    }

    async fn run(&self, stage: &Stage) -> bool {
        for (id, node) in silent(stage) {
            stage.inspect(&id, node.get(), false);
        }
        let run = self.0.run(stage).await;
        let asked = silent(stage).into_iter();
        let asked = asked.filter(|(id, _)| stage.asked(id).is_some());
        let asked: Vec<InstanceId> = asked.map(|(id, _)| id).collect();
        for id in &asked {
            stage.on_host(id, kafka::start);
            stage.kafka_is(id, KafkaState::Answers);
        }
        let passes = |kind: &String| PASSES.contains(&kind.as_str());
        asked.is_empty()
            && run.report.actions.is_empty()
            && run.report.gaps.is_empty()
            && run.plan.doubts.is_empty()
            && !run.report.held.iter().any(|said| passes(&said.kind))
    }

    /// What was done for each broker, what is asked still, and how many processes there were.
    fn end(stage: &Stage) -> Vec<String> {
        let model = stage.model();
        let told = |record: &InstanceRecord| {
            let tag = |key: &str| record.tags.get(key).cloned().unwrap_or_default();
            let healed = Healed::read(&tag(tags::HEALED_AT)).unwrap_or_default();
            let healed: Vec<&str> = healed.0.iter().map(|(_, rung)| rung.word()).collect();
            let open = [tags::RESTART, tags::ILL_SINCE].map(tag);
            let processes = record.kafka.host.as_ref().map(|it| it.started);
            let (id, boots) = (&record.id, record.boots);
            format!("{id}: {healed:?}, {open:?}, {processes:?} processes, {boots} boots")
        };
        model.instances().map(told).collect()
    }

    /// Who is up stays up.
    fn standing(stage: &Stage) -> Standing {
        let silent: BTreeSet<InstanceId> = silent(stage).into_iter().map(|(id, _)| id).collect();
        let model = stage.model();
        let up = model.instances().filter(|it| !silent.contains(&it.id));
        let up = up.map(|it| it.id.to_string()).collect();
        Standing::from([("among those up".to_owned(), up)])
    }
}

/// The brokers whose process is gone, or hangs.
fn silent(stage: &Stage) -> Vec<(InstanceId, NodeId)> {
    let now = stage.now();
    let model = stage.model();
    let silent = model.instances().filter_map(|record| {
        let host = record.kafka.host.as_ref()?;
        let is_up = host.living(now).is_some() && record.kafka.state == KafkaState::Answers;
        Some((record.id.clone(), record.kafka.node_id?)).filter(|_| !is_up)
    });
    silent.collect()
}

/// [`everywhere`](crate::everywhere::everywhere), for heal-brokers.
pub fn everywhere(scenario: &str, setup: impl AsyncFn(&Stage)) {
    crate::everywhere::everywhere::<Heals>(scenario, setup);
}
