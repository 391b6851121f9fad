//! Long lists: as many entries as a parameter holds, as many permissions as anybody has, and the same twice.

use super::*;
use world::model::Settings;

/// As many accounts as so many bytes hold, one a line.
fn filling(bytes: u64) -> Vec<String> {
    accounts((bytes + 1) / 13)
}

#[tokio::test(start_paused = true)]
async fn f46_a_parameter_of_4_kb_and_one_of_8_kb_list_hundreds_of_accounts() {
    let advanced = "make it an advanced one";
    let halves = "take at most half of them off at a time";
    for (bytes, is_advanced, count, way_out) in
        [(4096, false, 315, advanced), (8192, true, 630, halves)]
    {
        let settings = Settings {
            advanced_parameters: is_advanced,
            ..Settings::default()
        };
        let stage = Stage::three_with(settings).await;
        let principals = Principals::on(&stage);
        let listed = filling(bytes);
        assert_eq!(listed.len(), count);
        stage.put("principals", &listed.join("\n"));
        let synced = principals.settle(&stage).await;
        let roots: Vec<String> = listed.iter().map(|account| root(account)).collect();
        assert_eq!((recorded(&stage), held(&synced)), (roots, String::new()));
        let report = serde_json::to_string(&synced.report).expect("JSON");
        assert!(report.len() < 64 * 1024, "{}", report.len());
        // With their names it is longer than a standard parameter may be, or than any.
        stage.pass(MINUTE).await;
        stage.put("principals", &listed[..2].join("\n"));
        let synced = principals.settle(&stage).await;
        says(
            &synced,
            &format!(
                "{} of {count} recorded principals are off the list",
                count - 2
            ),
        );
        says(&synced, way_out);
        assert_eq!(stage.allowed().len(), count);
        for half in [count / 2 + 1, count / 4 + 1] {
            stage.put("principals", &listed[..half].join("\n"));
            principals.settle(&stage).await;
            assert_eq!(stage.allowed().len(), half);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_thousand_permissions_are_read_in_pages_and_adopted_in_a_run_or_two() {
    let settings = Settings {
        page_size: Some(100),
        ..Settings::default()
    };
    let stage = Stage::three_with(settings).await;
    let principals = Principals::on(&stage);
    for account in accounts(1000) {
        stage.allow(&root(&account));
    }
    stage.put("principals", &accounts(10).join(","));
    let synced = principals.settle(&stage).await;
    assert_eq!((stage.allowed().len(), recorded(&stage).len()), (1000, 10));
    let text = synced.report.picture.to_string();
    assert!(
        text.contains("and 970 more that other hands allowed"),
        "{text}"
    );
    let listed = accounts(10);
    let listed: Vec<&str> = listed.iter().map(String::as_str).collect();
    // 990 of 1,000 are many, and a parameter has no room for their names: they go in steps.
    stage.put("principals", &json(&listed, r#""adopt": true"#));
    let synced = principals.settle(&stage).await;
    says(&synced, "990 of 1000 recorded principals are off the list");
    assert_eq!(stage.allowed().len(), 1000);
}

#[tokio::test(start_paused = true)]
async fn an_account_in_two_spellings_and_twice_is_allowed_once() {
    let (stage, principals) = served().await;
    let text = format!("{ANN}\n{ANN}\n{}\n\n  {ANN} ,\n", root(ANN));
    stage.put("principals", &text);
    let synced = principals.run(&stage).await;
    assert_eq!(
        (stage.allowed(), held(&synced)),
        (roots(&[ANN]), String::new())
    );
    let modified = Call::ModifyVpcEndpointServicePermissions;
    assert_eq!(stage.writes(), [modified, Call::CreateTags]);
}
