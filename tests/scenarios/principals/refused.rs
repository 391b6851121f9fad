//! A parameter that says nothing, or nothing that can be meant, changes nothing.

use super::*;
use fleet::observed::ParameterKind;
use std::time::Duration;
use world::faults::{Fault, Faults, Level};

/// ANN is connected, CAT waits unlisted, BOB would be the next to be listed.
async fn resting() -> (Stage, Principals) {
    let (stage, principals) = allowing(&[ANN]).await;
    stage.connect(ANN).expect("ANN may connect");
    principals.settle(&stage).await;
    stage.allow(&root(CAT));
    stage.connect(CAT).expect("CAT may connect");
    stage.pass(MINUTE).await;
    stage.forget_calls();
    (stage, principals)
}

async fn changes_nothing(stage: &Stage, principals: &Principals, why: &str) {
    let before = (stage.allowed(), stage.connected());
    for _ in 0..3 {
        let synced = principals.run(stage).await;
        says(&synced, why);
        assert_eq!(taken(&synced), [""; 0]);
        stage.pass(MINUTE).await;
    }
    assert_eq!((stage.allowed(), stage.connected()), before, "{why}");
    assert_eq!(stage.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn every_text_that_cannot_be_meant_is_refused_with_what_works() {
    let (stage, principals) = resting().await;
    for (text, why) in [
        (
            " \n, \n",
            r#"it is empty, which could be a slip; if nobody may connect, write {"principals": []}"#,
        ),
        ("*", "would let every AWS account connect"),
        ("12345678901", "a leading zero is missing?"),
        (
            "arn:aws:iam::222222222222:role/team/tidb",
            "write arn:aws:iam::222222222222:role/<name> of one without a path, or the account, 222222222222",
        ),
        (
            "arn:aws-cn:iam::222222222222:root",
            "is of partition aws-cn, and this endpoint service of aws",
        ),
        // One wrong line refuses all of it.
        (
            "222222222222\nBOB",
            "is neither an account id of 12 digits nor an ARN",
        ),
        (
            r#"{"principals": ["222222222222"], "remove": ["222222222222"]}"#,
            "take it out of one",
        ),
        (
            r#"{"principals": [22222222222]}"#,
            "a leading zero is missing?",
        ),
        (r#"{"principal": ["222222222222"]}"#, "nobody reads it"),
        (r#"["222222222222"]"#, "it is JSON and no object"),
        (r#"{"principals": "#, "it is no JSON"),
    ] {
        stage.put("principals", text);
        changes_nothing(&stage, &principals, why).await;
    }
    stage.put("principals", &format!("{ANN}\n{BOB}"));
    principals.settle(&stage).await;
    assert_eq!(recorded(&stage), roots(&[ANN, BOB]));
}

#[tokio::test(start_paused = true)]
async fn p45_a_deleted_an_unreadable_and_a_secret_parameter_are_never_nobody() {
    let (stage, principals) = resting().await;
    stage.delete("principals");
    let why =
        format!("parameter {PARAMETER} is gone, and what it kept stays as it is: 1 permission");
    changes_nothing(&stage, &principals, &why).await;
    stage.put_of(&ParameterKind::SecureString, "principals", BOB);
    let why = "it is a SecureString, which is not read here; write it as a String";
    changes_nothing(&stage, &principals, why).await;
    stage.model().deny(Call::GetParametersByPath);
    changes_nothing(
        &stage,
        &principals,
        "the cluster's parameters could not be read",
    )
    .await;
    stage.model().allow(Call::GetParametersByPath);
    // It begins again at version 1 (F41).
    stage.put_of(&ParameterKind::String, "principals", BOB);
    principals.settle(&stage).await;
    assert_eq!(recorded(&stage), roots(&[BOB]));
}

#[tokio::test(start_paused = true)]
async fn who_never_wrote_the_parameter_is_told_nothing() {
    let (stage, principals) = served().await;
    stage.allow(&root(ANN));
    let synced = principals.settle(&stage).await;
    assert_eq!((held(&synced), stage.writes()), (String::new(), Vec::new()));
    assert_eq!(stage.allowed(), roots(&[ANN]));
}

#[tokio::test(start_paused = true)]
async fn a_pause_shows_what_would_be_done_and_does_it_when_it_is_over() {
    let (stage, principals) = resting().await;
    stage.put("paused", "true");
    stage.put("principals", BOB);
    let synced = principals.settle(&stage).await;
    assert_eq!(
        synced.report.paused.as_deref(),
        Some("/kafka-privatelink/orders/paused is true")
    );
    let text = activation::text::plan_text(&synced.plan);
    assert!(text.contains(&format!("allow {}", root(BOB))), "{text}");
    assert_eq!(
        (stage.writes(), recorded(&stage)),
        (Vec::new(), roots(&[ANN]))
    );
    stage.put("paused", "false");
    principals.settle(&stage).await;
    assert_eq!(recorded(&stage), roots(&[BOB]));
}

#[tokio::test(start_paused = true)]
async fn p44_an_old_read_of_the_parameter_takes_nobodys_permission() {
    // Texts come one after the other while every third read is some seconds old.
    let texts = [
        ANN.to_owned(),
        format!("{ANN}\n{BOB}"),
        format!("{ANN}\n{BOB}\n{CAT}"),
    ];
    let mut was_old = 0;
    for seed in 0..20 {
        let (stage, principals) = served().await;
        stage
            .model()
            .set_faults(Faults::new(seed).with(Fault::StaleReads, Level::Storm));
        for text in &texts {
            stage.put("principals", text);
            for _ in 0..3 {
                stage.pass(Duration::from_secs(1)).await;
                let before = stage.allowed();
                let synced = principals.run(&stage).await;
                was_old += usize::from(held(&synced).contains("is already in force"));
                let after = stage.allowed();
                assert!(
                    before.iter().all(|who| after.contains(who)),
                    "seed {seed}: {text}"
                );
            }
        }
        stage.model().end_faults();
        principals.settle(&stage).await;
        assert_eq!(recorded(&stage), roots(&[ANN, BOB, CAT]), "seed {seed}");
    }
    assert!(was_old > 0, "no read was old");
}
