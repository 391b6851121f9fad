//! Worlds that sync-principals looks at: consumers of three accounts.

use super::{MINUTE, behind, resting};
use tests::Stage;
use tests::principals::Principals;

const ANN: &str = "111122223333";
const BOB: &str = "222233334444";
const CAT: &str = "333344445555";

/// These are allowed, and have had a connection for a minute.
async fn connected(accounts: &[&str]) -> Stage {
    let stage = resting().await;
    stage.put("principals", &accounts.join("\n"));
    let principals = Principals::on(&stage);
    principals.settle(&stage).await;
    for account in accounts {
        stage.connect(account).expect("allowed");
    }
    stage.pass(MINUTE).await;
    principals.settle(&stage).await;
    stage
}

/// One is connected, one waits who was allowed by hand, one is allowed by hand for its own role.
pub(in super::super) async fn who_may_connect() -> Stage {
    let stage = connected(&[ANN]).await;
    stage.allow(&format!("arn:aws:iam::{BOB}:root"));
    stage.allow(&format!("arn:aws:iam::{CAT}:role/acme-reader"));
    stage.connect(BOB).expect("allowed");
    stage.put("principals", &format!("{ANN}, {CAT}"));
    stage.pass(MINUTE * 5).await;
    stage
}

pub(in super::super) async fn nobody_is_said() -> Stage {
    let stage = connected(&[ANN, BOB]).await;
    stage.put("principals", r#"{"principals": []}"#);
    stage.pass(MINUTE).await;
    stage
}

pub(in super::super) async fn many_leave() -> Stage {
    let stage = connected(&[ANN, BOB, CAT]).await;
    stage.put("principals", "444455556666");
    stage.pass(MINUTE).await;
    stage
}

/// Nothing is proven any more, and one leaves of whom a role stays.
pub(in super::super) async fn accounts_leave() -> Stage {
    let stage = connected(&[ANN, BOB]).await;
    stage.allow(&format!("arn:aws:iam::{BOB}:role/acme-reader"));
    stage.put("principals", &format!("{ANN}, {CAT}"));
    stage.pass(MINUTE).await;
    Principals::on(&stage).run(&stage).await;
    stage.connect(CAT).expect("allowed");
    for port in [9093, 9094, 9095] {
        stage.terminate(&behind(&stage, port));
    }
    stage.pass(MINUTE * 5).await;
    stage
}

/// One digit is lost, so nobody knows who is listed.
pub(in super::super) async fn refused_list() -> Stage {
    let stage = connected(&[ANN, BOB]).await;
    stage.put("principals", &format!("{ANN}\n{}", &BOB[1..]));
    stage.pass(MINUTE).await;
    stage
}

/// The NLB's security group lets in other ranges than those of the consumers.
pub(in super::super) async fn reaches_nothing() -> Stage {
    let stage = connected(&[ANN]).await;
    let ranges = format!(r#""ranges": {{"{ANN}": ["10.171.200.0/24", "10.99.0.0/16"]}}"#);
    let text = format!(r#"{{"principals": ["{ANN}"], {ranges}}}"#);
    stage.put("principals", &text);
    stage.lets_in(&[("10.171.0.0/16", 9092, 9190), ("10.99.0.0/17", 9092, 9190)]);
    stage.pass(MINUTE).await;
    stage
}
