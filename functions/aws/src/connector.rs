//! The one HTTP connector of the four clients. To read the trust store takes longer than all the
//! rest of the start, so it is done on a thread of its own while the first event is awaited.

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// A connection that is not there by then won't come.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// An HTTP client that always gives the same connector. The SDK's own one would make a connector,
/// root certificates included, for each of the four clients when it is made, and one more for the
/// first call.
pub(crate) fn http_client() -> SharedHttpClient {
    let connector: Arc<LazyLock<SharedHttpConnector>> = Arc::new(LazyLock::new(connector));
    let early = Arc::clone(&connector);
    // Without the thread, the first call makes the connector.
    drop(std::thread::Builder::new().spawn(move || LazyLock::force(&early).clone()));
    http_client_fn(move |_, _| SharedHttpConnector::clone(&connector))
}

fn connector() -> SharedHttpConnector {
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT);
    let connector = Connector::builder()
        .connector_settings(settings.build())
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc));
    SharedHttpConnector::new(connector.build())
}
