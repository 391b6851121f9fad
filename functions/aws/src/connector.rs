//! The one HTTP connector of all clients, made at the first call.

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use std::sync::LazyLock;
use std::time::Duration;

/// A connection that is not there by then won't come.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Servers close connections that are idle for about a minute, also while the function is frozen
/// between two sweeps; one that is younger is good. The clock goes on in a freeze.
const IDLE: Duration = Duration::from_secs(15);

/// An HTTP client that always gives the same connector. The SDK's own one would make a connector,
/// trust store included, for each of the clients when it is made, and one more for the first
/// call: that was half of the time that the function took to get ready.
pub(crate) fn http_client() -> SharedHttpClient {
    let connector = LazyLock::new(|| connector(IDLE));
    http_client_fn(move |_, _| SharedHttpConnector::clone(&connector))
}

/// A connector that uses no connection again that was idle for longer.
fn connector(idle: Duration) -> SharedHttpConnector {
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT);
    let connector = Connector::builder()
        .connector_settings(settings.build())
        .pool_idle_timeout(idle)
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc));
    SharedHttpConnector::new(connector.build())
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_runtime_api::client::http::HttpConnector;
    use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::time::sleep;

    /// Answers whatever it is asked, and leaves each connection open; how many came, and its URL.
    async fn patient() -> (Arc<AtomicUsize>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let came = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&came);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(answer(stream));
            }
        });
        (came, url)
    }

    async fn answer(mut stream: TcpStream) -> std::io::Result<()> {
        let mut request = vec![0; 65_536];
        while stream.read(&mut request).await? > 0 {
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(answer).await?;
        }
        Ok(())
    }

    /// Connections that two requests take, with a pause between them.
    async fn connections(idle: Duration, pause: Duration) -> usize {
        let (came, url) = patient().await;
        let connector = connector(idle);
        for pause in [pause, Duration::ZERO] {
            let request = HttpRequest::get(&url).expect("a request");
            let answer = connector.call(request).await.expect("an answer");
            assert!(answer.status().is_success());
            sleep(pause).await;
        }
        came.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn a_connection_that_was_idle_for_longer_is_not_used_again() {
        let millisecond = Duration::from_millis(1);
        assert_eq!(
            connections(60_000 * millisecond, 300 * millisecond).await,
            1
        );
        assert_eq!(connections(100 * millisecond, 300 * millisecond).await, 2);
    }
}
