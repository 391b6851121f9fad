//! sync-principals as a deployed function: its parameter wakes it, and where the event is lost the sweep
//! sees the change. `--nocapture` shows how long it took, in AWS time.

use cloud::calls::Page;
use fleet::observed::ServicePermission;
use fleet::tags;
use jiff::Timestamp;
use serde_json::{Value, json};
use tests::handler::Handler;
use tests::principals::root;
use world::deployment::Deployment;
use world::model::{Settings, service_id};

const ONE: &str = "444455556666";
const TWO: &str = "777788889999";

/// Who is allowed and recorded, by AWS's own list.
fn recorded(handler: &Handler) -> Vec<String> {
    let now = handler.aws.clock.now();
    let mut model = handler.aws.model();
    let permissions = model.by_hand(|model| {
        let services = model.describe_endpoint_services(now, None)?;
        let service = services.items.into_iter().next().map(|it| it.name);
        model.describe_service_permissions(now, &service_id(&service.unwrap_or_default()), None)
    });
    let Page { items, .. }: Page<ServicePermission> = permissions.expect("permissions");
    let ours = items
        .into_iter()
        .filter(|it| it.tags.contains_key(tags::LISTED_AT));
    ours.map(|it| it.principal).collect()
}

/// Lists these, and waits until exactly they are allowed; how long it took.
async fn list(handler: &Handler, accounts: &[&str]) -> jiff::SignedDuration {
    let began: Timestamp = handler.aws.clock.now();
    let put = handler
        .aws
        .put_parameter("principals", &accounts.join("\n"));
    put.expect("a parameter");
    let mut wanted: Vec<String> = accounts.iter().map(|account| root(account)).collect();
    wanted.sort();
    handler
        .until(|_| {
            let mut now = recorded(handler);
            now.sort();
            match now == wanted {
                true => Ok(()),
                false => Err(format!("{now:?} instead of {wanted:?}")),
            }
        })
        .await;
    handler.aws.clock.now().duration_since(began)
}

#[tokio::test]
async fn a_change_of_the_list_is_in_force_with_its_event_and_by_the_sweep_without() {
    let handler = Handler::start(Settings::default()).await;
    // The first sweep is over.
    let swept = |aws: &Deployment| match &aws.journal().runs("sync-principals").reports[..] {
        [] => Err("no sweep".to_owned()),
        [..] => Ok(()),
    };
    handler.until(swept).await;
    let with = list(&handler, &[ONE]).await;
    handler.aws.bus().lose("aws.ssm");
    let without = list(&handler, &[ONE, TWO]).await;
    println!("in force after {with:#} with the event, {without:#} without it (AWS time)");
    assert_eq!(handler.aws.surprises(), [""; 0]);
    {
        let journal = handler.aws.journal();
        let runs = journal.runs("sync-principals");
        assert_eq!(runs.failures, [""; 0]);
        let woken = |report: &&Value| report["wakes"].to_string().contains("aws.ssm/");
        let allows = |report: &Value| report["actions"].to_string().contains(&root(ONE));
        let first = runs.reports.iter().find(woken);
        assert!(first.is_some_and(allows), "{:?}", runs.reports);
    }
    let quiet = handler
        .until(|aws| {
            let journal = aws.journal();
            let last = journal.runs("sync-principals").reports.last();
            let quiet = last.filter(|it| it["actions"] == json!([]));
            quiet.cloned().ok_or("no quiet run".to_owned())
        })
        .await;
    assert_eq!(quiet["gaps"], json!([]));
    println!("a quiet run: {}", quiet["calls"]);
}
