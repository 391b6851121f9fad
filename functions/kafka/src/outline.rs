//! The schema of an answer reduced to lengths. The walk along it comes before the codec.
//!
//! kafka-protocol 0.18 calls `Vec::with_capacity` with an array's length as it stands on the wire,
//! and does not compare the size of a tagged field with what it reads of it. A frame that was
//! walked holds every item that it says to hold, so what the codec allocates is bounded by the
//! frame: see [`crate::Limits::AMPLIFICATION`].

/// The fields of an answer, in the order of the protocol.
pub(crate) struct Outline {
    /// The version from which on lengths are varints and structs end in tagged fields.
    pub flexible: i16,
    /// The answer's own fields.
    pub fields: &'static [Field],
    /// Tagged fields that the codec knows; it skips all others.
    pub tagged: &'static [(u32, Part)],
}

/// One field, and the versions that have it.
pub(crate) struct Field {
    pub since: i16,
    pub until: i16,
    pub part: Part,
}

/// What a field looks like on the wire.
pub(crate) enum Part {
    /// So many bytes.
    Fixed(usize),
    /// A string, or none.
    Text,
    /// Bytes with a length of four.
    Blob,
    /// An array of items of so many bytes.
    Many(usize),
    /// An array of strings.
    Texts,
    /// An array of structs.
    Structs(&'static [Field]),
}

/// A field that all versions have.
pub(crate) const fn always(part: Part) -> Field {
    between(0, i16::MAX, part)
}

/// A field that versions have from this one on.
pub(crate) const fn since(since: i16, part: Part) -> Field {
    between(since, i16::MAX, part)
}

/// A field that these versions have, both ends included.
pub(crate) const fn between(since: i16, until: i16, part: Part) -> Field {
    Field { since, until, part }
}

/// Why an answer does not fit its outline.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// It ends too early.
    Truncated(String),
    /// So many bytes come after it.
    Trailing(usize),
    /// It cannot be right.
    Odd(String),
}
