//! show-mapping: the custom widget that shows what the functions report. It reads their logs, and can write nothing.

use activation::environment;
use aws::Aws;
use cloud::pacing::{Pace, Paced};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;
use std::time::Duration;

/// Kept of the function's time-out for the drawing.
const RESERVE: Duration = Duration::from_secs(2);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let cluster = &lambdas::begin(|get| environment::cluster(get))?;
    let (aws, pace) = (&Aws::from_env().await, &Pace::default());
    run(service_fn(async |event: LambdaEvent<Value>| {
        let until = activation::deadline(event.context.deadline(), RESERVE);
        let aws = Paced { aws, pace };
        let answer = show_mapping::answer(aws, cluster, &event.payload, Timestamp::now(), until);
        Ok::<Value, Error>(answer.await)
    }))
    .await
}
