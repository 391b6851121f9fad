//! The verbs about consumers: who connects, who may, who is accepted, who is cut.

use super::LocalAws;
use crate::deployment::HandsError;

impl LocalAws {
    /// Does what these words say; none if they are no verb about consumers.
    pub(super) async fn consumer_verb(&self, words: &[&str]) -> Option<Result<String, String>> {
        Some(match *words {
            ["connect", account] => self
                .connect_consumer(account)
                .await
                .map(|consumer| format!("{} waits to be accepted", consumer.endpoint())),
            ["ask-from", account, target] => self.ask_from(account, target).await,
            ["allow", principal] => said(self.allow(principal), format!("{principal} may connect")),
            ["disallow", principal] => said(
                self.disallow(principal),
                format!("{principal} may not connect any more"),
            ),
            ["accept", endpoint] => said(
                self.accept(&endpoint.into()),
                format!("{endpoint} is accepted"),
            ),
            ["reject", endpoint] => said(
                self.reject(&endpoint.into()),
                format!("{endpoint} is rejected, and its connections are cut"),
            ),
            ["leave", endpoint] => said(
                self.leave(&endpoint.into()),
                format!("{endpoint} is being deleted"),
            ),
            ["connections"] => Ok(self.connections()),
            _ => return None,
        })
    }

    async fn ask_from(&self, account: &str, target: &str) -> Result<String, String> {
        let answered = self.consumer_of(account).await?.ask(target).await?;
        Ok(format!(
            "broker {} on {} answers at {target}",
            answered.node, answered.instance
        ))
    }
}

fn said(done: Result<(), HandsError>, text: String) -> Result<String, String> {
    done.map(|()| text).map_err(|error| error.to_string())
}
