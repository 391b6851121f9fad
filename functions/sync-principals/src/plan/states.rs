//! What the states of a connection mean.

use fleet::observed::ConnectionState;

/// Whether a connection in this state is over for good, or was never made.
pub(super) fn is_over(state: &ConnectionState) -> bool {
    match state {
        ConnectionState::Deleted | ConnectionState::Deleting => true,
        ConnectionState::PendingAcceptance
        | ConnectionState::Pending
        | ConnectionState::Available
        | ConnectionState::Rejected
        | ConnectionState::Failed
        | ConnectionState::Expired
        | ConnectionState::Partial
        | ConnectionState::Unknown(_) => false,
    }
}

/// Whether a connection in this state carries traffic, or can be made to.
pub(super) fn is_live(state: &ConnectionState) -> bool {
    match state {
        ConnectionState::PendingAcceptance
        | ConnectionState::Pending
        | ConnectionState::Available
        | ConnectionState::Partial => true,
        ConnectionState::Deleting
        | ConnectionState::Deleted
        | ConnectionState::Rejected
        | ConnectionState::Failed
        | ConnectionState::Expired
        // One that AWS added later is shown and left alone.
        | ConnectionState::Unknown(_) => false,
    }
}

/// Whether a connection in this state was accepted, and carries traffic or is about to.
pub(super) fn carries_or_will(state: &ConnectionState) -> bool {
    state.carries_traffic() || *state == ConnectionState::Pending
}
