//! probe-brokers: proves that each port reaches its broker. No AWS SDK: its code has no permission.

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use probe_brokers::Bounds;
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    activation::log::begin();
    let bounds = Bounds::read(|name| std::env::var(name).ok());
    // As text: the runtime shows an error of `main` as a programmer would want it.
    let bounds = bounds.map_err(|error| error.to_string())?;
    let bounds = &bounds;
    run(service_fn(async |event: LambdaEvent<Value>| {
        probe_brokers::handle(event, bounds).await
    }))
    .await
}
