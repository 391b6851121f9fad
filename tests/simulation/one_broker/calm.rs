//! The end: faults stop, and the broker shows what is wanted, or a sentence says why not. People write what
//! was held once more, and it shows it; and what is retired leaves the first file.

use super::history::{History, is_quiet};
use std::time::Duration;
use tests::PATTERN;
use tests::history::Broken;
use tests::listeners::kafka;
use world::faults::Faults;

const MINUTE: Duration = Duration::from_secs(60);
/// An inspection is good for an hour, and what failed is tried again after ten minutes.
const LONGEST: u32 = 100;
/// What says that a person has to do something.
const FOR_PEOPLE: [&str; 10] = [
    "Failed",
    "NotShown",
    "Undone",
    "Silent",
    "Exited",
    "Stopping",
    "Theirs",
    "ParameterRefused",
    "NoPort",
    "Host",
];

impl History {
    /// Ends the faults, and looks at what there is.
    pub async fn calm_down(&mut self) -> Result<(), Broken> {
        self.tell("calm", "faults end");
        self.stage.model().set_faults(Faults::new(0));
        self.put_in_order();
        self.rest(&FOR_PEOPLE).await?;
        // What is told in the end may follow from what people did.
        for _ in 0..2 {
            self.tell("calm", "people do what they are told");
            self.do_what_is_told();
            self.rest(&FOR_PEOPLE).await?;
        }
        self.rest(&[]).await?;
        let has = self.on_host(|host| {
            let process = host.process.as_ref();
            process.is_some_and(|it| it.open.contains_key("EXTERNAL"))
        });
        if !has {
            return Err("EXTERNAL is wanted and not there".to_owned());
        }
        self.tell("calm", "everything is retired");
        self.retire();
        self.rest(&FOR_PEOPLE).await?;
        // What nobody had to end as long as all was as it was wanted.
        self.restart_if_told();
        self.rest(&[]).await?;
        let file = self.stage.file_of(&self.broker);
        match self.is_edited || file == self.first {
            true => Ok(()),
            false => Err(format!("the first file was\n{}\nnot\n{file}", self.first)),
        }
    }

    fn do_what_is_told(&mut self) {
        self.start_if_gone();
        self.restart_if_told();
        self.stage.put("listeners/EXTERNAL", PATTERN);
        self.again("listeners/EXTERNAL2");
    }

    fn restart_if_told(&self) {
        let told = |kind: &str| ["Stopping", "Theirs"].contains(&kind);
        if self.held.iter().any(|it| told(&it.kind)) {
            self.stage.on_host(&self.broker, kafka::start);
        }
    }

    fn retire(&self) {
        for name in ["listeners/EXTERNAL", "listeners/EXTERNAL2"] {
            if self.has(name) {
                self.stage.put(name, r#"{"retired": true}"#);
            }
        }
    }

    fn has(&self, name: &str) -> bool {
        let path = format!("/kafka-privatelink/orders/{name}");
        self.stage.model().parameter(&path).is_some()
    }

    /// The same text again.
    fn again(&self, name: &str) {
        let path = format!("/kafka-privatelink/orders/{name}");
        let found = self.stage.model().parameter(&path).cloned();
        let text = found.and_then(|it| it.text().map(str::to_owned));
        if let Some(text) = text {
            self.stage.put(name, &text);
        }
    }

    /// Both functions run each minute until push-listeners has nothing to do, and says nothing but these.
    async fn rest(&mut self, explained: &[&str]) -> Result<(), Broken> {
        let mut quiet = 0;
        for _ in 0..LONGEST {
            self.stage.pass(MINUTE).await;
            self.register().await;
            self.note();
            self.push().await?;
            self.check_file()?;
            let run = self.listeners.plan(&self.stage).await;
            let is_over = is_quiet(&run)
                && run.plan.steps.is_empty()
                && self
                    .held
                    .iter()
                    .all(|it| explained.contains(&it.kind.as_str()));
            quiet = if is_over { quiet + 1 } else { 0 };
            if quiet == 12 {
                return Ok(());
            }
        }
        let held: Vec<String> = self.held.iter().map(ToString::to_string).collect();
        Err(format!("it has not come to rest: {held:#?}"))
    }
}
