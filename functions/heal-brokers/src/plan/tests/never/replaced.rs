//! What is never replaced: who would come without the disk.

use super::{held, two};
use fleet::tags;

#[test]
fn nothing_is_replaced_whose_disk_does_not_come_along() {
    let cut = || two().silent(false).checked(Some(3600), None).replaceable();
    assert_eq!(cut().steps().len(), 2);
    let unnamed = cut().instance(|it| _ = it.tags.remove(tags::KEEPS_DISK));
    held(
        &unnamed,
        "NotReplaced",
        "no tag kafka-privatelink:keeps-disk names the volume",
    );
    let elsewhere = cut().tag(tags::KEEPS_DISK, "vol-2");
    held(
        &elsewhere,
        "NotReplaced",
        "is not attached to it; put the tag right",
    );
    let goes = cut().instance(|it| _ = it.volumes.insert("vol-1".into(), true));
    held(&goes, "NotReplaced", "set its DeleteOnTermination to false");
    let mut shared = cut();
    let groups = shared.ward().auto_scaling_groups.as_mut().expect("seen");
    groups[1]
        .instances
        .insert("i-3".into(), "InService".to_owned());
    groups.remove(2);
    held(
        &shared,
        "NotReplaced",
        "give each broker a group of its own",
    );
    let standby = cut().lifecycle("Standby");
    held(
        &standby,
        "NotReplaced",
        "it is Standby in its Auto Scaling group broker-2, which replaces only who is InService",
    );
    for process in ["ReplaceUnhealthy", "Terminate", "Launch"] {
        let suspended = cut().group(|it| _ = it.suspended.insert(process.to_owned()));
        let words =
            format!("the process {process} of its Auto Scaling group broker-2 is suspended");
        held(&suspended, "NotReplaced", &words);
        held(&suspended, "NotReplaced", "resume it");
    }
    // The checks of others have nothing to do with it (F67).
    let checks = cut().group(|it| _ = it.suspended.insert("HealthCheck".to_owned()));
    assert_eq!(checks.steps().len(), 2);
    // Its group replaces it for us only if it has the cluster's tag itself.
    for tags in [None, Some("sales")] {
        let tags = tags.map(|it| (tags::CLUSTER.to_owned(), it.to_owned()));
        let untagged = cut().group(|it| it.tags = tags.into_iter().collect());
        held(
            &untagged,
            "NotReplaced",
            "its Auto Scaling group broker-2 itself has no tag kafka-privatelink:cluster that says orders",
        );
        held(
            &untagged,
            "NotReplaced",
            "aws autoscaling create-or-update-tags --tags 'ResourceId=broker-2,ResourceType=auto-scaling-group,PropagateAtLaunch=true,Key=kafka-privatelink:cluster,Value=orders'",
        );
    }
    let mut single = cut();
    single.ward().auto_scaling_groups = Ok(Vec::new());
    held(&single, "NotReplaced", "in no Auto Scaling group");
    let mut alone = cut();
    let ward = alone.ward();
    let answer = ward
        .holdings
        .as_mut()
        .expect("seen")
        .as_mut()
        .expect("asked");
    answer.holdings.alone = fleet::gate::Few::of(&["orders-0".to_owned()].into());
    held(
        &alone,
        "NotReplaced",
        "partition orders-0 is without another replica in sync",
    );
    let below = |below: Option<&str>| {
        let mut look = cut();
        let answer = look.ward().holdings.as_mut().expect("seen").as_mut();
        let few = below.map(|it| fleet::gate::Few::of(&[it.to_owned()].into()));
        answer.expect("asked").holdings.below_min_isr = few;
        look
    };
    held(
        &below(Some("orders-0")),
        "NotReplaced",
        "of partition orders-0 fewer other replicas are in sync than min.insync.replicas",
    );
    held(
        &below(None),
        "NotReplaced",
        "did not tell what they have of it",
    );
    let mut unasked = cut();
    unasked.ward().holdings = Ok(None);
    held(&unasked, "NotReplaced", "did not tell what they have of it");
}
