//! Processes that end, hang and write; the answering ones are played in the Runtime API's tests.

use super::*;
use crate::lambda::process::LogLine;
use serde_json::json;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// A function whose code is a shell script, and its log.
fn script(
    text: &str,
    timeout: Duration,
) -> (
    Function,
    mpsc::UnboundedReceiver<LogLine>,
    tempfile::TempDir,
) {
    let folder = tempfile::tempdir().unwrap();
    let binary = folder.path().join("bootstrap");
    // Written by a process of its own: were the file open for writing here, another test that forks
    // at this moment would hold it open too, and it could not be started ("text file busy").
    let mut writer = std::process::Command::new("sh")
        .args(["-c", "cat > \"$0\" && chmod 755 \"$0\""])
        .arg(&binary)
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = writer.stdin.take().unwrap();
    write!(input, "#!/bin/bash\n{text}\n").unwrap();
    drop(input);
    assert!(writer.wait().unwrap().success());
    let (lines, log) = mpsc::unbounded_channel();
    let sink: LogSink = Arc::new(move |line| {
        let _ = lines.send(line);
    });
    let settings = FunctionSettings {
        name: "F".into(),
        binary: "f".into(),
        timeout,
        memory_mib: 128,
        role: "arn:role".into(),
        log_group: None,
        json_logs: true,
        environment: [("GREETING".to_owned(), "hello".to_owned())].into(),
    };
    let account = Account {
        region: "us-west-2".into(),
        account: "111122223333".into(),
        endpoint_url: "http://127.0.0.1:1".into(),
    };
    (Function::new(settings, account, binary, sink), log, folder)
}

/// Asks for work over bash's own TCP, as curl would.
const NEXT: &str = r#"
exec 3<>"/dev/tcp/${AWS_LAMBDA_RUNTIME_API/://}"
printf 'GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: x\r\n\r\n' >&3
while IFS= read -r line <&3; do
  line=${line%$'\r'}
  case "$line" in
    lambda-runtime-aws-request-id:*) id=${line#*: } ;;
    content-length:*) length=${line#*: } ;;
    '') break ;;
  esac
done
IFS= read -r -N "$length" event <&3
echo "got $event"
"#;
const ANSWER: &str = r#"
printf 'POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\ntrue' "$id" >&3
IFS= read -r line <&3
"#;

#[tokio::test]
async fn a_process_gets_its_environment_and_each_line_is_handed_on() {
    let text = "echo \"$GREETING $AWS_LAMBDA_FUNCTION_NAME\"; echo oops >&2; exit 3";
    let (function, mut log, _folder) = script(text, Duration::from_secs(30));
    let answer = function.invoke(json!({})).await;
    assert_eq!(answer, Err(FunctionError::Exited("exit status: 3".into())));
    let mut lines = [log.recv().await.unwrap(), log.recv().await.unwrap()];
    lines.sort_by_key(|line| line.stderr);
    assert_eq!(
        (lines[0].text.as_str(), lines[0].stderr),
        ("hello F", false)
    );
    assert_eq!((lines[1].text.as_str(), lines[1].stderr), ("oops", true));
}

#[tokio::test]
async fn an_ended_process_is_started_again_at_the_next_invocation() {
    let (function, _log, _folder) = script(&format!("{NEXT}{ANSWER}"), Duration::from_secs(30));
    assert_eq!(function.invoke(json!({"n": 1})).await, Ok(json!(true)));
    // It may still be ending when the second invocation finds it; then the third starts another.
    for _ in 0..2 {
        let _ = function.invoke(json!({"n": 2})).await;
    }
    assert!(function.starts() >= 2);
}

#[tokio::test]
async fn a_process_that_does_not_answer_is_killed_at_its_time_out() {
    let text = format!("{NEXT}echo $$; exec sleep 1000");
    let timeout = Duration::from_millis(300);
    let (function, mut log, _folder) = script(&text, timeout);
    let answer = function.invoke(json!({"n": 1})).await;
    assert_eq!(answer, Err(FunctionError::TimedOut(timeout)));
    assert_eq!(log.recv().await.unwrap().text, r#"got {"n":1}"#);
    let process = log.recv().await.unwrap().text;
    assert!(
        !std::path::Path::new(&format!("/proc/{process}")).exists(),
        "it was waited for, so nothing is left of it"
    );
}

#[tokio::test]
async fn a_process_that_is_killed_fails_its_invocation() {
    let text = format!("{NEXT}exec sleep 1000");
    let (function, mut log, _folder) = script(&text, Duration::from_secs(30));
    assert!(!function.kill().unwrap(), "it has no process yet");
    let (answer, ()) = tokio::join!(function.invoke(json!({"n": 1})), async {
        log.recv().await.unwrap();
        assert!(function.kill().unwrap());
    });
    let signal = "signal: 9 (SIGKILL)".to_owned();
    assert_eq!(answer, Err(FunctionError::Exited(signal)));
    assert!(!function.kill().unwrap(), "it is gone");
}

#[tokio::test]
async fn a_binary_that_is_not_there_is_named() {
    let (mut function, ..) = script("", Duration::from_secs(1));
    function.binary = "/nowhere/bootstrap".into();
    let error = function.invoke(json!({})).await.unwrap_err();
    assert!(error.to_string().contains("/nowhere/bootstrap"), "{error}");
}
