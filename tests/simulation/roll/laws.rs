//! The laws of every moment, and those of a script that has just been at work.

use super::brokers::By;
use super::history::History;
use super::stops::Started;
use fleet::host::reply::hex;
use fleet::words::NodeId;
use tests::history::Broken;

/// The keys that we may change.
const OURS: [&str; 3] = [
    "listeners",
    "advertised.listeners",
    "listener.security.protocol.map",
];

/// The lines of a file that are not ours, in order; continuation lines count to their first one.
pub fn others(file: &str) -> Vec<String> {
    let mut others = Vec::new();
    let (mut is_ours, mut continues) = (false, false);
    let lines = file.lines().map(str::trim_end);
    for line in lines.filter(|line| !line.is_empty()) {
        if !continues {
            let key = line.split(['=', ' ', ':']).next().unwrap_or_default();
            is_ours = OURS.contains(&key);
        }
        continues = line.ends_with('\\') && !line.starts_with('#');
        if !is_ours {
            others.push(line.to_owned());
        }
    }
    others.sort();
    others
}

impl History<'_> {
    /// The laws of every moment.
    pub(super) fn check(&mut self) {
        let down = self.brokers.iter().filter(|it| !it.is_up);
        let ours = down.filter(|it| it.missing == Some(By::Us));
        let ours: Vec<NodeId> = ours.map(|it| it.node).collect();
        if ours.len() > 1 {
            self.breaks(format!("(a) down at once by our hand: {ours:?}"));
        }
        self.law(self.check_in_sync());
        self.law(self.check_doubles());
    }

    /// Whatever has replicas to spare stays writable, unless others took some of them away.
    fn check_in_sync(&self) -> Result<(), Broken> {
        let is_ours = |node: &NodeId| {
            let found = self.brokers.iter().find(|it| it.node == *node);
            found.is_some_and(|it| it.missing == Some(By::Us))
        };
        let lost: Vec<String> = self.with_cluster(|cluster| {
            let lost = cluster.partitions().filter(|(_, min, it)| {
                let min = usize::try_from(*min).unwrap_or_default();
                let mut missing = it.replicas.iter().filter(|node| !it.isr.contains(node));
                it.replicas.len() > min && it.isr.len() < min && missing.all(is_ours)
            });
            lost.map(|(name, _, _)| name).collect()
        });
        match lost.is_empty() {
            true => Ok(()),
            false => Err(format!(
                "(b) below min.insync.replicas by our hand: {lost:?}"
            )),
        }
    }

    /// What a file has become: no line has changed that is not ours, and what was taken back is what it was
    /// before.
    pub(super) fn check_script(
        &self,
        at: usize,
        by: &[&Started],
        file: &[u8],
    ) -> Result<(), Broken> {
        let broker = &self.brokers[at];
        if broker.file == file {
            return Ok(());
        }
        let node = broker.node;
        let text = String::from_utf8_lossy(file);
        let found = others(&text);
        if found != broker.theirs {
            let (sha, theirs) = (hex(file), &broker.theirs);
            return Err(format!(
                "(d) other lines of broker {node}'s file changed ({sha}): {found:#?}, not {theirs:#?}"
            ));
        }
        let is_edit = by.iter().any(|it| it.mode == "edit");
        match is_edit && self.phase(at) == "back" {
            true => Err(format!(
                "(d) broker {node}'s file was taken back, and is\n{text}\nnot\n{}",
                String::from_utf8_lossy(&broker.file)
            )),
            false => Ok(()),
        }
    }

    /// How far the newest command on a host came.
    pub(super) fn phase(&self, at: usize) -> String {
        let broker = &self.brokers[at];
        let model = self.stage.model();
        let record = model.instance(&broker.id).expect("an instance");
        let host = record.kafka.host.as_ref().expect("a host");
        let path = format!("/var/lib/kafka-privatelink/{}/state", broker.node);
        let state = host.files.get(&path).map(|it| String::from_utf8_lossy(it));
        let state = state.unwrap_or_default();
        let mut lines = state.lines();
        let phase = lines.find_map(|line| line.strip_prefix("phase "));
        phase.unwrap_or_default().to_owned()
    }
}
