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
    /// That of a world's clock. What is skipped later on that clock, or its other scale, it does not know: then it is to
    /// be [told](Self::tell) anew.
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

    /// Tells it to a machine, whose own folders are kept in this one.
    pub fn tell(self, own: &Path) -> Result<(), HostsError> {
        let Self {
            uptime,
            shown,
            scale,
        } = self;
        let (new, told) = (own.join("clock.new"), own.join(CLOCK));
        let text = format!("{shown:.2} {uptime:.2} {scale}\n");
        let written = fs::write(&new, text).and_then(|()| fs::rename(&new, &told));
        written.doing("tell a machine the time")
    }

    /// Writes the command into a folder that comes first in the path of a root's programs. In `own` stands what
    /// it was told, and a copy of the machine's command: the folder may be laid over that.
    pub(super) fn write(self, folder: &Path, own: &Path) -> Result<(), HostsError> {
        let real = own.join("date");
        fs::copy("/usr/bin/date", &real).doing("copy the machine's date")?;
        self.tell(own)?;
        let (clock, real) = (own.join(CLOCK), real.display());
        let clock = clock.display();
        let text = format!(
            "#!/bin/sh\nread -r shown uptime scale < {clock}\n\
             read -r now rest < /proc/uptime\n\
             now=$(awk \"BEGIN {{ printf \\\"%.2f\\\", $shown + ($now - $uptime) * $scale }}\")\n\
             exec {real} --date=\"@$now\" \"$@\"\n"
        );
        let command = folder.join("date");
        fs::write(&command, text).doing("write its date")?;
        fs::set_permissions(&command, Permissions::from_mode(0o755)).doing("write its date")
    }
}

/// What a machine was told.
const CLOCK: &str = "clock";
