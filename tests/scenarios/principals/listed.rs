//! Exactly those of the list are allowed, and recorded as this cluster's.

use super::*;
use world::doors::memory::Strike;
use world::model::ApiError;

#[tokio::test(start_paused = true)]
async fn who_is_listed_is_allowed_and_tagged_and_a_quiet_run_writes_nothing() {
    let (stage, principals) = served().await;
    let role = format!("arn:aws:iam::{BOB}:role/tidb");
    stage.put("principals", &format!("{ANN}, {role}"));
    assert_eq!(
        stage.connect(ANN).map_err(|error| error.code),
        Err("InvalidServiceName")
    );
    principals.run(&stage).await;
    assert_eq!(stage.allowed(), [root(ANN), role.clone()]);
    let tags = tags_of(&stage, &role);
    assert_eq!(tags.get(tags::CLUSTER).map(String::as_str), Some(CLUSTER));
    let written = {
        let model = stage.model();
        model.parameter(PARAMETER).expect("there").last_modified
    };
    assert_eq!(tags.get(tags::LISTED_AT), Some(&written.to_string()));
    stage.connect(ANN).expect("ANN may connect");
    stage.connect(BOB).expect("and so may BOB's role");
    principals.settle(&stage).await;
    stage.forget_calls();
    for _ in 0..3 {
        stage.pass(MINUTE).await;
        let synced = principals.run(&stage).await;
        assert_eq!((taken(&synced), held(&synced)), (Vec::new(), String::new()));
    }
    assert_eq!(stage.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn f43_a_run_that_ends_between_the_two_calls_is_repaired() {
    // The process ends before the second call; it is throttled; its answer is lost.
    let (stage, _) = served().await;
    stage.put("principals", ANN);
    let ending = Principals::on(&stage);
    let calls_until_then = {
        let calm = stage.copy(stage.now());
        let principals = Principals::on(&calm);
        principals.run(&calm).await;
        principals.process.door().calls().len()
    };
    let door = ending.process.door();
    door.strike(calls_until_then, Strike::EndBefore);
    tokio::select! {
        biased;
        () = door.ended() => {}
        _ = ending.run(&stage) => panic!("it was to end"),
    }
    assert_eq!(
        (stage.allowed(), recorded(&stage)),
        (roots(&[ANN]), Vec::new())
    );
    let principals = Principals::on(&stage);
    let synced = principals.run(&stage).await;
    let tagged = format!("tag the permission of {}: Done", root(ANN));
    assert_eq!(taken(&synced), [tagged]);
    assert_eq!(recorded(&stage), roots(&[ANN]));

    let tag = Call::CreateTags;
    stage.put("principals", &format!("{ANN}\n{BOB}"));
    stage.model().fail_next(tag, ApiError::throttled(tag), 3);
    let synced = principals.run(&stage).await;
    assert!(taken(&synced)[0].contains("Partly"), "{:?}", taken(&synced));
    assert_eq!(recorded(&stage), roots(&[ANN]));
    principals.run(&stage).await;
    assert_eq!(recorded(&stage), roots(&[ANN, BOB]));
    let modify = Call::ModifyVpcEndpointServicePermissions;
    stage.put("principals", &format!("{ANN}\n{BOB}\n{CAT}"));
    stage.model().lose_next_answer(modify, 1);
    principals.run(&stage).await;
    principals.run(&stage).await;
    assert_eq!(recorded(&stage), roots(&[ANN, BOB, CAT]));
}

#[tokio::test(start_paused = true)]
async fn listing_takes_over_a_permission_that_was_made_by_hand() {
    let (stage, principals) = served().await;
    stage.allow(&root(ANN));
    let terraforms = Tags::from([("managed-by".to_owned(), "terraform".to_owned())]);
    let service = stage.service();
    stage
        .edit(|model, now| model.allow_by_hand(now, &service, &root(BOB), terraforms))
        .expect("allowed");
    stage.put("principals", &format!("{ANN}\n{BOB}"));
    principals.run(&stage).await;
    assert_eq!(recorded(&stage), roots(&[ANN, BOB]));
    assert_eq!(
        tags_of(&stage, &root(BOB))
            .get("managed-by")
            .map(String::as_str),
        Some("terraform")
    );
    assert_eq!(
        stage.writes(),
        [Call::CreateTags],
        "nothing is allowed twice"
    );
    // From now on the list keeps it.
    stage.pass(MINUTE).await;
    stage.put("principals", ANN);
    principals.settle(&stage).await;
    assert_eq!(stage.allowed(), roots(&[ANN]));
}

#[tokio::test(start_paused = true)]
async fn exactly_these_are_allowed_and_what_other_hands_allowed_is_named_and_left() {
    let (stage, principals) = allowing(&[ANN, BOB]).await;
    stage.allow(&root(CAT));
    let endpoint = stage.connect(CAT).expect("CAT may connect");
    stage.put("principals", ANN);
    stage.pass(MINUTE).await;
    let synced = principals.settle(&stage).await;
    assert_eq!(stage.allowed(), roots(&[ANN, CAT]));
    let text = synced.report.picture.to_string();
    let left = format!(
        "{}  not listed; other hands allowed it, and it is left alone",
        root(CAT)
    );
    assert!(text.contains(&left), "{text}");
    // Nobody rejects its connection, either.
    assert_eq!(stage.state_of(&endpoint), "pendingAcceptance");
    says(
        &synced,
        &format!("connection {endpoint} of account {CAT} has waited for"),
    );
}

#[tokio::test(start_paused = true)]
async fn adopting_takes_away_what_other_hands_allowed_and_cuts_it_off() {
    let (stage, principals) = allowing(&[ANN]).await;
    for other in [root(CAT), format!("arn:aws:iam::{BOB}:user/x")] {
        stage.allow(&other);
    }
    let endpoint = stage.connect(CAT).expect("CAT may connect");
    let service = stage.service();
    stage
        .edit(|model, now| model.accept_connections(now, &service, std::slice::from_ref(&endpoint)))
        .expect("accepted by hand");
    stage.put("principals", &json(&[ANN], r#""adopt": true"#));
    principals.settle(&stage).await;
    assert_eq!(stage.allowed(), roots(&[ANN]));
    assert_eq!(stage.state_of(&endpoint), "rejected");
}

#[tokio::test(start_paused = true)]
async fn a_role_is_replaced_by_the_whole_account_without_a_moment_between() {
    let (stage, principals) = served().await;
    let role = format!("arn:aws:iam::{ANN}:role/tidb");
    stage.put("principals", &role);
    principals.run(&stage).await;
    let endpoint = stage.connect(ANN).expect("ANN may connect");
    principals.settle(&stage).await;
    assert_eq!(stage.state_of(&endpoint), "available");
    stage.put("principals", ANN);
    let synced = principals.run(&stage).await;
    assert_eq!(
        taken(&synced),
        [
            format!("allow {}: Done", root(ANN)),
            format!("take the permission of {role} away: Done"),
        ]
    );
    says(
        &synced,
        &format!("account {ANN} stays allowed by {}", root(ANN)),
    );
    principals.settle(&stage).await;
    assert_eq!(stage.allowed(), roots(&[ANN]));
    assert_eq!(stage.state_of(&endpoint), "available");
    // Where AWS takes the new one not, the old one stays, also beside another account that it takes.
    stage.put("principals", &format!("{role}\n{BOB}"));
    let modify = Call::ModifyVpcEndpointServicePermissions;
    let refused = ApiError::refused("InvalidPrincipal", "Invalid Principal");
    stage.model().fail_next(modify, refused, 2);
    let synced = principals.run(&stage).await;
    assert_eq!(stage.allowed(), roots(&[ANN, BOB]), "{:?}", taken(&synced));
    principals.settle(&stage).await;
    assert_eq!(stage.allowed(), [role, root(BOB)]);
}
