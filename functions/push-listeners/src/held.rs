//! What a plan declines to do; `sentences` says why, and the way out.

mod departure;
mod failure;
mod sentences;
mod wait;

pub use departure::Departure;
pub use failure::Failure;
pub use wait::Wait;

use crate::exit::Exit;
use crate::server_properties::{Key, Refusal};
use fleet::brokers::Broker;
use fleet::foreign::clean;
use fleet::gate::{Few, Obstacle};
use fleet::observed::{Command, CommandStatus};
use fleet::refusal::Refusals;
use fleet::words::{AzId, ClusterName, GroupName, InstanceId, NodeId, Port};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// How much of a command's comment is shown.
const SHOWN: usize = 200;

/// Something that is not done, in a sentence that a person understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// Something could not be read that everything depends on.
    Blind {
        /// What.
        what: &'static str,
    },
    /// A parameter cannot be used.
    ParameterRefused {
        /// Its name.
        parameter: String,
        /// What is wrong with it.
        refusals: Refusals,
        /// What stays as it is meanwhile.
        stays: &'static str,
    },
    /// The parameter of a group that brokers may have is gone.
    GroupDeleted {
        /// Its name.
        parameter: String,
        /// The group.
        group: GroupName,
    },
    /// Two instances are tagged as one broker.
    Twins {
        /// The broker.
        node: NodeId,
        /// The instances.
        instances: BTreeSet<InstanceId>,
    },
    /// A broker has no port of a group in the ledger yet.
    NoPort {
        /// The broker.
        node: NodeId,
        /// The group.
        group: GroupName,
        /// Whose register-brokers gives it.
        cluster: ClusterName,
    },
    /// No pattern covers a broker's zone.
    NoZone {
        /// The broker.
        node: NodeId,
        /// The group.
        group: GroupName,
        /// Its zone, if EC2 says it.
        zone: Option<AzId>,
    },
    /// It is not asked: its instance does not run, or has no address yet.
    NotRunning {
        /// The broker.
        node: NodeId,
        /// The instance.
        instance: InstanceId,
        /// The instance's state.
        state: String,
    },
    /// Nobody asked the broker, or it did not tell.
    Untold {
        /// The broker.
        node: NodeId,
        /// Why.
        why: String,
    },
    /// Another broker answers on its instance.
    Another {
        /// The broker.
        node: NodeId,
        /// The instance.
        instance: InstanceId,
        /// Who answers.
        reached: NodeId,
    },
    /// It does not answer, and that is not our doing.
    Silent {
        /// The broker.
        node: NodeId,
        /// Why.
        why: String,
    },
    /// Its process is there, and its admin listener is not yet.
    Starting {
        /// The broker.
        node: NodeId,
        /// Why.
        why: String,
    },
    /// Kafka's own override hides what its file says.
    Overridden {
        /// The broker.
        node: NodeId,
        /// The key.
        key: Key,
    },
    /// Its instance takes no command.
    Unmanaged {
        /// The broker.
        node: NodeId,
        /// The instance.
        instance: InstanceId,
        /// Why, and the way out.
        why: String,
    },
    /// A command of ours has not ended.
    InFlight {
        /// What was written about it.
        comment: String,
        /// Its instances.
        instances: BTreeSet<InstanceId>,
        /// How it is.
        status: CommandStatus,
    },
    /// The answer of a command of ours that has ended has not come yet.
    AnswerPending {
        /// What was written about it.
        comment: String,
    },
    /// A command of ours failed, and is tried again later.
    CommandFailed {
        /// What was written about it.
        comment: String,
        /// What became of it.
        why: String,
        /// When it is tried again.
        again: Timestamp,
    },
    /// What was found on the host does not let us touch it.
    Host {
        /// The broker.
        node: NodeId,
        /// The instance.
        instance: InstanceId,
        /// Why, and the way out.
        why: String,
    },
    /// The file cannot be edited.
    File {
        /// The broker.
        node: NodeId,
        /// The file.
        path: String,
        /// Why.
        refusal: Box<Refusal>,
    },
    /// A secure listener needs more in the file than what we write.
    Beside {
        /// The broker.
        node: NodeId,
        /// The file.
        path: String,
        /// The lines that are missing; what stands between `<` and `>` is not known.
        lines: Vec<String>,
    },
    /// A port that the broker is to listen on is somebody else's.
    PortUsed {
        /// The broker.
        node: NodeId,
        /// The port.
        port: Port,
        /// Who has it.
        by: String,
    },
    /// A command of ours failed on its host, and nothing more is tried.
    Failed {
        /// The broker.
        node: NodeId,
        /// How.
        how: Failure,
        /// What Kafka said; empty if it is not known.
        said: String,
    },
    /// It has exited since our last command, which did not change its file.
    Exited {
        /// The broker.
        node: NodeId,
    },
    /// It was told to stop by our last command, and answers still.
    Stopping {
        /// The broker.
        node: NodeId,
    },
    /// Others wrote its file since our last command, which has to be ended or taken back.
    Theirs {
        /// The broker.
        node: NodeId,
    },
    /// It was restarted for this, its file says it, and its process shows something else.
    NotShown {
        /// The broker.
        node: NodeId,
    },
    /// Something wrote its file anew after our edit.
    Undone {
        /// The broker.
        node: NodeId,
    },
    /// A broker that others know is not up, and nothing else is said of it.
    NotUp {
        /// The broker.
        node: NodeId,
        /// Why, and the way out.
        why: String,
    },
    /// A broker is ready to be restarted, and another one comes first, or is in the way.
    RollWaits {
        /// The broker.
        node: NodeId,
        /// The other one.
        behind: NodeId,
        /// Why.
        why: Wait,
    },
    /// The listener parameters are read as they were before those for which a command of ours was sent.
    Older {
        /// When those were written.
        newer: Timestamp,
        /// Until when a read may lag.
        until: Timestamp,
    },
    /// It is its turn once the cluster has settled after another command.
    Settling {
        /// The broker.
        node: NodeId,
        /// What was written about the command.
        comment: String,
        /// Until when it is waited.
        until: Timestamp,
    },
    /// The gate was not asked whether it may be stopped.
    GateUnasked {
        /// The broker.
        node: NodeId,
    },
    /// The gate is shut.
    Gate {
        /// The broker.
        node: NodeId,
        /// What is in the way.
        obstacles: Vec<Obstacle>,
    },
    /// Partitions cannot be written, or read, while it is down.
    Unavailable {
        /// The broker.
        node: NodeId,
        /// They.
        partitions: Few,
        /// The parameter that may allow it.
        parameter: String,
        /// What to write there.
        write: String,
    },
    /// The metadata quorum is lost while it is down.
    WithoutQuorum {
        /// The broker.
        node: NodeId,
        /// How many voters there are.
        voters: usize,
        /// The parameter that may allow it.
        parameter: String,
        /// What to write there.
        write: String,
    },
    /// There are instances of the cluster whose tags do not say which brokers they are.
    Misfits {
        /// The broker.
        node: NodeId,
        /// The instances.
        instances: BTreeSet<InstanceId>,
    },
    /// Who else elects the controller was not told.
    VotersUntold {
        /// The broker.
        node: NodeId,
        /// Why.
        why: String,
    },
    /// Nobody has said that brokers may restart.
    NoConsent {
        /// The broker.
        node: NodeId,
        /// The parameter.
        parameter: String,
    },
    /// heal-brokers asks for it, and it is not done.
    Asked {
        /// The broker.
        node: NodeId,
        /// The instance.
        instance: InstanceId,
        /// Why, and the way out.
        why: String,
    },
    /// A person says that it stays as it is.
    KeptStopped {
        /// The broker.
        node: NodeId,
        /// The instance.
        instance: InstanceId,
    },
    /// It ended cleanly, and not by our hand.
    StoppedOnPurpose {
        /// The broker.
        node: NodeId,
        /// The instance.
        instance: InstanceId,
    },
    /// Another instance of the broker is not terminated yet.
    Predecessor {
        /// The broker.
        node: NodeId,
        /// The instance that would be started.
        instance: InstanceId,
        /// The other one.
        other: InstanceId,
    },
    /// It is not started with the disk that it has.
    Disk {
        /// The broker.
        node: NodeId,
        /// The instance.
        instance: InstanceId,
        /// Why, and the way out.
        why: String,
    },
    /// Its instance leaves, and it is not stopped yet.
    Leaves {
        /// The broker.
        node: NodeId,
        /// The instance.
        instance: InstanceId,
        /// How it leaves.
        exit: Exit,
        /// Why.
        why: Departure,
    },
    /// It is stopped, whatever the gate says, since AWS takes its Spot Instance back.
    Regardless {
        /// The broker.
        node: NodeId,
        /// What the gate says.
        obstacles: Vec<Obstacle>,
    },
    /// They may restart later.
    NotNow {
        /// The broker.
        node: NodeId,
        /// When the next window opens; never, if there is none.
        opens: Option<Timestamp>,
    },
}

impl Held {
    /// Why a broker's host is not touched.
    pub(crate) fn host(broker: &Broker, why: String) -> Self {
        Self::Host {
            node: broker.node,
            instance: broker.instance.clone(),
            why,
        }
    }

    /// A broker's turn comes once the cluster has settled after a command.
    pub(crate) fn settling(node: NodeId, command: &Command, until: Timestamp) -> Self {
        Self::Settling {
            node,
            comment: clean(&command.comment, SHOWN),
            until,
        }
    }

    /// Whether it says that a restart of ours came to a bad end: the first one ends the roll.
    pub(crate) fn stops_the_roll(&self) -> bool {
        match self {
            Self::Failed { .. }
            | Self::Exited { .. }
            | Self::Theirs { .. }
            | Self::NotShown { .. }
            | Self::Undone { .. } => true,
            Self::Blind { .. }
            | Self::ParameterRefused { .. }
            | Self::GroupDeleted { .. }
            | Self::Twins { .. }
            | Self::NoPort { .. }
            | Self::NoZone { .. }
            | Self::NotRunning { .. }
            | Self::Untold { .. }
            | Self::Another { .. }
            | Self::Silent { .. }
            | Self::Starting { .. }
            | Self::Overridden { .. }
            | Self::Unmanaged { .. }
            | Self::InFlight { .. }
            | Self::AnswerPending { .. }
            | Self::CommandFailed { .. }
            | Self::Host { .. }
            | Self::File { .. }
            | Self::Beside { .. }
            | Self::PortUsed { .. }
            | Self::Stopping { .. }
            | Self::NotUp { .. }
            | Self::RollWaits { .. }
            | Self::Older { .. }
            | Self::Settling { .. }
            | Self::GateUnasked { .. }
            | Self::Gate { .. }
            | Self::Unavailable { .. }
            | Self::WithoutQuorum { .. }
            | Self::Misfits { .. }
            | Self::VotersUntold { .. }
            | Self::NoConsent { .. }
            | Self::Asked { .. }
            | Self::KeptStopped { .. }
            | Self::StoppedOnPurpose { .. }
            | Self::Predecessor { .. }
            | Self::Disk { .. }
            | Self::Leaves { .. }
            | Self::Regardless { .. }
            | Self::NotNow { .. } => false,
        }
    }

    /// A command of ours is under way.
    pub(crate) fn in_flight(command: &Command) -> Self {
        Self::InFlight {
            comment: clean(&command.comment, SHOWN),
            instances: command.instances.clone(),
            status: command.status.clone(),
        }
    }
}
