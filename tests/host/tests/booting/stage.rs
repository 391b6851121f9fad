//! A broker's host that boots, and what AWS knows of it.

use crate::booting::archives;
use host::{Given, Machine, STAND_INS, run, user_data, write};
use std::fs;
use std::process::{Command, Output, Stdio};

/// The data volume of broker 1.
pub const VOLUME: &str = "vol-0123456789abcdef0";
/// The name of the record of its slot.
pub const RECORD: &str = "CFN-SlotRecord1-abc";
/// What its volume is mounted on.
pub const FOLDER: &str = "/var/lib/kafka";
/// Its file of properties.
pub const PROPERTIES: &str = "/var/lib/kafka/config/server.properties";
const SCRIPT: &str = "/run/cloud/part-001";

/// How a script ended, and what it said on the console.
#[derive(Debug)]
pub struct Ended {
    /// 0, 75 (tried again), 78 (a person is needed); nothing if it was killed.
    pub code: Option<i32>,
    /// All of it.
    pub said: String,
}

impl Ended {
    fn of(output: &Output) -> Self {
        let said = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
        Self {
            code: output.status.code(),
            said: said.concat(),
        }
    }

    /// It ended with this code, and its last line has this in it.
    pub fn is(&self, code: i32, words: &str) {
        assert_eq!(self.code, Some(code), "{}", self.said);
        let last = self.said.lines().last().unwrap_or_default();
        assert!(last.starts_with("kafka-privatelink: "), "{}", self.said);
        assert!(last.contains(words), "{words}: {}", self.said);
    }
}

/// The host of broker 1, or of the bastion.
pub struct Stage {
    /// What the template's names stand for.
    pub given: Given,
    /// Seconds that a script waits for what does not come.
    pub patience: &'static str,
}

impl Stage {
    /// A first instance; the volume is new, and so is the record.
    pub fn new(machine: &Machine, java: &str) -> Self {
        for folder in ["/var/log", "/usr/local/sbin", "/usr/local/bin"] {
            run(&format!(
                "mount -t tmpfs none {folder} && chmod 755 {folder}"
            ));
        }
        run(
            "mkdir -p /run/aws/volumes /run/aws/records /run/aws/s3 /run/cloud /run/systemd/system /etc/sysctl.d",
        );
        run(
            "mkdir -p /etc/systemd/system /etc/tmpfiles.d /etc/profile.d; rm -rf /opt/jdk /opt/kafka",
        );
        machine.stand_in_for_aws();
        let mut stage = Self {
            given: archives::given(java),
            patience: "0",
        };
        stage.add_volume(VOLUME, "1");
        stage.set_record("new");
        stage.take_instance("i-0aaaaaaaaaaaaaaa1");
        stage
    }

    /// A volume with the tags of a broker of the cluster.
    pub fn add_volume(&self, id: &str, node: &str) {
        let tags = format!("kafka-privatelink:cluster=orders\nkafka-privatelink:node-id={node}\n");
        write(&format!("/run/aws/volumes/{id}/tags"), &tags);
        run(&format!("truncate -s 8M /run/aws/volumes/{id}/disk"));
    }

    /// The record of the slot says this from now on.
    pub fn set_record(&self, text: &str) {
        write(&format!("/run/aws/records/{RECORD}"), &format!("{text}\n"));
    }

    /// What the record of the slot says.
    pub fn record(&self) -> String {
        let text = fs::read_to_string(format!("/run/aws/records/{RECORD}"));
        text.expect("a record").trim().to_owned()
    }

    /// How often a disk got a file system.
    pub fn times_formatted(&self) -> usize {
        let made = fs::read_to_string("/run/aws/made").unwrap_or_default();
        made.lines().count()
    }

    /// What AWS was asked so far.
    pub fn calls(&self) -> String {
        fs::read_to_string("/run/aws/calls").unwrap_or_default()
    }

    fn take_instance(&mut self, id: &str) {
        write("/run/aws/instance", &format!("{id}\n"));
    }

    /// cloud-init runs the user data of a launch template.
    pub fn run_user_data(&self, launch_template: &str) -> Ended {
        write(SCRIPT, &user_data(launch_template, &self.given));
        run(&format!("chmod 755 {SCRIPT}"));
        self.run(&[SCRIPT])
    }

    /// systemd runs the unit that user data made.
    pub fn boot(&self) -> Ended {
        let unit = fs::read_to_string("/etc/systemd/system/kafka-boot.service");
        let unit = unit.expect("the unit kafka-boot");
        let starts = unit
            .lines()
            .find_map(|line| line.strip_prefix("ExecStart="));
        let words: Vec<&str> = starts.expect("ExecStart=").split(' ').collect();
        self.run(&words)
    }

    /// User data and the boot after it, on a new instance.
    pub fn first_boot(&self) -> Ended {
        let ended = self.run_user_data("BrokerTemplate1");
        assert_eq!(ended.code, Some(0), "{}", ended.said);
        self.boot()
    }

    /// A command of the host, with the stand-ins before its own programs.
    pub fn run(&self, words: &[&str]) -> Ended {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).env_clear().stdin(Stdio::null());
        let path =
            format!("{STAND_INS}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        command.env("PATH", path);
        command.env("PATIENCE", self.patience).env("PAUSE", "0.2");
        command.env("MINUTE", "1");
        Ended::of(&command.output().expect("a program"))
    }

    /// The instance is rebooted: nothing is mounted any more.
    pub fn reboot(&self) {
        run(&format!("! mountpoint -q {FOLDER} || umount {FOLDER}"));
    }

    /// The instance is terminated, which lets its volume go, and the group launches the next one, with nothing on it.
    pub fn replace(&mut self) {
        self.reboot();
        run(
            "rm -rf /opt/jdk /opt/kafka* /opt/amazon* /opt/.unpacked /var/lib/kafka* /var/log/kafka /usr/local/sbin/*",
        );
        run(
            "rm -f /etc/systemd/system/kafka* /etc/sysctl.d/*kafka* /run/aws/volumes/*/on /run/aws/calls /run/systemctl",
        );
        run("sed -i /^kafka:/d /etc/passwd /etc/group");
        self.take_instance("i-0bbbbbbbbbbbbbbb2");
    }
}

/// Enters a host of broker 1, or goes: the test runs again on it.
macro_rules! on_a_broker {
    ($test:expr) => {{
        let machine = crate::on_a_machine!($test);
        let stage =
            crate::booting::stage::Stage::new(&machine, env!("CARGO_BIN_EXE_stand-in-java"));
        (machine, stage)
    }};
}
pub(crate) use on_a_broker;
