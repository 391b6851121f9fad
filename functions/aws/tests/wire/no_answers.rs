//! No answer, or one that nobody can use: kept apart from a no, because nothing is known then (P-80).

use crate::canned::{answering, hanging_up, nobody};
use crate::wire::{Wire, config};
use aws::Aws;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use cloud::calls::{Elbv2Reads, MappingWrites};
use cloud::error::{CallError, ErrorKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn listeners_from(url: &str) -> CallError {
    let sdk = Aws::from_config(config(url)).await;
    let answer = sdk.describe_listeners(&"arn:nlb".into(), None).await;
    answer.expect_err("no answer")
}

#[tokio::test]
async fn a_connection_that_closes_without_an_answer_is_no_answer() {
    let error = listeners_from(&hanging_up().await).await;
    assert_eq!(
        (error.kind, error.code.as_str()),
        (ErrorKind::Disconnected, "")
    );
    let text = error.to_string();
    assert!(
        text.starts_with("DescribeListeners got no answer: "),
        "{text}"
    );
    assert!(!text.contains('{'), "a dump of structs: {text}");
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_no_answer() {
    let sdk = Aws::from_config(config(&hanging_up().await)).await;
    let error = sdk
        .delete_listener(&"arn:listener".into())
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind, error.code.as_str()),
        (ErrorKind::Disconnected, "")
    );
}

#[tokio::test]
async fn a_refused_connection_says_so() {
    let error = listeners_from(&nobody().await).await;
    assert_eq!(error.kind, ErrorKind::Disconnected);
    let text = error.to_string().to_lowercase();
    assert!(text.contains("connection refused"), "{text}");
}

#[tokio::test]
async fn a_plain_page_of_a_gateway_shows_its_status() {
    let error =
        listeners_from(&answering("503 Service Unavailable", "<html>busy</html>").await).await;
    assert_eq!(error.kind, ErrorKind::Retryable, "{error}");
    assert!(error.to_string().contains("503"), "{error}");
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_no_answer() {
    let error = listeners_from(&answering("200 OK", "hello").await).await;
    assert_eq!(error.kind, ErrorKind::Retryable, "{error}");
}

#[tokio::test]
async fn an_answer_without_a_field_that_we_need_names_it() {
    let body = "<DescribeListenersResponse><DescribeListenersResult><Listeners><member>\
                <Port>9092</Port><Protocol>TCP</Protocol>\
                </member></Listeners></DescribeListenersResult>\
                <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>\
                </DescribeListenersResponse>";
    let error = listeners_from(&answering("200 OK", body).await).await;
    assert_eq!(error.kind, ErrorKind::Retryable);
    assert_eq!(error.message, "answer without Listeners.ListenerArn");
}

#[derive(Debug)]
struct NoCredentials;

impl ProvideCredentials for NoCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Err(CredentialsError::not_loaded(
            "no providers in chain provided credentials",
        )))
    }
}

#[tokio::test]
async fn missing_credentials_are_named() {
    let wire = Wire::new().await;
    let config = config(&wire.door.url()).credentials_provider(NoCredentials);
    let sdk = Aws::from_config(config).await;
    let text = sdk
        .describe_target_groups("", None)
        .await
        .unwrap_err()
        .to_string();
    assert!(text.contains("credentials"), "{text}");
}

#[tokio::test]
async fn a_request_that_is_not_signed_is_refused_by_the_door() {
    let wire = Wire::new().await;
    let url = wire.door.url();
    let address = url.trim_start_matches("http://");
    let body = "Action=DescribeTargetGroups&Version=2015-12-01";
    let request = format!(
        "POST / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    assert!(wire.model().calls().is_empty());
}
