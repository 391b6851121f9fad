//! The walk along an outline: nothing is stored, and no step goes beyond the bytes that are there.

use crate::outline::{Field, Misfit, Outline, Part};

impl Outline {
    /// Checks that a body of this version is complete, and nothing more. `headed`: tagged fields of
    /// a header come first.
    pub fn check(&self, body: &[u8], version: i16, headed: bool) -> Result<(), Misfit> {
        let flexible = version >= self.flexible;
        let mut walk = Walk::new(body, version, flexible);
        if headed {
            walk.tagged(&[])?;
        }
        walk.fields(self.fields)?;
        if flexible {
            walk.tagged(self.tagged)?;
        }
        match walk.left() {
            0 => Ok(()),
            bytes => Err(Misfit::Trailing(bytes)),
        }
    }
}

/// What is left of a body.
pub(crate) struct Walk<'a> {
    rest: &'a [u8],
    version: i16,
    flexible: bool,
    strange: usize,
}

/// The codec keeps a tagged field that it does not know in a map of 400 bytes, and none is known
/// that a broker would send. So one in so many bytes is accepted, beyond a few.
const BYTES_A_STRANGE_TAG: usize = 16;

impl<'a> Walk<'a> {
    /// At the beginning of a body. `flexible`: lengths are varints, and structs end in tagged
    /// fields.
    pub fn new(body: &'a [u8], version: i16, flexible: bool) -> Self {
        Self {
            rest: body,
            version,
            flexible,
            strange: 16 + body.len() / BYTES_A_STRANGE_TAG,
        }
    }

    /// Bytes that are left.
    pub fn left(&self) -> usize {
        self.rest.len()
    }

    /// Goes past those fields that the version has.
    pub fn fields(&mut self, fields: &[Field]) -> Result<(), Misfit> {
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

    /// The length of anything but a string of an old version; absent things are as long as empty
    /// ones.
    fn length(&mut self) -> Result<usize, Misfit> {
        if self.flexible {
            return Ok((self.varint()? as usize).saturating_sub(1));
        }
        absent_or(i32::from_be_bytes(*self.take::<4>()?).into())
    }

    /// Goes past tagged fields; what is not known may be anything.
    pub fn tagged(&mut self, known: &[(u32, Part)]) -> Result<(), Misfit> {
        for _ in 0..self.varint()? {
            let tag = self.varint()?;
            let bytes = self.varint()? as usize;
            let before = self.rest.len();
            match known.iter().find(|(number, _)| *number == tag) {
                Some((_, part)) => self.part(part)?,
                None => self.strange(bytes)?,
            }
            if before - self.rest.len() != bytes {
                return Err(Misfit::Odd(format!(
                    "tagged field {tag} is not {bytes} bytes long"
                )));
            }
        }
        Ok(())
    }

    fn strange(&mut self, bytes: usize) -> Result<(), Misfit> {
        let left = self.strange.checked_sub(1);
        self.strange =
            left.ok_or_else(|| Misfit::Odd("too many tagged fields that nobody knows".to_owned()))?;
        self.skip(bytes)
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
