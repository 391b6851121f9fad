//! A certificate for any of several names. Behind one port of a load balancer any broker may answer,
//! and another one at the next attempt, so one handshake must do. And a certificate that is trusted
//! itself: Kafka's own clients take one that was made as an authority, or whose authority is unknown.

use std::sync::Arc;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::client::{WebPkiServerVerifier, verify_server_name};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme,
};

/// rustls' own check, for the name that was asked for and then for the others.
#[derive(Debug)]
pub(crate) struct AnyName {
    /// Checks chain, time, name and signatures.
    pub authority: Arc<WebPkiServerVerifier>,
    /// Certificates that are trusted themselves.
    pub trusted: Vec<CertificateDer<'static>>,
    /// Names that will do, too.
    pub others: Vec<ServerName<'static>>,
}

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        asked: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let authority = &self.authority;
        let verified = match authority.verify_server_cert(certificate, chain, asked, ocsp, now) {
            Err(error) if is_of_chain(&error) && self.trusted.contains(certificate) => {
                // webpki looks at the time first: it is neither expired nor of tomorrow.
                verify_server_name(&ParsedCertificate::try_from(certificate)?, asked)
            }
            verified => verified.map(drop),
        };
        match verified {
            // Names come last: all else is right.
            Err(error) if is_of_another_name(&error) => {
                let parsed = ParsedCertificate::try_from(certificate)?;
                let fits = |name| verify_server_name(&parsed, name).is_ok();
                self.others.iter().any(fits).then_some(()).ok_or(error)
            }
            verified => verified,
        }?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let authority = &self.authority;
        authority.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let authority = &self.authority;
        authority.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authority.supported_verify_schemes()
    }
}

/// Whether it is refused for what it was made as, or for who signed it, and for nothing else.
fn is_of_chain(error: &Error) -> bool {
    is_authority(error)
        || matches!(
            error,
            Error::InvalidCertificate(CertificateError::UnknownIssuer)
        )
}

/// Whether it was made as an authority (basicConstraints CA:TRUE), which webpki takes from no server.
pub(crate) fn is_authority(error: &Error) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(OtherError(cause))) = error else {
        return false;
    };
    matches!(cause.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
}

fn is_of_another_name(error: &Error) -> bool {
    matches!(
        error,
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. }
        )
    )
}
