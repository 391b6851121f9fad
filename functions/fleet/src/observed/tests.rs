//! States as AWS spells them.

use super::*;

#[test]
fn every_state_of_a_target_reads_and_writes_as_elbv2_spells_it() {
    for (text, state) in [
        ("initial", TargetState::Initial),
        ("healthy", TargetState::Healthy),
        ("unhealthy", TargetState::Unhealthy),
        ("unhealthy.draining", TargetState::UnhealthyDraining),
        ("unused", TargetState::Unused),
        ("draining", TargetState::Draining),
        ("unavailable", TargetState::Unavailable),
        ("resting", TargetState::Unknown("resting".to_owned())),
    ] {
        assert_eq!(TargetState::parse(text), state);
        assert_eq!(state.as_str(), text);
    }
}

#[test]
fn every_state_of_an_instance_reads_and_writes_as_ec2_spells_it_and_two_are_for_good() {
    for (text, state, terminal) in [
        ("pending", InstanceState::Pending, false),
        ("running", InstanceState::Running, false),
        ("stopping", InstanceState::Stopping, false),
        ("stopped", InstanceState::Stopped, false),
        ("shutting-down", InstanceState::ShuttingDown, true),
        ("terminated", InstanceState::Terminated, true),
        ("asleep", InstanceState::Unknown("asleep".to_owned()), false),
    ] {
        assert_eq!(InstanceState::parse(text), state);
        assert_eq!(state.as_str(), text);
        assert_eq!(state.is_terminal(), terminal, "{text}");
    }
}

#[test]
fn a_gap_says_what_was_not_read_and_why() {
    let gap = Gap {
        read: "DescribeTags".to_owned(),
        reason: "it was throttled".to_owned(),
    };
    assert_eq!(gap.to_string(), "DescribeTags: it was throttled");
}
