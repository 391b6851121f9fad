//! What the tags of our target groups are taken for, and what is said when other hands edited them.

use super::*;
use crate::look::{EXTERNAL, arn, node, owner, port};
use crate::records::Look;

fn read(look: &mut Look) -> Ledger {
    let cluster = look.0.cluster.clone();
    Ledger::read(&cluster, look.groups())
}

/// The name of the target group of broker 1 of TiDB Cloud's document.
fn name_of_one() -> TargetGroupName {
    naming::target_group_name(&"orders".into(), &EXTERNAL.into(), owner(1))
}

/// What is wrong with the group of broker 1 after a change.
fn fault(change: impl Fn(&mut TargetGroup)) -> Fault {
    let ledger = read(&mut Look::of(&[1, 2]).with_group(owner(1), change));
    assert_eq!(ledger.entries.len(), 2, "the others are entries");
    assert_eq!(ledger.faults.len(), 1);
    ledger.faults[&name_of_one()].clone()
}

#[test]
fn each_port_stands_in_the_ledger_with_its_owner() {
    let ledger = read(&mut Look::of(&[1, 2]));
    assert_eq!(ledger.faults, BTreeMap::new());
    let ports = [9092, 9093, 9094].map(port);
    assert_eq!(ledger.ports(), BTreeSet::from(ports));
    let key = (GroupName::from(EXTERNAL), owner(1));
    assert_eq!(
        ledger.entries[&key],
        Entry {
            arn: arn(owner(1)),
            name: name_of_one(),
            owner: owner(1),
            port: port(9093),
            bind_port: port(39092),
            protocol: "PLAINTEXT".to_owned(),
            vpc: "vpc-1".into(),
            load_balancers: BTreeSet::from(["arn:nlb".into()]),
            health_check: crate::look::health_check(),
            vacant_since: None,
            retired_since: None,
            complete_since: None,
            served_by: Some("i-1".into()),
            another: BTreeSet::new(),
        }
    );
}

#[test]
fn the_ledger_tells_listener_groups_apart() {
    let second = Owner::Broker(node(7));
    let ledger = read(&mut Look::of(&[1]).mapped("EXTERNAL2", second, 9193, &[7]));
    let groups = ["EXTERNAL", "EXTERNAL2"].map(GroupName::from);
    assert_eq!(ledger.groups(), BTreeSet::from(groups.clone()));
    let ports = |group| {
        let entries = ledger.of_group(group);
        entries.map(|entry| entry.port.get()).collect::<Vec<_>>()
    };
    assert_eq!(ports(&groups[0]), [9092, 9093]);
    assert_eq!(ports(&groups[1]), [9193]);
    assert_eq!(ports(&GroupName::from("OTHER")), [0; 0]);
}

#[test]
fn a_since_tag_is_read_as_a_time() {
    let since = "2026-11-21T12:00:00Z";
    let mut look = Look::of(&[1])
        .tagged(owner(1), tags::VACANT_SINCE, since)
        .tagged(owner(1), tags::RETIRED_SINCE, "2026-11-21T13:00:00Z");
    let ledger = read(&mut look);
    let entry = &ledger.entries[&(EXTERNAL.into(), owner(1))];
    assert_eq!(entry.vacant_since, since.parse().ok());
    assert_eq!(
        entry.retired_since,
        "2026-11-21T13:00:00Z".parse().ok(),
        "{entry:?}"
    );
}

#[test]
fn an_edited_tag_is_named_and_whatever_it_still_says_is_kept() {
    let name = name_of_one();
    let group = Some(GroupName::from(EXTERNAL));
    let (one, at) = (Some(owner(1)), Some(port(9093)));
    for (key, to, why, expected) in [
        (
            tags::CLUSTER,
            None,
            "no usable tag kafka-privatelink:cluster",
            (group.clone(), one, at),
        ),
        (
            tags::GROUP,
            None,
            "no usable tag kafka-privatelink:group",
            (None, one, at),
        ),
        (
            tags::NODE_ID,
            None,
            "no usable tag kafka-privatelink:node-id",
            (group.clone(), None, at),
        ),
        (
            tags::NODE_ID,
            Some("one"),
            "no usable tag kafka-privatelink:node-id",
            (group.clone(), None, at),
        ),
        (
            tags::PORT,
            None,
            "no usable tag kafka-privatelink:port",
            (group.clone(), one, None),
        ),
        (
            tags::PORT,
            Some("0"),
            "no usable tag kafka-privatelink:port",
            (group.clone(), one, None),
        ),
        (
            tags::NODE_ID,
            Some("7"),
            "is not the one of EXTERNAL broker 7: its tags were edited",
            (group.clone(), Some(owner(7)), at),
        ),
        (
            tags::VACANT_SINCE,
            Some("yesterday"),
            "tag kafka-privatelink:vacant-since \"yesterday\" is not a time",
            (group.clone(), one, at),
        ),
        (
            tags::RETIRED_SINCE,
            Some(""),
            "tag kafka-privatelink:retired-since \"\" is not a time",
            (group.clone(), one, at),
        ),
    ] {
        let fault = fault(|group| {
            match to {
                Some(to) => group.tags.insert(key.to_owned(), to.to_owned()),
                None => group.tags.remove(key),
            };
        });
        assert!(fault.why.contains(why), "{key} {to:?}: {}", fault.why);
        assert!(fault.why.contains(name.as_str()), "{}", fault.why);
        assert_eq!(
            (fault.group, fault.owner, fault.port),
            expected,
            "{key} {to:?}"
        );
    }
}

#[test]
fn a_group_of_another_cluster_is_not_ours_and_its_port_is_free() {
    let sales = |group: &mut TargetGroup| {
        group
            .tags
            .insert(tags::CLUSTER.to_owned(), "sales".to_owned());
    };
    // The first 32 bits of the names of two clusters may be the same.
    let mut look = Look::of(&[1, 2]).with_group(owner(1), |group| {
        sales(group);
        group.name = "kpl-e8da5395-0123456789abcdef".into();
    });
    let ledger = read(&mut look);
    assert_eq!(ledger.ports(), BTreeSet::from([9092, 9094].map(port)));
    assert_eq!((ledger.faults.len(), ledger.others.len()), (0, 0));
    // AWS makes no second group of one name.
    let ledger = read(&mut Look::of(&[1, 2]).with_group(owner(1), sales));
    assert_eq!(ledger.ports(), BTreeSet::from([9092, 9094].map(port)));
    let (cluster, group) = (ClusterName::from("orders"), GroupName::from(EXTERNAL));
    assert!(ledger.is_doubtful(&cluster, &group, owner(1)));
    assert!(!ledger.is_doubtful(&cluster, &group, owner(2)));
    let why = ledger.others.values().next().expect("one");
    assert_eq!(
        *why,
        format!(
            "target group {}, the one of EXTERNAL broker 1, has our name but no usable tag kafka-privatelink:cluster: it says sales; if the group is ours, put the tag right; if it is not, two clusters make the same name: deploy one of them with another ClusterName",
            name_of_one()
        )
    );
}

#[test]
fn a_group_of_another_kind_is_no_entry() {
    let told = fault(|group| group.protocol = "TLS".to_owned()).why;
    assert!(
        told.contains("is TLS with instance targets instead of TCP"),
        "{told}"
    );
    let told = fault(|group| group.target_type = "ip".to_owned()).why;
    assert!(
        told.contains("is TCP with ip targets instead of TCP"),
        "{told}"
    );
}

#[test]
fn two_that_claim_one_port_are_both_doubted_and_nobody_else_gets_it() {
    let mut look = Look::of(&[1, 2, 3]).tagged(owner(2), tags::PORT, "9093");
    let ledger = read(&mut look);
    assert_eq!(ledger.entries.len(), 2, "bootstrap and broker 3");
    let names = [1, 2].map(|id| {
        naming::target_group_name(&"orders".into(), &EXTERNAL.into(), owner(id)).to_string()
    });
    for id in [1, 2] {
        let fault = ledger.fault_of(&"orders".into(), &EXTERNAL.into(), owner(id));
        let fault = fault.expect("a fault");
        assert_eq!(
            fault.why,
            format!(
                "target groups {}, {} all claim port 9093; put right the tag kafka-privatelink:port of the one that was edited",
                names[0], names[1]
            )
        );
        assert_eq!(fault.owner, Some(owner(id)));
        assert_eq!(fault.port, Some(port(9093)));
    }
    assert_eq!(ledger.ports(), BTreeSet::from([9092, 9093, 9095].map(port)));
}

#[test]
fn a_fault_is_found_by_the_name_or_by_what_its_tags_say() {
    let cluster = ClusterName::from("orders");
    let found = |ledger: &Ledger, group: &str, owner| {
        ledger.fault_of(&cluster, &group.into(), owner).is_some()
    };
    // Its tags say nothing: the name is enough.
    let nameless = read(&mut Look::of(&[1, 2]).with_group(owner(1), |group| group.tags.clear()));
    assert!(found(&nameless, EXTERNAL, owner(1)));
    assert!(!found(&nameless, EXTERNAL, owner(2)));
    // Its name says nothing: the tags are enough, if both agree.
    let renamed = read(&mut Look::of(&[1, 2]).with_group(owner(1), |group| {
        group.name = "kpl-e8da5395-by-hand".into();
    }));
    assert!(found(&renamed, EXTERNAL, owner(1)));
    assert!(!found(&renamed, EXTERNAL, owner(2)));
    assert!(!found(&renamed, "EXTERNAL2", owner(1)));
}
