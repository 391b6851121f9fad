//! The Lambda Runtime API, version 2018-06-01, for one process (Lambda developer guide, "Using the
//! Lambda runtime API for custom runtimes").

use super::function_error::{ErrorReport, FunctionError};
use crate::doors::http::serve::{Served, serve};
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};

/// How long the init phase may take ("Lambda execution environment lifecycle").
pub const INIT_TIMEOUT: Duration = Duration::from_secs(10);

/// One invocation.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// `Lambda-Runtime-Aws-Request-Id`.
    pub request_id: String,
    /// `Lambda-Runtime-Invoked-Function-Arn`.
    pub function_arn: String,
    /// The event.
    pub payload: Value,
    /// The function's time-out, in real time, counted from when it takes the event.
    pub timeout: Duration,
}

/// The server that one process asks for work.
#[derive(Debug)]
pub struct RuntimeApi {
    served: Served,
    offers: mpsc::Sender<Offer>,
    failed_init: watch::Receiver<Option<ErrorReport>>,
    ready: watch::Receiver<bool>,
}

type Answer = Result<Value, FunctionError>;

#[derive(Debug)]
struct Offer {
    invocation: Invocation,
    taken: oneshot::Sender<()>,
    answer: oneshot::Sender<Answer>,
}

struct Desk {
    offers: tokio::sync::Mutex<mpsc::Receiver<Offer>>,
    running: Mutex<Option<(String, oneshot::Sender<Answer>)>>,
    failed_init: watch::Sender<Option<ErrorReport>>,
    ready: watch::Sender<bool>,
}

impl RuntimeApi {
    /// Serves on a listener until dropped.
    pub fn start(listener: TcpListener) -> std::io::Result<Self> {
        let (offers, taken_from) = mpsc::channel(1);
        let (failed, failed_init) = watch::channel(None);
        let (is_ready, ready) = watch::channel(false);
        let desk = Arc::new(Desk {
            offers: tokio::sync::Mutex::new(taken_from),
            running: Mutex::new(None),
            failed_init: failed,
            ready: is_ready,
        });
        let served = serve(listener, move |request| {
            let desk = Arc::clone(&desk);
            async move { Some(desk.answer(request).await) }
        })?;
        Ok(Self {
            served,
            offers,
            failed_init,
            ready,
        })
    }

    /// The value of `AWS_LAMBDA_RUNTIME_API`.
    pub fn address(&self) -> SocketAddr {
        self.served.address()
    }

    /// Waits until the process has asked for work for the first time: its init is over.
    pub async fn ready(&self) {
        // An error would mean that the desk is gone, and it lives as long as this.
        let _ = self.ready.clone().wait_for(|ready| *ready).await;
    }

    /// Offers an invocation to the process and waits for its answer.
    pub async fn invoke(&self, invocation: Invocation) -> Answer {
        let timeout = invocation.timeout;
        let (taken, was_taken) = oneshot::channel();
        let (answer, answered) = oneshot::channel();
        let gone = || FunctionError::Exited("the runtime API was closed".into());
        let offer = Offer {
            invocation,
            taken,
            answer,
        };
        self.offers.send(offer).await.map_err(|_| gone())?;
        let mut failed = self.failed_init.clone();
        tokio::select! {
            taken = was_taken => taken.map_err(|_| gone())?,
            report = failed.wait_for(Option::is_some) => {
                let report = report.ok().and_then(|report| report.clone());
                return Err(report.map_or_else(gone, FunctionError::Init));
            }
            () = tokio::time::sleep(INIT_TIMEOUT) => {
                return Err(FunctionError::InitTimedOut(INIT_TIMEOUT));
            }
        }
        match tokio::time::timeout(timeout, answered).await {
            Ok(answer) => answer.map_err(|_| gone())?,
            Err(_) => Err(FunctionError::TimedOut(timeout)),
        }
    }
}

impl Desk {
    async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let path = request.uri().path().to_owned();
        let Some(rest) = path.strip_prefix("/2018-06-01/runtime/") else {
            return refusal(StatusCode::NOT_FOUND, "UnknownPath", &path);
        };
        let body = request.body();
        let parts: Vec<&str> = rest.split('/').collect();
        match (request.method(), parts.as_slice()) {
            (&Method::GET, ["invocation", "next"]) => self.next().await,
            (&Method::POST, ["invocation", id, "response"]) => {
                let answer = serde_json::from_slice(body)
                    .map_err(|error| FunctionError::BadAnswer(error.to_string()));
                self.finish(id, answer)
            }
            (&Method::POST, ["invocation", id, "error"]) => {
                self.finish(id, Err(FunctionError::Reported(report(body))))
            }
            (&Method::POST, ["init", "error"]) => {
                self.failed_init.send_replace(Some(report(body)));
                accepted()
            }
            _ => refusal(StatusCode::NOT_FOUND, "UnknownPath", &path),
        }
    }

    async fn next(&self) -> Response<Bytes> {
        self.ready.send_replace(true);
        loop {
            // Dropping this future, when the process goes away, loses no offer.
            let Some(offer) = self.offers.lock().await.recv().await else {
                return refusal(StatusCode::INTERNAL_SERVER_ERROR, "Closed", "no more work");
            };
            let id = offer.invocation.request_id.clone();
            let answer = invocation_response(&offer.invocation);
            *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some((id, offer.answer));
            // Nobody waits any longer for an offer whose caller went away.
            if offer.taken.send(()).is_ok() {
                return answer;
            }
        }
    }

    fn finish(&self, id: &str, answer: Answer) -> Response<Bytes> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        match running.take() {
            Some((expected, waiting)) if expected == id => {
                // A caller that went away does not want the answer.
                let _ = waiting.send(answer);
                accepted()
            }
            other => {
                *running = other;
                refusal(StatusCode::BAD_REQUEST, "InvalidRequestID", id)
            }
        }
    }
}

fn invocation_response(invocation: &Invocation) -> Response<Bytes> {
    // Real time, whatever the world's clock shows: the function measures with the real one.
    let deadline = SystemTime::now() + invocation.timeout;
    let deadline = deadline.duration_since(UNIX_EPOCH).unwrap_or_default();
    let built = Response::builder()
        .header("content-type", "application/json")
        .header("lambda-runtime-aws-request-id", &invocation.request_id)
        .header(
            "lambda-runtime-deadline-ms",
            deadline.as_millis().to_string(),
        )
        .header(
            "lambda-runtime-invoked-function-arn",
            &invocation.function_arn,
        )
        .header(
            "lambda-runtime-trace-id",
            "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0",
        )
        .body(Bytes::from(invocation.payload.to_string()));
    built.unwrap_or_else(|error| {
        refusal(
            StatusCode::INTERNAL_SERVER_ERROR,
            "BadInvocation",
            &error.to_string(),
        )
    })
}

fn report(body: &Bytes) -> ErrorReport {
    serde_json::from_slice(body).unwrap_or_else(|error| ErrorReport {
        error_type: "Runtime.BadErrorReport".into(),
        error_message: format!("{error}: {}", String::from_utf8_lossy(body)),
    })
}

fn accepted() -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(b"{\"status\":\"OK\"}"));
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}

fn refusal(status: StatusCode, error_type: &str, message: &str) -> Response<Bytes> {
    let body = serde_json::json!({"errorType": error_type, "errorMessage": message});
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests;
