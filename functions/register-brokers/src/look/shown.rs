//! What brokers show on the admin listener.

use super::Look;
use fleet::look::{id, node, port};
use fleet::shown::{AdminAnswer, AdminQuestion, Itself, Setting, Shown, Voters};
use std::collections::BTreeSet;
use std::net::Ipv4Addr;

impl Look {
    /// This broker was asked, and shows this.
    pub(crate) fn showing(mut self, of: u32, shown: Shown) -> Self {
        let question = AdminQuestion {
            broker: node(of),
            instance: id(of),
            address: Ipv4Addr::LOCALHOST,
            port: port(9092),
        };
        self.0.shown.as_mut().expect("answers").push(AdminAnswer {
            question,
            shown,
            milliseconds: 2,
        });
        self
    }
}

/// What a broker advertises, by the text of its process.
pub(crate) fn shows(advertised: &str) -> Shown {
    let setting = |value: &str| Setting {
        value: Some(value.to_owned()),
        is_overridden: false,
    };
    Shown::Itself(Box::new(Itself {
        cluster_id: None,
        listeners: setting("INTERNAL://:9092,EXTERNAL://:39092"),
        advertised: setting(advertised),
        protocols: setting("INTERNAL:PLAINTEXT,EXTERNAL:PLAINTEXT"),
        listed: BTreeSet::new(),
        replicas: BTreeSet::new(),
        followers: BTreeSet::new(),
        voters: Voters::None,
        controller: None,
    }))
}
