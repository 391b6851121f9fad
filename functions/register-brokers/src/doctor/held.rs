//! Where on a consumer's way that stands which a plan holds.

use super::station::Station;
use crate::held::Held;
use crate::observed::Doubt;
use fleet::handover::Missing;
use fleet::words::GroupName;

/// The station at which something held stands in the way, and the listener group whose way it is; all of them, if
/// there is none. None of what stands in nobody's way, or is looked at otherwise.
pub(super) fn place(held: &Held) -> Option<(Station, Option<&GroupName>)> {
    let of = |station, group| Some((station, Some(group)));
    let of_all = |station| Some((station, None));
    match held {
        Held::NoPattern(group, ..) => of(Station::Parameter, group),
        Held::Misfit(..)
        | Held::SeatedElsewhere(..)
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
        Held::OrphanListener(_)
        | Held::OrphanServes(..)
        | Held::ListenerProtocol(..)
        | Held::LedgerFault(_) => of_all(Station::Listeners),
        Held::NobodyEnters(group)
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
            Doubt::Orphan(_) => of_all(Station::Listeners),
        },
        // Their stations look at what was read themselves.
        Held::Blind(_)
        | Held::ParameterRefused(..)
        | Held::ParameterDeleted(..)
        | Held::ParameterUnknown(..)
        | Held::Unproven(..)
        | Held::NothingProven(_) => None,
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
