//! What each mode does that *apply* knows.

use super::*;

impl Script<'_> {
    pub(super) fn edit(&mut self, order: &Order) -> Ends {
        let is_old = reply::hex(self.file()) == self.state.get("old-sha256");
        let begins_anew =
            self.state.get("phase") == "prepared" && self.state.get("heading") == "forth" && is_old;
        if self.state.is_unfinished() && !begins_anew {
            return self.end_unfinished(order);
        }
        self.check_time(order.not_after)?;
        match order.seen {
            Some(_) => self.check_process(order.seen)?,
            None => self.check_gone()?,
        }
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

    pub(super) fn restart(&mut self, order: &Order) -> Ends {
        if self.state.is_unfinished() {
            return self.end_unfinished(order);
        }
        self.check_time(order.not_after)?;
        self.check_process(order.seen)?;
        self.check_sha(&order.old)?;
        self.become_new(&order.mode, order.seen);
        self.save("replaced")?;
        self.go(order)
    }

    /// Only the very order that was interrupted goes on with what it began.
    pub(super) fn end_unfinished(&mut self, order: &Order) -> Ends {
        match self.state.get("nonce") == self.nonce {
            true => self.go(order),
            false => {
                let phase = self.state.get("phase").to_owned();
                self.deny("unfinished", &phase)
            }
        }
    }

    pub(super) fn wants(&mut self, order: &Order) {
        self.state.set("generation", order.generation.clone());
        self.state.set("revision", order.revision.clone());
    }

    /// Starts a broker that is gone, and ends what was not finished.
    pub(super) fn start(&mut self, order: &Order) -> Ends {
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
    pub(super) fn back(&mut self, order: &Order) -> Ends {
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
    pub(super) fn never_stopped(&self, order: &Order) -> bool {
        let phase = self.state.get("phase");
        let is = |word: &str| process(self.state.get(word)) == order.seen;
        order.seen.is_some()
            && (["prepared", "replaced"].contains(&phase) && is("process")
                || phase == "back" && is("running"))
    }
}
