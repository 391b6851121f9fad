//! The endpoint service: that it is there, that it is the right one, and what it asks.

use super::*;
use fleet::observed::ServiceState;
use world::model::{EndpointServiceRecord, NewLoadBalancer};

fn edit(stage: &Stage, name: &str, edit: impl FnOnce(&mut EndpointServiceRecord)) {
    stage
        .edit(|model, now| model.edit_endpoint_service(now, name, edit))
        .expect("edited");
}

/// An NLB with an endpoint service of its own; answers the service's name.
fn another_service(stage: &Stage) -> String {
    let made = stage.edit(|model, now| {
        let nlb = model.create_load_balancer(now, NewLoadBalancer::named("theirs"))?;
        model.create_endpoint_service(now, &nlb)
    });
    made.expect("made")
}

#[tokio::test(start_paused = true)]
async fn without_a_service_or_with_that_of_another_load_balancer_nothing_is_done() {
    let (stage, principals) = served().await;
    let theirs = another_service(&stage);
    stage.put("principals", ANN);
    let name = stage.endpoint_service();
    let nlb = stage.nlb();
    edit(&stage, &name, |record| record.load_balancers.clear());
    let synced = principals.settle(&stage).await;
    says(
        &synced,
        &format!("no endpoint service stands on {nlb}; make one, or give the stack the NLB"),
    );
    stage
        .edit(|model, now| model.delete_endpoint_service(now, &name))
        .expect("deleted");
    says(
        &principals.settle(&stage).await,
        "no endpoint service stands on",
    );
    assert_eq!(stage.writes(), []);
    // Made anew it has another name, and nobody may connect until it is tagged.
    let made = stage.edit(|model, now| model.create_endpoint_service(now, &nlb));
    let made = made.expect("made");
    edit(&stage, &made, |record| {
        record.tags = Tags::from([(tags::CLUSTER.to_owned(), CLUSTER.to_owned())]);
    });
    principals.settle(&stage).await;
    assert_eq!(recorded(&stage), roots(&[ANN]));
    let theirs = world::model::service_id(&theirs);
    assert_eq!(stage.model().service_permissions(&theirs).count(), 0);
}

#[tokio::test(start_paused = true)]
async fn two_services_on_one_load_balancer_are_named_and_neither_is_changed() {
    let (stage, principals) = served().await;
    let (ours, nlb) = (stage.endpoint_service(), stage.nlb());
    let second = another_service(&stage);
    // AWS lets an NLB serve one only (F18), and answers can be odd.
    edit(&stage, &second, |record| {
        _ = record.load_balancers.insert(nlb)
    });
    stage.put("principals", ANN);
    let synced = principals.settle(&stage).await;
    says(&synced, &ours);
    says(&synced, &second);
    says(
        &synced,
        "all stand on this NLB, and nobody can tell which is right",
    );
    assert_eq!(stage.writes(), []);
    // One that is going is told apart from its successor.
    edit(&stage, &second, |record| {
        record.state = ServiceState::Deleting
    });
    principals.settle(&stage).await;
    let allowed = stage
        .model()
        .service_permissions(&world::model::service_id(&ours))
        .count();
    assert_eq!(allowed, 1);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_failed_or_goes_is_named_and_left_alone() {
    let (stage, principals) = served().await;
    let name = stage.endpoint_service();
    stage.put("principals", ANN);
    for state in [
        ServiceState::Failed,
        ServiceState::Deleting,
        ServiceState::Deleted,
        ServiceState::Pending,
    ] {
        edit(&stage, &name, |record| record.state = state.clone());
        let synced = principals.settle(&stage).await;
        says(&synced, &format!("the endpoint service {name} is {state}"));
        assert_eq!(stage.writes(), []);
    }
    edit(&stage, &name, |record| {
        record.state = ServiceState::Available
    });
    principals.settle(&stage).await;
    assert_eq!(recorded(&stage), roots(&[ANN]));
}

#[tokio::test(start_paused = true)]
async fn a_service_that_asks_nobody_is_warned_of_and_who_leaves_is_cut_off_all_the_same() {
    let (stage, principals) = allowing(&[ANN, BOB]).await;
    let name = stage.endpoint_service();
    edit(&stage, &name, |record| record.acceptance_required = false);
    let endpoint = stage.connect(BOB).expect("BOB may connect");
    stage.pass(MINUTE).await;
    let synced = principals.run(&stage).await;
    says(
        &synced,
        &format!("the endpoint service {name} does not require acceptance"),
    );
    assert_eq!(stage.state_of(&endpoint), "available");
    stage.put("principals", ANN);
    principals.settle(&stage).await;
    assert_eq!(stage.state_of(&endpoint), "rejected");
    assert_eq!(stage.allowed(), roots(&[ANN]));
}
