//! The two processes that are a host: one makes its namespaces, the other is PID 1 in them.

use super::error::{Doing, HostsError};
use super::host::{Own, Plan, READY};
use super::links::{self, Links};
use super::world_init::own_proc;
use super::{Role, THIS_BINARY, bound, forbidden};
use rustix::mount::{MountFlags, UnmountFlags, mount, mount_bind, unmount};
use rustix::thread::UnshareFlags;
use std::ffi::CString;
use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Command, ExitCode};
use tokio::signal::unix::{SignalKind, signal};

/// Ports of brokers, which no outgoing connection takes: 39092 lies among those that it may, and a
/// broker whose port is taken ends at its start.
const RESERVED: &str = "9092,29092,39092";

/// Makes the namespaces, starts the init and tells its process id, as the world sees it.
pub(super) fn play_starter() -> Result<ExitCode, HostsError> {
    bound::unshare(
        UnshareFlags::NEWNET | UnshareFlags::NEWPID | UnshareFlags::NEWNS | UnshareFlags::NEWUTS,
    )
    .map_err(forbidden::explain)
    .doing("make a host's namespaces")?;
    let mut command = Command::new(THIS_BINARY);
    command.arg(Role::HostInit.word());
    let mut init = bound::spawn(command).doing("start a host's init")?;
    say(&init.id().to_string())?;
    init.wait().map(bound::code).doing("await a host's init")
}

/// Sets the host up as told on standard input, then reaps orphans until it is killed.
pub(super) fn play() -> Result<ExitCode, HostsError> {
    let mut orders = String::new();
    io::stdin()
        .read_to_string(&mut orders)
        .doing("read a host's plan")?;
    let plan: Plan = serde_json::from_str(&orders).doing("read a host's plan")?;
    links::run(async {
        // Listened for before the first orphan can end.
        let mut ended = signal(SignalKind::child()).doing("listen for ended processes")?;
        match set_up(&plan).await {
            Ok(()) => say(READY)?,
            Err(error) => {
                say(&error.to_string())?;
                return Err(error);
            }
        }
        while ended.recv().await.is_some() {
            bound::reap_orphans().doing("reap orphans")?;
        }
        Ok(ExitCode::SUCCESS)
    })
}

async fn set_up(plan: &Plan) -> Result<(), HostsError> {
    rustix::system::sethostname(plan.name.as_bytes()).doing("name it")?;
    own_proc()?;
    let reserved = "/proc/sys/net/ipv4/ip_local_reserved_ports";
    fs::write(reserved, RESERVED).doing(format!("write {reserved}"))?;
    if let Some(own) = &plan.own {
        own_folders(own)?;
    }
    own_files(plan)?;
    let links = Links::open()?;
    links.up("lo").await?;
    links.add_address("eth0", plan.address, plan.prefix).await?;
    links.up("eth0").await
}

/// Its programs: what is here comes before `/usr/bin`, in the path of whoever is root.
const PROGRAMS: &str = "/usr/sbin";

/// Lays folders of its own over the machine's: what is read is the machine's until it is written.
fn own_folders(own: &Own) -> Result<(), HostsError> {
    for folder in ["/etc", "/var/lib", PROGRAMS] {
        let doing = || format!("lay its own {folder} over the machine's");
        let place = folder.trim_start_matches('/').replace('/', "-");
        let place = own.folder.join(place);
        let (upper, work) = (place.join("upper"), place.join("work"));
        fs::create_dir_all(&upper).doing(doing())?;
        fs::create_dir_all(&work).doing(doing())?;
        if folder == PROGRAMS {
            own.date.write(&upper, &own.folder)?;
        }
        let (upper, work) = (upper.display(), work.display());
        let layers = format!("lowerdir={folder},upperdir={upper},workdir={work},userxattr");
        let layers = CString::new(layers).doing(doing())?;
        let flags = MountFlags::NOSUID | MountFlags::NODEV;
        mount("overlay", folder, "overlay", flags, layers.as_c_str())
            .map_err(forbidden::explain)
            .doing(doing())?;
    }
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    mount("tmpfs", "/run", "tmpfs", flags, None).doing("mount its own /run")
}

/// Covers the files that say how names resolve: by the host's own hosts file and nothing else. So no
/// name is looked up outside the world, and an unknown one fails at once.
fn own_files(plan: &Plan) -> Result<(), HostsError> {
    let hosts = format!(
        "127.0.0.1 localhost\n{} {}\n{}\n",
        plan.address, plan.name, plan.etc_hosts
    );
    // A file system of its own to hold them, which nothing outlives; /tmp shows again afterwards.
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    mount("tmpfs", "/tmp", "tmpfs", flags, None).doing("mount a place for its files")?;
    for (path, text, needed) in [
        ("/etc/hosts", hosts.as_str(), true),
        ("/etc/resolv.conf", "", false),
        (
            "/etc/nsswitch.conf",
            "passwd: files\ngroup: files\nhosts: files\n",
            false,
        ),
    ] {
        if needed || Path::new(path).exists() {
            let source = Path::new("/tmp").join(path.replace('/', "-"));
            fs::write(&source, text).doing(format!("write its {path}"))?;
            mount_bind(&source, path).doing(format!("cover {path}"))?;
        }
    }
    unmount("/tmp", UnmountFlags::empty()).doing("uncover /tmp")?;
    // A running name service cache would answer from the machine's hosts file, through its socket.
    for cache in ["/run/nscd", "/var/run/nscd"] {
        if Path::new(cache).is_dir() {
            mount("tmpfs", cache, "tmpfs", flags, None).doing(format!("cover {cache}"))?;
        }
    }
    Ok(())
}

fn say(line: &str) -> Result<(), HostsError> {
    let mut stdout = io::stdout();
    writeln!(stdout, "{line}")
        .and_then(|()| stdout.flush())
        .doing("report to the world")
}
