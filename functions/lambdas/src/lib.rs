//! The mains of the functions that the loop runs. It is the only crate in which the SDK and the functions
//! meet, so that the tests of a function compile in seconds.

use activation::coalescing::LastRun;
use activation::duty::Duty;
use activation::environment::EnvironmentError;
use activation::log;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

/// Begins to log, and reads from the environment what a function is about.
pub fn begin<S>(
    read: impl FnOnce(fn(&str) -> Option<String>) -> Result<S, EnvironmentError>,
) -> Result<S, Error> {
    log::begin();
    let scope = read(|name| std::env::var(name).ok());
    // As text: the runtime shows an error of `main` as a programmer would want it.
    scope.map_err(|error| error.to_string().into())
}

/// Serves a function for as long as Lambda keeps its process.
pub async fn serve<D: Duty>(duty: &D) -> Result<(), Error> {
    let last_run = &LastRun::default();
    run(service_fn(|event: LambdaEvent<Value>| {
        activation::handle(duty, last_run, event)
    }))
    .await
}
