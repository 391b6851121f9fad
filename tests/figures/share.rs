//! Holds a process to a share of a core, as Lambda does: memory buys processor time, and 1,769 MB are
//! "the equivalent of one vCPU" (Lambda developer guide, "Configure Lambda function memory").
//!
//! By a quota of the kernel (cgroup v1 or v2) if this machine lets us make one and a busy loop shows
//! that it binds; else by stop-and-go, which stops the process whenever its share is used up. Both
//! count in periods of 20 ms, which is what others observed of Lambda's own quota (pwrdrvr/lambda-dispatch
//! #246); AWS does not say it.

mod quota;
mod stop_and_go;

use crate::table::Table;
use crate::usage::cpu;
use quota::Quota;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use stop_and_go::StopAndGo;

/// The memory in MB that buys one vCPU.
const MB_A_CORE: f64 = 1769.0;
/// In which a share is counted.
const PERIOD: Duration = Duration::from_millis(20);
/// What a busy loop is held to, and watched for, before a quota is trusted.
const TRIAL: f64 = 0.1;
const TRIAL_TIME: Duration = Duration::from_millis(500);

/// A process that is held to a share of a core until this is dropped; then it runs freely. It may end
/// meanwhile.
pub struct Share {
    _held: Held,
}

/// By what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// A cgroup.
    Quota,
    /// `SIGSTOP` and `SIGCONT`.
    StopAndGo,
}

/// What lets go when it is dropped.
enum Held {
    Quota { _quota: Quota },
    StopAndGo { _stop_and_go: StopAndGo },
}

impl Share {
    /// Holds this process, all its threads together, to a share of one core (0.145: 14.5 %).
    pub fn hold(process: u32, share: f64) -> Result<Self, String> {
        Self::hold_by(means(), process, share)
    }

    fn hold_by(means: Means, process: u32, share: f64) -> Result<Self, String> {
        if !(0.001..=1.0).contains(&share) {
            return Err(format!(
                "a share of {share} of a core; 0.001 to 1 can be held"
            ));
        }
        let _held = match means {
            Means::Quota => Held::Quota {
                _quota: Quota::hold(process, PERIOD, share)?,
            },
            Means::StopAndGo => Held::StopAndGo {
                _stop_and_go: StopAndGo::hold(process, PERIOD, share)?,
            },
        };
        Ok(Self { _held })
    }
}

/// What a function of this many MB has of a core.
pub fn of_memory(mb: u32) -> f64 {
    f64::from(mb) / MB_A_CORE
}

/// By what processes are held on this machine; the first call tries, for half a second.
pub fn means() -> Means {
    static MEANS: OnceLock<Means> = OnceLock::new();
    *MEANS.get_or_init(|| {
        let tried = busy(Means::Quota, TRIAL, TRIAL_TIME);
        let (means, why) = match tried {
            Ok(got) if (got / TRIAL - 1.0).abs() < 0.2 => (
                Means::Quota,
                format!("a quota of 10 % gave a busy loop {:.1} %", got * 100.0),
            ),
            Ok(got) => (
                Means::StopAndGo,
                format!("a quota of 10 % gave a busy loop {:.1} %", got * 100.0),
            ),
            Err(error) => (Means::StopAndGo, error),
        };
        println!("shares of a core are held by {means}: {why}");
        means
    })
}

/// What a busy loop gets at each share, by each means that there is.
pub fn measure(shares: &[f64], table: &mut Table) -> Result<(), String> {
    println!("shares of a core");
    let all = [Means::Quota, Means::StopAndGo];
    for means in all.into_iter().skip_while(|first| *first != means()) {
        for share in shares {
            let got = busy(means, *share, Duration::from_secs(3))?;
            table.bounded(
                &format!("a busy loop held by {means}"),
                format!("{:.2} % of a core", got * 100.0),
                &format!("{:.2} %", share * 100.0),
                got / share,
            );
        }
    }
    Ok(())
}

/// The share of a core that a busy loop gets for some time.
fn busy(means: Means, share: f64, time: Duration) -> Result<f64, String> {
    let mut busy = Busy::start()?;
    let process = busy.0.id();
    let _share = Share::hold_by(means, process, share)?;
    // What it ran before it was held is worked off first.
    std::thread::sleep(PERIOD * 10);
    let (before, began) = (cpu(process)?, Instant::now());
    std::thread::sleep(time);
    let (after, took) = (cpu(process)?, began.elapsed());
    busy.end()?;
    Ok((after - before) / 1000.0 / took.as_secs_f64())
}

/// A shell that counts for nothing; it ends when dropped.
struct Busy(Child);

impl Busy {
    fn start() -> Result<Self, String> {
        Command::new("sh")
            .args(["-c", "while :; do :; done"])
            .stdin(Stdio::null())
            .spawn()
            .map(Self)
            .map_err(|error| format!("start a busy loop: {error}"))
    }

    fn end(&mut self) -> Result<(), String> {
        self.0
            .kill()
            .and_then(|()| self.0.wait().map(drop))
            .map_err(|error| format!("end a busy loop: {error}"))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        // It fails after `end` only.
        let _ = self.end();
    }
}

impl std::fmt::Display for Means {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Quota => "a cgroup's quota",
            Self::StopAndGo => "stop-and-go",
        })
    }
}
