//! The whole proof of a full NLB at what probe-brokers has of a core: the ports of 49 brokers,
//! bootstrap, and 49 instances. Brokers are in another process, and not held.

use super::cluster::{Cluster, host};
use super::{BROKERS, ask, function};
use crate::build::Built;
use crate::peer;
use crate::scram::User;
use crate::share::{Share, means, of_memory};
use crate::table::{Table, ms, quartiles};
use crate::usage::cpu;
use fleet::listener::Protocol;
use fleet::proof::{Path, Secret};
use fleet::words::NodeId;
use probe_brokers::PATIENCE;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, PKCS_RSA_SHA256,
    RsaKeySize,
};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

const PASSWORD: &str = "of the probe";
/// Of which the middle one counts.
const RUNS: usize = 5;

/// A row for each way to be secured.
pub async fn measure(built: &Built, table: &mut Table) -> Result<(), String> {
    for (protocol, iterations) in [
        (Protocol::Plaintext, 0),
        (Protocol::SaslPlaintext, 4096),
        (Protocol::SaslPlaintext, 16384),
        (Protocol::SaslSsl, 4096),
        (Protocol::SaslSsl, 16384),
    ] {
        let what = match iterations {
            0 => protocol.as_str().to_owned(),
            _ => format!(
                "{}, SCRAM-SHA-512 in {iterations} rounds",
                protocol.as_str()
            ),
        };
        println!("proof of {BROKERS} brokers by {what}");
        one(built, table, &what, protocol, iterations).await?;
    }
    Ok(())
}

async fn one(
    built: &Built,
    table: &mut Table,
    what: &str,
    protocol: Protocol,
    iterations: u32,
) -> Result<(), String> {
    let cluster = Cluster::listen(BROKERS).await?;
    let authority = Authority::new().map_err(|error| format!("certificates: {error}"))?;
    let user = protocol
        .is_sasl()
        .then(|| Arc::new(User::new(PASSWORD, iterations)));
    let secret = serde_json::json!({
        "mechanism": "SCRAM-SHA-512", "username": "probe", "password": PASSWORD, "ca": authority.pem(),
    });
    let secret = Secret::read(&secret.to_string(), protocol).map_err(|error| error.to_string())?;
    let first = NodeId::new(1);
    let inquiry = cluster.inquiry(protocol, Some(secret), |node| {
        let mut paths = vec![Path::Port(node), Path::Direct(node)];
        paths.extend((Some(node) == first).then_some(Path::Bootstrap));
        paths
    });
    for (listener, mut peer) in cluster.peers() {
        if protocol == Protocol::SaslSsl {
            let acceptor = authority.acceptor(&host(peer.node));
            peer.tls = Some(acceptor.map_err(|error| format!("certificates: {error}"))?);
        }
        peer.user = user.clone();
        peer::serve(listener, peer);
    }
    let function = function(built)?;
    // The process starts freely: its first question is not asked of anybody.
    let nobody = fleet::proof::Inquiry::default();
    ask(&function, &nobody).await?;
    let process = function.pid().ok_or("the process has ended")?;
    let share = of_memory(function.settings().memory_mib);
    let _share = Share::hold(process, share)?;
    let (mut took, mut slowest, mut used) = (Vec::new(), Vec::new(), 0.0_f64);
    let rows = inquiry.questions.len();
    for _ in 0..RUNS {
        // What a quota has saved up is used up by now.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let before = cpu(process)?;
        let asked = ask(&function, &inquiry).await?;
        used = used.max(cpu(process)? - before);
        if let Some(row) = asked.other {
            return Err(format!("{} of {rows} rows are proven: {row}", asked.proven));
        }
        took.push(asked.took);
        slowest.push(asked.slowest);
    }
    let (Some([_, took, _]), Some(slowest)) = (quartiles(took), slowest.into_iter().max()) else {
        return Err("nothing was asked".to_owned());
    };
    table.bounded(
        &format!(
            "proof of {rows} rows, {what}, held to {:.1} % by {}",
            share * 100.0,
            means()
        ),
        format!(
            "{}, slowest row of {RUNS} runs {slowest} ms, {used:.0} ms of processor time",
            ms(took)
        ),
        &format!("{}: patience with a row", ms(PATIENCE)),
        Duration::from_millis(slowest).as_secs_f64() / PATIENCE.as_secs_f64(),
    );
    Ok(())
}

/// A cluster's own authority. All brokers have one key, as making 49 takes long, and each its own
/// certificate.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    key: KeyPair,
}

impl Authority {
    fn new() -> Result<Self, Box<dyn Error>> {
        let key = || KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048);
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "figures");
        Ok(Self {
            issuer: CertifiedIssuer::self_signed(params, key()?)?,
            key: key()?,
        })
    }

    fn pem(&self) -> String {
        self.issuer.pem()
    }

    fn acceptor(&self, name: &str) -> Result<TlsAcceptor, Box<dyn Error>> {
        let own =
            CertificateParams::new(vec![name.to_owned()])?.signed_by(&self.key, &self.issuer)?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(
                vec![own.into()],
                PrivateKeyDer::try_from(self.key.serialize_der())?,
            )?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}
