//! Laws of edits and removals, over files in every style.

use super::files::{any_file, broker_file, some};
use super::{OLD, external, external2};
use crate::server_properties::config::Config;
use crate::server_properties::kept::still;
use crate::server_properties::logical::entries;
use crate::server_properties::{Edit, Key, Wanted, apply, edit, mask, remove};
use fleet::words::GroupName;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn decoded(file: &[u8]) -> Vec<(String, Vec<u16>)> {
    let all = entries(file).expect("entries").into_iter();
    let pair = all.map(|it| (String::from_utf16_lossy(&it.key), it.value));
    pair.filter(|(key, _)| Key::parse(key).is_none()).collect()
}

fn meaning(file: &[u8]) -> [Vec<String>; 3] {
    let config = Config::read(file, OLD).expect("a file that Kafka takes");
    Key::ALL.map(|key| {
        let mut items = config.plain(key);
        items.sort();
        items
    })
}

fn names(wanted: &[Wanted]) -> Vec<GroupName> {
    wanted.iter().map(|it| it.name.clone()).collect()
}

fn edit_of(file: &[u8], wanted: &[Wanted]) -> Result<(Edit, Vec<u8>), TestCaseError> {
    let edit =
        edit(file, wanted, OLD).map_err(|refusal| TestCaseError::fail(format!("{refusal:?}")))?;
    let after = apply(file, &edit.spans).expect("spans that fit");
    Ok((edit, after))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn an_edit_is_done_once_changes_its_spans_only_and_no_other_key(
        file in broker_file(),
        wanted in some(vec![external(), external2()]),
    ) {
        let (edit, after) = edit_of(&file.bytes, &wanted)?;
        prop_assert_eq!(decoded(&file.bytes), decoded(&after));
        let mut shift = 0;
        let back: Vec<_> = edit.spans.iter().map(|span| {
            let mut back = span.clone();
            back.offset = span.offset.saturating_add_signed(shift);
            shift += span.new.len() as isize - span.old.len() as isize;
            std::mem::swap(&mut back.old, &mut back.new);
            back
        }).collect();
        prop_assert_eq!(apply(&after, &back).expect("spans"), file.bytes.clone());
        prop_assert!(edit.spans.windows(2).all(|two| two[0].end() <= two[1].offset));
        let (again, _) = edit_of(&after, &wanted)?;
        prop_assert_eq!(again.spans, vec![]);
        prop_assert!(again.kept.is_empty() && again.diff.0.is_empty());
    }

    #[test]
    fn what_was_added_is_taken_away_byte_for_byte(
        file in broker_file(),
        wanted in some(vec![external(), external2()]),
    ) {
        let is_there = file.has_external && names(&wanted).contains(&"EXTERNAL".into());
        prop_assume!(!is_there);
        let (edit, after) = edit_of(&file.bytes, &wanted)?;
        let removal = remove(&after, &names(&wanted), &edit.kept, OLD).expect("a removal");
        let back = apply(&after, &removal.spans).expect("spans");
        prop_assert_eq!(String::from_utf8_lossy(&back), String::from_utf8_lossy(&file.bytes));
    }

    #[test]
    fn groups_that_come_and_go_in_edits_of_their_own_leave_the_first_file(
        file in broker_file(),
        last_goes_first in any::<bool>(),
    ) {
        // Where one of the keys had a group before, the order in which groups leave matters.
        let text = String::from_utf8_lossy(&file.bytes).to_ascii_uppercase();
        prop_assume!(!text.contains("EXTERNAL"));
        let mut kept = BTreeSet::new();
        let mut bytes = file.bytes.clone();
        for group in [external(), external2()] {
            let (edit, after) = edit_of(&bytes, &[group])?;
            kept = still(&kept, &bytes, OLD).expect("a file");
            kept.extend(edit.kept);
            bytes = after;
        }
        let mut leaving = vec!["EXTERNAL".into(), "EXTERNAL2".into()];
        if last_goes_first {
            leaving.reverse();
        }
        for group in leaving {
            let removal = remove(&bytes, &[group], &kept, OLD).expect("a removal");
            bytes = apply(&bytes, &removal.spans).expect("spans");
            kept = still(&kept, &bytes, OLD).expect("a file");
        }
        prop_assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(&file.bytes));
        prop_assert!(kept.is_empty(), "{:?}", kept);
    }

    #[test]
    fn without_the_record_the_meaning_is_the_first_one(file in broker_file()) {
        let (_, after) = edit_of(&file.bytes, &[external2()])?;
        let removal = remove(&after, &["EXTERNAL2".into()], &Default::default(), OLD).expect("a removal");
        let back = apply(&after, &removal.spans).expect("spans");
        prop_assert_eq!(meaning(&back), meaning(&file.bytes));
        prop_assert_eq!(decoded(&back), decoded(&file.bytes));
    }

    #[test]
    fn the_masked_file_is_edited_with_the_very_spans_of_the_file(
        file in broker_file(),
        wanted in some(vec![external(), external2()]),
    ) {
        let masked = mask(&file.bytes);
        prop_assert_eq!(masked.len(), file.bytes.len());
        let (whole, after) = edit_of(&file.bytes, &wanted)?;
        // Only a key with a backslash cannot be told under the mask.
        if let Ok(edit) = edit(&masked, &wanted, OLD) {
            prop_assert_eq!(edit, whole.clone());
            prop_assert_eq!(apply(&mask(&file.bytes), &whole.spans).expect("spans"), mask(&after));
        } else {
            prop_assert!(masked.contains(&b'?'), "{}", String::from_utf8_lossy(&masked));
        }
    }

    #[test]
    fn two_groups_in_one_edit_are_one_after_the_other(file in broker_file()) {
        let (both, together) = edit_of(&file.bytes, &[external(), external2()])?;
        let (first, after) = edit_of(&file.bytes, &[external()])?;
        let (second, after) = edit_of(&after, &[external2()])?;
        prop_assert_eq!(meaning(&together), meaning(&after));
        let kept = first.kept.union(&second.kept).cloned().collect();
        prop_assert_eq!(both.kept, kept);
    }

    #[test]
    fn no_wish_puts_an_odd_byte_into_a_file(
        file in broker_file(),
        name in "[A-Z]{1,3}.{0,2}",
        host in "[a-z.]{0,6}.{0,3}[a-z]",
    ) {
        let mut wish = external();
        (wish.name, wish.advertised.host) = (GroupName::new(name), host);
        let is_plain = |b: &u8| b.is_ascii_alphanumeric() || b"._:/,=-\r\n".contains(b);
        if let Ok(edit) = edit(&file.bytes, &[wish], OLD) {
            prop_assert!(edit.spans.iter().all(|span| span.new.iter().all(is_plain)));
        }
    }

    #[test]
    fn the_mask_keeps_lengths_line_ends_and_entries(file in any_file()) {
        let masked = mask(&file);
        prop_assert_eq!(masked.len(), file.len());
        for (byte, of) in masked.iter().zip(&file) {
            prop_assert!(byte == of || matches!(byte, b'x' | b'?') && !matches!(of, b'\n' | b'\r'));
        }
        prop_assert_eq!(mask(&masked).len(), file.len());
    }

    #[test]
    fn no_file_makes_an_edit_fail_in_another_way_than_by_a_refusal(file in any_file()) {
        let _ = edit(&file, &[external()], OLD);
        let _ = remove(&file, &["EXTERNAL".into()], &Default::default(), OLD);
    }
}
