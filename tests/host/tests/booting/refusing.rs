//! What a broker does not boot with. It ends with a line on the console, and nothing is written to any disk.

use crate::booting::stage::{FOLDER, RECORD, Stage, VOLUME, on_a_broker};
use host::{run, write};
use std::fs;
use std::net::TcpListener;

const OTHER: &str = "vol-0fedcba9876543210";

fn disk() -> Vec<u8> {
    fs::read(format!("/run/aws/volumes/{VOLUME}/disk")).expect("a disk")
}

/// The disk is as it was, nothing is mounted, Kafka was not started.
pub fn refuses(stage: &Stage, code: i32, words: &str) {
    let (before, record, formatted) = (disk(), stage.record(), stage.times_formatted());
    let installed = stage.run_user_data("BrokerTemplate1");
    assert_eq!(installed.code, Some(0), "{}", installed.said);
    stage.boot().is(code, words);
    assert!(disk() == before, "the disk was written to");
    assert_eq!(
        (stage.record(), stage.times_formatted()),
        (record, formatted)
    );
    let mounted = stage.run(&["mountpoint", "-q", FOLDER]);
    assert_ne!(mounted.code, Some(0), "it is mounted");
    let told = fs::read_to_string("/run/systemctl").unwrap_or_default();
    assert!(!told.contains("start --no-block kafka.service"), "{told}");
}

#[test]
fn an_archive_with_another_checksum() {
    let (_machine, mut stage) = on_a_broker!("booting::refusing::an_archive_with_another_checksum");
    let right = stage
        .given
        .insert("KafkaSha512".to_owned(), "0".repeat(128))
        .expect("a checksum");
    refuses(
        &stage,
        78,
        &format!(
            "STOPPED, a person is needed: kafka_2.13-3.7.1.tgz from file:///run/archives has the SHA-512 {right}, and the stack says 000"
        ),
    );
    assert_eq!(stage.calls(), "", "no volume was asked for");
    assert!(
        !fs::exists("/opt/kafka").expect("a look")
            && !fs::exists("/opt/.unpacked").expect("a look")
    );
    // As Apache writes it: in capitals, with blanks.
    let spaced: Vec<String> = right
        .to_uppercase()
        .as_bytes()
        .chunks(8)
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .collect();
    stage
        .given
        .insert("KafkaSha512".to_owned(), spaced.join(" "));
    stage.first_boot().is(0, "READY");
}

#[test]
fn an_archive_that_does_not_come() {
    let (_machine, mut stage) = on_a_broker!("booting::refusing::an_archive_that_does_not_come");
    stage
        .given
        .insert("JdkVersion".to_owned(), "17.0.1.2.1".to_owned());
    refuses(
        &stage,
        75,
        "GAVE UP for now: amazon-corretto-17.0.1.2.1-linux-",
    );
    stage
        .given
        .insert("Source".to_owned(), "s3://bucket/folder".to_owned());
    refuses(&stage, 75, "does not come from s3://bucket/folder: ");
}

#[test]
fn a_download_that_stalls() {
    let (_machine, mut stage) = on_a_broker!("booting::refusing::a_download_that_stalls");
    let mirror = TcpListener::bind("127.0.0.1:0").expect("a mirror that never answers");
    let address = mirror.local_addr().expect("its address");
    stage
        .given
        .insert("Source".to_owned(), format!("http://{address}"));
    refuses(
        &stage,
        75,
        &format!("does not come from http://{address}: "),
    );
}

#[test]
fn an_empty_volume_of_a_broker_that_had_data() {
    let (_machine, mut stage) =
        on_a_broker!("booting::refusing::an_empty_volume_of_a_broker_that_had_data");
    stage.first_boot().is(0, "READY");
    stage.replace();
    run(&format!(
        "cd /run/aws/volumes/{VOLUME} && rm -r fs disk && truncate -s 8M disk"
    ));
    refuses(
        &stage,
        78,
        "vol-0123456789abcdef0 is EMPTY, and broker 1 has had data on it",
    );
}

#[test]
fn a_volume_whose_data_are_gone() {
    let (_machine, mut stage) = on_a_broker!("booting::refusing::a_volume_whose_data_are_gone");
    stage.first_boot().is(0, "READY");
    stage.replace();
    run(&format!("rm -r /run/aws/volumes/{VOLUME}/fs/data"));
    refuses(&stage, 78, "lacks the data of broker 1");
}

#[test]
fn another_brokers_data() {
    let (_machine, mut stage) = on_a_broker!("booting::refusing::another_brokers_data");
    stage.first_boot().is(0, "READY");
    stage.replace();
    run(&format!(
        "sed -i s/node.id=1/node.id=2/ /run/aws/volumes/{VOLUME}/fs/data/meta.properties"
    ));
    refuses(&stage, 78, "lacks the data of broker 1");
    stage.set_record("new");
    refuses(&stage, 78, "has a file system that broker 1 did not make");
}

#[test]
fn another_volume_until_a_person_says_that_it_is_right() {
    let (_machine, mut stage) =
        on_a_broker!("booting::refusing::another_volume_until_a_person_says_that_it_is_right");
    stage.first_boot().is(0, "READY");
    stage.replace();
    // A copy of a snapshot takes the place of the volume.
    run(&format!(
        "cd /run/aws/volumes && cp -a {VOLUME} {OTHER} && sed -i s/orders/elsewhere/ {VOLUME}/tags"
    ));
    refuses(
        &stage,
        78,
        &format!("the data volume is {OTHER}, and the record {RECORD} says: formatted {VOLUME}"),
    );
    stage.set_record(&format!("formatted {OTHER}"));
    stage.boot().is(0, "READY");
}

#[test]
fn a_new_broker_whose_volume_is_not_empty() {
    let (_machine, stage) =
        on_a_broker!("booting::refusing::a_new_broker_whose_volume_is_not_empty");
    run(&format!(
        "printf x | dd of=/run/aws/volumes/{VOLUME}/disk seek=3000000 bs=1 conv=notrunc status=none"
    ));
    refuses(&stage, 78, "is not empty, and cannot be mounted");
}

#[test]
fn no_volume_and_two_volumes() {
    let (_machine, stage) = on_a_broker!("booting::refusing::no_volume_and_two_volumes");
    stage.add_volume(OTHER, "1");
    refuses(&stage, 78, &format!("these have: {VOLUME}\t{OTHER}"));
    run("sed -i s/orders/elsewhere/ /run/aws/volumes/*/tags");
    refuses(
        &stage,
        75,
        "EC2 does not tell of the data volume: no volume has the tags",
    );
}

#[test]
fn a_slot_that_another_instance_has() {
    let (_machine, stage) = on_a_broker!("booting::refusing::a_slot_that_another_instance_has");
    write(
        &format!("/run/aws/volumes/{VOLUME}/on"),
        "i-0eeeeeeeeeeeeeee9\n",
    );
    refuses(
        &stage,
        75,
        "vol-0123456789abcdef0 is already attached to an instance",
    );
}

#[test]
fn a_volume_that_does_not_show_itself() {
    let (_machine, stage) = on_a_broker!("booting::refusing::a_volume_that_does_not_show_itself");
    write(&format!("/run/aws/volumes/{VOLUME}/hidden"), "");
    refuses(&stage, 75, "instance types of the Nitro system");
}

#[test]
fn silence_of_aws() {
    let (_machine, stage) = on_a_broker!("booting::refusing::silence_of_aws");
    run("touch /run/aws/down");
    refuses(
        &stage,
        75,
        "EC2 does not tell of the data volume: Could not connect",
    );
    run("rm /run/aws/down; touch /run/aws/denied");
    refuses(
        &stage,
        75,
        "the record CFN-SlotRecord1-abc cannot be written",
    );
    run("rm /run/aws/denied");
    stage.boot().is(0, "READY");
}

#[test]
fn a_record_that_says_something_else() {
    let (_machine, stage) = on_a_broker!("booting::refusing::a_record_that_says_something_else");
    stage.set_record("formatted");
    refuses(&stage, 78, "says nothing that we know: formatted");
}

#[test]
fn bind_ports_that_are_no_span() {
    let (_machine, mut stage) = on_a_broker!("booting::refusing::bind_ports_that_are_no_span");
    stage
        .given
        .insert("LastBindPort".to_owned(), "39000".to_owned());
    let ended = stage.run_user_data("BrokerTemplate1");
    ended.is(78, "these bind ports cannot be reserved: 39092-39000");
}

/// Outgoing connections have the ports 32768 to 60999. If all of them were kept, none would come about, not even the
/// agent's.
#[test]
fn so_many_bind_ports_that_few_are_left_for_other_connections() {
    let (_machine, mut stage) = on_a_broker!(
        "booting::refusing::so_many_bind_ports_that_few_are_left_for_other_connections"
    );
    let mut last = |port: &str| {
        let port = port.to_owned();
        stage.given.insert("LastBindPort".to_owned(), port);
        stage.run_user_data("BrokerTemplate1")
    };
    let reserved = || fs::exists("/etc/sysctl.d/90-kafka.conf").expect("a look");
    last("40092").is(78, "these are more than 1,000 bind ports: 39092-40092");
    assert!(!reserved(), "nothing was set");
    let ended = last("40091");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(reserved());
}
