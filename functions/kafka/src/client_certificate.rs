//! Who we are to a listener with `ssl.client.auth=required`: a certificate and its key.

use crate::code::brief;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio_rustls::rustls::client::ResolvesClientCert;
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{Error, InconsistentKeys, SignatureScheme};

/// A certificate of ours with its key, both as PEM.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate, followed by those of the authorities between it and one that the broker
    /// trusts.
    pub chain: String,
    /// Its key (PKCS#8, PKCS#1 or SEC 1), without a passphrase; no Debug text shows it.
    pub key: String,
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl ClientCertificate {
    /// Reads both; the error says what is wrong, and shows nothing of the key.
    fn read(&self, provider: &CryptoProvider) -> Result<CertifiedKey, String> {
        let chain = CertificateDer::pem_slice_iter(self.chain.as_bytes());
        let chain: Vec<_> = chain
            .collect::<Result<_, _>>()
            .map_err(|_| "the certificate is not PEM".to_owned())?;
        if chain.is_empty() {
            return Err("its PEM text has no certificate".to_owned());
        }
        if self.key.contains("ENCRYPTED") {
            return Err("the key has a passphrase: give it without one".to_owned());
        }
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes())
            .map_err(|_| "the key is not a private key in PEM".to_owned())?;
        CertifiedKey::from_der(chain, key, provider).map_err(|error| match error {
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                "the key is not that of the certificate".to_owned()
            }
            other => brief(&other.to_string()),
        })
    }
}

/// Offers it to a listener that asks, and remembers that one did.
#[derive(Debug)]
pub(crate) struct Offer {
    certified: Option<Arc<CertifiedKey>>,
    asked: AtomicBool,
}

impl Offer {
    pub fn new(own: Option<&ClientCertificate>, provider: &CryptoProvider) -> Result<Self, String> {
        let certified = own.map(|own| own.read(provider)).transpose()?;
        Ok(Self {
            certified: certified.map(Arc::new),
            asked: AtomicBool::new(false),
        })
    }

    /// Whether the listener asked for a certificate, and whether there was one to show.
    pub fn taken(&self) -> Option<Shown> {
        let asked = self.asked.load(Ordering::Relaxed);
        asked.then_some(match self.certified {
            Some(_) => Shown::Ours,
            None => Shown::Nothing,
        })
    }
}

/// What a listener was shown that asked for a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// The one that we have.
    Ours,
    /// There is none.
    Nothing,
}

impl ResolvesClientCert for Offer {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        self.certified.clone()
    }

    fn has_certs(&self) -> bool {
        self.certified.is_some()
    }
}
