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
    let connector = LazyLock::new(connector);
    http_client_fn(move |_, _| SharedHttpConnector::clone(&connector))
}

fn connector() -> SharedHttpConnector {
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT);
    let connector = Connector::builder()
        .connector_settings(settings.build())
        .pool_idle_timeout(IDLE)
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc));
    SharedHttpConnector::new(connector.build())
}
