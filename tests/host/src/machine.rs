//! A host of its own: processes, mounts and network of namespaces, and the folders that scripts write
//! in memory. A test runs itself again inside.

use crate::broker::JAVA;
use crate::{Answer, INSTANCE, Order};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

const INSIDE: &str = "KAFKA_PRIVATELINK_TEST_INSIDE";
/// Stands first in the scripts' PATH.
pub const STAND_INS: &str = "/opt/stand-in";

/// What runs the script: `sh` of Debian, or that of Amazon Linux 2023.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    /// `dash`.
    Dash,
    /// `bash --posix`, as bash is when it is called `sh`.
    Bash,
}

impl Shell {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Dash, Self::Bash];

    fn command(self) -> Command {
        match self {
            Self::Dash => Command::new("dash"),
            Self::Bash => {
                let mut bash = Command::new("bash");
                bash.arg("--posix");
                bash
            }
        }
    }
}

/// The host that a test stands on.
pub struct Machine {
    instance: String,
    user_is_root: bool,
}

impl Machine {
    /// Enters a host with this stand-in for Java: runs the test of this name again inside and answers nothing; inside, answers it.
    ///
    /// # Panics
    ///
    /// If the test fails inside, or there are no namespaces.
    #[must_use]
    pub fn enter(test: &str, java: &str) -> Option<Self> {
        if Self::is_inside() {
            return Some(Self::arrive(java));
        }
        let mut unshare = Command::new("unshare");
        if !rustix::process::geteuid().is_root() {
            unshare.args(["--user", "--map-root-user"]);
        }
        unshare.args([
            "--net",
            "--pid",
            "--mount",
            "--fork",
            "--mount-proc",
            "--kill-child",
        ]);
        unshare.arg(std::env::current_exe().expect("this test's own path"));
        unshare.args(["--exact", test, "--nocapture", "--test-threads=1"]);
        let output = unshare.env(INSIDE, "1").stdin(Stdio::null()).output();
        let output = output.expect("unshare of util-linux");
        let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
        print!("{out}");
        assert!(output.status.success(), "inside:\n{out}\n{err}");
        assert!(
            out.contains("1 passed"),
            "{test} is not the test's path:\n{out}"
        );
        None
    }

    /// Whether this process is on a host.
    #[must_use]
    pub fn is_inside() -> bool {
        std::env::var_os(INSIDE).is_some()
    }

    fn arrive(java: &str) -> Self {
        // /etc without what is there but for what programs need to start.
        run("mkdir -p /tmp && mount -t tmpfs none /tmp && mkdir /tmp/etc");
        run("cp -a /etc/alternatives /etc/java* /tmp/etc/ 2>/dev/null || true");
        run(
            "cp -aL /etc/ld.so.cache /etc/ld.so.conf* /etc/passwd /etc/group /etc/nsswitch.conf /tmp/etc/",
        );
        run("mount --bind /tmp/etc /etc");
        for folder in ["/var/lib", "/run", "/opt"] {
            run(&format!(
                "mount -t tmpfs none {folder} && chmod 755 {folder}"
            ));
        }
        // What a test writes elsewhere would stay, and meet the next run.
        run("mount -o remount,bind,ro /");
        run("ip link set lo up 2>/dev/null || true");
        run(&format!(
            "mkdir -p /opt/jdk/bin /opt/kafka/config /opt/kafka/logs /opt/kafka/libs {STAND_INS}"
        ));
        run("touch /opt/kafka/libs/kafka_2.13-3.7.1.jar");
        symlink(java, JAVA).expect("the stand-in for Java");
        let inner_root = fs::read_to_string("/proc/self/uid_map").expect("a map of users");
        Self {
            instance: INSTANCE.to_owned(),
            user_is_root: inner_root.split_whitespace().nth(2) != Some("1"),
        }
    }

    /// Whether there are other users here than root.
    #[must_use]
    pub fn has_users(&self) -> bool {
        self.user_is_root
    }

    /// Writes a program that stands in the scripts' PATH before all others.
    ///
    /// # Panics
    ///
    /// If it cannot.
    pub fn stand_in(&self, name: &str, script: &str) {
        write_program(&Path::new(STAND_INS).join(name), script);
    }

    /// Writes the stand-ins of a host that boots.
    ///
    /// # Panics
    ///
    /// If it cannot.
    pub fn stand_in_for_aws(&self) {
        let of_root_alone = crate::stand_ins::OF_ROOT_ALONE;
        let of_root_alone = of_root_alone.iter().filter(|_| !self.has_users());
        for (name, script) in crate::stand_ins::ALL.iter().chain(of_root_alone) {
            self.stand_in(name, script);
        }
    }

    /// Runs a document as the agent does.
    ///
    /// # Panics
    ///
    /// If its answer is none.
    #[must_use]
    pub fn run(&self, document: &str, shell: Shell, order: &Order) -> Answer {
        self.run_text(&text_of(document), shell, Some(&order.payload()))
    }

    /// The same in dash, and in bash after it, whose answer it is.
    #[must_use]
    pub fn inspect(&self, order: &Order) -> Answer {
        let first = self.run("inspect", Shell::Dash, order);
        let second = self.run("inspect", Shell::Bash, order);
        let strip = |answer: &Answer| {
            let mut json = answer.json.clone();
            // What goes by the clock.
            let processes = json["processes"].as_array().map_or(0, Vec::len);
            let ages = (0..processes).map(|at| format!("/processes/{at}/age"));
            let of_clock = ["/clock", "/broker/age"].map(str::to_owned);
            for pointer in ages.chain(of_clock) {
                json.pointer_mut(&pointer).map(serde_json::Value::take);
            }
            (answer.code, json)
        };
        assert_eq!(strip(&first), strip(&second));
        second
    }

    /// Runs a text, with a payload or, as an old agent does, without.
    ///
    /// # Panics
    ///
    /// If its answer is none.
    #[must_use]
    pub fn run_text(&self, text: &str, shell: Shell, payload: Option<&str>) -> Answer {
        self.run_at("/opt/_script.sh", text, shell, payload)
    }

    /// Runs a document from a file of its own, for two at once.
    ///
    /// # Panics
    ///
    /// If its answer is none.
    #[must_use]
    pub fn run_text_from(&self, path: &str, document: &str, shell: Shell, order: &Order) -> Answer {
        self.run_at(path, &text_of(document), shell, Some(&order.payload()))
    }

    fn run_at(&self, path: &str, text: &str, shell: Shell, payload: Option<&str>) -> Answer {
        fs::write(path, text).expect("the script's file");
        let mut command = shell.command();
        command.arg(path).env_clear().stdin(Stdio::null());
        command.env("AWS_SSM_INSTANCE_ID", &self.instance);
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        if let Some(payload) = payload {
            command.env("SSM_payload", payload);
        }
        let output = command.output().expect("a shell");
        Answer::read(output.status.code(), &output.stdout, &output.stderr)
    }
}

/// A document's text, with the stand-ins before the system's own programs.
#[must_use]
pub fn text_of(document: &str) -> String {
    let text = crate::text(document);
    let path = "\nPATH=/usr/sbin:";
    assert!(text.contains(path), "a PATH");
    text.replace(path, &format!("\nPATH={STAND_INS}:/usr/sbin:"))
}

/// Writes an executable file.
pub(crate) fn write_program(path: &Path, script: &str) {
    fs::write(path, script).expect("a program");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("its mode");
}

/// Runs a line of shell that has to succeed.
pub fn run(line: &str) {
    let status = Command::new("sh").args(["-ec", line]).status();
    assert!(status.expect("sh").success(), "{line}");
}
