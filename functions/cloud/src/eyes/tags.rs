//! Tags of listeners and target groups, which their lists leave out.

use super::Eyes;
use crate::call::Call;
use crate::calls::{Reads, TAGS_CHUNK};
use fleet::observed::{Gap, Seen};
use fleet::tags::Tags;
use std::collections::BTreeMap;

impl<A: Reads> Eyes<'_, A> {
    /// Tags of everything, in chunks. All are of one type: the API reference does not say whether
    /// one call takes listeners and target groups. A resource without tags is answered with none,
    /// so one that is not answered is not seen.
    pub async fn tags(&self, arns: &[String]) -> Seen<BTreeMap<String, Tags>> {
        let chunks: Vec<&[String]> = arns.chunks(TAGS_CHUNK).collect();
        let answers = self
            .each(&chunks, |chunk| {
                self.one(Call::DescribeTags, "", || self.aws().describe_tags(chunk))
            })
            .await;
        let mut all = BTreeMap::new();
        for answer in answers {
            all.extend(answer?);
        }
        match arns.iter().find(|arn| !all.contains_key(*arn)) {
            Some(missing) => Err(Gap {
                read: Call::DescribeTags.to_string(),
                reason: format!("the answer leaves out {missing}"),
            }),
            None => Ok(all),
        }
    }
}

/// Without tags nobody can tell what is ours: the list they belong to is a gap then.
pub fn give<T>(
    things: &mut Seen<Vec<T>>,
    tags: Seen<BTreeMap<String, Tags>>,
    of: impl Fn(&mut T) -> (String, &mut Tags),
) {
    match tags {
        Ok(mut all) => {
            for thing in things.iter_mut().flatten() {
                let (arn, tags) = of(thing);
                *tags = all.remove(&arn).unwrap_or_default();
            }
        }
        Err(gap) if things.is_ok() => *things = Err(gap),
        Err(_) => {}
    }
}
