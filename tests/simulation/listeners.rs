//! push-listeners in the simulation of all functions: its runs, beside those of the others. The brokers of
//! these histories tell nobody what they were started with, so that it may only look at their hosts; what it does to a
//! broker that tells is in `roll`, lifecycle hooks in `roll/scaling`.

use crate::harm::Act;
use crate::moment::Window;
use crate::part::{Begin, Done, End, Part};
use activation::activate::activate;
use cloud::call::Writes;
use cloud::pacing::Paced;
use futures::future::LocalBoxFuture;
use push_listeners::{PushListeners, Scope};
use tests::CLUSTER;
use tests::history::Broken;
use tests::history::event::Event;
use tests::listeners::{PUSH_LISTENERS, Pushed};

/// Reads that everything depends on.
const EYES: [&str; 6] = [
    "GetParametersByPath",
    "DescribeInstances",
    "DescribeAutoScalingGroups",
    "DescribeTargetGroups",
    "DescribeInstanceInformation",
    "ListCommands",
];

/// push-listeners in a history.
pub struct Listeners;

impl Part for Listeners {
    fn name(&self) -> &'static str {
        PUSH_LISTENERS
    }

    fn writes(&self) -> Writes {
        Writes::Commands
    }

    fn eyes(&self) -> &'static [&'static str] {
        &EYES
    }

    fn event(&mut self) -> Option<Event> {
        None
    }

    fn run(&self, begin: Begin<'_>) -> LocalBoxFuture<'static, Done> {
        let scope = Scope {
            cluster: CLUSTER.into(),
            probe: begin.stage.scope.probe.clone(),
        };
        let Begin {
            door,
            pace,
            request,
            until,
            ..
        } = begin;
        Box::pin(async move {
            let (aws, pace, scope) = (&*door, &*pace, &scope);
            let aws = Paced { aws, pace };
            let duty = PushListeners { aws, scope };
            Done::of(activate(&duty, request, until).await, &[], check)
        })
    }

    fn harm(&self, act: &Act<'_>) -> Result<(), Broken> {
        match act.write.looks() {
            true => Ok(()),
            false => Err(format!(
                "no host is touched whose broker tells nothing: {}",
                act.write
            )),
        }
    }

    fn settled(&self, _: &End<'_>) -> Result<(), Broken> {
        Ok(())
    }
}

/// At most one command in a run.
fn check(run: &Pushed, _: &Window) -> Result<(), Broken> {
    match run.plan.steps.len() {
        0 | 1 => Ok(()),
        several => Err(format!("one command in a run, not {several}")),
    }
}
