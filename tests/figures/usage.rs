//! What a process has used, from /proc.

/// Memory in MiB and processor time in milliseconds.
pub struct Usage {
    pub resident: f64,
    pub peak: f64,
    pub cpu: f64,
}

impl Usage {
    /// Of a process that runs. Its processor time is that of all threads that it has now.
    pub fn of(process: u32) -> Result<Self, String> {
        let read = |file: &str| {
            let file = format!("/proc/{process}/{file}");
            std::fs::read_to_string(&file).map_err(|error| format!("read {file}: {error}"))
        };
        let status = read("status")?;
        let mib = |field: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(field));
            let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
            kib.map(|kib| kib / 1024.0)
                .ok_or(format!("/proc/{process}/status has no {field}"))
        };
        Ok(Self {
            resident: mib("VmRSS:")?,
            peak: mib("VmHWM:")?,
            cpu: cpu(process)?,
        })
    }
}

/// Milliseconds that the threads of a process have run.
pub fn cpu(process: u32) -> Result<f64, String> {
    let threads = format!("/proc/{process}/task");
    let threads =
        std::fs::read_dir(&threads).map_err(|error| format!("read {threads}: {error}"))?;
    let mut ran = None;
    for thread in threads.flatten() {
        // A thread may end at any time.
        let Ok(schedule) = std::fs::read_to_string(thread.path().join("schedstat")) else {
            continue;
        };
        let nanoseconds: Option<f64> = schedule.split(' ').next().and_then(|ran| ran.parse().ok());
        let nanoseconds = nanoseconds.ok_or(format!("process {process}: schedstat: {schedule}"))?;
        ran = Some(ran.unwrap_or(0.0) + nanoseconds / 1e6);
    }
    ran.ok_or(format!("process {process} has ended"))
}
