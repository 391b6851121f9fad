//! A command in a whole local world: sent to AWS, run on the broker's host, told by AWS.

use crate::inside::{WORLD, inside};
use fleet::observed::CommandStatus;
use fleet::tags::Tags;
use std::time::Duration;
use world::local::{LocalAws, LocalSettings};
use world::model::{CommandDocument, DocumentParameter, SendCommand};

const TEMPLATE: &str = include_str!("../../../../infra/template.yaml");

#[test]
fn a_command_runs_its_script_on_the_host_of_its_instance() {
    inside!(
        a_command_runs_its_script_on_the_host_of_its_instance,
        async {
            // So fast that the script begins before the host of its instance is switched on: a host that is due is
            // seen to 20 ms later at most, and the instance runs in between.
            let settings = LocalSettings::new(1_000).roles(WORLD);
            let aws = LocalAws::start(TEMPLATE, settings).await.unwrap();
            tokio::time::sleep(Duration::from_millis(10)).await;
            let instance = aws.launch("7", "usw2-az1").unwrap();
            let payload = DocumentParameter {
                by_environment: true,
                ..DocumentParameter::default()
            };
            let document = CommandDocument {
                name: "inspect".into(),
                tags: Tags::new(),
                parameters: [("payload".to_owned(), payload)].into(),
                script: "echo $(hostname) $SSM_payload $AWS_SSM_INSTANCE_ID; exit 10".to_owned(),
                execution_timeout: Duration::from_secs(30),
            };
            aws.model().put_document(aws.clock.now(), document);
            let asked = SendCommand {
                document: "inspect".into(),
                instance: instance.clone(),
                parameters: [("payload".to_owned(), vec!["abc".to_owned()])].into(),
                comment: String::new(),
                timeout_seconds: 24 * 3600,
            };
            let id = loop {
                let sent = aws.model().send_command(aws.clock.now(), &asked);
                match sent {
                    Ok(sent) => break sent.id,
                    // Its agent registers when it runs.
                    Err(error) => assert_eq!(error.code, "InvalidInstanceId"),
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            };
            let output = loop {
                let now = aws.clock.now();
                let got = aws.model().get_command_invocation(now, &id, &instance);
                if let Ok(output) = got
                    && output.status.has_ended()
                {
                    break output;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            };
            assert_eq!(output.status, CommandStatus::Failed);
            assert_eq!(output.exit_code, Some(10));
            assert_eq!(output.stdout, format!("broker-node7 abc {instance}\n"));
            assert_eq!(aws.journal().broken, None);
        }
    );
}

#[test]
fn the_page_of_a_world_is_written_as_a_file_and_says_what_is_known() {
    inside!(
        the_page_of_a_world_is_written_as_a_file_and_says_what_is_known,
        async {
            let settings = LocalSettings::new(100).roles(WORLD);
            let aws = LocalAws::start(TEMPLATE, settings).await.unwrap();
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("mapping.html");
            let done = aws.verb(&format!("page {}", file.display())).await;
            let drawn = std::fs::read_to_string(&file).unwrap();
            let file = file.canonicalize().unwrap();
            let said = format!("the mapping is drawn in {}", file.display());
            assert_eq!(done, Ok(said));
            let nobody = "Nobody knows what is proven: register-brokers has no report of the last";
            assert!(drawn.contains(nobody), "{drawn}");
            let wrong = aws.verb("page /nowhere/mapping.html").await.unwrap_err();
            assert!(wrong.contains("write the page into /nowhere/mapping.html: "));
        }
    );
}
