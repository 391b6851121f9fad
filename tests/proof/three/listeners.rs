//! In the middle of a roll: EXTERNAL is on some brokers only, or tells an old name.

use super::{Three, VOTERS};
use crate::asked::{Asked, RESET};
use crate::ground::properties;
use crate::inside::scenes;
use world::kafka::Endpoint;

scenes!(Three: a_broker_that_tells_something_else_on_external_is_named_by_itself_and_by_the_others);

const WITHOUT_3: &str = "proven: broker N answered, and does not list broker 3 as wanted";

async fn a_broker_that_tells_something_else_on_external_is_named_by_itself_and_by_the_others(
    three: &mut Three,
) {
    let right = properties(3, &VOTERS);

    // Not there: the file before the document's last chapter.
    let mut without = right.clone();
    without.external = None;
    three.restart(3, &without).await;
    says(
        RESET,
        "unreachable: 10.0.128.11:39092 refused the connection: nothing listens there; \
         see whether the broker runs and this is its port",
    )
    .await;

    // Opened, and told to nobody.
    let mut silent = right.clone();
    let internal = "advertised.listeners=INTERNAL://10.0.128.11:9092";
    silent.extra.push(internal.to_owned());
    three.restart(3, &silent).await;
    let nothing = "advertises nothing on EXTERNAL, wanted \
                   b3.usw2-az3.abc.us-west-2.aws.3199015.tidbcloud.com:9095";
    says(nothing, nothing).await;

    // Told with a name of yesterday.
    let mut old = right.clone();
    old.external = Some(Endpoint {
        host: "b3.usw2-az3.old.us-west-2.aws.3199015.tidbcloud.com".to_owned(),
        port: 9095,
    });
    three.restart(3, &old).await;
    let old = "advertises b3.usw2-az3.old.us-west-2.aws.3199015.tidbcloud.com:9095, wanted \
               b3.usw2-az3.abc.us-west-2.aws.3199015.tidbcloud.com:9095";
    says(old, old).await;

    three.restart(3, &right).await;
    three.well().await;
}

/// Brokers 1 and 2 are proven and miss 3, whose port and self say this.
async fn says(port: &str, direct: &str) {
    let of = |id: u32| WITHOUT_3.replace('N', &id.to_string());
    let expected = [
        format!("port 1: {}", of(1)),
        format!("port 2: {}", of(2)),
        format!("port 3: {port}"),
        format!("direct 1: {}", of(1)),
        format!("direct 2: {}", of(2)),
        format!("direct 3: {direct}"),
    ];
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    Asked::all().until(&expected).await;
}
