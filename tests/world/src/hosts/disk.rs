//! The disks of the world's machines: a file system in memory that nothing outlives, not even a
//! world that is killed.

use super::error::{Doing, HostsError};
use super::world_init::must_be_inside;
use rustix::mount::{MountFlags, mount};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder that only this world sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disk(PathBuf);

impl Disk {
    /// Mounts it; hosts that are started afterwards see it, too. Outside of the world there is an
    /// empty folder in its place, which all worlds share.
    pub fn mount() -> Result<Self, HostsError> {
        must_be_inside().doing("mount the world's disk")?;
        let folder = std::env::temp_dir().join("kafka-privatelink");
        fs::create_dir_all(&folder).doing(format!("make {}", folder.display()))?;
        let flags = MountFlags::NOSUID | MountFlags::NODEV;
        mount("tmpfs", &folder, "tmpfs", flags, None)
            .doing(format!("mount the world's disk at {}", folder.display()))?;
        Ok(Self(folder))
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_mounted_on_the_machine_itself() {
        assert_eq!(
            Disk::mount().unwrap_err().to_string(),
            "mount the world's disk: this process is not inside a world"
        );
    }
}
