//! What an update of the stack, and the next stack with its name, mean to a broker that has data.

use crate::booting::refusing::refuses;
use crate::booting::stage::{FOLDER, PROPERTIES, VOLUME, on_a_broker};
use host::{run, write};
use std::fs;

const KEPT: &str = "vol-0fedcba9876543210";

#[test]
fn a_record_that_cloudformation_wrote_anew_has_no_disk_formatted() {
    let (_machine, mut stage) = on_a_broker!(
        "booting::updates::a_record_that_cloudformation_wrote_anew_has_no_disk_formatted"
    );
    stage.first_boot().is(0, "READY");
    stage.replace();
    run(&format!(
        "cd /run/aws/volumes/{VOLUME} && rm -r fs disk && truncate -s 8M disk"
    ));
    stage.set_record("new");
    refuses(
        &stage,
        78,
        "vol-0123456789abcdef0 is EMPTY, and broker 1 may have had data on it: the record CFN-SlotRecord1-abc says new, and this is its version 3",
    );
    // Only a person gives the data up.
    stage.set_record(&format!("formatting {VOLUME}"));
    stage.boot().is(0, "READY");
    assert_eq!(stage.times_formatted(), 2);
}

#[test]
fn a_file_system_that_kafka_never_got_is_not_formatted_either() {
    let (_machine, mut stage) = on_a_broker!(
        "booting::updates::a_file_system_that_kafka_never_got_is_not_formatted_either"
    );
    stage.first_boot().is(0, "READY");
    stage.replace();
    run(&format!("rm -r /run/aws/volumes/{VOLUME}/fs/*"));
    stage.set_record("new");
    refuses(&stage, 78, "has a file system that broker 1 did not make");
}

#[test]
fn another_address_or_port_than_the_file_has_is_not_started_with() {
    let (_machine, mut stage) = on_a_broker!(
        "booting::updates::another_address_or_port_than_the_file_has_is_not_started_with"
    );
    stage.first_boot().is(0, "READY");
    for (parameter, value, lacks) in [
        (
            "BrokerInterface1.PrimaryPrivateIpAddress",
            "10.0.0.99",
            "1@10.0.0.99:29092",
        ),
        (
            "BrokerInterface3.PrimaryPrivateIpAddress",
            "10.0.128.99",
            "3@10.0.128.99:29092",
        ),
        ("ControllerPort", "29192", "1@10.0.0.11:29192"),
        ("InternalPort", "9192", "INTERNAL://10.0.0.11:9192"),
    ] {
        stage.replace();
        let right = stage.given.insert(parameter.to_owned(), value.to_owned());
        refuses(
            &stage,
            78,
            &format!("{PROPERTIES} on {VOLUME} lacks {lacks}"),
        );
        stage
            .given
            .insert(parameter.to_owned(), right.expect("a value"));
    }
    // What a person adds to it may stay.
    let file = format!("/run/aws/volumes/{VOLUME}/fs/config/server.properties");
    run(&format!(
        "sed -i 's/,2@10.0.64.12/, 4@10.0.0.14:29092, 2@10.0.64.12/' {file}"
    ));
    stage.replace();
    stage.first_boot().is(0, "READY");
    // And an instance that has booted goes on with whatever is edited.
    run(&format!("sed -i s/:9092/:9192/ {PROPERTIES}"));
    stage.reboot();
    stage.boot().is(0, "READY");
}

#[test]
fn a_volume_that_has_grown_gives_its_space_at_the_next_boot() {
    let (_machine, mut stage) =
        on_a_broker!("booting::updates::a_volume_that_has_grown_gives_its_space_at_the_next_boot");
    stage.first_boot().is(0, "READY");
    run("rm -f /run/aws/grown");
    stage.replace();
    stage.first_boot().is(0, "READY");
    let grown = fs::read_to_string("/run/aws/grown").unwrap_or_default();
    assert_eq!(grown, format!("{FOLDER}\n"));
}

/// The stack is gone and its volume is left; `infra/example-cluster.md` tells these steps.
#[test]
fn the_next_stack_takes_the_volume_of_the_last_one_by_its_cluster_id() {
    let (_machine, mut stage) = on_a_broker!(
        "booting::updates::the_next_stack_takes_the_volume_of_the_last_one_by_its_cluster_id"
    );
    stage.first_boot().is(0, "READY");
    let message = format!("{FOLDER}/data/orders-0/x.log");
    write(&message, "a message");
    let meta = fs::read_to_string(format!("{FOLDER}/data/meta.properties")).expect("its file");
    let id = meta
        .lines()
        .find_map(|line| line.strip_prefix("cluster.id="));
    let id = id.expect("an ID").to_owned();
    stage.replace();
    run(&format!(
        "mv /run/aws/volumes/{VOLUME} /run/aws/volumes/{KEPT}; rm -r /run/aws/versions"
    ));
    stage.add_volume(VOLUME, "1");
    stage.set_record("new");
    for (name, value) in [
        ("AWS::StackId", "the next one"),
        ("KafkaClusterId", &id),
        ("BrokerInterface2.PrimaryPrivateIpAddress", "10.0.64.99"),
    ] {
        stage.given.insert(name.to_owned(), value.to_owned());
    }
    refuses(&stage, 78, &format!("these have: {VOLUME}\t{KEPT}"));
    // Who takes the tag off the wrong one gets no empty voter.
    let untag = |volume: &str| run(&format!("sed -i /node-id/d /run/aws/volumes/{volume}/tags"));
    untag(KEPT);
    refuses(
        &stage,
        78,
        &format!(
            "{VOLUME} is EMPTY, and KafkaClusterId says that broker 1 has data on another one"
        ),
    );
    stage.add_volume(KEPT, "1");
    untag(VOLUME);
    stage.replace();
    refuses(&stage, 78, "lacks 2@10.0.64.99:29092");
    run(&format!(
        "rm /run/aws/volumes/{KEPT}/fs/config/server.properties"
    ));
    stage.boot().is(0, "READY");
    assert_eq!(stage.record(), format!("formatted {KEPT}"));
    assert_eq!(fs::read_to_string(&message).expect("its data"), "a message");
    assert_eq!(stage.times_formatted(), 1);
    let file = fs::read_to_string(PROPERTIES).expect("its file");
    assert!(file.contains("2@10.0.64.99:29092"), "{file}");
}
