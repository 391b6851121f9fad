//! What brokers listen on: push-listeners and register-brokers before one AWS, each under its own role, and
//! brokers whose hosts run the scripts of our documents.

mod alone;
mod comes_and_goes;
mod consent;
mod hands_off;
mod lost;
mod roll;
mod taken_back;
mod together;
mod way_back;

use cloud::call::Call;
use fleet::words::InstanceId;
use std::time::Duration;
use tests::listeners::{Listeners, PUSH_LISTENERS, Pushed, alone, first_file};
use tests::{Stage, ZONES};
use world::deployment::REGISTER_BROKERS;

const MINUTE: Duration = Duration::from_secs(60);

/// Broker 1 with INTERNAL and CONTROLLER, whose port of EXTERNAL is given; nobody has said that it may
/// restart.
async fn given() -> (Stage, Listeners, InstanceId) {
    let stage = Stage::new();
    let broker = stage.hosted(1, ZONES[0], &first_file(1));
    for _ in 0..4 {
        stage.pass(MINUTE).await;
        stage.activate().await;
    }
    let listeners = Listeners::on(&stage);
    stage.forget_calls();
    (stage, listeners, broker)
}

/// The same, and it may restart at any time.
async fn may_restart() -> (Stage, Listeners, InstanceId) {
    let (stage, listeners, broker) = given().await;
    stage.put("restarts", &alone("any-time"));
    (stage, listeners, broker)
}

/// The same, and EXTERNAL is there.
async fn with_external() -> (Stage, Listeners, InstanceId) {
    let (stage, listeners, broker) = may_restart().await;
    let (_, sent) = listeners.settle(&stage).await;
    assert_eq!(words(&sent), ["inspect", "edit"], "{sent:?}");
    assert!(has_external(&stage, &broker));
    (stage, listeners, broker)
}

/// The first words of what was sent.
fn words(sent: &[String]) -> Vec<&str> {
    let word = |step: &String| step.split(' ').next().map(str::len);
    sent.iter()
        .map(|step| &step[..word(step).unwrap_or_default()])
        .collect()
}

/// Whether the broker's process listens on EXTERNAL.
fn has_external(stage: &Stage, broker: &InstanceId) -> bool {
    stage.on_host(broker, |host, now| {
        let process = host.living(now);
        process.is_some_and(|it| it.open.contains_key("EXTERNAL"))
    })
}

/// Whether the file of the broker is the first one, byte for byte.
fn is_first(stage: &Stage, broker: &InstanceId) -> bool {
    stage.file_of(broker) == first_file(1)
}

/// The processes that were started on the host so far.
fn processes(stage: &Stage, broker: &InstanceId) -> u64 {
    stage.on_host(broker, |host, _| host.started)
}

/// What a run held, in sentences.
fn held(pushed: &Pushed) -> String {
    let held: Vec<String> = pushed.report.held.iter().map(ToString::to_string).collect();
    held.join("\n")
}

/// The kinds of what a run held.
fn kinds(pushed: &Pushed) -> Vec<&str> {
    let held = pushed.report.held.iter();
    held.map(|said| said.kind.as_str()).collect()
}

fn says(pushed: &Pushed, told: &str) {
    let held = held(pushed);
    assert!(held.contains(told), "{told:?} is not in\n{held}");
}

/// What a run would do, in words.
fn steps(pushed: &Pushed) -> Vec<String> {
    let steps = pushed.plan.steps.iter();
    steps.map(|step| step.change.to_string()).collect()
}

/// How many commands were sent.
fn sent(stage: &Stage) -> usize {
    let writes = stage.writes();
    writes.iter().filter(|it| **it == Call::SendCommand).count()
}

/// Runs until a command is sent that begins so, and its script has begun.
async fn until_sent(stage: &Stage, listeners: &Listeners, begins: &str) -> Pushed {
    for _ in 0..10 {
        stage.pass(MINUTE).await;
        let pushed = listeners.run(stage).await;
        let mut actions = pushed.report.actions.iter();
        if actions.any(|taken| taken.step.starts_with(begins)) {
            stage.pass(Duration::from_secs(10)).await;
            return pushed;
        }
    }
    panic!("nothing was sent that begins with {begins}");
}
