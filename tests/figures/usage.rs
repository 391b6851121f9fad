//! What a process has used, from /proc.

/// Memory in MiB and processor time in milliseconds.
pub struct Usage {
    pub resident: f64,
    pub peak: f64,
    pub cpu: f64,
}

impl Usage {
    /// Of a process that runs. Its processor time is that of its first thread, which does all work.
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
        let schedule = read("schedstat")?;
        let ran = schedule.split(' ').next();
        let ran = ran.and_then(|nanoseconds| nanoseconds.parse::<f64>().ok());
        Ok(Self {
            resident: mib("VmRSS:")?,
            peak: mib("VmHWM:")?,
            cpu: ran.ok_or(format!("/proc/{process}/schedstat: {schedule}"))? / 1e6,
        })
    }
}
