//! register-brokers: keeps listeners, target groups and targets true as brokers come and go.

use activation::{Warm, environment, log};
use aws::Aws;
use cloud::pacing::Pace;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::begin();
    let scope = environment::scope(|name| std::env::var(name).ok());
    // As text: the runtime shows an error of `main` as a programmer would want it.
    let scope = scope.map_err(|error| error.to_string())?;
    let aws = Aws::from_env().await;
    let pace = Pace::default();
    let warm = Warm::default();
    let (scope, aws, pace, warm) = (&scope, &aws, &pace, &warm);
    run(service_fn(|event: LambdaEvent<Value>| {
        activation::handle("register-brokers", aws, pace, scope, warm, event)
    }))
    .await
}
