//! Where on a consumer's way that stands which a plan holds.

use super::station::Station;
use crate::held::Held;
use crate::observed::Doubt;
use fleet::handover::Missing;
use fleet::words::{GroupName, NodeId};

/// The station at which something held stands in the way, and the listener group whose way it is; all of them, if
/// there is none. None of what stands in nobody's way, or is looked at otherwise.
pub(super) fn place(held: &Held) -> Option<(Station, Option<&GroupName>)> {
    let of = |station, group| Some((station, Some(group)));
    let of_all = |station| Some((station, None));
    match held {
        Held::NoPattern(group, ..) => of(Station::Parameter, group),
        Held::SeatedElsewhere(..)
        | Held::ClusterIdsDisagree(_)
        | Held::Twins(..)
        | Held::SomebodyElse(..)
        | Held::SilentNow(..)
        | Held::WrongCluster(..) => of_all(Station::Tags),
        Held::Kept { group, .. }
        | Held::Contested { group, .. }
        | Held::OnlyStray(group, ..)
        | Held::LastInZone(group, ..) => of(Station::Tags, group),
        Held::NotRunning(group, ..)
        | Held::UnseenButHealthy(group, ..)
        | Held::LastHealthy(group, ..) => of(Station::Instances, group),
        Held::NoLoadBalancer(_)
        | Held::NotNetwork(..)
        | Held::OtherVpc(..)
        | Held::ZoneNotEnabled(..)
        | Held::EdgeZone(..)
        | Held::NoZone(..) => of_all(Station::LoadBalancer),
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
            Doubt::Another(..) | Doubt::Stranger(_) => of_all(Station::Tags),
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
        | Held::EndsWhilePaused(..)
        | Held::AtLimit { .. }
        | Held::StillRuns(..)
        | Held::ControllerLeaves(..)
        | Held::StillAdvertised(..)
        | Held::AdvertisersUnknown(..)
        | Held::Retiring(..) => None,
    }
}

/// The broker in whose way it stands, whichever group that broker is mapped in; none of what is a group's own.
pub(super) fn node(held: &Held) -> Option<NodeId> {
    match held {
        Held::SeatedElsewhere(node, ..)
        | Held::Twins(node, _)
        | Held::SomebodyElse(node, ..)
        | Held::SilentNow(node, _)
        | Held::WrongCluster(node, ..)
        | Held::OtherVpc(node, ..)
        | Held::ZoneNotEnabled(node, _)
        | Held::EdgeZone(node, ..)
        | Held::NoZone(node, _) => Some(*node),
        _ => None,
    }
}
