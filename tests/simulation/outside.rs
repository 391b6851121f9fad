//! What happens outside of the functions: time, events, people and machines.

use crate::run::Simulation;
use jiff::Timestamp;
use serde_json::Value;
use std::time::Duration;
use tests::history::Broken;
use tests::history::event::Event;

impl Simulation<'_> {
    /// Time passes for everybody; what a time-out cuts off is killed.
    pub async fn pass(&mut self, time: Duration) -> Result<(), Broken> {
        tokio::time::advance(time).await;
        let now = self.world.stage.now();
        self.world.stage.edit(|model, now| model.advance(now));
        self.note();
        self.trace("time", format_args!("{time:?}"));
        self.bus.pass(now).map_err(|error| error.to_string())?;
        let arrived = self.setup.courier.due(now);
        self.arrived.extend(arrived);
        for of in 0..self.functions.len() {
            self.go_on(of, now).await?;
        }
        Ok(())
    }

    /// Moves the activations of a function on, or kills them when it is time.
    async fn go_on(&mut self, of: usize, now: Timestamp) -> Result<(), Broken> {
        let mut at = 0;
        while at < self.functions[of].runs.len() {
            let function = &mut self.functions[of];
            let run = &mut function.runs[at];
            if now.duration_since(run.started).unsigned_abs() >= function.stack.function.timeout {
                self.figures.timed_out += 1;
                let number = function.runs.remove(at).number;
                self.trace(&format!("run {number}"), format_args!("timed out"));
                continue;
            }
            match run.go_on(now).await {
                Some(done) => self.finish(of, at, &done)?,
                None => at += 1,
            }
        }
        Ok(())
    }

    /// Time passes, mostly a little.
    pub async fn pass_time(&mut self) -> Result<(), Broken> {
        let dice = &mut self.setup.dice;
        let time = match dice.u32(..1000) {
            _ if self.flips > 0 => Duration::from_secs(10),
            0..450 => Duration::from_millis(dice.u64(1..1000)),
            450..850 => Duration::from_millis(dice.u64(1000..8000)),
            850..970 => Duration::from_secs(dice.u64(10..90)),
            970..990 => Duration::from_secs(dice.u64(90..900)),
            _ if self.setup.pauses => Duration::from_secs(dice.u64(3600..86_400)),
            _ => Duration::from_secs(60),
        };
        if self.flips > 0 {
            self.flip().await;
        }
        self.pass(time).await
    }

    /// Somebody writes the parameter every 10 s, back and forth.
    async fn flip(&mut self) {
        use tests::history::event::Value;
        self.flips -= 1;
        let value = match self.flips % 3 {
            0 => Value::Plain,
            1 => Value::Error,
            _ => Value::TwoZones,
        };
        self.happen(Event::Put("EXTERNAL", value)).await;
    }

    /// One of the events that have arrived reaches the bus.
    pub fn deliver(&mut self) -> Result<(), Broken> {
        if self.arrived.is_empty() {
            return Ok(());
        }
        let nth = self.setup.dice.usize(..self.arrived.len());
        let event = self.arrived.swap_remove(nth);
        self.publish(&event)
    }

    /// Whatever is on its way arrives now.
    pub fn deliver_all(&mut self) -> Result<(), Broken> {
        let all = self.setup.courier.due(Timestamp::MAX);
        self.arrived.extend(all);
        for event in std::mem::take(&mut self.arrived) {
            self.publish(&event)?;
        }
        Ok(())
    }

    fn publish(&mut self, event: &Value) -> Result<(), Broken> {
        let now = self.world.stage.now();
        self.trace(
            "event",
            format_args!("{} {}", event["detail-type"], event["detail"]),
        );
        let sent = self.bus.publish(now, event);
        sent.map(drop).map_err(|error| error.to_string())
    }

    /// Something happens to instances or parameters, or by a person's hand.
    pub async fn outside(&mut self) {
        let event = self.setup.outside.next();
        // Late reads show the same, and the window knows of them.
        if matches!(event, Event::Hide(..)) {
            return;
        }
        if matches!(event, Event::Put("EXTERNAL", _)) && self.setup.dice.u32(..4) == 0 {
            self.flips = 9;
        }
        self.happen(event).await;
    }

    /// Something happens that is about one function alone.
    pub async fn outside_of_functions(&mut self) {
        for of in 0..self.functions.len() {
            if let Some(event) = self.functions[of].part.event() {
                self.happen(event).await;
            }
        }
    }

    async fn happen(&mut self, event: Event) {
        self.figures.outside += 1;
        self.trace("outside", format_args!("{event:?}"));
        self.world.happen(&event).await;
        self.note();
    }
}
