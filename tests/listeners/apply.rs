//! *apply* and *stop* on a host of the model: phase by phase as the scripts go, the state on the disk before
//! each step, so that whoever comes after one that was killed finds what it left.

mod machine;
mod modes;

use super::kafka::{self, FILE, identity};
use super::payload::{is_hex, is_number, process, unpadded};
use super::script::{End, Ends, Script, b64, is_generated};
use fleet::host::ProcessId;
use fleet::host::reply;
use serde_json::json;
use std::time::Duration;

/// How long a broker takes to stop.
const STOPS_IN: Duration = Duration::from_secs(3);

/// What *apply* is told.
pub(super) struct Order {
    mode: String,
    not_after: i64,
    seen: Option<ProcessId>,
    file: String,
    old: String,
    generation: String,
    revision: String,
    stop: Duration,
    watch: Duration,
}

impl Script<'_> {
    pub(super) fn apply(&mut self) -> Ends {
        let order = self.order();
        let order = self.told(order)?;
        self.begin()?;
        match order.mode.as_str() {
            "edit" => self.edit(&order),
            "restart" | "revive" => self.restart(&order),
            "start" => self.start(&order),
            _ => self.back(&order),
        }
    }

    pub(super) fn stop(&mut self) -> Ends {
        let seen = self.payload.process().and_then(|it| it.ok_or("process"));
        let seen = self.told(seen)?;
        let not_after = self.payload.number("not-after");
        let not_after = self.told(not_after)?;
        let stop = self.payload.number("stop-seconds");
        let stop = self.told(stop)?.unsigned_abs();
        self.begin()?;
        self.check_time(not_after)?;
        self.check_process(Some(seen))?;
        self.become_new("stop", Some(seen));
        self.stop_broker(Duration::from_secs(stop))?;
        self.conclude(0, "stopped", "down")
    }

    fn order(&self) -> Result<Order, &'static str> {
        let payload = &self.payload;
        let is_mode = |it: &str| ["edit", "restart", "revive", "start", "back"].contains(&it);
        let is_short = |it: &str| is_number(it) && it.parse().is_ok_and(|it: u64| it <= 900);
        let seconds = |word| {
            let text = payload.need(word, is_short)?;
            text.parse().map(Duration::from_secs).map_err(|_| word)
        };
        let file = unpadded(payload.field("file")).and_then(|it| String::from_utf8(it).ok());
        Ok(Order {
            not_after: payload.number("not-after")?,
            mode: payload.need("mode", is_mode)?.to_owned(),
            seen: payload.process()?,
            file: file.filter(|it| it.starts_with('/')).ok_or("file")?,
            old: payload
                .need("old-sha256", |it| is_hex(it) && it.len() == 64)?
                .to_owned(),
            generation: payload.need("generation", is_number)?.to_owned(),
            revision: payload.need("revision", is_hex)?.to_owned(),
            stop: seconds("stop-seconds")?,
            watch: seconds("watch-seconds")?,
        })
    }

    /// One that is delivered twice gets the first one's answer.
    fn begin(&mut self) -> Result<(), End> {
        let is_again = self.state.get("nonce") == self.nonce && !self.state.is_unfinished();
        if !is_again {
            return Ok(());
        }
        self.plus("again", json!(true));
        let code = self.state.get("code").parse().unwrap_or_default();
        let outcome = self.state.get("outcome").to_owned();
        Err(self.report(code, told(&outcome)))
    }

    fn report(&mut self, code: i32, outcome: &'static str) -> End {
        let said = self.state.get("said").to_owned();
        let state = self.state_on_disk();
        self.plus("state", state);
        self.plus("said", json!(said));
        self.plus("state_lost", json!(false));
        End::Answer(code, outcome)
    }

    fn conclude(&mut self, code: i32, outcome: &'static str, phase: &str) -> Ends {
        self.state.set("code", code.to_string());
        self.state.set("outcome", outcome);
        self.save(phase)?;
        Err(self.report(code, outcome))
    }

    /// The state on the disk; here a script may be killed.
    fn save(&mut self, phase: &str) -> Result<(), End> {
        self.state.set("phase", phase);
        self.state.set("nonce", self.nonce.clone());
        let text = self.state.text().into_bytes();
        self.host.files.insert(self.own("state"), text);
        let is_killed = self.host.kills_in.as_deref() == Some(phase);
        match self.host.kills_in.take_if(|_| is_killed) {
            Some(_) => Err(End::Killed),
            None => Ok(()),
        }
    }

    /// A command begins that is not the end of another one.
    fn become_new(&mut self, mode: &str, seen: Option<ProcessId>) {
        for word in ["cause", "outcome", "code", "said"] {
            self.state.set(word, "");
        }
        // What no edit has written yet is empty.
        for word in ["generation", "revision", "old-sha256", "new-sha256"] {
            let value = self.state.get(word).to_owned();
            self.state.set(word, value);
        }
        self.state.set("heading", "forth");
        self.state.set("mode", mode);
        self.state.set("process", written(seen));
        self.state.set("running", "none");
        self.state.set("file", b64(FILE.as_bytes()));
        self.state.set("unit", "");
    }

    // --- what is looked at before ---

    fn check_time(&mut self, not_after: i64) -> Result<(), End> {
        match self.clock() <= not_after {
            true => Ok(()),
            false => self.deny("late", ""),
        }
    }

    /// The broker is the very process that was seen.
    fn check_process(&mut self, seen: Option<ProcessId>) -> Result<(), End> {
        match self.find_broker() {
            found if found.is_some() && found == seen => Ok(()),
            found => self.deny("process", &written(found)),
        }
    }

    /// The broker is gone, and the file is its own.
    fn check_gone(&mut self) -> Result<(), End> {
        if self.host.living(self.now()).is_some() {
            let found = written(self.find_broker());
            return self.deny("process", &found);
        }
        match identity(self.file()).0.as_deref() == Some(&self.node) {
            true => Ok(()),
            false => self.deny("process", ""),
        }
    }

    fn check_file(&mut self, order: &Order) -> Result<(), End> {
        if order.file != FILE {
            return self.deny("file", FILE);
        }
        self.check_sha(&order.old)?;
        match is_generated(self.file()) {
            true => self.deny("generated", FILE),
            false => Ok(()),
        }
    }

    fn check_sha(&mut self, sha: &str) -> Result<(), End> {
        match reply::hex(self.file()) == sha {
            true => Ok(()),
            false => self.deny("changed", FILE),
        }
    }

    fn check_ports(&mut self) -> Result<(), End> {
        let mut ports = self.ports.iter();
        let taken = ports.find(|port| self.host.others.contains_key(port));
        match taken.copied() {
            Some(port) => self.deny("port", &port.to_string()),
            None => Ok(()),
        }
    }

    /// The file with its spans exchanged.
    fn build(&mut self) -> Result<Vec<u8>, End> {
        let (file, mut made, mut position) = (self.file().to_vec(), Vec::new(), 0);
        let spans: Vec<String> = self.payload.fields("span").map(str::to_owned).collect();
        for span in spans {
            let words: Vec<&str> = span.split(' ').collect();
            let [at, before, after] = words[..] else {
                return self.deny("payload", "span");
            };
            let bytes = |text| match text {
                "-" => Some(Vec::new()),
                text => unpadded(text),
            };
            let offset = Some(at).filter(|it| is_number(it));
            let offset = offset.and_then(|it| it.parse::<usize>().ok());
            let offset = offset.filter(|at| *at >= position);
            let (Some(at), Some(before), Some(after)) = (offset, bytes(before), bytes(after))
            else {
                return self.deny("payload", "span");
            };
            let end = at + before.len();
            if file.get(at..end) != Some(&before) {
                return self.deny("bytes", &at.to_string());
            }
            let is_plain = |it: &u8| it.is_ascii_alphanumeric() || b"._:/,=\r\n-".contains(it);
            if !after.iter().all(is_plain) {
                return self.deny("payload", &format!("span {at}"));
            }
            made.extend_from_slice(&file[position..at]);
            made.extend_from_slice(&after);
            position = end;
        }
        made.extend_from_slice(&file[position..]);
        Ok(made)
    }

    /// What the file was is kept: before our first edit for ever, before this one until the next.
    fn keep(&mut self, old: &str, new: &str, made: Vec<u8>) {
        let file = self.file().to_vec();
        self.host.files.insert(self.kept_file(old), file);
        self.host.files.insert(self.kept_file(new), made);
        let first = self.state.get("first").to_owned();
        if first.is_empty() || !self.host.files.contains_key(&self.kept_file(&first)) {
            self.state.set("first", old);
        }
        let all = [self.state.get("first"), old, new].map(|sha| self.kept_file(sha));
        let folder = self.own("kept/");
        let stays = |path: &String| !path.starts_with(&folder) || all.contains(path);
        self.host.files.retain(|path, _| stays(path));
        self.state.set("old-sha256", old);
        self.state.set("new-sha256", new);
    }

    fn kept_file(&self, sha: &str) -> String {
        let short = &sha[..sha.len().min(12)];
        self.own(&format!("kept/server.properties.{short}"))
    }

    /// Puts a kept file in the place of the file; false if it is kept no more.
    fn place(&mut self, word: &str) -> bool {
        let sha = self.state.get(word).to_owned();
        let kept = self.host.files.get(&self.kept_file(&sha)).cloned();
        let Some(kept) = kept.filter(|kept| reply::hex(kept) == sha) else {
            return false;
        };
        self.host.files.insert(FILE.to_owned(), kept);
        true
    }
}

fn written(process: Option<ProcessId>) -> String {
    process.map_or("none".to_owned(), |it| format!("{} {}", it.pid, it.start))
}

/// An outcome that a state holds.
fn told(outcome: &str) -> &'static str {
    let all = [
        "started",
        "undone",
        "back",
        "taken-back",
        "exited",
        "stopped",
        "came-back",
    ];
    let found = all.into_iter().find(|it| *it == outcome);
    found.unwrap_or("refused")
}
