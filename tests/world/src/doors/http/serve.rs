//! One HTTP/1 server for whoever answers requests from whole bodies to whole bodies.

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A running server; it and its connections end when this is dropped.
#[derive(Debug)]
pub(crate) struct Served {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Served {
    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves until the answer is dropped. A handler whose client goes away is dropped where it waits;
/// one that answers nothing closes the connection.
pub(crate) fn serve<H, F>(listener: TcpListener, handle: H) -> std::io::Result<Served>
where
    H: Fn(Request<Bytes>) -> F + Clone + Send + 'static,
    F: Future<Output = Option<Response<Bytes>>> + Send + 'static,
{
    let address = listener.local_addr()?;
    let task = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        loop {
            let stream = tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    Err(_) => {
                        // Out of descriptors: some connection has to end first.
                        tokio::time::sleep(Duration::from_millis(20)).await;
                        continue;
                    }
                },
                // Ended connections are taken off the set; their errors are the client's.
                Some(_) = connections.join_next() => continue,
            };
            let handle = handle.clone();
            let service = service_fn(move |request: Request<Incoming>| {
                let handle = handle.clone();
                async move {
                    let (head, body) = request.into_parts();
                    let body = body.collect().await?.to_bytes();
                    match handle(Request::from_parts(head, body)).await {
                        Some(answer) => Ok::<_, BoxError>(answer.map(Full::new)),
                        None => Err("hangs up".into()),
                    }
                }
            });
            connections.spawn(
                hyper::server::conn::http1::Builder::new()
                    .auto_date_header(false)
                    .serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    Ok(Served { address, task })
}
