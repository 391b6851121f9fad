//! The archives of a JDK and of Kafka in the layout of the releases, with stand-ins in them.

use host::stand_ins::{START, STORAGE};
use host::{Given, run, write};
use sha2::{Digest, Sha512};
use std::fs;

const JDK_VERSION: &str = "21.0.8.9.1";
const KAFKA: &str = "kafka_2.13-3.7.1";

/// Packs them with this program as Java; what the template's names stand for.
pub fn given(java: &str) -> Given {
    let processor = if cfg!(target_arch = "aarch64") {
        "aarch64"
    } else {
        "x64"
    };
    let jdk = format!("amazon-corretto-{JDK_VERSION}-linux-{processor}");
    run(&format!(
        "mkdir -p /run/archives/{jdk}/bin && cp {java} /run/archives/{jdk}/bin/java"
    ));
    let bin = format!("/run/archives/{KAFKA}/bin");
    write(&format!("{bin}/kafka-storage.sh"), STORAGE);
    write(&format!("{bin}/kafka-server-start.sh"), START);
    write(&format!("/run/archives/{KAFKA}/libs/{KAFKA}.jar"), "");
    run(&format!("chmod 755 {bin}/*"));
    let jdk_sha512 = pack(&jdk, &format!("{jdk}.tar.gz"));
    let kafka_sha512 = pack(KAFKA, &format!("{KAFKA}.tgz"));
    host::given(&[
        ("ClusterName", "orders"),
        ("AWS::Region", "us-west-2"),
        (
            "AWS::StackId",
            "arn:aws:cloudformation:us-west-2:123456789012:stack/orders/01234567-89ab-cdef-0123-456789abcdef",
        ),
        ("KafkaClusterId", ""),
        ("SlotRecord1", super::stage::RECORD),
        ("ZoneId1", "usw2-az1"),
        ("BrokerInterface1.PrimaryPrivateIpAddress", "10.0.0.11"),
        ("BrokerInterface2.PrimaryPrivateIpAddress", "10.0.64.12"),
        ("BrokerInterface3.PrimaryPrivateIpAddress", "10.0.128.13"),
        ("InternalPort", "9092"),
        ("ControllerPort", "29092"),
        ("FirstBindPort", "39092"),
        ("LastBindPort", "39093"),
        ("Source", "file:///run/archives"),
        ("KafkaVersion", "3.7.1"),
        ("KafkaSha512", &kafka_sha512),
        ("JdkVersion", JDK_VERSION),
        ("JdkSha512", &jdk_sha512),
    ])
}

/// Packs a folder; its checksum.
fn pack(folder: &str, archive: &str) -> String {
    run(&format!(
        "cd /run/archives && tar -czf {archive} {folder} && rm -r {folder}"
    ));
    let bytes = fs::read(format!("/run/archives/{archive}")).expect("an archive");
    let hash = Sha512::digest(bytes);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
