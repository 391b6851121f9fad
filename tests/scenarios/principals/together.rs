//! Both functions, woken in any order, while people and consumers go on: neither writes what is the
//! other's, and both come to their end.

use super::*;

/// What happens, and by whose hands.
type Happening = (&'static str, fn(&Stage));
const SECOND_GROUP: &str = r#"{"pattern": "<b>.<az>.xyz.us-west-2.aws.777.tidbcloud.com:<p>",
    "bootstrap_port": 9192, "broker_ports": "9193-9200", "bind_port": 39093}"#;

#[tokio::test(start_paused = true)]
async fn no_run_of_one_function_changes_what_the_other_writes() {
    let stage = Stage::new();
    let principals = Principals::on(&stage);
    let happenings: [Happening; 8] = [
        ("brokers come", |stage| _ = stage.three_brokers()),
        ("two accounts are listed", |stage| {
            stage.put("principals", &format!("{ANN}\n{BOB}"))
        }),
        ("they connect", |stage| {
            for account in [ANN, BOB] {
                stage.connect(account).expect("it may connect");
            }
        }),
        ("a group comes", |stage| {
            stage.put("listeners/EXTERNAL2", SECOND_GROUP)
        }),
        ("a broker is gone", |stage| {
            let broker = stage.behind(9094).pop_first().expect("a broker");
            stage.terminate(&broker);
        }),
        ("one account leaves", |stage| stage.put("principals", BOB)),
        ("the group is retired", |stage| {
            stage.put("listeners/EXTERNAL2", r#"{"retired": true}"#)
        }),
        ("nobody may connect", |stage| {
            stage.put("principals", r#"{"principals": []}"#)
        }),
    ];
    for (what, happens) in happenings {
        happens(&stage);
        for minute in 0..6 {
            stage.pass(MINUTE).await;
            match minute % 2 {
                0 => {
                    tokio::join!(stage.activate(), principals.run(&stage));
                }
                _ => {
                    principals.run(&stage).await;
                    stage.activate().await;
                }
            }
            each_wrote_its_own(&stage);
        }
        println!("{what}: {} writes so far", stage.writes().len());
    }
    assert_eq!(stage.allowed(), Vec::<String>::new());
    for (_, (_, state)) in stage.connected() {
        assert_eq!(state.as_str(), "rejected");
    }
    assert!(stage.mapping().contains_key(&9093));
}
