//! heal-brokers brings back brokers that fell ill. An alarm wakes it; evidence decides.
//!
//! [`observe`](mod@observe) looks, [`plan`](mod@plan) decides, [`execute`] changes; the picture that is kept true is
//! the [`care`]. What can be done for a broker is a [`Rung`](fleet::healing::Rung), and [`notes`] are what is remembered on its
//! instance.

pub mod care;
pub mod change;
pub mod execute;
pub mod held;
#[cfg(test)]
mod look;
mod metrics;
pub mod notes;
pub mod observe;
pub mod observed;
pub mod plan;
mod reason;
mod scope;

pub use plan::{Plan, plan};
pub use scope::Scope;

use activation::duty::{Counts, Duty, Metric, Ran};
use care::Care;
use change::Change;
use cloud::calls::{AlarmReads, CommandReads, HealingWrites, Probes, Reads};
use cloud::pacing::Paced;
use cloud::steps::Hands;
use fleet::words::ClusterName;
use observed::{Doubt, Observed};
use std::collections::BTreeSet;
use tokio::time::Instant;

/// The function, with all that it needs.
pub struct HealBrokers<'a, A> {
    /// AWS.
    pub aws: Paced<'a, A>,
    /// What it is about.
    pub scope: &'a Scope,
}

impl<'w, A: Reads + AlarmReads + CommandReads + Probes + HealingWrites> Duty
    for HealBrokers<'w, A>
{
    const NAME: &'static str = "heal-brokers";
    type Aws = A;
    type Observed = Observed;
    type Change = Change;
    type Doubt = Doubt;
    type Picture = Care;

    fn aws(&self) -> Paced<'w, A> {
        self.aws
    }

    fn cluster(&self) -> &ClusterName {
        &self.scope.cluster
    }

    async fn observe(&self, until: Instant) -> Observed {
        observe::observe(self.aws, self.scope, until).await
    }

    fn plan(observed: &Observed, agreed: &BTreeSet<Doubt>) -> Plan {
        plan(observed, agreed)
    }

    fn hands(&self, _: &Observed, until: Instant) -> impl Hands<Change> {
        let aws = self.aws;
        execute::Hands { aws, until }
    }

    fn metrics(&self, counts: &Counts, ran: Option<Ran<'_, Plan>>) -> Vec<Metric> {
        metrics::of(counts, ran)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::Look;
    use activation::activate::activate;
    use activation::request::{Request, Wakes};
    use cloud::call::Call;
    use cloud::fake::{Fake, soon};
    use cloud::pacing::Pace;
    use fleet::look::noon;
    use fleet::observed::{Command, SpotRequest, SpotStatus};
    use serde_json::{Value, json};

    /// Every broker is silent.
    fn silent(payload: &str) -> String {
        let payload: Value = serde_json::from_str(payload).expect("JSON");
        let questions = payload["admin"]["questions"].as_array().expect("questions");
        let answer = |question: &Value| {
            let mut answer = question.clone();
            answer["shown"] = json!("silent");
            answer["why"] = json!("nobody listens there");
            answer["milliseconds"] = json!(5);
            answer
        };
        Value::Array(questions.iter().map(answer).collect()).to_string()
    }

    /// An AWS that shows a look at one broker, the second one.
    fn aws(look: &Look) -> Fake {
        let observed = &look.observed;
        let ward = observed.ward.as_ref().expect("a ward");
        let outputs = ward.outputs.values().cloned();
        let mut fake = Fake::default();
        fake.date = Some(noon());
        fake.alarms = observed.alarms.clone().expect("seen");
        fake.parameters = ward.parameters.clone().expect("seen");
        fake.instances = ward.instances.clone().expect("seen");
        fake.instances.retain(|it| it.id.as_str() == "i-2");
        fake.scaling = ward.auto_scaling_groups.clone().expect("seen");
        fake.statuses = ward.statuses.clone().expect("seen");
        fake.commands = ward.commands.clone().expect("seen");
        fake.outputs = outputs.filter_map(|it| it.expect("seen")).collect();
        fake.probe = silent;
        fake
    }

    fn scope() -> Scope {
        Scope {
            cluster: fleet::look::ORDERS.into(),
            probe: "probe".into(),
        }
    }

    /// How old the commands are that are read, and of how many it is read what they said.
    async fn seen(aws: &Fake) -> (BTreeSet<i64>, usize) {
        let pace = &Pace::default();
        let observed = observe::observe(Paced { aws, pace }, &scope(), soon()).await;
        let ward = observed.ward.expect("a ward");
        let commands = ward.commands.expect("seen");
        let age = |it: &Command| noon().duration_since(it.requested_at).as_secs();
        (commands.iter().map(age).collect(), ward.outputs.len())
    }

    async fn run(aws: &Fake) -> Vec<String> {
        let scope = &scope();
        let pace = &Pace::default();
        let duty = HealBrokers {
            aws: Paced { aws, pace },
            scope,
        };
        let run = activate(&duty, Request::Wake(Wakes::default()), soon()).await;
        let (now, plan) = (run.now, &run.plan);
        let metrics = duty.metrics(&Counts::default(), Some(Ran { now, plan }));
        let names: Vec<&str> = metrics.iter().map(|it| it.name).collect();
        assert_eq!(names, ["HealingHeld"]);
        aws.written()
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_looks_twice_and_asks_for_a_start_in_one_call() {
        let aws = aws(&Look::three().of(2).gone());
        let written = run(&aws).await;
        assert_eq!(written.len(), 1, "{written:?}");
        assert!(written[0].starts_with("CreateTags i-2: kafka-privatelink:healed-at="));
        assert!(
            written[0].contains("kafka-privatelink:restart="),
            "{written:?}"
        );
        assert_eq!(aws.asked_of(Call::DescribeAlarms).len(), 2);
        assert_eq!(aws.asked_of(Call::DescribeInstanceStatus), ["i-2", "i-2"]);
    }

    /// A cluster's looks at its hosts are hundreds of pages a month.
    #[tokio::test(start_paused = true)]
    async fn commands_of_two_hours_are_listed_and_no_older_ones() {
        let look = Look::three().of(2).hangs().inspected(7100, true, |_| {});
        let (ages, told) = seen(&aws(&look)).await;
        assert_eq!((ages, told), ([30, 150, 7100].into(), 3));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_seen_before_an_instance_fell_ill_is_read_however_long_ago() {
        let day = 86_400;
        let look = Look::three().of(2).silent(false).checked(None, Some(day));
        let look = [day - 1, day + 1, day + 7200, day + 7201]
            .into_iter()
            .fold(look, |look, age| look.inspected(age, true, |_| {}));
        let (ages, told) = seen(&aws(&look)).await;
        assert_eq!((ages, told), ([day + 1, day + 7200].into(), 2));
    }

    #[tokio::test(start_paused = true)]
    async fn requests_are_read_only_of_spot_instances_and_one_that_is_marked_heals_nobody() {
        let call = Call::DescribeSpotInstanceRequests;
        let mut aws = aws(&Look::three().of(2).gone());
        run(&aws).await;
        assert!(aws.asked_of(call).is_empty());
        aws.instances[0].spot_request = Some("sir-2".into());
        aws.spot_requests = vec![SpotRequest {
            id: "sir-2".into(),
            instance: Some("i-2".into()),
            status: SpotStatus::MarkedForTermination,
            updated_at: None,
        }];
        let before = aws.written().len();
        assert_eq!(run(&aws).await.len(), before);
        assert_eq!(aws.asked_of(call), ["sir-2"]);
        aws.spot_requests[0].status = SpotStatus::Fulfilled;
        assert_eq!(run(&aws).await.len(), before + 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_reboot_that_could_not_be_noted_is_not_made() {
        let ill = Look::three().of(2).silent(false).checked(None, Some(600));
        let noted = aws(&ill);
        let written = run(&noted).await;
        assert_eq!(written.len(), 2, "{written:?}");
        assert_eq!(written[1], "RebootInstances i-2");
        let denied = aws(&ill);
        denied.fails(Call::CreateInstanceTags, "", "UnauthorizedOperation");
        assert_eq!(run(&denied).await.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn without_an_alarm_two_calls_are_made() {
        let mut quiet = aws(&Look::three().of(2).gone());
        quiet.alarms.clear();
        assert!(run(&quiet).await.is_empty());
        let asked: Vec<Call> = quiet.asked().into_iter().map(|it| it.call).collect();
        assert_eq!(asked, [Call::DescribeAlarms, Call::GetResources]);
    }
}
