//! What comes next where a function of ours has the work: what it is going to do, or where it says what it waits for.

use super::sight::Sight;
use super::walker::Walker;
use crate::action::Action;
use crate::plan::Step;
use cloud::calls::REPORTS;
use fleet::naming::Owner;
use fleet::observed::ParameterKind;
use fleet::refusal::Refusals;
use fleet::report::log_group;

impl Walker<'_> {
    /// What register-brokers is about to do about this port of the group, the first of these kinds.
    pub(super) fn step(&self, owner: Owner, is_it: impl Fn(&Action) -> bool) -> Option<&Step> {
        let mut steps = self.sight.plan.steps.iter();
        steps.find(|step| {
            let place = step.change.place.as_ref();
            let is_here = place.is_some_and(|it| Some(&it.group) == self.name && it.owner == owner);
            is_here && is_it(&step.change.action)
        })
    }

    /// register-brokers makes it so. What it does about this port of the group is named, if it is about to do
    /// something.
    pub(super) fn next_run(&self, owner: Owner) -> String {
        self.sight.next_run(self.step(owner, |_| true))
    }
}

impl Sight<'_> {
    /// register-brokers makes it so, by this step if it is about to take one.
    pub(super) fn next_run(&self, step: Option<&Step>) -> String {
        if let Some(paused) = self.paused() {
            return paused;
        }
        let wait = "wait for the next run of register-brokers, within a minute";
        match step {
            Some(step) => format!("{wait}; it is to {}", step.change),
            None => format!("{wait}, and ask again"),
        }
    }

    /// push-listeners makes it so, by a restart: what for.
    pub(super) fn rollout(&self, goal: &str) -> String {
        if let Some(paused) = self.paused() {
            return paused;
        }
        match self.parameter("restarts") {
            Some(_) => format!(
                "see what push-listeners waits for before it restarts the broker to {goal}: {}",
                self.report_of("push-listeners")
            ),
            None => format!(
                "say when brokers may restart, any-time or in a window such as 'Sat,Sun 02:00-05:00 UTC', for push-listeners to {goal}: {}",
                self.put("restarts", "any-time")
            ),
        }
    }

    /// Nothing is written now: how that ends, if it is so.
    pub(super) fn paused(&self) -> Option<String> {
        let why = self.plan.paused.as_ref()?;
        Some(format!(
            "let the functions write again, which they do not, because {why}: {}",
            self.put("paused", "false")
        ))
    }

    /// The command that writes a parameter, whether it is there or not. AWS changes no type of one that is there.
    pub(super) fn put(&self, name: &str, value: &str) -> String {
        let overwrite = match self.parameter(name) {
            Some(parameter) if parameter.kind != ParameterKind::String => {
                return parameter.as_string(value);
            }
            Some(_) => "--overwrite ",
            None => "",
        };
        let name = self.name_of(name);
        format!("aws ssm put-parameter {overwrite}--type String --name {name} --value {value}")
    }

    /// What to do where the parameter that says who may connect cannot be used.
    pub(super) fn principals_refused(&self, refusals: &Refusals) -> String {
        format!(
            "put {} right, which is refused, so that sync-principals accepts nobody: {refusals}",
            self.name_of("principals")
        )
    }

    /// The command that shows what the newest report of a function holds.
    pub(super) fn report_of(&self, function: &str) -> String {
        format!(
            "aws logs tail {} --since 5m --format short --filter-pattern '{REPORTS}' | tail -1 | cut -d' ' -f2- | jq .held",
            log_group(&self.observed.cluster, function)
        )
    }
}
