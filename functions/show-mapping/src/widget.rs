//! The custom widget of a CloudWatch dashboard: what it is asked, and what it answers (F71, F72).

use crate::look::look;
use crate::page::{Theme, fragment};
use crate::reports::Reports;
use cloud::calls::{Dated, LogReads};
use cloud::pacing::Paced;
use fleet::words::ClusterName;
use jiff::Timestamp;
use serde_json::Value;
use tokio::time::Instant;

/// What the console shows of the widget when somebody adds it by hand, as Markdown.
const DESCRIPTION: &str = "## The mapping of a Kafka cluster behind PrivateLink\n\n\
Which port leads to which broker, what is proven, held, rolled and healed, and who connects: drawn from the newest \
report of each function. It reads their log groups, and can write nothing. It takes no parameters.\n";

/// Answers an invocation: the description if it is asked for, else the picture in the dashboard's theme. `now` is this
/// machine's time; AWS's own counts where it is told.
pub async fn answer<A: LogReads + Dated>(
    aws: Paced<'_, A>,
    cluster: &ClusterName,
    event: &Value,
    now: Timestamp,
    until: Instant,
) -> Value {
    if event["describe"] == true {
        return DESCRIPTION.into();
    }
    let theme = match event["widgetContext"]["theme"].as_str() {
        Some("dark") => Theme::Dark,
        _ => Theme::Light,
    };
    aws.begin();
    let newest = look(aws, cluster, now, until).await;
    let reports = Reports {
        cluster: cluster.to_string(),
        now: aws.latest().unwrap_or(now),
        newest,
    };
    fragment(&reports, theme).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::Function;
    use cloud::call::Call;
    use cloud::fake::{Fake, noon, soon};
    use cloud::pacing::Pace;
    use fleet::observed::LogEvent;
    use fleet::report::log_group;
    use jiff::SignedDuration;
    use serde_json::json;

    /// A log with a line each so many seconds ago.
    fn logged(fake: &mut Fake, function: Function, ages: &[i64]) {
        let lines = ages.iter().map(|age| {
            let report = json!({ "function": function.name(), "cluster": "orders",
                "held": [format!("printed {age} s ago")] });
            LogEvent {
                at: noon() - SignedDuration::from_secs(*age),
                message: report.to_string(),
            }
        });
        let group = log_group(&"orders".into(), function.name());
        fake.logs.insert(group, lines.collect());
    }

    async fn shown(fake: &Fake, event: Value) -> String {
        let (aws, pace) = (fake, &Pace::default());
        let answer = answer(
            Paced { aws, pace },
            &"orders".into(),
            &event,
            noon(),
            soon(),
        )
        .await;
        answer.as_str().expect("a text").to_owned()
    }

    #[tokio::test(start_paused = true)]
    async fn it_describes_itself_and_asks_nothing_for_that() {
        let fake = Fake::default();
        let text = shown(&fake, json!({ "describe": true })).await;
        assert!(text.starts_with("## The mapping"), "{text}");
        assert_eq!(fake.asked(), []);
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_drawn_in_the_theme_of_the_dashboard() {
        let fake = Fake::default();
        for (event, class) in [
            (
                json!({ "widgetContext": { "theme": "dark" } }),
                "kpl kpl-dark",
            ),
            (json!({ "widgetContext": { "theme": "light" } }), "kpl"),
            (json!({}), "kpl"),
            (json!("anything"), "kpl"),
        ] {
            let html = shown(&fake, event).await;
            assert!(html.contains(&format!("<div class=\"{class}\">")), "{html}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_newest_report_is_found_on_whichever_page_it_is() {
        let mut fake = Fake::default();
        fake.page_size = Some(1);
        logged(&mut fake, Function::PushListeners, &[200, 70, 10, 130]);
        logged(&mut fake, Function::HealBrokers, &[4_000, 4_060]);
        let html = shown(&fake, json!({})).await;
        for said in [
            "printed 10 s ago",
            "printed 4000 s ago",
            "66 minutes ago, old",
        ] {
            assert!(html.contains(said), "{said}: {html}");
        }
        assert!(!html.contains("printed 70 s ago"), "{html}");
        assert!(html.contains("register-brokers has no report of the last 3 hours"));
        let calls = fake.asked_of(Call::FilterLogEvents).len();
        // Four pages of one; two windows of each other, the second of which has two pages for one of them.
        assert_eq!(calls, 4 + 2 * 3 + 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_log_that_cannot_be_read_is_told_and_the_others_are_drawn() {
        let mut fake = Fake::default();
        logged(&mut fake, Function::RegisterBrokers, &[20]);
        let group = "/kafka-privatelink/orders/sync-principals";
        fake.fails(Call::FilterLogEvents, group, "AccessDeniedException");
        let html = shown(&fake, json!({})).await;
        assert!(html.contains("printed 20 s ago"), "{html}");
        assert!(html.contains("sync-principals has a report that could not be read"));
        assert!(html.contains("AccessDeniedException"), "{html}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_machine_whose_clock_is_wrong_finds_what_aws_has_and_tells_its_age_by_aws_time() {
        let mut fake = Fake::default();
        fake.date = Some(noon() - SignedDuration::from_hours(30));
        logged(&mut fake, Function::RegisterBrokers, &[30 * 3_600 + 60]);
        let html = shown(&fake, json!({})).await;
        assert!(html.contains("printed 108060 s ago"), "{html}");
        // The fake's answers are a second apart.
        assert!(
            html.contains(" seconds ago") && !html.contains("hours ago"),
            "{html}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn pages_without_end_come_to_an_end() {
        let mut fake = Fake::default();
        fake.is_endless = true;
        let html = shown(&fake, json!({})).await;
        assert!(
            html.contains("register-brokers has a report that could not be read"),
            "{html}"
        );
    }
}
