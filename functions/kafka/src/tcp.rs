//! TCP below everything else, and what it means that there is none.

use crate::patience::Patience;
use crate::stream::is_closed;
use crate::{Error, Step};
use std::io;
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// Dials.
pub(crate) async fn connect(
    address: SocketAddr,
    patience: &mut Patience,
) -> Result<TcpStream, Error> {
    let step = Step::Connect;
    let connecting = patience.wait(TcpStream::connect(address)).await;
    let stream = connecting
        .ok_or(Error::TimedOut { step })?
        .map_err(|error| not_connected(address, &error))?;
    // Questions are small and wait for their answer.
    stream
        .set_nodelay(true)
        .map_err(|error| not_connected(address, &error))?;
    Ok(stream)
}

fn not_connected(address: SocketAddr, error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::ConnectionRefused {
        return Error::Refused { address };
    }
    if is_closed(error) {
        let step = Step::Connect;
        return Error::Closed { step };
    }
    Error::Unreachable {
        address,
        why: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_is_reset_at_once_is_no_matter_of_routes() {
        let address = SocketAddr::from(([127, 0, 0, 1], 9092));
        let of = |kind: io::ErrorKind| not_connected(address, &kind.into());
        let step = Step::Connect;
        assert_eq!(of(io::ErrorKind::ConnectionReset), Error::Closed { step });
        assert_eq!(
            of(io::ErrorKind::ConnectionRefused),
            Error::Refused { address }
        );
        let far = of(io::ErrorKind::HostUnreachable);
        assert!(matches!(far, Error::Unreachable { .. }), "{far}");
    }
}
