//! What is to change in a broker's file, by its newest inspection.

use super::subject::Subject;
use crate::held::Held;
use crate::host::masked::unpack;
use crate::host::order::Mode;
use crate::server_properties::diff::Diff;
use crate::server_properties::kept::{Kept, still};
use crate::server_properties::{
    Elsewhere, Refusal, Span, Version, Wanted, apply, beside, composed, edit, remove,
};
use fleet::host::inspection::{File, Inspection, Process, ReadFile};
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

/// Works out the change: what is retired leaves, and what is wanted comes, so that both is one restart. What the
/// file does not take of the one holds the other up no longer than it has to.
pub(super) fn change(
    subject: &Subject<'_>,
    inspection: &Inspection,
    process: Option<&Process>,
    file: &ReadFile,
) -> Result<Change, Held> {
    let node = subject.broker.node;
    let masked = file.masked.as_deref().unwrap_or_default();
    let bytes =
        unpack(masked, file.size).map_err(|error| Held::host(subject.broker, error.to_string()))?;
    let refused = |refusal| Held::File {
        node,
        path: file.path.shown(SHOWN),
        refusal: Box::new(refusal),
    };
    let version = process.and_then(|it| Version::parse(&it.version));
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
    let retired: Vec<GroupName> = subject.retired.iter().cloned().collect();
    let taken = taken(&bytes, &retired, &kept, version);
    // What leaves may be in the way of what comes.
    let (rest, kept) = match &taken {
        Ok(taken) => (apply(&bytes, &taken.spans), taken.kept.clone()),
        Err(_) => (Ok(bytes.clone()), kept),
    };
    let added = rest.and_then(|rest| added(&rest, &subject.wanted, &kept, version));
    let added = added.map_err(refused).and_then(|mut change| {
        let remarks = secure.remarks.iter().map(ToString::to_string);
        change.remarks.extend(remarks);
        match secure.lines.is_empty() {
            true => Ok(change),
            false => Err(lacking()),
        }
    });
    match (taken, added) {
        (Ok(taken), Ok(added)) => taken.then(added, &bytes).map_err(refused),
        (Ok(taken), Err(_)) if !taken.spans.is_empty() => Ok(taken),
        (Ok(_) | Err(_), Err(held)) => Err(held),
        (Err(refusal), Ok(added)) if added.spans.is_empty() => Err(refused(refusal)),
        (Err(_), Ok(added)) => Ok(added),
    }
}

impl Change {
    /// As an order to a host.
    pub(super) fn into_mode(self) -> Mode {
        let spans = self.spans.into_iter();
        Mode::Edit {
            kept: self.kept.iter().map(ToString::to_string).collect(),
            spans: spans.map(|it| (it.offset, it.old, it.new)).collect(),
        }
    }

    /// This one and then another one of what it leaves, as one change of a file.
    fn then(self, then: Self, file: &[u8]) -> Result<Self, Refusal> {
        let spans = composed(file, &self.spans, &then.spans)?;
        Ok(Self {
            diff: Diff::of(file, &spans),
            spans,
            kept: then.kept,
            remarks: [self.remarks, then.remarks].concat(),
        })
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
    if retired.is_empty() {
        return Ok(Change {
            spans: Vec::new(),
            kept: kept.clone(),
            diff: Diff::default(),
            remarks: Vec::new(),
        });
    }
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

/// What its process has from elsewhere than its file; of one that does not run nothing is known.
fn elsewhere(process: Option<&Process>) -> Elsewhere {
    let keys = process.iter().flat_map(|it| &it.overrides);
    Elsewhere {
        has_jaas_file: process.is_some_and(|it| it.jaas),
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
