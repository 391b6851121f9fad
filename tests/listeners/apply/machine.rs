//! What a command does from the phase in which it is: to an end, or back.

use super::*;

impl Script<'_> {
    /// Goes on from the phase in which it is to an end.
    pub(super) fn go(&mut self, order: &Order) -> Ends {
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
    pub(super) fn put_file(&mut self) {
        let is = |word: &str| reply::hex(self.file()) == self.state.get(word);
        let (is_old, is_new) = (is("old-sha256"), is("new-sha256"));
        match (self.state.get("heading"), self.state.get("mode")) {
            ("back", _) if is_new => _ = self.place("old-sha256"),
            ("forth", "edit") if is_old => _ = self.place("new-sha256"),
            (_, _) => {}
        }
    }

    pub(super) fn is_alive(&self, word: &str) -> bool {
        let it = process(self.state.get(word));
        let living = self.host.living(self.now()).map(|it| ProcessId {
            pid: it.pid,
            start: it.start,
        });
        it.is_some() && it == living
    }

    pub(super) fn stop_broker(&mut self, patience: Duration) -> Result<(), End> {
        self.save("stopping")?;
        if self.is_alive("process") {
            // What hangs goes on, and is killed at last.
            if self.state.get("mode") == "revive" {
                if self.host.never_stops {
                    self.sleep(patience);
                }
                kafka::exit(self.host);
            } else if self.host.never_stops {
                self.sleep(patience);
                return Err(self.report(12, "stopping"));
            }
            kafka::exit(self.host);
            self.sleep(STOPS_IN);
        }
        self.save("stopped")
    }

    /// A broker that runs already is not started again: ours before we were killed, or somebody's.
    pub(super) fn start_broker(&mut self) -> Result<(), End> {
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
    pub(super) fn watch(&mut self, watch: Duration) -> Result<Result<(), String>, End> {
        self.save("started")?;
        self.sleep(watch);
        let said = self.host.process.as_ref().and_then(|it| it.exits.as_ref());
        let said = said.map(|(_, said)| said.clone()).unwrap_or_default();
        Ok(match self.is_alive("running") {
            true => Ok(()),
            false => Err(b64(said.as_bytes())),
        })
    }

    /// The old file comes first: what is started from now on starts with it.
    pub(super) fn take_back(&mut self, order: &Order) -> Ends {
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

    pub(super) fn finish(&mut self) -> Ends {
        let is_new = reply::hex(self.file()) == self.state.get("new-sha256");
        let words = ["heading", "cause", "mode"].map(|word| self.state.get(word));
        match words {
            ["back", "exited", _] => self.conclude(11, "taken-back", "back"),
            ["back", _, _] => self.conclude(0, "back", "back"),
            [_, _, "edit"] if !is_new => self.conclude(0, "undone", "done"),
            _ => self.conclude(0, "started", "done"),
        }
    }
}
