//! Who leaves the list: its connections first, its permission last, and nobody else's.

use super::*;
use fleet::observed::ConnectionState;
use fleet::words::VpcEndpointId;

/// These are connected and serve.
async fn connected(accounts: &[&str]) -> (Stage, Principals, Vec<VpcEndpointId>) {
    let (stage, principals) = allowing(accounts).await;
    let connect = |account: &&str| stage.connect(account).expect("it may connect");
    let endpoints: Vec<VpcEndpointId> = accounts.iter().map(connect).collect();
    principals.settle(&stage).await;
    for endpoint in &endpoints {
        assert_eq!(stage.state_of(endpoint), "available");
    }
    stage.forget_calls();
    (stage, principals, endpoints)
}

#[tokio::test(start_paused = true)]
async fn f21_the_connections_are_rejected_and_then_the_permission_goes() {
    let (stage, principals, endpoints) = connected(&[ANN, BOB]).await;
    // One of each state that carries traffic or can be made to, and two that do not.
    let waits = stage.connect(BOB).expect("BOB may connect");
    let accepted = stage.connect(BOB).expect("BOB may connect");
    let odd = stage.connect(BOB).expect("BOB may connect");
    let failed = stage.connect(BOB).expect("BOB may connect");
    for (endpoint, state) in [
        (&accepted, ConnectionState::Pending),
        (&odd, ConnectionState::Unknown("paused".to_owned())),
        (&failed, ConnectionState::Failed),
    ] {
        stage
            .edit(|model, now| model.set_connection_state(now, endpoint, state))
            .expect("edited");
    }
    stage.put("principals", ANN);
    let synced = principals.run(&stage).await;
    assert_eq!(
        stage.writes(),
        [Call::CreateTags, Call::RejectVpcEndpointConnections]
    );
    assert_eq!(
        stage.allowed(),
        roots(&[ANN, BOB]),
        "the permission goes last"
    );
    says(
        &synced,
        &format!("nobody here knows whether these connections of it stand: {odd} (paused)"),
    );
    for endpoint in [&endpoints[1], &waits, &accepted] {
        assert_eq!(stage.state_of(endpoint), "rejected");
    }
    // What AWS may add later is shown and left alone; ANN goes on.
    let last = principals.settle(&stage).await;
    assert_eq!(stage.state_of(&odd), "paused");
    assert_eq!(stage.allowed(), roots(&[ANN, BOB]));
    assert!(
        last.report
            .picture
            .to_string()
            .contains("not listed: paused")
    );
    assert_eq!(stage.state_of(&failed), "failed");
    assert_eq!(stage.state_of(&endpoints[0]), "available");
    stage
        .edit(|model, now| model.set_connection_state(now, &odd, ConnectionState::Rejected))
        .expect("a person rejects it");
    principals.settle(&stage).await;
    assert_eq!(stage.allowed(), roots(&[ANN]));
    assert_eq!(
        stage.connect(BOB).map_err(|error| error.code),
        Err("InvalidServiceName")
    );
}

#[tokio::test(start_paused = true)]
async fn an_account_that_another_principal_or_everybody_still_lets_in_is_named_and_keeps_them() {
    let (user, role) = (
        format!("arn:aws:iam::{BOB}:user/x"),
        format!("arn:aws:iam::{BOB}:role/y"),
    );
    for other in [user, role, "*".to_owned()] {
        let (stage, principals, endpoints) = connected(&[ANN, BOB]).await;
        stage.allow(&other);
        stage.put("principals", ANN);
        let synced = principals.run(&stage).await;
        says(&synced, &format!("account {BOB} stays allowed by {other}"));
        principals.settle(&stage).await;
        let mut expected = [root(ANN), other];
        expected.sort();
        assert_eq!(stage.allowed(), expected);
        assert_eq!(stage.state_of(&endpoints[1]), "available");
        let calls = [Call::CreateTags, Call::ModifyVpcEndpointServicePermissions];
        assert_eq!(stage.writes(), calls);
    }
}

#[tokio::test(start_paused = true)]
async fn connections_of_an_account_without_a_permission_of_ours_are_never_rejected() {
    let (stage, principals) = allowing(&[ANN]).await;
    stage.allow(&root(BOB));
    let waits = stage.connect(BOB).expect("BOB may connect");
    let serves = stage.connect(BOB).expect("BOB may connect");
    let (service, serving) = (stage.service(), std::slice::from_ref(&serves));
    stage
        .edit(|model, now| model.accept_connections(now, &service, serving))
        .expect("accepted by hand");
    for text in [
        json(&[ANN], r#""adopt": false"#),
        r#"{"principals": []}"#.to_owned(),
    ] {
        stage.put("principals", &text);
        stage.pass(61 * MINUTE).await;
        let synced = principals.settle(&stage).await;
        let told = format!("connection {waits} of account {BOB} has waited for");
        says(&synced, &told);
        let text = synced.report.picture.to_string();
        let told = format!("{serves} of account {BOB}, not listed: available");
        assert!(text.contains(&told), "{text}");
        // Not even when its permission was taken away by hand.
        let modify = |model: &mut world::model::Model, now| {
            model.modify_service_permissions(now, &service, &[], &roots(&[BOB]))
        };
        stage.edit(modify).expect("taken away");
    }
    assert_eq!(stage.allowed(), Vec::<String>::new());
    assert_eq!(stage.state_of(&waits), "pendingAcceptance");
    assert_eq!(stage.state_of(&serves), "available");
}

#[tokio::test(start_paused = true)]
async fn an_account_that_comes_back_is_told_to_make_a_new_endpoint() {
    let (stage, principals, endpoints) = connected(&[ANN, BOB]).await;
    stage.put("principals", ANN);
    principals.settle(&stage).await;
    assert_eq!(stage.state_of(&endpoints[1]), "rejected");
    stage.put("principals", &format!("{ANN}\n{BOB}"));
    stage.forget_calls();
    let synced = principals.settle(&stage).await;
    assert_eq!(stage.allowed(), roots(&[ANN, BOB]));
    assert!(!stage.writes().contains(&Call::AcceptVpcEndpointConnections));
    says(
        &synced,
        &format!("connection {} of account {BOB} is rejected", endpoints[1]),
    );
    says(
        &synced,
        "the consumer deletes that endpoint and makes a new one",
    );
    let again = stage.connect(BOB).expect("BOB may connect again");
    let synced = principals.settle(&stage).await;
    assert_eq!(stage.state_of(&again), "available");
    assert_eq!(held(&synced), "");
}

#[tokio::test(start_paused = true)]
async fn p15_one_old_read_cuts_nobody_off_and_leaves_no_connection_behind() {
    // By turns each read of the run is an old one: of before BOB was connected, allowed or listed.
    let (stage, principals) = allowing(&[ANN]).await;
    let before = stage.model().clone();
    stage.put("principals", &format!("{ANN}\n{BOB}"));
    principals.run(&stage).await;
    let bob = stage.connect(BOB).expect("BOB may connect");
    principals.settle(&stage).await;
    stage.put("principals", ANN);
    let start = stage.now();
    let calls = {
        let calm = stage.copy(start);
        let principals = Principals::on(&calm);
        principals.run(&calm).await;
        principals.process.door().calls().len()
    };
    let versions = stage.versions();
    versions.keep(true);
    versions.note(start, &before);
    versions.keep(false);
    for call in 1..=calls {
        let stage = stage.copy(start);
        let principals = Principals::on(&stage);
        let old = world::doors::memory::Strike::OldAnswer(0);
        principals.process.door().strike(call, old);
        principals.run(&stage).await;
        stage.pass(MINUTE).await;
        principals.settle(&stage).await;
        assert_eq!(stage.allowed(), roots(&[ANN]), "call {call}");
        assert_eq!(stage.state_of(&bob), "rejected", "call {call}");
    }
}
