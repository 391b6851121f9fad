//! A share of a core by the kernel: a cgroup of our own with a CFS quota, for one process.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const ROOT: &str = "/sys/fs/cgroup";
/// The kernel refuses less (`min_cfs_quota_period`).
const LEAST_QUOTA: u128 = 1000;

/// A cgroup; when dropped, its process goes back to where it was, and the group is taken away.
pub(super) struct Quota {
    group: PathBuf,
    back: PathBuf,
    process: u32,
}

impl Quota {
    /// An error says why there can be none here.
    pub(super) fn hold(process: u32, period: Duration, share: f64) -> Result<Self, String> {
        let groups = fs::read_to_string(format!("/proc/{process}/cgroup"))
            .map_err(|error| format!("read the cgroups of process {process}: {error}"))?;
        let (version, back, parent) = of_cpu(&groups).ok_or("no cgroup rules processor time")?;
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let group = parent.join(format!("figures-{}-{number}", std::process::id()));
        fs::create_dir(&group)
            .map_err(|error| format!("make the cgroup {}: {error}", group.display()))?;
        let quota = Self {
            group,
            back,
            process,
        };
        let period = period.as_micros();
        let of_period = ((period as f64 * share) as u128).max(LEAST_QUOTA);
        match version {
            Version::One => {
                quota.write("cpu.cfs_period_us", period)?;
                quota.write("cpu.cfs_quota_us", of_period)?;
            }
            Version::Two => quota.write("cpu.max", format!("{of_period} {period}"))?,
        }
        quota.write("cgroup.procs", process)?;
        Ok(quota)
    }

    fn write(&self, file: &str, value: impl ToString) -> Result<(), String> {
        let file = self.group.join(file);
        fs::write(&file, value.to_string())
            .map_err(|error| format!("write {}: {error}", file.display()))
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        // A process that has ended is in no group.
        let _ = fs::write(self.back.join("cgroup.procs"), self.process.to_string());
        // One that ends right now stays in it for a moment.
        for _ in 0..50 {
            match fs::remove_dir(&self.group) {
                Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {
                    std::thread::sleep(Duration::from_millis(2));
                }
                _ => break,
            }
        }
    }
}

enum Version {
    One,
    Two,
}

/// From `/proc/<process>/cgroup`: the group that rules its processor time, and below which a new one
/// can be made: in version 2, where a group has either processes or groups, beside it.
fn of_cpu(groups: &str) -> Option<(Version, PathBuf, PathBuf)> {
    groups.lines().find_map(|line| {
        let (_, line) = line.split_once(':')?;
        let (controllers, path) = line.split_once(':')?;
        let path = path.trim_start_matches('/');
        if controllers.split(',').any(|controller| controller == "cpu") {
            let own = Path::new(ROOT).join(controllers).join(path);
            return Some((Version::One, own.clone(), own));
        }
        let own = Path::new(ROOT).join(path);
        let rules = fs::read_to_string(own.join("cgroup.controllers")).unwrap_or_default();
        let is_cpus = controllers.is_empty() && rules.split_whitespace().any(|name| name == "cpu");
        let parent = match path {
            "" => own.clone(),
            _ => own.parent()?.to_owned(),
        };
        is_cpus.then_some((Version::Two, own, parent))
    })
}
