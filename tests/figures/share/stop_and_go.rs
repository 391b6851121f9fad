//! A share of a core without the kernel's help: the process is stopped once it has used its share of a
//! period, until the next one begins. What it uses too much, it has less in the periods after.

use crate::usage::cpu;
use rustix::process::{Pid, Signal, kill_process};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often it is looked at while it may run.
const LOOK: Duration = Duration::from_micros(500);

/// A thread that stops and continues a process; when dropped, the process continues.
pub(super) struct StopAndGo {
    process: Pid,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl StopAndGo {
    pub(super) fn hold(process: u32, period: Duration, share: f64) -> Result<Self, String> {
        let used = cpu(process)?;
        let pid = i32::try_from(process).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or(format!("{process} is no process"))?;
        let ends = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&ends);
        let thread = std::thread::spawn(move || {
            let mut used = used;
            let quota = period.as_secs_f64() * 1000.0 * share;
            // In milliseconds; less than nothing if it ran too long.
            let mut left = quota;
            let mut next = Instant::now() + period;
            while !until.load(Ordering::Relaxed) {
                let is_stopped = left <= 0.0;
                let signal = if is_stopped {
                    Signal::STOP
                } else {
                    Signal::CONT
                };
                // Either fails once the process is gone.
                if kill_process(pid, signal).is_err() {
                    return;
                }
                let rest = next.saturating_duration_since(Instant::now());
                std::thread::sleep(if is_stopped { rest } else { rest.min(LOOK) });
                let Ok(now) = cpu(process) else { return };
                // What a thread has run is gone with it.
                left -= (now - used).max(0.0);
                used = now;
                while Instant::now() >= next {
                    next += period;
                    left = (left + quota).min(quota);
                }
            }
        });
        Ok(Self {
            process: pid,
            ends,
            thread: Some(thread),
        })
    }
}

impl Drop for StopAndGo {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        // Whatever became of the thread, the process continues.
        let _ = self.thread.take().map(JoinHandle::join);
        let _ = kill_process(self.process, Signal::CONT);
    }
}
