//! TLS before the world's HTTP door, so that the unmodified binary does with it what it does with AWS.
//! It has an end for each service, since connections are kept by host. Certificates are as AWS has
//! them: 2048 bits of RSA, with an authority between the root and the server. No session is taken up
//! again, so each connection costs a whole handshake; whether AWS would resume one is not known.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, PKCS_RSA_SHA256,
    RsaKeySize,
};
use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tempfile::NamedTempFile;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{Acceptor, NoServerSessionStorage};
use tokio_rustls::rustls::{self, ServerConfig};

/// In names of variables: `AWS_ENDPOINT_URL_<SERVICE>` (SDKs and Tools Reference Guide,
/// "Service-specific endpoints").
const SERVICES: [&str; 5] = [
    "AUTO_SCALING",
    "EC2",
    "ELASTIC_LOAD_BALANCING_V2",
    "LAMBDA",
    "SSM",
];
const HOST: &str = "localhost";
/// Where Debian and Amazon Linux have the roots that everybody trusts. The function reads all of them.
const ROOTS: [&str; 2] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
];

/// Ends of TLS; they and their connections end when this is dropped.
pub struct TlsEnd {
    addresses: Vec<SocketAddr>,
    roots: NamedTempFile,
    seen: Arc<Mutex<Seen>>,
    _tasks: JoinSet<()>,
}

/// What was seen of connections since [`TlsEnd::forget`].
#[derive(Clone, Default)]
pub struct Seen {
    /// The first one was accepted.
    pub connect: Option<Instant>,
    /// The first `ClientHello` was read.
    pub hello: Option<Instant>,
    /// From accepting each of them to the end of its handshake.
    pub connections: Vec<Duration>,
    /// From each `ClientHello` to the end of its handshake.
    pub handshakes: Vec<Duration>,
    /// What went wrong.
    pub errors: Vec<String>,
}

impl TlsEnd {
    /// Ends before the door at this address.
    pub async fn before(door: SocketAddr) -> Result<Self, String> {
        let (config, root) = certified().map_err(|error| format!("certificates: {error}"))?;
        let (config, seen) = (Arc::new(config), Arc::<Mutex<Seen>>::default());
        let mut addresses = Vec::new();
        let mut tasks = JoinSet::new();
        for _ in SERVICES {
            let failed = |error: std::io::Error| format!("listen on loopback: {error}");
            let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
            addresses.push(listener.local_addr().map_err(failed)?);
            let (config, seen) = (Arc::clone(&config), Arc::clone(&seen));
            tasks.spawn(async move {
                let mut connections = JoinSet::new();
                while let Ok((stream, _)) = listener.accept().await {
                    let (config, seen) = (Arc::clone(&config), Arc::clone(&seen));
                    connections.spawn(async move {
                        if let Err(error) = relay(stream, door, config, &seen).await {
                            lock(&seen).errors.push(error.to_string());
                        }
                    });
                }
            });
        }
        Ok(Self {
            addresses,
            roots: roots_and(&root)?,
            seen,
            _tasks: tasks,
        })
    }

    /// Variables that send the SDK here, and let it trust these ends beside everybody else.
    pub fn environment(&self) -> impl Iterator<Item = (String, String)> {
        let urls = SERVICES.iter().zip(&self.addresses).map(|(service, at)| {
            let url = format!("https://{HOST}:{}", at.port());
            (format!("AWS_ENDPOINT_URL_{service}"), url)
        });
        let roots = self.roots.path().display().to_string();
        urls.chain([("SSL_CERT_FILE".to_owned(), roots)])
    }

    /// Looks anew.
    pub fn forget(&self) {
        *lock(&self.seen) = Seen::default();
    }

    /// What was seen.
    pub fn seen(&self) -> Seen {
        lock(&self.seen).clone()
    }
}

async fn relay(
    stream: TcpStream,
    door: SocketAddr,
    config: Arc<ServerConfig>,
    seen: &Mutex<Seen>,
) -> std::io::Result<()> {
    let connected = Instant::now();
    lock(seen).connect.get_or_insert(connected);
    let hello = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
    let greeted = Instant::now();
    lock(seen).hello.get_or_insert(greeted);
    let mut inside = hello.into_stream(config).await?;
    {
        let mut seen = lock(seen);
        seen.connections.push(connected.elapsed());
        seen.handshakes.push(greeted.elapsed());
    }
    let mut door = TcpStream::connect(door).await?;
    // Whoever hangs up does so without TLS's good-bye: the process is killed.
    let _ = tokio::io::copy_bidirectional(&mut inside, &mut door).await;
    Ok(())
}

/// The side of a server with a chain of its own, and the root of that as PEM.
fn certified() -> Result<(ServerConfig, String), Box<dyn std::error::Error>> {
    let key = || KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048);
    let authority = |name: &str| {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        params
    };
    let root = CertifiedIssuer::self_signed(authority("figures: root"), key()?)?;
    let between = CertifiedIssuer::signed_by(authority("figures: between"), key()?, &root)?;
    let own = key()?;
    let server = CertificateParams::new(vec![HOST.to_owned()])?.signed_by(&own, &between)?;
    let chain: Vec<CertificateDer<'static>> = vec![server.into(), between.der().clone()];
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(rustls::ALL_VERSIONS)?
        .with_no_client_auth()
        .with_single_cert(chain, PrivateKeyDer::try_from(own.serialize_der())?)?;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok((config, root.pem()))
}

/// A file with the machine's roots and one more.
fn roots_and(own: &str) -> Result<NamedTempFile, String> {
    let read = ROOTS.iter().find_map(|file| std::fs::read(file).ok());
    let read = read.ok_or(format!(
        "no roots to trust: neither {}",
        ROOTS.join(" nor ")
    ))?;
    let mut file = NamedTempFile::new().map_err(|error| format!("a temporary file: {error}"))?;
    file.write_all(&read)
        .and_then(|()| file.write_all(b"\n"))
        .and_then(|()| file.write_all(own.as_bytes()))
        .map_err(|error| format!("write the roots to trust: {error}"))?;
    Ok(file)
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
