//! What a connection is made of, and how it ends.

use std::io;
use tokio::io::{AsyncRead, AsyncWrite};

/// Bytes both ways: TCP, or TLS on it.
pub(crate) type Stream = Box<dyn Duplex>;

/// What a [`Stream`] is made of.
pub(crate) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// Whether the peer ended the connection, in whichever way.
pub(crate) fn is_closed(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::NotConnected
    )
}
