//! What is to change in a broker's file, by its newest inspection.

use super::subject::Subject;
use crate::held::Held;
use crate::host::inspection::{File, Inspection, Process, ReadFile};
use crate::host::masked::unpack;
use crate::server_properties::diff::Diff;
use crate::server_properties::kept::{Kept, still};
use crate::server_properties::{
    Elsewhere, Refusal, Span, Version, Wanted, apply, beside, edit, remove,
};
use fleet::words::GroupName;
use std::collections::BTreeSet;

/// How much of a path is shown.
const SHOWN: usize = 300;

/// What is to change.
pub(super) struct Change {
    /// The bytes; none if the file says it already.
    pub(super) spans: Vec<Span>,
    /// What is kept on the host, what earlier edits had to keep included.
    pub(super) kept: BTreeSet<Kept>,
    /// The lines.
    pub(super) diff: Diff,
    /// What a person should know.
    pub(super) remarks: Vec<String>,
}

/// Works out the change: what is wanted first, and what is retired in a run of its own, so that one change
/// is one of both. Where the file does not take what is wanted, what is retired leaves all the same.
pub(super) fn change(
    subject: &Subject<'_>,
    inspection: &Inspection,
    process: &Process,
    file: &ReadFile,
) -> Result<Change, Held> {
    let (node, instance) = (subject.broker.node, subject.broker.instance.clone());
    let masked = file.masked.as_deref().unwrap_or_default();
    let bytes = unpack(masked, file.size).map_err(|error| Held::Host {
        node,
        instance,
        why: error.to_string(),
    })?;
    let refused = |refusal| Held::File {
        node,
        path: file.path.shown(SHOWN),
        refusal: Box::new(refusal),
    };
    let version = Version::parse(&process.version);
    let kept = kept_before(inspection);
    let secure = beside(&bytes, &subject.wanted, &elsewhere(process), version).map_err(refused)?;
    let lacking = || Held::Beside {
        node,
        path: file.path.shown(SHOWN),
        lines: secure.lines.clone(),
    };
    if secure.is_listed {
        return Err(lacking());
    }
    let added = added(&bytes, &subject.wanted, &kept, version).map_err(refused);
    let added = added.and_then(|mut change| {
        let remarks = secure.remarks.iter().map(ToString::to_string);
        change.remarks.extend(remarks);
        match secure.lines.is_empty() {
            true => Ok(change),
            false => Err(lacking()),
        }
    });
    let is_enough = |change: &Change| !change.spans.is_empty() || subject.retired.is_empty();
    if added.as_ref().is_ok_and(is_enough) {
        return added;
    }
    let retired: Vec<GroupName> = subject.retired.iter().cloned().collect();
    let taken = taken(&bytes, &retired, &kept, version).map_err(refused);
    match (added, taken) {
        // What leaves may be in the way of what comes.
        (Err(_), Ok(change)) if !change.spans.is_empty() => Ok(change),
        (Err(held), _) | (Ok(_), Err(held)) => Err(held),
        (Ok(_), Ok(change)) => Ok(change),
    }
}

/// How the file gets what is wanted.
fn added(
    bytes: &[u8],
    wanted: &[Wanted],
    kept: &BTreeSet<Kept>,
    version: Option<Version>,
) -> Result<Change, Refusal> {
    let edited = edit(bytes, wanted, version)?;
    let mut kept = still(kept, bytes, version)?;
    kept.extend(edited.kept);
    Ok(Change {
        spans: edited.spans,
        kept,
        diff: edited.diff,
        remarks: edited.remarks.iter().map(ToString::to_string).collect(),
    })
}

/// How what is retired leaves the file.
fn taken(
    bytes: &[u8],
    retired: &[GroupName],
    kept: &BTreeSet<Kept>,
    version: Option<Version>,
) -> Result<Change, Refusal> {
    let removed = remove(bytes, retired, kept, version)?;
    let after = apply(bytes, &removed.spans)?;
    let explicit = removed.explicit.iter().map(|key| {
        format!("{key} stays, and says what Kafka would take without it: it is not known whether it was there before")
    });
    Ok(Change {
        spans: removed.spans,
        kept: still(kept, &after, version)?,
        diff: removed.diff,
        remarks: explicit.collect(),
    })
}

/// What its process has from elsewhere than its file.
fn elsewhere(process: &Process) -> Elsewhere {
    let keys = process.overrides.iter();
    Elsewhere {
        has_jaas_file: process.jaas,
        keys: keys.map(|it| it.key.shown(SHOWN)).collect(),
    }
}

/// What earlier edits had to keep.
fn kept_before(inspection: &Inspection) -> BTreeSet<Kept> {
    let state = inspection.state.iter();
    let lines = state.flat_map(|state| &state.kept);
    lines
        .filter_map(|line| Kept::parse(&format!("{} {}", line.key, line.was)))
        .collect()
}

/// The file of an inspection, if it was read.
pub(super) fn read_file(inspection: &Inspection) -> Result<&ReadFile, String> {
    match &inspection.file {
        Some(File::Read(file)) if file.too_big => Err(format!(
            "its file, {}, is too large for what AWS shows of a command",
            file.path.shown(SHOWN)
        )),
        Some(File::Read(file)) => Ok(file),
        Some(File::Unread { path }) => {
            Err(format!("its file, {}, cannot be read", path.shown(SHOWN)))
        }
        None => Err("it is not known which file it runs with".to_owned()),
    }
}
