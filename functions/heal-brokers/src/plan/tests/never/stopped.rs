//! Who was stopped on purpose stays so.

use super::{held, two};
use fleet::healing::Rung;
use fleet::observed::InstanceState;
use fleet::tags;
use serde_json::{Value, json};

#[test]
fn who_was_stopped_on_purpose_is_never_started() {
    let stopped = two().instance(|it| it.state = InstanceState::Stopped);
    held(
        &stopped,
        "OnPurpose",
        "start the instance when the broker may run",
    );
    let kept = two().gone().tag(tags::KEEP_STOPPED, "");
    held(&kept, "OnPurpose", "remove it when the broker may run");
    held(&kept, "OnPurpose", "is neither started nor restarted");
    let unit = json!({"name": "", "active": "inactive", "result": "success", "stop_seconds": 90, "ours": false});
    let unit = two().gone_so(move |it| it["unit"] = unit.clone());
    held(&unit, "OnPurpose", "start it yourself when it may run");
    let disks = |closed: [bool; 2]| {
        two().gone_so(move |it| {
            it["disks"] = json!(closed.map(|closed| json!({
                "path": "", "there": true, "formatted": true, "node": 2, "cluster": "Ab", "partitions": 3, "closed": closed,
            })));
        })
    };
    held(
        &disks([true, true]),
        "OnPurpose",
        "told to end, and not by us",
    );
    assert_eq!(disks([true, false]).steps().len(), 1);
}

/// An instance that fails its status checks tells no more; what its host said last counts.
#[test]
fn who_was_stopped_on_purpose_is_not_started_by_a_reboot_or_a_replacement() {
    let stopped = |host: &mut Value| {
        host["broker"] = Value::Null;
        host["processes"] = json!([]);
        host["matches"] = json!(0);
        host["unit"] = json!({"name": "", "active": "inactive", "result": "success", "stop_seconds": 90, "ours": false});
    };
    let ill = |system, reachability| {
        let look = two().silent(false).checked(system, reachability);
        look.replaceable()
    };
    for look in [ill(None, Some(5000)), ill(Some(5000), None)] {
        let told = look.clone().inspected(5100, false, stopped);
        held(&told, "OnPurpose", "start it yourself when it may run");
        // What failed to look since tells nothing.
        let failed = (1..9).fold(told, |look, n| {
            look.inspected(n * 300, false, |it| it["outcome"] = json!("refused"))
        });
        held(&failed, "OnPurpose", "told to end, and not by us");
        let up = look.clone().inspected(9000, false, stopped);
        let up = up.inspected(5100, true, |_| {});
        assert_eq!(up.steps().len(), 2, "it was up since");
        let ran = look.inspected(5100, true, |_| {});
        assert_eq!(ran.steps().len(), 2);
    }
    // A reboot that was asked for after that is none that told it to end.
    let rebooted = ill(None, Some(5000)).healed(4000, Rung::Reboot);
    let rebooted = rebooted.inspected(5100, false, stopped);
    held(&rebooted, "OnPurpose", "told to end, and not by us");
}
