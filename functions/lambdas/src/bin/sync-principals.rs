//! sync-principals: keeps who may connect to the endpoint service, and whose connections stand.

use aws::Aws;
use cloud::pacing::{Pace, Paced};
use sync_principals::{Scope, SyncPrincipals};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let scope = &lambdas::begin(|get| Scope::read(get))?;
    let (aws, pace) = (&Aws::from_env().await, &Pace::default());
    let aws = Paced { aws, pace };
    lambdas::serve(&SyncPrincipals { aws, scope }).await
}
