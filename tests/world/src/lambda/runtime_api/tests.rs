//! The Runtime API, with the test playing the function.

use super::*;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde_json::json;

/// A function of a few lines; a connection for each call.
struct Played {
    address: SocketAddr,
}

impl Played {
    fn of(api: &RuntimeApi) -> Self {
        Self {
            address: api.address(),
        }
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> (http::response::Parts, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/2018-06-01/runtime/{path}"))
            .header("host", "runtime")
            .body(Full::new(Bytes::from(body.to_string())))
            .unwrap();
        let stream = tokio::net::TcpStream::connect(self.address).await.unwrap();
        let (mut client, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        let (head, body) = client.send_request(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (head, serde_json::from_slice(&body).unwrap())
    }

    async fn next(&self) -> (String, http::HeaderMap, Value) {
        let (head, body) = self
            .call(Method::GET, "invocation/next", &json!(null))
            .await;
        assert_eq!(head.status, StatusCode::OK);
        let id = head.headers["lambda-runtime-aws-request-id"]
            .to_str()
            .unwrap()
            .to_owned();
        (id, head.headers, body)
    }
}

async fn api() -> RuntimeApi {
    RuntimeApi::start(TcpListener::bind("127.0.0.1:0").await.unwrap()).unwrap()
}

fn invocation(timeout: Duration) -> Invocation {
    Invocation {
        request_id: "request-1".into(),
        function_arn: "arn:aws:lambda:us-west-2:111122223333:function:f".into(),
        payload: json!({"Records": []}),
        timeout,
    }
}

const LONG: Duration = Duration::from_secs(30);

#[tokio::test]
async fn an_invocation_carries_its_headers_and_comes_back_with_the_answer() {
    let api = api().await;
    let function = Played::of(&api);
    let before = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let (answer, ()) = tokio::join!(api.invoke(invocation(LONG)), async {
        let (id, headers, payload) = function.next().await;
        assert_eq!(id, "request-1");
        assert_eq!(payload, json!({"Records": []}));
        let deadline: u128 = headers["lambda-runtime-deadline-ms"]
            .to_str()
            .unwrap()
            .parse()
            .unwrap();
        assert!(deadline >= (before + LONG).as_millis());
        assert!(headers.contains_key("lambda-runtime-trace-id"));
        assert!(headers.contains_key("lambda-runtime-invoked-function-arn"));
        let path = format!("invocation/{id}/response");
        let (head, _) = function.call(Method::POST, &path, &json!({"ok": 1})).await;
        assert_eq!(head.status, StatusCode::ACCEPTED);
    });
    assert_eq!(answer, Ok(json!({"ok": 1})));
}

#[tokio::test]
async fn an_error_of_the_function_is_the_answer() {
    let api = api().await;
    let function = Played::of(&api);
    let report = json!({"errorType": "Broken", "errorMessage": "no way", "stackTrace": []});
    let (answer, ()) = tokio::join!(api.invoke(invocation(LONG)), async {
        let (id, ..) = function.next().await;
        let path = format!("invocation/{id}/error");
        function.call(Method::POST, &path, &report).await;
    });
    let error = answer.unwrap_err();
    assert!(matches!(error, FunctionError::Reported(_)));
    assert_eq!(error.to_string(), "Broken: no way");
}

#[tokio::test]
async fn a_function_that_does_not_answer_times_out_and_its_late_answer_is_refused() {
    let api = api().await;
    let function = Played::of(&api);
    let short = Duration::from_millis(50);
    let (answer, id) = tokio::join!(api.invoke(invocation(short)), async {
        function.next().await.0
    });
    assert_eq!(answer, Err(FunctionError::TimedOut(short)));
    let path = format!("invocation/{id}/response");
    function.call(Method::POST, &path, &json!(null)).await;
    let (head, body) = function.call(Method::POST, &path, &json!(null)).await;
    assert_eq!(head.status, StatusCode::BAD_REQUEST);
    assert_eq!(body["errorType"], "InvalidRequestID");
}

#[tokio::test]
async fn a_function_that_cannot_begin_fails_its_invocation() {
    let api = api().await;
    let function = Played::of(&api);
    let report = json!({"errorType": "Runtime.InitError", "errorMessage": "CLUSTER is not set"});
    let (answer, _) = tokio::join!(
        api.invoke(invocation(LONG)),
        function.call(Method::POST, "init/error", &report)
    );
    assert!(matches!(answer, Err(FunctionError::Init(_))), "{answer:?}");
}

#[tokio::test]
async fn other_paths_are_refused_by_name() {
    let api = api().await;
    let function = Played::of(&api);
    let (head, body) = function
        .call(Method::GET, "restore/next", &json!(null))
        .await;
    assert_eq!(head.status, StatusCode::NOT_FOUND);
    assert_eq!(body["errorMessage"], "/2018-06-01/runtime/restore/next");
}
