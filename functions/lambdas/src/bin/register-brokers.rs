//! register-brokers: keeps listeners, target groups and targets true as brokers come and go.

use aws::Aws;
use cloud::pacing::{Pace, Paced};
use register_brokers::{LastProof, RegisterBrokers, Scope};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let scope = &lambdas::begin(|get| Scope::read(get))?;
    let (aws, pace) = (&Aws::from_env().await, &Pace::default());
    let aws = Paced { aws, pace };
    let last_proof = &LastProof::default();
    lambdas::serve(&RegisterBrokers {
        aws,
        scope,
        last_proof,
    })
    .await
}
