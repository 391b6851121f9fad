//! The mapping drawn in a terminal, as AWS really has it: the NLB's listeners, where each forwards
//! to, and how its targets are.

use crate::local::LocalAws;
use comfy_table::{Table, presets::NOTHING};
use fleet::observed::TargetState;
use fleet::tags;
use std::collections::BTreeMap;
use std::fmt;

/// One look at the mapping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    ports: BTreeMap<u16, Vec<Target>>,
    /// Instances of brokers that stand behind no port.
    others: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    node: String,
    instance: String,
    az: String,
    address: String,
    state: &'static str,
}

impl Picture {
    /// Looks at the mapping now.
    pub fn of(world: &LocalAws) -> Self {
        let now = world.clock.now();
        let mut model = world.model();
        let forwards = model.forwarding(now);
        let mut picture = Self::default();
        let mut behind = Vec::new();
        for forward in forwards {
            let targets = forward.targets.iter().map(|target| {
                behind.push(target.instance.clone());
                let instance = model.instance(&target.instance);
                let node = instance.and_then(|instance| instance.tags.get(tags::NODE_ID));
                Target {
                    node: node.cloned().unwrap_or_else(|| "?".to_owned()),
                    instance: target.instance.to_string(),
                    az: instance
                        .map(|instance| instance.az_id.to_string())
                        .unwrap_or_default(),
                    address: format!("{}:{}", target.address, target.port),
                    state: word(&target.state),
                }
            });
            picture.ports.insert(forward.port.get(), targets.collect());
        }
        picture.others = model
            .instances()
            .filter(|instance| !instance.state.is_terminal() && !behind.contains(&instance.id))
            .filter_map(|instance| {
                let node = instance.tags.get(tags::NODE_ID)?;
                Some(format!(
                    "broker {node} {} {} ({})",
                    instance.id,
                    instance.az_id,
                    instance.state.as_str()
                ))
            })
            .collect();
        picture
    }

    /// The picture, with a mark at what was not so in an earlier one.
    pub fn since<'a>(&'a self, earlier: &'a Self) -> impl fmt::Display + 'a {
        Marked {
            now: self,
            earlier: Some(earlier),
        }
    }
}

impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let marked = Marked {
            now: self,
            earlier: None,
        };
        marked.fmt(f)
    }
}

struct Marked<'a> {
    now: &'a Picture,
    earlier: Option<&'a Picture>,
}

impl fmt::Display for Marked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_style(NOTHING);
        let was = |port: &u16| self.earlier.and_then(|earlier| earlier.ports.get(port));
        let changes = self.earlier.is_some();
        for (port, targets) in &self.now.ports {
            let title = match port {
                9092 | 9192 => "bootstrap".to_owned(),
                _ => String::new(),
            };
            if targets.is_empty() {
                table.add_row(["", &port.to_string(), &title, "──", "(no target)"]);
            }
            for (index, target) in targets.iter().enumerate() {
                let old = was(port)
                    .and_then(|old| old.iter().find(|old| old.instance == target.instance));
                let mark = match old {
                    _ if !changes => "",
                    None => "+",
                    Some(old) if old.state != target.state => "~",
                    Some(_) => "",
                };
                let first = index == 0;
                let last = index + 1 == targets.len();
                let line = match (first, last) {
                    (true, true) => "──▶",
                    (true, false) => "─┬▶",
                    (false, true) => " └▶",
                    (false, false) => " ├▶",
                };
                let port = if first {
                    port.to_string()
                } else {
                    String::new()
                };
                let title = if first { title.clone() } else { String::new() };
                table.add_row([
                    mark,
                    &port,
                    &title,
                    line,
                    &format!("broker {}", target.node),
                    &target.az,
                    &target.address,
                    &target.instance,
                    target.state,
                ]);
            }
        }
        if self.now.ports.is_empty() {
            writeln!(f, "    NLB kafka has no listeners")?;
        } else {
            writeln!(f, "    NLB kafka")?;
            for line in table.lines() {
                writeln!(f, "   {}", line.trim_end())?;
            }
        }
        for other in &self.now.others {
            writeln!(f, "    not behind any port: {other}")?;
        }
        for (port, targets) in self.earlier.iter().flat_map(|earlier| &earlier.ports) {
            let Some(now) = self.now.ports.get(port) else {
                writeln!(f, "    - listener {port} is gone")?;
                continue;
            };
            for old in targets {
                if !now.iter().any(|target| target.instance == old.instance) {
                    writeln!(
                        f,
                        "    - {port} no longer leads to {} (broker {})",
                        old.instance, old.node
                    )?;
                }
            }
        }
        Ok(())
    }
}

fn word(state: &TargetState) -> &'static str {
    match state {
        TargetState::Initial => "initial",
        TargetState::Healthy => "healthy",
        TargetState::Unhealthy => "unhealthy",
        TargetState::UnhealthyDraining => "unhealthy.draining",
        TargetState::Unused => "unused",
        TargetState::Draining => "draining",
        TargetState::Unavailable => "unavailable",
        TargetState::Unknown(_) => "unknown",
    }
}
