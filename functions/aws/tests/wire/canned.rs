//! A server that says one thing, whatever it is asked: for answers that AWS should never give.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Answers each request with this status line and body; returns its address as a URL.
pub async fn answering(status: &'static str, body: &'static str) -> String {
    serve(move |mut stream| async move {
        let length = body.len();
        let head =
            format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
        let mut request = vec![0; 65_536];
        // A client that went away is the test's business, which sees its own error.
        let _ = stream.read(&mut request).await;
        let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
    })
    .await
}

/// Takes each request and hangs up.
pub async fn hanging_up() -> String {
    serve(|mut stream| async move {
        let mut request = vec![0; 65_536];
        let _ = stream.read(&mut request).await;
    })
    .await
}

/// An address where nobody listens.
pub async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

async fn serve<F>(handle: impl Fn(TcpStream) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            handle(stream).await;
        }
    });
    url
}
