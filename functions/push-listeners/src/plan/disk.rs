//! Whether a broker may be started with the disk that it has: never with another one's, and with an empty one
//! only where nobody misses what was there.

use super::draft::Own;
use super::subject::Subject;
use super::view::View;
use crate::held::Held;
use crate::observed::Doubt;
use fleet::gate::Holdings;
use fleet::host::inspection::Inspection;
use fleet::shown::{Shown, Voters};
use fleet::tags::START_EMPTY;
use fleet::words::NodeId;

/// How much of a path is shown.
const SHOWN: usize = 200;

/// Whether it may; what keeps it from that is held.
pub(super) fn may_start(
    view: &View<'_>,
    subject: &Subject<'_>,
    inspection: &Inspection,
    own: &mut Own,
) -> bool {
    let (node, instance) = (subject.broker.node, subject.broker.instance.clone());
    let held = |why: String| Held::Disk {
        node,
        instance: instance.clone(),
        why,
    };
    let is_marked = view.is_marked(&instance, START_EMPTY);
    if let Some(why) = foreign(view, node, inspection).filter(|_| !is_marked) {
        let mark = format!("or give the instance the tag {START_EMPTY} with its own ID");
        own.hold(held(format!("{why}; attach the right volume, {mark}")));
        return false;
    }
    let Some(empty) = emptiness(inspection) else {
        return true;
    };
    let why = match view.holdings(node) {
        None => {
            own.asks = true;
            "what the cluster has of it was not asked yet; the next run asks".to_owned()
        }
        Some(Err(why)) => why,
        Some(Ok(holdings)) => match without(view, node, (inspection, holdings), is_marked) {
            Some(why) => why,
            None if is_marked || view.agrees(&Doubt::Empty(node)) => return true,
            None => {
                own.doubts.insert(Doubt::Empty(node));
                "nobody seems to miss what was there; another look has to show it, too".to_owned()
            }
        },
    };
    own.hold(held(format!("{empty}, and {why}")));
    false
}

/// Which of its folders are empty, if any is, or if it is not known where they are.
fn emptiness(inspection: &Inspection) -> Option<String> {
    if inspection.disks.is_empty() {
        return Some("where its data lies is not known".to_owned());
    }
    let empty: Vec<String> = inspection.empty().map(|it| it.path.shown(SHOWN)).collect();
    match empty.len() {
        0 => None,
        all if all == inspection.disks.len() => Some("its disk is empty".to_owned()),
        _ => Some(format!("of its data folders {} is empty", empty.join(", "))),
    }
}

/// Whose its folders are, if they are not all its own.
fn foreign(view: &View<'_>, node: NodeId, inspection: &Inspection) -> Option<String> {
    let clusters = shown(view).filter_map(|it| it.cluster_id.as_deref());
    let clusters: Vec<&str> = clusters.collect();
    inspection.disks.iter().find_map(|disk| {
        let path = disk.path.shown(SHOWN);
        let of = |id: &&str| disk.cluster.as_deref().is_none_or(|it| it == *id);
        match (disk.formatted, disk.node) {
            (false, _) if !disk.there => Some(format!("there is no folder {path} for its data")),
            // Kafka with ZooKeeper writes meta.properties by itself.
            (false, _) if is_kraft(view) => Some(format!(
                "its data folder {path} was never formatted, and this product formats nothing; format it with kafka-storage.sh"
            )),
            (true, Some(other)) if other != node => {
                Some(format!("the data in {path} is that of broker {other}"))
            }
            (true, _) if !clusters.iter().all(of) => Some(format!(
                "the data in {path} is of the Kafka cluster {}, and its brokers say {}",
                disk.cluster.as_deref().unwrap_or_default(),
                clusters.join(", ")
            )),
            (_, _) => None,
        }
    })
}

/// What would be lost, or may be, if it began with an empty disk.
fn without(
    view: &View<'_>,
    node: NodeId,
    (inspection, holdings): (&Inspection, &Holdings),
    is_marked: bool,
) -> Option<String> {
    let mark =
        format!("give the instance the tag {START_EMPTY} with its own ID to start it all the same");
    match is_voter(view, node, holdings) {
        Some(false) => {}
        // Whoever has a vote still knows how it voted, and what was committed.
        Some(true) | None if inspection.knows_its_quorum() => {}
        Some(true) => return Some("it elects the active controller: with an empty log it could vote for one that lacks what was committed; take it out of the quorum and add it again, or bring its disk back".to_owned()),
        None => return Some("nobody tells whether it elects the active controller, which it must not do with an empty log; see that another broker answers, or bring its disk back".to_owned()),
    }
    if is_marked {
        return None;
    }
    if !holdings.is_whole(node) {
        let unheard = holdings.unheard.iter().find(|(who, _)| **who != node);
        let why = match (unheard, &holdings.untold) {
            (Some((who, why)), _) => format!("broker {who} does not tell: {why}"),
            (None, Some(why)) => why.clone(),
            (None, None) => "no other broker was heard".to_owned(),
        };
        return Some(format!(
            "whether somebody misses what was there is not known ({why}); {mark}"
        ));
    }
    let missed = [&holdings.in_sync, &holdings.without_another_leader];
    let missed = missed.into_iter().find(|few| !few.is_empty())?;
    Some(format!(
        "these partitions are in sync on no other broker for sure: {missed}; bring its disk back, or {mark}"
    ))
}

/// Whether it elects the active controller, by everybody who tells; none if nobody does.
fn is_voter(view: &View<'_>, node: NodeId, holdings: &Holdings) -> Option<bool> {
    let told = shown(view).filter_map(|it| match &it.voters {
        Voters::Are(voters) => Some(voters.contains(&node)),
        Voters::None => Some(false),
        Voters::Untold(_) => None,
    });
    let others = holdings.heard.iter().any(|it| *it != node);
    let heard = (others && holdings.untold.is_none()).then(|| holdings.voters.contains(&node));
    told.chain(heard).max()
}

fn is_kraft(view: &View<'_>) -> bool {
    shown(view).any(|it| matches!(it.voters, Voters::Are(_)))
}

/// What brokers show of themselves.
fn shown<'a>(view: &View<'a>) -> impl Iterator<Item = &'a fleet::shown::Itself> {
    let all = view.observed.shown.iter().flatten();
    all.filter_map(|answer| match &answer.shown {
        Shown::Itself(itself) => Some(&**itself),
        Shown::Another { .. } | Shown::Silent { .. } | Shown::Untold { .. } => None,
    })
}
