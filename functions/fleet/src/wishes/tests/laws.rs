//! Whatever parameters say, what is accepted of them fits together.

use super::{json, read};
use crate::look::port;
use crate::records::Look;
use crate::wishes::Wanted;
use proptest::prelude::*;

/// A parameter with ports near those of the others.
fn parameter() -> impl Strategy<Value = String> {
    (9090u16..9110, 9090u16..9110, 0u16..5, 39092u16..39095).prop_map(
        |(bootstrap, first, more, bind)| {
            json(bootstrap, &format!("{first}-{}", first + more), bind)
        },
    )
}

proptest! {
    #[test]
    fn r13_no_two_groups_that_are_served_share_a_port(
        values in proptest::collection::vec(parameter(), 1..5),
    ) {
        let mut look = Look::of(&[]);
        look.groups().clear();
        look.0.parameters = Ok(Vec::new());
        for (n, value) in values.iter().enumerate() {
            look = look.parameter(&format!("listeners/E{n}"), value);
        }
        let wishes = read(&mut look, 1, 0);
        prop_assert_eq!(wishes.groups.len(), values.len());
        let served: Vec<_> = wishes
            .groups
            .values()
            .filter_map(|wanted| match wanted {
                Wanted::Serve(group) => Some(group),
                Wanted::Retire { .. } | Wanted::Refused { .. } | Wanted::Deleted { .. } => None,
            })
            .collect();
        for number in 9090..9120 {
            let port = port(number);
            let holders = served
                .iter()
                .filter(|group| group.bootstrap_port == port || group.broker_ports.contains(port));
            prop_assert!(holders.count() <= 1, "port {}", port);
        }
        for bind in 39092..39095 {
            let holders = served.iter().filter(|group| group.bind_port == port(bind));
            prop_assert!(holders.count() <= 1, "bind port {}", bind);
        }
    }
}
