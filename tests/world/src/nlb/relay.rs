//! One connection: reach the other side, copy both ways, end as the NLB would.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// How long a client is kept waiting for a silent target. An NLB would let the client's own time-out
/// decide, since it accepts only once the target has.
const PATIENCE: Duration = Duration::from_secs(30);

/// Connects with this address as the source.
pub(super) async fn connect_from(from: Ipv4Addr, to: SocketAddrV4) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from((from, 0)))?;
    socket.connect(SocketAddr::V4(to)).await
}

/// Carries a client's connection until a side ends it or it is cut. What cannot be carried on is
/// reset on both sides.
pub(super) async fn carry(
    mut client: TcpStream,
    connecting: impl Future<Output = io::Result<TcpStream>>,
    cut: oneshot::Receiver<()>,
) {
    // A dropped sender means that it may no longer pass, or that the data path is gone.
    let cut = async { drop(cut.await) };
    tokio::pin!(cut);
    let connected = tokio::select! {
        connected = timeout(PATIENCE, connecting) => connected,
        () = &mut cut => return reset(client),
    };
    let Ok(Ok(mut target)) = connected else {
        return reset(client);
    };
    let whole = tokio::select! {
        copied = copy_bidirectional(&mut client, &mut target) => copied.is_ok(),
        () = &mut cut => false,
    };
    if !whole {
        reset(client);
        reset(target);
    }
}

/// Ends a connection so that its other side sees "connection reset".
pub(super) fn reset(connection: TcpStream) {
    // Fails only on a socket that is no longer connected.
    let _ = connection.set_zero_linger();
}
