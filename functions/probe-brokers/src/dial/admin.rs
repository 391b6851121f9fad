//! The admin listeners of brokers: one way to dial them, whatever is asked there.

use super::{Common, Door, open};
use crate::bounds::Bounds;
use crate::table::no_time;
use fleet::foreign::clean;
use fleet::proof::Miss;
use fleet::shown::{AdminInquiry, AdminQuestion};
use kafka::Connection;
use std::net::SocketAddr;
use tokio::time::{Instant, timeout_at};

/// Longest sentence about a peer that is kept, in characters: it may quote it.
const LONGEST_SENTENCE: usize = 300;

/// How the brokers of an inquiry are dialled.
pub struct Admin {
    /// Whom, and how they are spoken to.
    pub inquiry: AdminInquiry,
    /// What may be dialled.
    pub bounds: Bounds,
    /// What all connections have in common.
    pub common: Common,
    /// Until when.
    pub deadline: Instant,
}

impl Admin {
    /// What a new connection to a broker says, within the bounds and until the deadline.
    pub async fn dialled<T>(
        &self,
        question: &AdminQuestion,
        ask: impl AsyncFnOnce(&mut Connection) -> Result<T, kafka::Error>,
    ) -> Result<T, Miss> {
        let allowed = self.bounds.check(question.address, question.port);
        allowed.map_err(Miss::NotProvable)?;
        if Instant::now() >= self.deadline {
            return Err(no_time());
        }
        let door = Door::from(&self.inquiry);
        let address = SocketAddr::from((question.address, question.port.get()));
        // Nobody told us a name of the admin listener: its certificate carries the address.
        let names = vec![question.address.to_string()];
        let told = async {
            let mut connection = open(door, address, names, &self.common).await?;
            let told = ask(&mut connection).await;
            connection.close().await;
            told.map_err(|error| door.miss(error))
        };
        let told = timeout_at(self.deadline, told).await;
        told.unwrap_or_else(|_| Err(no_time()))
    }
}

/// A sentence about a peer.
pub fn sentence(why: &str) -> String {
    clean(why, LONGEST_SENTENCE)
}
