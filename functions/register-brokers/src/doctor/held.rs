//! At which station each thing stands that the plan holds.

use super::station::Station;
use crate::held::Held;
use crate::observed::Doubt;
use fleet::handover::Missing;
use fleet::words::{GroupName, InstanceId, NodeId};

/// A place on the way of consumers' connections.
pub(super) struct Place<'a> {
    /// The station.
    pub(super) station: Station,
    /// The listener group whose way it is; none if it is the way of all.
    pub(super) group: Option<&'a GroupName>,
    /// The broker in whose way it stands, whichever group that broker is mapped in; none of what is a group's own.
    pub(super) node: Option<NodeId>,
}

/// The place of something held; `tagged` says as which broker an instance is tagged. `None` if it stands in nobody's
/// way, or if a station looks at it by itself.
pub(super) fn place(
    held: &Held,
    tagged: impl Fn(&InstanceId) -> Option<NodeId>,
) -> Option<Place<'_>> {
    let at = |station, group, node| {
        Some(Place {
            station,
            group,
            node,
        })
    };
    let of = |station, group| at(station, Some(group), None);
    let of_all = |station| at(station, None, None);
    let of_broker = |station, node: &NodeId| at(station, None, Some(*node));
    match held {
        Held::NoPattern(group, ..) => of(Station::Parameter, group),
        Held::SeatedElsewhere(node, ..)
        | Held::Twins(node, ..)
        | Held::SomebodyElse(node, ..)
        | Held::SilentNow(node, ..)
        | Held::WrongCluster(node, ..) => of_broker(Station::Tags, node),
        Held::ClusterIdsDisagree(_) => of_all(Station::Tags),
        Held::Kept { group, .. }
        | Held::Contested { group, .. }
        | Held::OnlyStray(group, ..)
        | Held::LastInZone(group, ..) => of(Station::Tags, group),
        Held::NotRunning(group, ..)
        | Held::UnseenButHealthy(group, ..)
        | Held::LastHealthy(group, ..) => of(Station::Instances, group),
        Held::OtherVpc(node, ..)
        | Held::ZoneNotEnabled(node, _)
        | Held::EdgeZone(node, ..)
        | Held::NoZone(node, _) => of_broker(Station::LoadBalancer, node),
        Held::NoLoadBalancer(_) | Held::NotNetwork(..) => of_all(Station::LoadBalancer),
        Held::GroupInOtherVpc(group, ..) => of(Station::LoadBalancer, group),
        Held::OrphanServes(..) | Held::LedgerFault(None, _) => of_all(Station::Listeners),
        Held::LedgerFault(Some(group), _) => of(Station::Listeners, group),
        Held::ListenerProtocol(group, ..)
        | Held::PortTaken(group, ..)
        | Held::AdvertisedAndTaken(group, ..)
        | Held::AdvertisesUnheard(group, _)
        | Held::AdvertisedTwice(group, ..)
        | Held::RangeFull(group, _)
        | Held::LoadBalancerFull(group, ..)
        | Held::PlaceKept(group, ..)
        | Held::AttachedToAutoScaling(group, ..)
        | Held::RoutedElsewhere(group, ..) => of(Station::Listeners, group),
        Held::BootstrapShut(group, _) => of(Station::Bootstrap, group),
        Held::NotHandedOver(group, Missing::Room(_))
        | Held::HandoverWaits(group, _)
        | Held::HandoverType(group, ..) => of(Station::Names, group),
        Held::NotHandedOver(group, _) => of(Station::Service, group),
        Held::Doubted(doubt) => match doubt {
            Doubt::Broker(_) | Doubt::Instance(_) | Doubt::Left(_) => of_all(Station::Instances),
            Doubt::Another(instance, _) => at(Station::Tags, None, tagged(instance)),
            Doubt::Stranger(_) => of_all(Station::Tags),
            Doubt::OldHandover(group) => of(Station::Names, group),
            Doubt::Empty(group, _) | Doubt::Port(group, ..) => of(Station::Listeners, group),
            // It leads to nobody, or is held as one that serves once that is sure.
            Doubt::Orphan(_) => None,
        },
        // Their stations look at what was read themselves.
        Held::Blind(_)
        | Held::Misfit(..)
        | Held::NobodyEnters(_)
        | Held::ParameterRefused(..)
        | Held::ParameterDeleted(..)
        | Held::ParameterUnknown(..)
        | Held::Unproven(..)
        | Held::NothingProven(_) => None,
        // Nobody's way leads there.
        Held::OrphanListener(_) => None,
        // Somebody leaves, or waits on the way in or out: those that stay serve.
        Held::LastToLeave(..)
        | Held::StillForwardedTo(..)
        | Held::HookTooShort(..)
        | Held::ReusesBrokers(_)
        | Held::EndsWhilePaused(..)
        | Held::AtLimit { .. }
        | Held::StillRuns(..)
        | Held::ControllerLeaves(..)
        | Held::MisfitLeaves(..)
        | Held::StillAdvertised(..)
        | Held::AdvertisersUnknown(..)
        | Held::Retiring(..) => None,
    }
}
