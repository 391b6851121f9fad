//! sync-principals in the simulation: its runs, its laws, and what happens to who may connect.

mod settled;

use crate::harm::{self, Act};
use crate::moment::Window;
use crate::part::{Begin, Done, End, Part, has_looked_twice};
use crate::seed::Outside;
use activation::activate::activate;
use cloud::call::{Call, Writes};
use cloud::pacing::Paced;
use fastrand::Rng;
use futures::future::LocalBoxFuture;
use sync_principals::change::Action;
use sync_principals::{Scope, SyncPrincipals};
use tests::CLUSTER;
use tests::history::Broken;
use tests::history::event::Event;
use tests::history::principals::events;
use tests::principals::{SYNC_PRINCIPALS, Synced};

/// Reads that everything depends on. Without the others (load balancer, rules, target groups, health) work
/// goes on.
const EYES: [&str; 4] = [
    "GetParametersByPath",
    "DescribeVpcEndpointServiceConfigurations",
    "DescribeVpcEndpointServicePermissions",
    "DescribeVpcEndpointConnections",
];

/// sync-principals in a history.
pub struct Principals {
    outside: Outside,
    /// Whether people edit permissions and connections by hand.
    hands: bool,
}

impl Principals {
    /// In the history of a seed, by dice of its own.
    pub fn of(seed: u64) -> Self {
        let hands = Rng::with_seed(!seed).u32(..3) > 0;
        Self {
            outside: Outside::new(!seed, events(hands)),
            hands,
        }
    }
}

impl Part for Principals {
    fn name(&self) -> &'static str {
        SYNC_PRINCIPALS
    }

    fn writes(&self) -> Writes {
        Writes::Principals
    }

    fn eyes(&self) -> &'static [&'static str] {
        &EYES
    }

    fn event(&mut self) -> Option<Event> {
        Some(self.outside.next())
    }

    fn run(&self, begin: Begin<'_>) -> LocalBoxFuture<'static, Done> {
        let scope = Scope {
            cluster: CLUSTER.into(),
            load_balancer: begin.stage.nlb(),
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
            let duty = SyncPrincipals { aws, scope };
            Done::of(activate(&duty, request, until).await, &[], check)
        })
    }

    fn harm(&self, act: &Act<'_>) -> Result<(), Broken> {
        harm::of_principals(act)
    }

    fn settled(&self, end: &End<'_>) -> Result<(), Broken> {
        settled::check(end, self.hands)
    }
}

/// The laws of a run.
fn check(run: &Synced, _: &Window) -> Result<(), Broken> {
    let removes = |action: &Action| match action {
        Action::Reject { .. } | Action::Disallow { .. } => true,
        Action::Allow { .. } | Action::Tag { .. } | Action::Accept { .. } => false,
    };
    let removes: Vec<bool> = run
        .plan
        .steps
        .iter()
        .map(|step| removes(&step.change.action))
        .collect();
    if !removes.is_sorted() {
        return Err("what is added comes before what is taken away".to_owned());
    }
    let look = Call::DescribeVpcEndpointServiceConfigurations;
    if removes.contains(&true) && !has_looked_twice(&run.report, look) {
        return Err("who is off the list is looked for twice (P-15)".to_owned());
    }
    Ok(())
}
