//! One port and two claims on it, as reads that lag behind (P-44) and activations side by side
//! (P-81) could leave them. Found by `tests/simulation` and `tests/crash`.

use cloud::call::Call;
use cloud::calls::NewTargetGroup;
use cloud::pacing::Paced;
use cloud::steps;
use fleet::naming::{Owner, target_group_name, target_group_tags};
use fleet::report::Outcome;
use fleet::words::{NodeId, Port};
use register_brokers::execute::hands;
use register_brokers::observe::observe;
use std::collections::BTreeSet;
use std::time::Duration;
use tests::{Stage, ZONES, held, is_held};
use tokio::time::Instant;
use world::doors::memory::Strike;

/// What another activation, which saw less, would make for broker 100.
fn claim(stage: &Stage, port: u16) {
    let owner = Owner::Broker(NodeId::new(100).expect("a node"));
    let (cluster, group) = (stage.scope.cluster.clone(), "EXTERNAL".into());
    let port = Port::new(port).expect("a port");
    let protocol = fleet::listener::Protocol::Plaintext;
    stage.edit(|model, now| {
        let new = NewTargetGroup {
            name: target_group_name(&cluster, &group, owner),
            vpc: model.settings().vpc.clone(),
            port: Port::new(39092).expect("a port"),
            health_check: register_brokers::settings::health_check(),
            tags: target_group_tags(&cluster, &group, owner, port, protocol),
        };
        model.create_target_group(now, &new).expect("a group");
    });
}

/// Simulation: two versions ran side by side, and both gave one port (P-81).
fn soon() -> Instant {
    Instant::now() + Duration::from_secs(47)
}

#[tokio::test(start_paused = true)]
async fn of_two_groups_that_claim_one_port_the_one_that_nothing_leads_to_goes() {
    let stage = Stage::three().await;
    let two = stage.behind(9094);
    stage.broker(100, ZONES[0]);
    claim(&stage, 9094);
    let activated = stage.activate().await;
    assert!(
        is_held(&activated, |held| held.kind == "LedgerFault"
            && held.sentence.contains("made again")),
        "{}",
        held(&activated)
    );
    stage.settle().await;
    assert_eq!(stage.behind(9094), two);
    assert_eq!(stage.behind(9096).len(), 1);
    assert!(held(&stage.activate().await).is_empty());
}

/// The same by a person's edit: both lead somewhere, so nobody can tell which is right.
#[tokio::test(start_paused = true)]
async fn of_two_groups_that_claim_one_port_and_serve_neither_goes() {
    let stage = Stage::three().await;
    let (group, before) = (stage.group(9095), stage.mapping());
    let edit = [(fleet::tags::PORT.to_owned(), "9094".to_owned())].into();
    stage
        .edit(|model, now| model.add_tags(now, group.as_str(), &edit))
        .expect("edited");
    stage.settle().await;
    assert_eq!(stage.mapping(), before);
    let activated = stage.activate().await;
    assert!(
        held(&activated).contains("all claim port 9094"),
        "{}",
        held(&activated)
    );
}

/// Simulation: the read was older than a group that another activation had made (P-44, P-81).
#[tokio::test(start_paused = true)]
async fn a_group_that_turns_out_to_be_there_for_another_port_gets_no_listener_on_this_one_f37() {
    let stage = Stage::three().await;
    stage.broker(100, ZONES[0]);
    stage.pass(Duration::from_secs(30)).await;
    let (_, pace) = stage.another_process();
    let paced = Paced {
        aws: stage.door(),
        pace: &pace,
    };
    let first = observe(paced, &stage.scope, soon()).await;
    let doubts = register_brokers::plan(&first, &BTreeSet::new()).doubts;
    let observed = observe(paced, &stage.scope, soon()).await;
    let plan = register_brokers::plan(&observed, &doubts);
    claim(&stage, 9099);
    let mut hands = hands(paced, &observed, soon());
    let taken = steps::take(&mut hands, &plan, soon()).await;
    assert!(
        matches!(&taken[0].outcome, Outcome::Superseded(why) if why.contains("9099")),
        "{taken:?}"
    );
    assert!(
        taken[1..]
            .iter()
            .all(|taken| taken.outcome == Outcome::Skipped)
    );
    stage.settle().await;
    assert_eq!(stage.behind(9099).len(), 1);
    assert!(stage.find_group(9096).is_none());
}

/// Simulation: the same, and the group is somebody else's: it was set up as if it were ours (P-11).
#[tokio::test(start_paused = true)]
async fn a_group_that_turns_out_to_be_somebody_elses_is_not_touched_p11() {
    let stage = Stage::three().await;
    stage.broker(4, ZONES[0]);
    stage.pass(Duration::from_secs(30)).await;
    let (_, pace) = stage.another_process();
    let paced = Paced {
        aws: stage.door(),
        pace: &pace,
    };
    let observed = observe(paced, &stage.scope, soon()).await;
    let plan = register_brokers::plan(&observed, &BTreeSet::new());
    let owner = Owner::Broker(NodeId::new(4).expect("a node"));
    let name = target_group_name(&stage.scope.cluster, &"EXTERNAL".into(), owner);
    stage.edit(|model, now| {
        let theirs = NewTargetGroup {
            name: name.clone(),
            vpc: model.settings().vpc.clone(),
            port: Port::new(39092).expect("a port"),
            health_check: register_brokers::settings::health_check(),
            tags: fleet::tags::Tags::new(),
        };
        model.create_target_group(now, &theirs).expect("a group");
    });
    let group = |stage: &Stage| {
        let model = stage.model();
        let found = model
            .target_groups()
            .find(|record| record.group.name == name);
        found.cloned()
    };
    let before = group(&stage);
    let mut hands = hands(paced, &observed, soon());
    steps::take(&mut hands, &plan, soon()).await;
    stage.settle().await;
    assert_eq!(group(&stage), before);
    assert!(stage.behind(9096).is_empty());
}

/// Found by `tests/crash`: a list without the target group that was made seconds ago. Its port was
/// given a second time, and both brokers waited for a person to put the tags right.
#[tokio::test(start_paused = true)]
async fn p44_a_port_is_given_only_when_two_reads_agree_that_it_is_free() {
    let mut stage = Stage::three().await;
    stage.broker(2_147_483_647, ZONES[0]);
    stage.versions().keep(true);
    stage.pass(Duration::from_secs(5)).await;
    stage.restart();
    stage.activate().await;
    let calls = stage.door().calls();
    let list = calls
        .iter()
        .position(|called| called.call == Call::DescribeTargetGroups);
    stage.broker(1_000_000, ZONES[1]);
    stage.restart();
    let nth = list.expect("a list of target groups") + 1;
    stage.door().strike(nth, Strike::OldAnswer(0));
    stage.settle().await;
    assert_eq!(stage.behind(9096).len(), 1);
    assert_eq!(stage.behind(9097).len(), 1);
    assert_eq!(stage.behind(9092).len(), 5);
}
