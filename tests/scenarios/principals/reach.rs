//! What the NLB's security groups let in: named, and never changed.

use super::*;
#[tokio::test(start_paused = true)]
async fn without_ranges_only_ports_that_let_nobody_in_are_named() {
    let (stage, principals) = allowing(&[ANN]).await;
    assert_eq!(
        held(&principals.run(&stage).await),
        "",
        "a new NLB lets everybody in"
    );
    stage.lets_in(&[("10.0.0.0/8", 9092, 9093)]);
    let told = "the NLB's security groups let nobody in on ports 9094-9095 of EXTERNAL";
    says(&principals.run(&stage).await, told);
    stage.lets_in(&[("10.0.0.0/8", 9092, 9190)]);
    assert_eq!(held(&principals.run(&stage).await), "");
    stage.lets_in(&[]);
    says(
        &principals.run(&stage).await,
        "let nobody in on ports 9092-9095 of EXTERNAL",
    );
    assert_eq!(stage.writes(), []);
}

#[tokio::test(start_paused = true)]
async fn a_range_that_no_rule_lets_in_is_named_with_its_account_and_the_connection_stands() {
    let (stage, principals) = allowing(&[ANN]).await;
    let ranges = format!(r#""ranges": {{"{ANN}": ["10.250.0.0/16", "10.1.0.0/16"]}}"#);
    stage.put("principals", &json(&[ANN], &ranges));
    stage.lets_in(&[("10.1.0.0/16", 9092, 9190), ("10.250.0.0/17", 9092, 9190)]);
    let endpoint = stage.connect(ANN).expect("ANN may connect");
    let told = format!(
        "connections of account {ANN} from 10.250.0.0/16 are accepted and reach nothing of EXTERNAL on ports 9092-9095"
    );
    let synced = principals.settle(&stage).await;
    assert_eq!(held(&synced).lines().count(), 1, "{}", held(&synced));
    says(&synced, &told);
    assert_eq!(stage.state_of(&endpoint), "available");
    stage.lets_in(&[("10.0.0.0/8", 9092, 9190)]);
    assert_eq!(held(&principals.run(&stage).await), "");
    // A broker that comes brings a port.
    stage.lets_in(&[("10.0.0.0/8", 9092, 9095)]);
    stage.broker(4, tests::ZONES[0]);
    stage.settle().await;
    says(
        &principals.run(&stage).await,
        "let nobody in on port 9096 of EXTERNAL",
    );
}

#[tokio::test(start_paused = true)]
async fn f13_nothing_is_said_where_the_rules_are_not_asked() {
    let (stage, principals) = allowing(&[ANN]).await;
    stage.lets_in(&[]);
    let nlb = stage.nlb();
    for edit in [
        |_: &mut BTreeSet<_>, enforces: &mut Option<bool>| *enforces = Some(false),
        |groups: &mut BTreeSet<_>, enforces: &mut Option<bool>| {
            groups.clear();
            *enforces = None;
        },
    ] {
        stage
            .edit(|model, now| model.edit_security_groups_of(now, &nlb, edit))
            .expect("edited");
        assert_eq!(held(&principals.run(&stage).await), "");
    }
}

#[tokio::test(start_paused = true)]
async fn rules_that_cannot_be_read_are_a_gap_and_keep_nobody_out() {
    let (stage, principals) = allowing(&[ANN]).await;
    stage.model().deny(Call::DescribeSecurityGroupRules);
    let endpoint = stage.connect(ANN).expect("ANN may connect");
    let synced = principals.run(&stage).await;
    assert!(
        gaps(&synced).contains("allow ec2:DescribeSecurityGroupRules"),
        "{}",
        gaps(&synced)
    );
    assert_eq!(
        (stage.state_of(&endpoint).as_str(), held(&synced)),
        ("pending", String::new())
    );
}
