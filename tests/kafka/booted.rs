//! User data of the example cluster on three hosts and a bastion: real Kafka from an archive in the release's layout,
//! stand-ins for AWS. No function runs and no listener parameter is written: the cluster comes up all the same.

use host::{Given, Machine, given, run, user_data, write};
use std::fs;
use std::process::{Child, Command, Stdio};
use world::kafka::{Home, Kafka, Turn};

const JDK_VERSION: &str = "21.0.8.9.1";

/// A host: its number, its launch template and its address.
const HOSTS: [(&str, &str, &str); 4] = [
    ("1", "BrokerTemplate1", "10.0.0.11"),
    ("2", "BrokerTemplate2", "10.0.64.12"),
    ("3", "BrokerTemplate3", "10.0.128.13"),
    ("bastion", "BastionTemplate", "10.0.192.4"),
];

/// Folders that a host has for itself, by where they are.
const OWN: [(&str, &str); 7] = [
    ("etc", "/etc"),
    ("opt", "/opt"),
    ("lib", "/var/lib"),
    ("log", "/var/log"),
    ("sbin", "/usr/local/sbin"),
    ("bin", "/usr/local/bin"),
    ("run", "/run"),
];

/// What a host does: it gets its link, boots as cloud-init and systemd have it, and goes on until it is killed. The
/// bastion checks the cluster until all is well, for a while.
const LIFE: &str = r#"
set -eu
export PATH=/opt/stand-in:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin PATIENCE=60 PAUSE=0.5
until ip link show eth0 >/dev/null 2>&1; do sleep 0.1; done
ip link set lo up
ip addr add "$1/16" dev eth0
ip link set eth0 up
/run/part-001
if [ ! -e /usr/local/sbin/kafka-boot ]; then
  for _ in $(seq 30); do
    if kafka-check; then exit; fi
    sleep 1
  done
  exit 1
fi
kafka-boot boot
grep -qx 'start --no-block kafka.service' /run/systemctl
cd /var/lib/kafka
starts=$(sed -n 's/^ExecStart=//p' /etc/systemd/system/kafka.service)
variables=$(sed -n 's/^Environment=//p' /etc/systemd/system/kafka.service)
# shellcheck disable=SC2086
exec chroot --userspec=kafka:kafka --groups=kafka --skip-chdir / env -i PATH=/usr/bin:/bin $variables $starts
"#;

#[test]
fn user_data_alone_makes_a_cluster_of_real_kafka() {
    let _turn = turn();
    let test = "booted::user_data_alone_makes_a_cluster_of_real_kafka";
    let Some(machine) = Machine::enter(test, "/bin/true") else {
        return;
    };
    machine.stand_in_for_aws();
    run(
        "mkdir -p /run/archives /run/hosts /etc/sysctl.d /etc/systemd/system /etc/tmpfiles.d /etc/profile.d",
    );
    let given = archives();
    run("ip link add name vpc type bridge && ip link set vpc up");
    let mut hosts = HOSTS.map(|(name, launch_template, address)| {
        start(name, &user_data(launch_template, &given), address)
    });
    let bastion = hosts[3].wait().expect("the bastion");
    let said =
        |name: &str| fs::read_to_string(format!("/run/hosts/{name}/said")).unwrap_or_default();
    let all: String = HOSTS.iter().map(|(name, ..)| said(name)).collect();
    assert!(bastion.success(), "{all}");
    assert!(
        said("bastion").contains("3 brokers answer; 10 messages"),
        "{all}"
    );
    for number in ["1", "2", "3"] {
        assert!(said(number).contains("READY"), "{all}");
        let record = fs::read_to_string(format!(
            "/run/hosts/{number}/run/aws/records/record-{number}"
        ));
        assert_eq!(
            record.expect("a record"),
            format!("formatted vol-0{number}\n")
        );
    }
    for host in &mut hosts {
        // The bastion has ended.
        let _ = host.kill();
    }
}

/// A place for a cluster; a test that runs again on its host was let in outside.
fn turn() -> Option<Turn> {
    if Machine::is_inside() {
        return None;
    }
    Kafka::ready().unwrap();
    Some(world::kafka::beside().unwrap())
}

/// Packs the archives, and answers what the template's names stand for.
fn archives() -> Given {
    let kafka = Kafka::ready().unwrap();
    let version = kafka.version().to_string();
    Home::of_client("/run/archives".as_ref(), &kafka).unwrap();
    let processor = if cfg!(target_arch = "aarch64") {
        "aarch64"
    } else {
        "x64"
    };
    let jdk = format!("amazon-corretto-{JDK_VERSION}-linux-{processor}");
    write(
        &format!("/run/archives/{jdk}/bin/java"),
        "#!/bin/sh\nexec java \"$@\"\n",
    );
    run(&format!("chmod 755 /run/archives/{jdk}/bin/java"));
    // As in a release, the jars are files; what the broker writes beside them is its own here.
    let pack = |folder: &str, archive: &str| {
        run(&format!(
            "cd /run/archives && tar -chf - {folder} | gzip -1 >{archive} && rm -r {folder}"
        ));
        let summed = Command::new("sha512sum")
            .arg(format!("/run/archives/{archive}"))
            .output();
        let summed = String::from_utf8(summed.expect("sha512sum").stdout).expect("text");
        summed.split(' ').next().expect("a checksum").to_owned()
    };
    let folder = format!("kafka_2.13-{version}");
    let kafka_sha512 = pack(&folder, &format!("{folder}.tgz"));
    let jdk_sha512 = pack(&jdk, &format!("{jdk}.tar.gz"));
    let mut all = given(&[
        ("ClusterName", "orders"),
        ("AWS::Region", "us-west-2"),
        (
            "AWS::StackId",
            "arn:aws:cloudformation:us-west-2:123456789012:stack/orders/01234567-89ab-cdef",
        ),
        ("KafkaClusterId", ""),
        ("InternalPort", "9092"),
        ("ControllerPort", "29092"),
        ("FirstBindPort", "39092"),
        ("LastBindPort", "39092"),
        ("Source", "file:///run/archives"),
        ("KafkaVersion", &version),
        ("KafkaSha512", &kafka_sha512),
        ("JdkVersion", JDK_VERSION),
        ("JdkSha512", &jdk_sha512),
    ]);
    for (number, _, address) in &HOSTS[..3] {
        all.insert(
            format!("BrokerInterface{number}.PrimaryPrivateIpAddress"),
            (*address).to_owned(),
        );
        all.insert(format!("SlotRecord{number}"), format!("record-{number}"));
        all.insert(format!("ZoneId{number}"), format!("usw2-az{number}"));
    }
    all
}

/// Starts a host with folders, processes and a network of its own, and plugs it in.
fn start(name: &str, user_data: &str, address: &str) -> Child {
    let here = format!("/run/hosts/{name}");
    run(&format!(
        "mkdir -p {here}/opt {here}/lib {here}/log {here}/sbin {here}/bin {here}/run/archives"
    ));
    run(&format!(
        "cp -a /etc {here}/etc && cp -a /opt/stand-in {here}/opt/"
    ));
    write(&format!("{here}/run/part-001"), user_data);
    run(&format!("chmod 755 {here}/run/part-001"));
    let volume = format!("{here}/run/aws/volumes/vol-0{name}");
    let tags = format!("kafka-privatelink:cluster=orders\nkafka-privatelink:node-id={name}\n");
    write(&format!("{volume}/tags"), &tags);
    run(&format!("truncate -s 8M {volume}/disk"));
    write(&format!("{here}/run/aws/records/record-{name}"), "new\n");
    write(&format!("{here}/run/aws/instance"), &format!("i-0{name}\n"));
    write(&format!("{here}/run/life"), LIFE);
    let mut script = format!("mount --bind /run/archives {here}/run/archives\n");
    for (folder, place) in OWN {
        script += &format!("mount --rbind {here}/{folder} {place}\n");
    }
    script += "exec bash /run/life \"$@\"\n";
    let said = fs::File::create(format!("{here}/said")).expect("what it says");
    let mut command = Command::new("unshare");
    command.args([
        "--net",
        "--mount",
        "--pid",
        "--fork",
        "--mount-proc",
        "--kill-child",
    ]);
    command.args(["bash", "-ec", &script, "host", address]);
    command
        .stdin(Stdio::null())
        .stderr(said.try_clone().expect("it twice"))
        .stdout(said);
    let child = command.spawn().expect("unshare");
    plug(name, child.id());
    child
}

/// A link from the VPC's bridge into the namespace of the only child of a process.
fn plug(name: &str, starter: u32) {
    let children = format!("/proc/{starter}/task/{starter}/children");
    let init = loop {
        let child = fs::read_to_string(&children).unwrap_or_default();
        if let Some(child) = child.split_whitespace().next() {
            break child.to_owned();
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    run(&format!(
        "ip link add name to-{name} type veth peer name eth0 netns {init} && ip link set to-{name} master vpc up"
    ));
}
