//! Names that change, and groups that contradict each other or the cluster.

use super::{does, edit, ready, waits};
use crate::look::Look;
use fleet::look::{owner, port, target_group};
use serde_json::json;

#[test]
fn what_a_new_pattern_costs_is_said_first() {
    let serving = Look::three()
        .of(1)
        .serving()
        .of(2)
        .serving()
        .of(3)
        .serving();
    let renamed = serving
        .clone()
        .with("listeners/EXTERNAL", "<b>.<az>.new.example.com:<p>");
    let told = "Note: the names of EXTERNAL change: clients that resolve only the old names lose brokers from the first restart to the last; the way without interruption is a second group";
    assert!(renamed.plan().picture.to_string().starts_with(told));
    // A group that nobody has yet changes no name, nor does a port.
    assert!(ready().plan().picture.notes.is_empty());
    let port = serving.showing_itself(|it| {
        let value = it.advertised.value.as_mut().expect("a value");
        *value = value.replace(":9095", ":9099");
    });
    assert!(!port.plan().picture.brokers[2].differs.is_empty());
    assert!(port.plan().picture.notes.is_empty());
}

/// A further group, for which each broker has a port.
fn and_group(mut look: Look, name: &str, bind_port: u16) -> Look {
    let json = json!({
        "pattern": "<b>.<az>.two.example.com:<p>", "bind_port": bind_port, "bootstrap_port": 9192,
        "broker_ports": "9193-9199",
    });
    for number in 1..=3 {
        let at = 9192 + u16::try_from(number).expect("a small number");
        let mut entry = target_group(name, owner(number), at, Some(number));
        entry.port = port(bind_port);
        let entries = look.observed.target_groups.as_mut().expect("seen");
        entries.push(entry);
    }
    look.with(&format!("listeners/{name}"), &json.to_string())
}

#[test]
fn of_two_groups_with_one_bind_port_the_second_one_is_refused_and_the_first_one_is_rolled() {
    let two = and_group(ready(), "EXTERNAL2", 39092);
    does(&two, &edit(1));
    let told = "listeners/EXTERNAL2 is refused, and brokers keep what they have of its group: \"bind_port\" is that of EXTERNAL too";
    assert!(two.plan().held[0].sentence.contains(told));
    let revision = |look: &Look| look.plan().steps[0].change.order.nonce.clone();
    assert_eq!(revision(&two), revision(&ready()));
}

#[test]
fn a_group_that_is_named_like_a_listener_of_the_cluster_itself_is_held() {
    let free = |port: u16| json!({"port": port, "sockets": 0, "listeners": []});
    for name in ["INTERNAL", "CONTROLLER"] {
        let mut look = and_group(Look::three(), name, 39093);
        for number in 1..=3 {
            let ports = json!([free(39092), free(39093)]);
            look = look.of(number).host("/ports", ports).inspected();
        }
        let held = look.plan().held;
        assert_eq!((look.steps().len(), held.len()), (0, 3), "{held:?}");
        waits(
            &look,
            &[
                "the file of broker 1, /opt/kafka/config/server.properties, is not edited",
                name,
            ],
        );
    }
}

#[test]
fn a_listener_of_the_cluster_itself_that_is_retired_is_held_with_the_way_out() {
    for name in ["INTERNAL", "CONTROLLER"] {
        let parameter = format!("listeners/{name}");
        let look = Look::three().without("listeners/EXTERNAL").all_inspected();
        let retired = look.clone().with(&parameter, r#"{"retired": true}"#);
        let told = format!("{name} is a listener of the cluster itself, and stays; delete the");
        waits(&retired, &[&told]);
        // What is left to say is of the group that is mapped.
        assert_eq!(look.held(), ["GroupDeleted"]);
    }
}
