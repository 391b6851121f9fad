//! The schema of an answer reduced to lengths, and the walk along it that comes before the codec.
//!
//! kafka-protocol 0.18 calls `Vec::with_capacity` with an array's length as it stands on the wire, and does not compare the
//! size of a tagged field with what it reads of it. A frame that was walked holds every item that it says to hold, so what
//! the codec allocates is bounded by the frame: `tests/decoding.rs` measures [`Outline::AMPLIFICATION`].

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
    since: i16,
    until: i16,
    part: Part,
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

impl Outline {
    /// Checks that a body of this version is complete, and nothing more. `headed`: tagged fields of a header come first.
    pub fn check(&self, body: &[u8], version: i16, headed: bool) -> Result<(), Misfit> {
        let flexible = version >= self.flexible;
        let mut walk = Walk {
            rest: body,
            version,
            flexible,
        };
        if headed {
            walk.tagged(&[])?;
        }
        walk.fields(self.fields)?;
        if flexible {
            walk.tagged(self.tagged)?;
        }
        match walk.rest.len() {
            0 => Ok(()),
            bytes => Err(Misfit::Trailing(bytes)),
        }
    }
}

struct Walk<'a> {
    rest: &'a [u8],
    version: i16,
    flexible: bool,
}

impl<'a> Walk<'a> {
    fn fields(&mut self, fields: &[Field]) -> Result<(), Misfit> {
        let version = self.version;
        let present = |field: &&Field| (field.since..=field.until).contains(&version);
        fields
            .iter()
            .filter(present)
            .try_for_each(|field| self.part(&field.part))
    }

    fn part(&mut self, part: &Part) -> Result<(), Misfit> {
        match part {
            Part::Fixed(bytes) => self.skip(*bytes),
            Part::Text => self.text(),
            Part::Blob => {
                let bytes = self.length()?;
                self.skip(bytes)
            }
            Part::Many(bytes) => {
                let items = self.items()?;
                self.skip(items.saturating_mul(*bytes))
            }
            Part::Texts => (0..self.items()?).try_for_each(|_| self.text()),
            Part::Structs(fields) => (0..self.items()?).try_for_each(|_| {
                self.fields(fields)?;
                if self.flexible {
                    self.tagged(&[])
                } else {
                    Ok(())
                }
            }),
        }
    }

    fn text(&mut self) -> Result<(), Misfit> {
        let bytes = if self.flexible {
            self.length()?
        } else {
            let [high, low] = *self.take::<2>()?;
            absent_or(i16::from_be_bytes([high, low]).into())?
        };
        self.skip(bytes)
    }

    /// An array's length: no item is shorter than a byte.
    fn items(&mut self) -> Result<usize, Misfit> {
        let items = self.length()?;
        if items > self.rest.len() {
            let rest = self.rest.len();
            return Err(Misfit::Truncated(format!(
                "{items} items are announced, {rest} bytes follow"
            )));
        }
        Ok(items)
    }

    /// The length of anything but a string of an old version; absent things are as long as empty ones.
    fn length(&mut self) -> Result<usize, Misfit> {
        if self.flexible {
            return Ok((self.varint()? as usize).saturating_sub(1));
        }
        absent_or(i32::from_be_bytes(*self.take::<4>()?).into())
    }

    fn tagged(&mut self, known: &[(u32, Part)]) -> Result<(), Misfit> {
        for _ in 0..self.varint()? {
            let tag = self.varint()?;
            let bytes = self.varint()? as usize;
            let before = self.rest.len();
            match known.iter().find(|(number, _)| *number == tag) {
                Some((_, part)) => self.part(part)?,
                None => self.skip(bytes)?,
            }
            if before - self.rest.len() != bytes {
                return Err(Misfit::Odd(format!(
                    "tagged field {tag} is not {bytes} bytes long"
                )));
            }
        }
        Ok(())
    }

    fn varint(&mut self) -> Result<u32, Misfit> {
        let mut value = 0;
        for shift in (0..35).step_by(7) {
            let [byte] = *self.take::<1>()?;
            let bits = u32::from(byte & 0x7f);
            if shift == 28 && bits > 0x0f {
                break;
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Misfit::Odd("a number of more than 32 bits".to_owned()))
    }

    fn skip(&mut self, bytes: usize) -> Result<(), Misfit> {
        match self.rest.get(bytes..) {
            Some(rest) => self.rest = rest,
            None => return Err(self.short(bytes)),
        }
        Ok(())
    }

    fn take<const N: usize>(&mut self) -> Result<&'a [u8; N], Misfit> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or_else(|| self.short(N))?;
        self.rest = rest;
        Ok(taken)
    }

    fn short(&self, wanted: usize) -> Misfit {
        let rest = self.rest.len();
        Misfit::Truncated(format!("{wanted} bytes are due, {rest} follow"))
    }
}

/// -1 means absent.
fn absent_or(length: i64) -> Result<usize, Misfit> {
    match length {
        -1 => Ok(0),
        _ => usize::try_from(length).map_err(|_| Misfit::Odd(format!("a length of {length}"))),
    }
}
