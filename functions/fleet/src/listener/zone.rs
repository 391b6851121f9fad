//! Availability Zones in a pattern: their IDs, which belong there, and their names, which do not.

use crate::words::AzId;
use std::collections::BTreeSet;

/// `usw2-az1`, `apne1-az4`, `usw2-lax1-az1`: a Region's code, a Local Zone's if it is one, a number
/// ("Availability Zone IDs", EC2 User Guide).
pub(super) fn is_az_id(label: &str) -> bool {
    let parts: Vec<&str> = label.split('-').collect();
    match parts.as_slice() {
        [region, zone] => is_code(region) && is_number(zone),
        [region, local, zone] => is_code(region) && is_code(local) && is_number(zone),
        _ => false,
    }
}

/// The AZ IDs in a label: itself, or those of AWS that stand in it between hyphens, as in
/// `kafka-use1-az1`.
pub(super) fn az_ids_in(label: &str) -> BTreeSet<AzId> {
    let parts: Vec<&str> = label.split('-').collect();
    let mut ids = BTreeSet::new();
    let mut at = 0;
    while at < parts.len() {
        // A Local Zone's ID is longer, and ends as a zone's of its own would.
        let longest_first = [3, 2].into_iter().filter_map(|n| parts.get(at..at + n));
        let mut found = longest_first.filter(|id| is_az_id(&id.join("-")) && is_of_aws(id[0]));
        at += match found.next() {
            Some(id) => {
                ids.insert(AzId::new(id.join("-")));
                id.len()
            }
            None => 1,
        };
    }
    if ids.is_empty() && is_az_id(label) {
        ids.insert(AzId::new(label));
    }
    ids
}

/// Whether a text is the ID or the name of a zone of AWS, or the name of a Region: what the reader of
/// patterns knows by itself.
pub fn is_zone_or_region(text: &str) -> bool {
    let text = text.to_lowercase();
    let region = text.split('-').next().unwrap_or_default();
    (is_az_id(&text) && is_of_aws(region))
        || is_zone_name(&text)
        || is_zone_name(&format!("{text}a"))
}

/// Whether two AZ IDs contradict each other: they differ, and the second is one of AWS's, not a word of
/// the user's own such as `kafka1-az1`.
pub(super) fn contradicts(zone: &AzId, label: &AzId) -> bool {
    let region = |id: &AzId| id.as_str().split('-').next().unwrap_or_default().to_owned();
    zone != label && (is_of_aws(&region(label)) || region(zone) == region(label))
}

/// The zone's name in a label: itself, or between hyphens, as in `kafka-us-west-2a`.
pub(super) fn zone_name_in(label: &str) -> Option<String> {
    let parts: Vec<&str> = label.split('-').collect();
    let longest_first = (3..=parts.len()).rev().flat_map(|n| parts.windows(n));
    let mut names = longest_first.map(|parts| parts.join("-"));
    names.find(|name| is_zone_name(name))
}

/// `us-west-2a`, `us-gov-east-1b`, `us-west-2-lax-1a`, `us-east-1-wl1-bos-wlz-1`: the name of a zone,
/// which means another place in another account (R5). A Region's name, `us-west-2`, is none.
pub(super) fn is_zone_name(label: &str) -> bool {
    let parts: Vec<&str> = label.split('-').collect();
    let [continent, .., last] = parts.as_slice() else {
        return false;
    };
    let is_word = |part: &str| part.bytes().all(|b| b.is_ascii_lowercase());
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_lettered = |part: &str| {
        let number = part.strip_suffix(|c: char| c.is_ascii_lowercase());
        number.is_some_and(is_digits)
    };
    let points = ["north", "south", "east", "west", "central"];
    let has_point = parts[1..]
        .iter()
        .any(|part| is_word(part) && points.iter().any(|point| part.contains(point)));
    let of_region = is_word(continent) && (continent.len() == 2 || *continent == "eusc");
    let is_zone = is_lettered(last) || (parts.contains(&"wlz") && is_digits(last));
    parts.len() >= 3 && of_region && has_point && is_zone
}

/// Whether a code is a Region's of AWS, such as `usw2`, `apne1`, `usgw1`: a continent, then points of the
/// compass and the letters of its partition.
fn is_of_aws(region: &str) -> bool {
    const CONTINENTS: [&str; 10] = ["af", "ap", "ca", "cn", "eu", "il", "me", "mx", "sa", "us"];
    let code = region.trim_end_matches(|c: char| c.is_ascii_digit());
    let mut points = CONTINENTS.iter().filter_map(|at| code.strip_prefix(at));
    points.any(|points| !points.is_empty() && points.bytes().all(|b| b"nsewcgibfd".contains(&b)))
}

/// `usw2`, `lax1`.
fn is_code(part: &str) -> bool {
    let letters = part.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_word = letters.bytes().all(|b| b.is_ascii_lowercase());
    !letters.is_empty() && letters != "az" && letters.len() < part.len() && is_word
}

/// `az1`.
fn is_number(part: &str) -> bool {
    let number = part.strip_prefix("az");
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::is_zone_or_region;

    #[test]
    fn zones_and_regions_of_aws_are_known_by_their_form() {
        for text in [
            "usw2-az1",
            "usw2-lax1-az1",
            "us-west-2a",
            "us-west-2-lax-1a",
            "us-west-2",
            "us-gov-east-1",
            "USW2-AZ1",
        ] {
            assert!(is_zone_or_region(text), "{text}");
        }
        for text in ["kafka1-az1", "us-west", "west-2", "orders", "az1", ""] {
            assert!(!is_zone_or_region(text), "{text}");
        }
    }
}
