//! What the user data of `infra/example-cluster.yaml` runs: files of `infra/broker`, one after the other.

/// The texts below `Mappings` and their files, in order. A broker runs Common and Broker, the bastion Common and Bastion.
pub const BOOT_TEXTS: [(&str, &[&str]); 3] = [
    ("Common", &["common.sh", "software.sh"]),
    ("Broker", &["slot.sh", "disk.sh", "kafka.sh", "boot.sh"]),
    ("Bastion", &["bastion.sh"]),
];

/// The text of this name: without comments and blank lines, for which the limits of user data and of a template
/// leave no room.
///
/// # Panics
///
/// If there is no such text.
#[must_use]
pub fn boot_text(name: &str) -> String {
    let (_, files) = BOOT_TEXTS
        .iter()
        .find(|(known, _)| *known == name)
        .expect("a text of that name");
    let lines = files.iter().flat_map(|file| part(file).lines());
    let lines = lines.filter(|line| !is_comment(line.trim_start()));
    lines.map(|line| format!("{line}\n")).collect()
}

fn is_comment(line: &str) -> bool {
    line.is_empty() || line == "#" || line.starts_with("# ")
}

fn part(file: &str) -> &'static str {
    match file {
        "common.sh" => include_str!("../../../infra/broker/common.sh"),
        "software.sh" => include_str!("../../../infra/broker/software.sh"),
        "slot.sh" => include_str!("../../../infra/broker/slot.sh"),
        "disk.sh" => include_str!("../../../infra/broker/disk.sh"),
        "kafka.sh" => include_str!("../../../infra/broker/kafka.sh"),
        "boot.sh" => include_str!("../../../infra/broker/boot.sh"),
        "bastion.sh" => include_str!("../../../infra/broker/bastion.sh"),
        other => panic!("{other} is no file of infra/broker"),
    }
}
