//! Who comes first. What does not fit into one run must not be the same in each.

/// The indices of so many rows, from another one on in each minute. Steps of the golden ratio are
/// spread evenly, whatever the number of rows (three-distance theorem).
pub fn order(rows: usize, minute: u64) -> impl Iterator<Item = usize> {
    const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
    let part = u128::from(minute.wrapping_mul(GOLDEN));
    let first = (part * rows as u128) >> u64::BITS;
    let first = usize::try_from(first).unwrap_or_default();
    (first..rows).chain(0..first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_row_has_its_place_once() {
        for rows in 0..100 {
            for minute in [0, 1, 29_000_000, u64::MAX] {
                let places: BTreeSet<usize> = order(rows, minute).collect();
                assert_eq!(places, (0..rows).collect());
                assert_eq!(order(rows, minute).count(), rows);
            }
        }
    }

    #[test]
    fn if_a_quarter_fits_every_row_has_its_turn_within_eight_minutes() {
        for rows in 1_usize..=300 {
            for began in [0, 29_000_000, 29_000_007] {
                let fits = rows.div_ceil(4);
                let asked = (began..began + 8).flat_map(|minute| order(rows, minute).take(fits));
                let asked: BTreeSet<usize> = asked.collect();
                assert_eq!(asked.len(), rows, "{rows} rows from minute {began}");
            }
        }
    }
}
