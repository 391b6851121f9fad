//! The page of a world that stays up, inside of it: served on a socket that is a file, since the world has a network
//! of its own.

use http::header::{CACHE_CONTROL, CONTENT_TYPE, REFRESH};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::path::Path;
use tokio::net::UnixListener;

/// A browser asks anew after so many seconds of real time.
const ANEW: &str = "10";

/// Serves what `page` draws, until the world ends.
pub(super) fn serve<P>(socket: &Path, page: P) -> Result<(), String>
where
    P: Fn() -> String + Clone + Send + 'static,
{
    let listener = UnixListener::bind(socket)
        .map_err(|error| format!("open the socket of the page {}: {error}", socket.display()))?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let page = page.clone();
            let service = service_fn(move |asked: Request<Incoming>| {
                let answer = answer(asked.method(), asked.uri().path(), &page);
                async move { answer.map(|answer| answer.map(Full::new)) }
            });
            let served = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // A browser that goes away is nobody's error.
            tokio::spawn(async move { drop(served.await) });
        }
    });
    Ok(())
}

fn answer(
    method: &Method,
    path: &str,
    page: impl Fn() -> String,
) -> Result<Response<Bytes>, http::Error> {
    let reads = [Method::GET, Method::HEAD].contains(method);
    let answer = Response::builder();
    match (reads, path) {
        (true, "/") => answer
            .header(CONTENT_TYPE, "text/html; charset=utf-8")
            .header(CACHE_CONTROL, "no-store")
            .header(REFRESH, ANEW)
            .body(page().into()),
        (true, _) => answer
            .status(StatusCode::NOT_FOUND)
            .body("there is one page: /\n".into()),
        (false, _) => answer
            .status(StatusCode::METHOD_NOT_ALLOWED)
            .body("the page can be read only\n".into()),
    }
}
