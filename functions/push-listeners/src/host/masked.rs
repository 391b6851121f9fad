//! The masked file of an inspection: base64 of gzip. Offsets in it are offsets in the file.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::read::GzDecoder;
use std::io::Read;

/// Longest file that is taken, in bytes: gzip makes little of much, and memory is not endless.
pub const LONGEST_FILE: u64 = 4 * 1024 * 1024;

/// Why there are no bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no base64 of gzip.
    #[error("the masked file is no base64 of gzip")]
    Form,
    /// It has another length than the file, so that no offset would be right.
    #[error("the masked file has {masked} bytes, and the file {file}")]
    Length {
        /// What was unpacked.
        masked: u64,
        /// What the host said.
        file: u64,
    },
    /// It is too large.
    #[error("the file has {0} bytes, more than {LONGEST_FILE}")]
    TooLong(u64),
}

/// The bytes of a masked file; `size` is that of the file itself.
pub fn unpack(text: &str, size: u64) -> Result<Vec<u8>, Unreadable> {
    if size > LONGEST_FILE {
        return Err(Unreadable::TooLong(size));
    }
    let packed = BASE64_STANDARD.decode(text).map_err(|_| Unreadable::Form)?;
    let mut bytes = Vec::new();
    // One byte more than there should be, to see that it is too many.
    let mut unpacked = GzDecoder::new(packed.as_slice()).take(size + 1);
    unpacked
        .read_to_end(&mut bytes)
        .map_err(|_| Unreadable::Form)?;
    let masked = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    match masked == size {
        true => Ok(bytes),
        false => Err(Unreadable::Length { masked, file: size }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;
    use std::io::Write;

    fn pack(bytes: &[u8]) -> String {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).expect("packed");
        BASE64_STANDARD.encode(encoder.finish().expect("packed"))
    }

    #[test]
    fn what_is_no_masked_file_is_refused() {
        let file = |masked, file| Err(Unreadable::Length { masked, file });
        assert_eq!(unpack(&pack(b"abc"), 4), file(3, 4));
        assert_eq!(unpack(&pack(b"abc"), 2), file(3, 2));
        assert_eq!(unpack("%", 1), Err(Unreadable::Form));
        assert_eq!(unpack("aGVsbG8=", 5), Err(Unreadable::Form));
        assert_eq!(unpack("", u64::MAX), Err(Unreadable::TooLong(u64::MAX)));
        // A bomb: little that unpacks to much is not unpacked.
        let bomb = pack(&vec![0; 10_000_000]);
        assert_eq!(unpack(&bomb, 10), file(11, 10));
    }

    proptest! {
        #[test]
        fn what_was_packed_is_unpacked(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let size = u64::try_from(bytes.len()).expect("a size");
            prop_assert_eq!(unpack(&pack(&bytes), size), Ok(bytes));
        }
    }
}
