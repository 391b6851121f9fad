//! What AWS has in the end, as sentences that can be compared: ids of what the function made and
//! times are left out, because they say nothing about what serves.

use fleet::observed::TargetState;
use fleet::tags::{self, Tags};
use std::collections::BTreeSet;
use tests::Stage;

/// One sentence for each target group and each listener.
pub fn end(stage: &Stage) -> BTreeSet<String> {
    let now = stage.now();
    let mut model = stage.model();
    let groups: Vec<_> = model.target_groups().cloned().collect();
    let mut sentences: BTreeSet<String> = model
        .listeners()
        .map(|listener| {
            let to = groups
                .iter()
                .find(|record| record.group.arn == listener.forwards_to)
                .map(|record| record.group.name.as_str());
            format!(
                "listener {} forwards to {to:?}; attributes {:?}; tags {:?}",
                listener.port,
                listener.attributes,
                without_times(&listener.tags)
            )
        })
        .collect();
    for record in &groups {
        let group = &record.group;
        let health = model.by_hand(|model| model.describe_target_health(now, &group.arn));
        let targets: BTreeSet<String> = health
            .expect("a group that is there")
            .iter()
            .filter(|target| target.state != TargetState::Draining)
            .map(|target| format!("{}:{} {:?}", target.instance, target.port, target.state))
            .collect();
        sentences.insert(format!(
            "group {} on {} holds {targets:?}; attributes {:?}; check {:?}; tags {:?}",
            group.name,
            group.port,
            record.attributes,
            group.health_check,
            without_times(&group.tags)
        ));
    }
    sentences
}

/// That there is a "since" is compared, since when is not.
fn without_times(of: &Tags) -> Tags {
    let mut tags = of.clone();
    for key in [tags::VACANT_SINCE, tags::RETIRED_SINCE] {
        tags.entry(key.to_owned())
            .and_modify(|since| *since = "some time".to_owned());
    }
    tags
}
