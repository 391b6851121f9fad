//! *apply* and *stop* on a host of the model: phase by phase as the scripts go, the state on the disk before
//! each step, so that whoever comes after one that was killed finds what it left.

use super::kafka::{self, FILE};
use super::payload::{is_hex, is_number, process, unpadded};
use super::script::{End, Ends, Script, is_generated};
use push_listeners::host::order::ProcessId;
use push_listeners::host::reply;
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
            "restart" => self.restart(&order),
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
        let is_mode = |it: &str| ["edit", "restart", "start", "back"].contains(&it);
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
        self.state.set("heading", "forth");
        self.state.set("mode", mode);
        self.state.set("process", written(seen));
        self.state.set("running", "none");
        self.state.set("file", super::script::b64(FILE.as_bytes()));
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

    // --- the machine ---

    /// Goes on from the phase in which it is to an end.
    fn go(&mut self, order: &Order) -> Ends {
        let phase = |script: &Self, words: &[&str]| words.contains(&script.state.get("phase"));
        let was_started = phase(self, &["started"]);
        if phase(self, &["prepared"]) {
            self.put_file();
            self.state.exchange_kept();
            self.save("replaced")?;
        }
        if phase(self, &["replaced", "stopping"]) {
            if self.is_alive("process") {
                self.check_time(order.not_after)?;
            }
            self.stop_broker(order.stop)?;
        }
        if !was_started || self.state.get("running") == "none" {
            self.start_broker()?;
        }
        let is_forth = self.state.get("heading") == "forth" && self.state.get("mode") == "edit";
        match self.watch(order.watch)? {
            Ok(()) => self.finish(),
            Err(said) if is_forth => {
                self.state.set("said", said);
                self.take_back(order)
            }
            Err(said) => {
                if self.state.get("said").is_empty() {
                    self.state.set("said", said);
                }
                self.conclude(12, "exited", "held")
            }
        }
    }

    /// A file that others wrote since stays.
    fn put_file(&mut self) {
        let is = |word: &str| reply::hex(self.file()) == self.state.get(word);
        let (is_old, is_new) = (is("old-sha256"), is("new-sha256"));
        match (self.state.get("heading"), self.state.get("mode")) {
            ("back", _) if is_new => _ = self.place("old-sha256"),
            ("forth", "edit") if is_old => _ = self.place("new-sha256"),
            (_, _) => {}
        }
    }

    fn is_alive(&self, word: &str) -> bool {
        let it = process(self.state.get(word));
        let living = self.host.living(self.now()).map(|it| ProcessId {
            pid: it.pid,
            start: it.start,
        });
        it.is_some() && it == living
    }

    fn stop_broker(&mut self, patience: Duration) -> Result<(), End> {
        self.save("stopping")?;
        if self.is_alive("process") {
            if self.host.never_stops {
                self.sleep(patience);
                return Err(self.report(12, "stopping"));
            }
            kafka::exit(self.host);
            self.sleep(STOPS_IN);
        }
        self.save("stopped")
    }

    /// A broker that runs already is not started again: ours before we were killed, or somebody's.
    fn start_broker(&mut self) -> Result<(), End> {
        self.save("starting")?;
        let running = match self.find_broker() {
            Some(running) => running,
            None => {
                let now = self.now();
                kafka::start(self.host, now);
                let process = self.host.process.as_ref();
                let id = |it: &world::model::HostedKafka| (it.pid, it.start);
                let (pid, start) = process.map(id).unwrap_or_default();
                ProcessId { pid, start }
            }
        };
        self.state.set("running", written(Some(running)));
        Ok(())
    }

    /// What the new process said, if it has exited.
    fn watch(&mut self, watch: Duration) -> Result<Result<(), String>, End> {
        self.save("started")?;
        self.sleep(watch);
        let said = self.host.process.as_ref().and_then(|it| it.exits.as_ref());
        let said = said.map(|(_, said)| said.clone()).unwrap_or_default();
        Ok(match self.is_alive("running") {
            true => Ok(()),
            false => Err(super::script::b64(said.as_bytes())),
        })
    }

    /// The old file comes first: what is started from now on starts with it.
    fn take_back(&mut self, order: &Order) -> Ends {
        self.state.set("heading", "back");
        self.state.set("cause", "exited");
        self.state.set("process", "none");
        self.save("prepared")?;
        // A file that others wrote since stays.
        let is_new = reply::hex(self.file()) == self.state.get("new-sha256");
        if is_new && !self.place("old-sha256") {
            return self.conclude(12, "exited", "held");
        }
        self.state.exchange_kept();
        self.save("replaced")?;
        self.state.set("running", "none");
        self.go(order)
    }

    fn finish(&mut self) -> Ends {
        let is_new = reply::hex(self.file()) == self.state.get("new-sha256");
        let words = ["heading", "cause", "mode"].map(|word| self.state.get(word));
        match words {
            ["back", "exited", _] => self.conclude(11, "taken-back", "back"),
            ["back", _, _] => self.conclude(0, "back", "back"),
            [_, _, "edit"] if !is_new => self.conclude(0, "undone", "done"),
            _ => self.conclude(0, "started", "done"),
        }
    }

    // --- the four modes ---

    fn edit(&mut self, order: &Order) -> Ends {
        let is_old = reply::hex(self.file()) == self.state.get("old-sha256");
        let begins_anew =
            self.state.get("phase") == "prepared" && self.state.get("heading") == "forth" && is_old;
        if self.state.is_unfinished() && !begins_anew {
            return self.end_unfinished(order);
        }
        self.check_time(order.not_after)?;
        self.check_process(order.seen)?;
        self.check_file(order)?;
        self.check_ports()?;
        let made = self.build()?;
        let new = reply::hex(&made);
        if new == order.old {
            return self.deny("payload", "span");
        }
        self.plus("validated", json!("no"));
        self.become_new("edit", order.seen);
        self.keep(&order.old, &new, made);
        self.wants(order);
        self.state.other = self.payload.fields("kept").map(str::to_owned).collect();
        self.save("prepared")?;
        self.place("new-sha256");
        self.state.exchange_kept();
        self.save("replaced")?;
        self.go(order)
    }

    fn restart(&mut self, order: &Order) -> Ends {
        if self.state.is_unfinished() {
            return self.end_unfinished(order);
        }
        self.check_time(order.not_after)?;
        self.check_process(order.seen)?;
        self.check_sha(&order.old)?;
        self.become_new("restart", order.seen);
        self.save("replaced")?;
        self.go(order)
    }

    /// Only the very order that was interrupted goes on with what it began.
    fn end_unfinished(&mut self, order: &Order) -> Ends {
        match self.state.get("nonce") == self.nonce {
            true => self.go(order),
            false => {
                let phase = self.state.get("phase").to_owned();
                self.deny("unfinished", &phase)
            }
        }
    }

    fn wants(&mut self, order: &Order) {
        self.state.set("generation", order.generation.clone());
        self.state.set("revision", order.revision.clone());
    }

    /// Starts a broker that is gone, and ends what was not finished.
    fn start(&mut self, order: &Order) -> Ends {
        let (is_unfinished, found) = (self.state.is_unfinished(), self.find_broker());
        let was_to_stop = process(self.state.get("process"));
        if found.is_some() && (!is_unfinished || found == was_to_stop) {
            return self.deny("process", &written(found));
        }
        // With the file as it is, whichever way the other command went.
        if !is_unfinished || self.state.get("phase") == "prepared" {
            self.check_time(order.not_after)?;
            self.check_sha(&order.old)?;
            // What is exchanged with the file belongs to the one that is there already.
            let comes = match (self.state.get("phase"), self.state.get("heading")) {
                ("prepared", "forth") => self.state.get("new-sha256"),
                ("prepared", "back") => self.state.get("old-sha256"),
                (_, _) => "",
            };
            if comes == order.old {
                self.state.exchange_kept();
            }
            self.become_new("start", None);
            self.wants(order);
            self.save("stopped")?;
        }
        self.go(order)
    }

    /// Puts back the file that was before the last edit, and starts the old process if that one has gone.
    fn back(&mut self, order: &Order) -> Ends {
        let (old, new) = (
            self.state.get("old-sha256").to_owned(),
            self.state.get("new-sha256").to_owned(),
        );
        let kept = self.host.files.get(&self.kept_file(&old));
        if old != order.old || kept.is_none_or(|kept| reply::hex(kept) != old) {
            return self.deny("nothing-kept", "");
        }
        if order.file != FILE {
            return self.deny("file", FILE);
        }
        let sha = reply::hex(self.file());
        if sha != old && sha != new {
            return self.deny("changed", FILE);
        }
        let found = self.find_broker();
        if found != order.seen {
            return self.deny("process", &written(found));
        }
        let is_back = self.state.get("heading") == "back";
        if self.state.is_unfinished() && is_back && self.state.get("cause") != "never-stopped" {
            if ["prepared", "replaced", "stopping"].contains(&self.state.get("phase")) {
                self.state.set("process", written(order.seen));
            }
            return self.go(order);
        }
        let never_stopped = self.never_stopped(order);
        if order.seen.is_some() {
            self.check_time(order.not_after)?;
        }
        let (running, phase) = (self.state.get("running"), self.state.get("phase"));
        let running = running.to_owned();
        // What is exchanged with the file belongs to the old one already.
        if is_back != (phase == "prepared") {
            self.state.exchange_kept();
        }
        self.become_new("back", order.seen);
        self.state.set("heading", "back");
        match never_stopped {
            true => {
                self.state.set("cause", "never-stopped");
                self.state.set("running", running);
                self.save("prepared")?;
                self.place("old-sha256");
                self.state.exchange_kept();
                self.plus("restarted", json!(false));
                self.state.set("running", written(order.seen));
                self.conclude(0, "back", "back")
            }
            false => {
                self.save("prepared")?;
                self.go(order)
            }
        }
    }

    /// Whether the process runs with what was in the file before the edit.
    fn never_stopped(&self, order: &Order) -> bool {
        let phase = self.state.get("phase");
        let is = |word: &str| process(self.state.get(word)) == order.seen;
        order.seen.is_some()
            && (["prepared", "replaced"].contains(&phase) && is("process")
                || phase == "back" && is("running"))
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
