//! The commands of our documents.

use super::Eyes;
use crate::call::Call;
use crate::calls::{CommandFilter, CommandReads, Reads};
use fleet::documents::Document;
use fleet::observed::{Command, Gap, Seen};
use fleet::words::ClusterName;
use jiff::{SignedDuration, Timestamp};

impl<A: Reads + CommandReads> Eyes<'_, A> {
    /// The commands of each of our documents, as far back as is said for it.
    pub async fn commands(
        &self,
        cluster: &ClusterName,
        now: &Seen<Timestamp>,
        history: impl Fn(Document) -> SignedDuration,
    ) -> Seen<Vec<Command>> {
        let now = now.as_ref().map_err(Gap::clone)?;
        let mut filters = Vec::new();
        for document in Document::ALL {
            let invoked_after = now.checked_sub(history(document)).map_err(|error| Gap {
                read: Call::ListCommands.to_string(),
                reason: error.to_string(),
            })?;
            let document = document.name(cluster);
            filters.push(CommandFilter {
                document,
                invoked_after,
                invoked_before: None,
            });
        }
        let lists = self.each(&filters, |filter| {
            self.pages(Call::ListCommands, |page| {
                self.aws().list_commands(filter, page)
            })
        });
        let mut commands = Vec::new();
        for list in lists.await {
            commands.extend(list?);
        }
        Ok(commands)
    }

    /// The commands of one of our documents that were sent within so long before a moment.
    pub async fn commands_before(
        &self,
        cluster: &ClusterName,
        document: Document,
        moment: Timestamp,
        within: SignedDuration,
    ) -> Seen<Vec<Command>> {
        let filter = CommandFilter {
            document: document.name(cluster),
            invoked_after: moment.checked_sub(within).map_err(|error| Gap {
                read: Call::ListCommands.to_string(),
                reason: error.to_string(),
            })?,
            invoked_before: Some(moment),
        };
        self.pages(Call::ListCommands, |page| {
            self.aws().list_commands(&filter, page)
        })
        .await
    }
}
