//! What the SSM documents run: files of `infra/host`, one after the other.

/// What each document begins with.
pub const COMMON: [&str; 6] = [
    "common.sh",
    "properties.sh",
    "processes.sh",
    "units.sh",
    "state.sh",
    "sockets.sh",
];

/// The documents and their own files, in order.
pub const DOCUMENTS: [(&str, &[&str]); 3] = [
    ("inspect", &["inspect.sh"]),
    (
        "apply",
        &[
            "acting.sh",
            "order.sh",
            "file.sh",
            "start.sh",
            "watch.sh",
            "apply.sh",
        ],
    ),
    ("stop", &["acting.sh", "stop.sh"]),
];

/// The text that a document runs: without comments, for which AWS's limit leaves no room.
///
/// # Panics
///
/// If there is no such document.
#[must_use]
pub fn text(document: &str) -> String {
    let (_, files) = DOCUMENTS
        .iter()
        .find(|(name, _)| *name == document)
        .expect("a document of that name");
    let files = COMMON.iter().chain(*files);
    let lines = files.flat_map(|file| part(file).lines());
    let lines = lines.filter(|line| !line.trim_start().starts_with("# "));
    lines.map(|line| format!("{line}\n")).collect()
}

fn part(file: &str) -> &'static str {
    match file {
        "common.sh" => include_str!("../../../infra/host/common.sh"),
        "properties.sh" => include_str!("../../../infra/host/properties.sh"),
        "processes.sh" => include_str!("../../../infra/host/processes.sh"),
        "units.sh" => include_str!("../../../infra/host/units.sh"),
        "state.sh" => include_str!("../../../infra/host/state.sh"),
        "sockets.sh" => include_str!("../../../infra/host/sockets.sh"),
        "acting.sh" => include_str!("../../../infra/host/acting.sh"),
        "inspect.sh" => include_str!("../../../infra/host/inspect.sh"),
        "order.sh" => include_str!("../../../infra/host/order.sh"),
        "file.sh" => include_str!("../../../infra/host/file.sh"),
        "start.sh" => include_str!("../../../infra/host/start.sh"),
        "watch.sh" => include_str!("../../../infra/host/watch.sh"),
        "apply.sh" => include_str!("../../../infra/host/apply.sh"),
        "stop.sh" => include_str!("../../../infra/host/stop.sh"),
        other => panic!("{other} is no file of infra/host"),
    }
}
