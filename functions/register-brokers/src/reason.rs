//! Why a step is taken.

use fleet::words::{NodeId, Port, TargetGroupArn};
use jiff::Timestamp;
use std::fmt;

/// Why a step is taken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A broker without a port appeared.
    NewBroker(NodeId),
    /// The listener group has no bootstrap yet.
    NewGroup,
    /// The broker runs and is not registered where it should be.
    NotRegistered(NodeId),
    /// These brokers are healthy and proven, and not in bootstrap.
    ReadyForBootstrap,
    /// Every broker is proven behind its port, and so is bootstrap.
    Complete,
    /// The same, and the hand-over reads back cut, at so many bytes.
    ReadsCut(usize),
    /// The hand-over is that of an earlier group of this name.
    OldHandover,
    /// Somebody else than this broker answers on its instance.
    SomebodyElse(NodeId),
    /// A target is there and the listener is not.
    ListenerMissing,
    /// The listener forwards to groups that do not own its port.
    CrossedWires(Vec<TargetGroupArn>),
    /// Settings are not as they should be.
    SettingsDiffer,
    /// The instance is terminated.
    Terminated,
    /// EC2 does not know the instance, in two reads (P-15).
    Vanished,
    /// The instance is tagged as another broker, another cluster's, or a controller.
    WrongBroker,
    /// The instance carries no tags of ours, and the right one serves.
    Stray,
    /// The target was registered with a port other than the bind port.
    WrongPort,
    /// The Auto Scaling group is terminating the instance.
    Leaving,
    /// No live instance has this `node.id`, in two reads: its port stays reserved for 24 h.
    Gone(NodeId),
    /// The broker is back.
    Back(NodeId),
    /// The reservation has run out.
    ReservationOver(NodeId),
    /// Its port is needed, and it is the oldest vacancy.
    GivenUp {
        /// Whose reservation ends.
        of: NodeId,
        /// Since when it is vacant.
        since: Timestamp,
    },
    /// Its place on the full NLB is needed, and it is the oldest vacancy.
    PlaceGivenUp {
        /// Whose reservation ends.
        of: NodeId,
        /// Since when it is vacant.
        since: Timestamp,
    },
    /// Two target groups claim this port, and nothing leads to this one.
    ClaimedTwice(Port),
    /// A person takes the broker out.
    Released(NodeId),
    /// The broker is healthy on this instance for the first time.
    Served(NodeId),
    /// Instances answered as other brokers than they were taken for.
    AnsweredAsAnother,
    /// They no longer do, or are gone.
    ItselfAgain,
    /// Nobody stands behind the port now.
    Empty(NodeId),
    /// The instance stands in a warm pool.
    Warm,
    /// The instance waits for this, until then at the latest.
    StillWaits {
        /// What for.
        why: String,
        /// When AWS ends the wait; none where nobody knows it.
        until: Option<Timestamp>,
    },
    /// The broker is up, and serves where it is wanted.
    Launched(NodeId),
    /// Another live instance is this broker, so that this one cannot become it.
    Twin(NodeId),
    /// Nothing is wanted of the instance, which is no broker.
    NoBroker,
    /// The broker is gone from the instance, which waits to be terminated.
    HasLeft(NodeId),
    /// A person lets the instance go, whose tags make no broker and which waits to be terminated.
    LetGo,
    /// The same instance is stopped, so that nothing runs on it.
    Stopped,
    /// The longest time for which the instance can wait is about to end: it did so at this moment.
    AtLimit(Timestamp),
    /// The user retires the listener group.
    Retired,
    /// A broker still advertises the group that is retired.
    StillAdvertised,
    /// The user takes the retirement back.
    NotRetired,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NewBroker(node) => write!(f, "broker {node} is new"),
            Self::NewGroup => f.write_str("the listener group is new"),
            Self::NotRegistered(node) => write!(f, "broker {node} runs and is not registered"),
            Self::ReadyForBootstrap => f.write_str("healthy and proven behind its own port"),
            Self::Complete => f.write_str("every broker is proven on its port"),
            Self::ReadsCut(bytes) => {
                write!(f, "what was written reads back cut, {bytes} bytes of it")
            }
            Self::OldHandover => {
                f.write_str("what stands there is not of this group, which was never whole")
            }
            Self::SomebodyElse(node) => {
                write!(f, "another than broker {node} answers on the instance")
            }
            Self::ListenerMissing => f.write_str("there is a target and no listener"),
            Self::CrossedWires(elsewhere) => {
                let elsewhere: Vec<&str> = elsewhere.iter().map(TargetGroupArn::as_str).collect();
                write!(
                    f,
                    "it forwards to {} instead; connections made until now may remain there",
                    elsewhere.join(", ")
                )
            }
            Self::SettingsDiffer => f.write_str("settings are not as they should be"),
            Self::Terminated => f.write_str("the instance is terminated"),
            Self::Vanished => f.write_str("EC2 does not know the instance, in two reads"),
            Self::WrongBroker => {
                f.write_str("the instance is another broker, or another cluster's")
            }
            Self::Stray => f.write_str("the instance carries no tags of this cluster"),
            Self::WrongPort => {
                f.write_str("it was registered with another port than the bind port")
            }
            Self::Leaving => f.write_str("its Auto Scaling group is terminating it"),
            Self::Gone(node) => {
                write!(f, "broker {node} is gone; its port stays reserved for 24 h")
            }
            Self::Back(node) => write!(f, "broker {node} is back"),
            Self::ReservationOver(node) => write!(f, "broker {node} has been gone for 24 h"),
            Self::GivenUp { of, since } => write!(
                f,
                "no port is free, and broker {of}, gone since {since}, is the oldest vacancy"
            ),
            Self::PlaceGivenUp { of, since } => write!(
                f,
                "the NLB has no place for a further listener, and broker {of}, gone since {since}, is the oldest vacancy"
            ),
            Self::ClaimedTwice(port) => {
                write!(f, "port {port} is another one's, and nothing leads here")
            }
            Self::Released(node) => write!(f, "a person takes broker {node} out"),
            Self::Served(node) => {
                write!(
                    f,
                    "broker {node} serves on this instance, whatever tags say from now on"
                )
            }
            Self::AnsweredAsAnother => f.write_str("it answered as another broker, twice"),
            Self::ItselfAgain => f.write_str("nobody answers as another broker any more"),
            Self::Empty(node) => write!(
                f,
                "nobody stands behind the port of broker {node}, and a listener with an empty target group fails open"
            ),
            Self::Warm => f.write_str("the instance stands in a warm pool"),
            Self::StillWaits {
                why,
                until: Some(until),
            } => write!(f, "{why}; AWS lets it wait until {until}"),
            Self::StillWaits { why, until: None } => {
                write!(f, "{why}; until when AWS lets it wait is not known")
            }
            Self::Launched(node) => {
                write!(f, "broker {node} is up, and serves where it is wanted")
            }
            Self::Twin(node) => write!(
                f,
                "another instance is broker {node} and lives, so this one cannot become it"
            ),
            Self::NoBroker => f.write_str("the instance is no broker, and stands behind no port"),
            Self::HasLeft(node) => {
                write!(f, "broker {node} is gone from the instance, in two looks")
            }
            Self::LetGo => f.write_str("a person lets the instance go"),
            Self::Stopped => f.write_str("the instance is stopped"),
            Self::AtLimit(limit) => write!(
                f,
                "the longest time for which it can wait is about to end, since {limit}"
            ),
            Self::Retired => f.write_str("the group is retired"),
            Self::StillAdvertised => f.write_str("a broker still advertises the group"),
            Self::NotRetired => f.write_str("the group is no longer retired"),
        }
    }
}
