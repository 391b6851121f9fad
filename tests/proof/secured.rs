//! One broker with an authorizer, SASL and TLS.
use crate::inside::scenes;
pub struct Secured;
impl Secured {
    pub async fn start() -> Self {
        Self
    }
}
scenes!(Secured: todo_secured);
async fn todo_secured(_: &mut Secured) {}
