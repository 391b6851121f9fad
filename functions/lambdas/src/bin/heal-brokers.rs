//! heal-brokers: brings back brokers that fell ill.

use aws::Aws;
use cloud::pacing::{Pace, Paced};
use heal_brokers::{HealBrokers, Scope};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let scope = &lambdas::begin(|get| Scope::read(get))?;
    let (aws, pace) = (&Aws::from_env().await, &Pace::default());
    let aws = Paced { aws, pace };
    lambdas::serve(&HealBrokers { aws, scope }).await
}
