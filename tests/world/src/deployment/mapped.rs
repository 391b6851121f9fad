//! Whether AWS has the mapping that is wanted.

use super::{Deployment, HandsError};
use std::collections::BTreeSet;

impl Deployment {
    /// Whether AWS has exactly these broker ports, each with its broker healthy, and all in bootstrap.
    pub fn mapped(&self, wanted: &[(&str, u16)]) -> Result<(), String> {
        let now = self.clock.now();
        let forwards = self.model().forwarding(now);
        let mut seen = BTreeSet::new();
        let mut bootstrap = BTreeSet::new();
        for forward in &forwards {
            for target in &forward.targets {
                let instance = self.model().instance(&target.instance).cloned();
                let node =
                    instance.and_then(|instance| instance.tags.get(fleet::tags::NODE_ID).cloned());
                if target.state != fleet::observed::TargetState::Healthy {
                    return Err(format!(
                        "{} on {} is {}",
                        target.instance,
                        forward.port,
                        target.state.as_str()
                    ));
                }
                match forward.port.get() {
                    9092 => bootstrap.insert(node.unwrap_or_default()),
                    port => seen.insert((node.unwrap_or_default(), port)),
                };
            }
        }
        let wanted_ports: BTreeSet<(String, u16)> = wanted
            .iter()
            .map(|(node, port)| ((*node).to_owned(), *port))
            .collect();
        let nodes: BTreeSet<String> = wanted.iter().map(|(node, _)| (*node).to_owned()).collect();
        if seen == wanted_ports && bootstrap == nodes && forwards.len() == wanted.len() + 1 {
            Ok(())
        } else {
            Err(format!("AWS has {seen:?} and bootstrap {bootstrap:?}"))
        }
    }

    /// The ports that a broker's instance stands behind, lowest first.
    pub fn registered(&self, node: &str) -> Result<Vec<u16>, HandsError> {
        let id = self.instance(node)?;
        let now = self.clock.now();
        let forwards = self.model().forwarding(now);
        let stands = forwards
            .iter()
            .filter(|forward| forward.targets.iter().any(|target| target.instance == id));
        let mut ports: Vec<u16> = stands.map(|forward| forward.port.get()).collect();
        ports.sort_unstable();
        Ok(ports)
    }
}
