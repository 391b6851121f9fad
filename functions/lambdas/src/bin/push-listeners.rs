//! push-listeners: gives each broker the listeners that it should have.

use aws::Aws;
use cloud::pacing::{Pace, Paced};
use push_listeners::{PushListeners, Scope};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let scope = &lambdas::begin(|get| Scope::read(get))?;
    let (aws, pace) = (&Aws::from_env().await, &Pace::default());
    let aws = Paced { aws, pace };
    lambdas::serve(&PushListeners { aws, scope }).await
}
