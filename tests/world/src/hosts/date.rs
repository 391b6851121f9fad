//! What `date` says on a machine: the world's AWS time, which runs faster than the kernel's clock. Scripts of
//! commands compare it with what they were told. Nothing else there is told: logs have real time, and
//! waits are real waits.

use super::error::{Doing, HostsError};
use crate::clock::Clock;
use serde::{Deserialize, Serialize};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// AWS time by the kernel's time since it was started.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Date {
    /// Seconds since the kernel was started.
    uptime: f64,
    /// What the time was then, in seconds of the epoch.
    shown: f64,
    /// How much faster it goes.
    scale: u32,
}

impl Date {
    /// That of a world's clock. What is skipped later on that clock, it does not know.
    pub fn of(clock: &Clock) -> Result<Self, HostsError> {
        let told = fs::read_to_string("/proc/uptime").doing("read /proc/uptime")?;
        let shown = clock.now();
        let first = told.split(' ').next().unwrap_or_default();
        Ok(Self {
            uptime: first.parse().doing("read /proc/uptime")?,
            shown: shown.as_duration().as_secs_f64(),
            scale: clock.scale(),
        })
    }

    /// Writes the command into a folder that comes first in the path of a root's programs. `real` is where
    /// a copy of the machine's own one stands: the folder may be laid over that.
    pub(super) fn write(self, folder: &Path, real: &Path) -> Result<(), HostsError> {
        let Self {
            uptime,
            shown,
            scale,
        } = self;
        fs::copy("/usr/bin/date", real).doing("copy the machine's date")?;
        let seconds = format!("{shown:.2} + ($1 - {uptime:.2}) * {scale}");
        let text = format!(
            "#!/bin/sh\nnow=$(awk '{{ printf \"%.2f\", {seconds} }}' /proc/uptime)\nexec {} --date=\"@$now\" \"$@\"\n",
            real.display()
        );
        let command = folder.join("date");
        fs::write(&command, text).doing("write its date")?;
        fs::set_permissions(&command, Permissions::from_mode(0o755)).doing("write its date")
    }
}
